#!/usr/bin/env bash
# When the facts do not fit: how many does a model recite, and how many if it is trained on those that fit (train.select)? Which
# facts does it know where they are trained by Zipf's law? Measures: docs/math.md, "What is measured".
#   scripts/reproduce_select.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost: 6 P operations a token. Quick: P = 1,528, 1,500 steps of 64 facts, three optimizers, three seeds; full: four times the
# steps, five seeds. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
# shellcheck source=scripts/reproduce_queue.sh
. scripts/reproduce_queue.sh
seeds="0 1 2" steps=1500
[ "$form" = quick ] || seeds="0 1 2 3 4" steps=6000
optimizers="adamw muon soap" loads="0.5 1 2 4 8" sizes="1.5 1.75 2 2.25" usual=1.75 lots="1.75 2 2.25"
declare -A rate=([adamw]=0.01 [muon]=0.03 [soap]=0.03) title=([adamw]=AdamW [muon]=Muon [soap]=SOAP)

for o in $optimizers; do
    base=(scripts/experiments/select.yaml "train.max_steps=$steps" "train.optimizer=$o" "train.learning_rate=${rate[$o]}" facts.seed=@)
    for load in $loads; do
        arm "$o-$load-none" "${base[@]}" "facts.load=$load"
        [ "$load" = 4 ] && continue
        awk "BEGIN {exit !($load > $usual)}" && arm "$o-$load-$usual" "${base[@]}" "facts.load=$load" train.select=loss "train.select_bits=$usual"
    done
    for bits in $sizes; do arm "$o-4-$bits" "${base[@]}" facts.load=4 train.select=loss "train.select_bits=$bits"; done
    for bits in $lots; do arm "$o-4-lot$bits" "${base[@]}" facts.load=4 train.select=random "train.select_bits=$bits"; done
    arm "$o-zipf-none" "${base[@]}" facts.load=4 facts.zipf=1
    arm "$o-zipf-$usual" "${base[@]}" facts.load=4 facts.zipf=1 train.select=loss "train.select_bits=$usual"
done
run_queue train

# Tenths of the facts by exposure, for each seed.
for o in $optimizers; do
    for kind in none $usual; do
        for seed in $seeds; do
            to=$out/$o-zipf-$kind-$seed.tenths
            [ "$to" -nt "$out/$o-zipf-$kind-$seed/DONE" ] ||
                "$rote" eval "$out/$o-zipf-$kind-$seed" --json | flatten >"$to"
        done
    done
done

mean() { reproduce_summary "${1:-3}"; }
per_param() { paste <(result "$1" "$2") <(result "$1" params) | awk '{print $1 / $2}'; } # NAME KEY
# Facts that are recited, and the bits that a code saves which knows their list by heart: r (H/N - log2 r).
recited() { paste <(result "$1" recall) <(result "$1" facts) | awk '{print $1 * $2}'; }
recited_bits() {
    paste <(recited "$1") <(result "$1" data_bits) <(result "$1" facts) | awk '{print ($1 > 0 ? $1 * ($2 / $3 - log($1) / log(2)) : 0)}'
}
# The same as a share of what the model memorizes of the largest set, of which it recites nothing.
share() { paste <(recited_bits "$1-$2") <(result "$1-8-none" memorized_bits) | awk '{print 100 * $1 / $2}'; } # OPTIMIZER ARM
facts() { result "$1" facts | head -n 1; }
tenth() { # NAME KEY NUMBER
    local seed
    for seed in $seeds; do awk -v key="by_exposure.$2" -v number="$3" '$1 == key && ++n == number {print $2}' "$out/$1-$seed.tenths"; done
}
best() { # OPTIMIZER: the size at which most facts are recited
    local bits
    for bits in $sizes; do echo "$(recited "$1-4-$bits" | point 2) $bits"; done | sort -g | tail -n 1 | cut -d ' ' -f 2
}

load_row() { # OPTIMIZER LOAD
    local none=$1-$2-none chosen=$1-$2-$usual
    [ -e "$out/$chosen-0/DONE" ] || chosen=$none
    printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "${title[$1]}" "$2" "$(facts "$none")" "$(result "$none" recall | mean 3)" \
        "$(per_param "$none" memorized_bits | mean 2)" "$(result "$chosen" recall | mean 3)" "$(recited "$chosen" | mean 0)" \
        "$(per_param "$chosen" memorized_bits | mean 2)" \
        "$([ "$chosen" = "$none" ] && echo – || per_param "$chosen" kept_memorized_bits | mean 2)"
}
size_row() { # OPTIMIZER ARM WORDS
    printf '| %s | %s | %s | %s | %s | %s |\n' "${title[$1]}" "$3" "$(result "$1-$2" kept | point 0)" "$(result "$1-$2" kept_recall | mean 3)" \
        "$(recited "$1-$2" | mean 0)" "$(share "$1" "$2" | mean 1)"
}
tenth_row() { # NUMBER
    local o
    printf '| %s | %s ' "$1" "$(tenth soap-zipf-none exposures "$1" | point 0)"
    for o in $optimizers; do
        printf '| %s | %s | %s ' "$(tenth "$o-zipf-none" memorized_bits "$1" | point 0)" "$(tenth "$o-zipf-none" recall "$1" | point 2)" \
            "$(tenth "$o-zipf-$usual" recall "$1" | point 2)"
    done
    echo '|'
}
each_optimizer() { # COMMAND: its output for each optimizer, as "AdamW 1, Muon 2, SOAP 3"
    local o
    for o in $optimizers; do echo "${title[$o]} $("$@" "$o")"; done | paste -sd_ | sed 's/_/, /g'
}
say_none() { recited "$1-4-none" | point 0; }
say_chosen() { recited "$1-4-$usual" | point 0; }
say_best() { echo "$(share "$1" "4-$(best "$1")" | point 0) % (at $(best "$1"))"; }
say_random() { result "$1-4-lot${lots##* }" kept_recall | point 2; }
say_loss() { result "$1-4-${lots##* }" kept_recall | point 2; }
say_gain() { minus <(result "$1-4-${lots##* }" kept_recall) <(result "$1-4-lot${lots##* }" kept_recall) | mean 2; }
say_fits() { echo "$(recited "$1-2-none" | point 0) and $(recited "$1-2-$usual" | point 0)"; }
say_cost() { per_param "$1-4-$usual" memorized_bits | point 1; }
say_zipf() { result "$1-zipf-none" recall | point 3; }
say_zipf_chosen() { result "$1-zipf-$usual" recall | point 3; }
{
    echo "# When the facts do not fit, $form form"
    echo
    echo "A model that is given more facts than it can hold memorizes as many bits as ever, and recites none of the facts: the bits are"
    echo "spread over all of them. \`train.select: loss\` drops facts in training, those that cost most bits, until what is left fits"
    echo "([definition](../math.md#what-is-measured)). How many facts are then recited, which share of the capacity is that, and does it"
    echo "matter which facts are dropped? Ye, Feldman and Talwar 2026 (arXiv 2604.08519, known to us by its abstract) report that accuracy"
    echo "stays below the limit once facts exceed the capacity, more so where their frequencies are skewed, and that choosing by loss"
    echo "restores it."
    echo
    echo "Random facts of 16 tokens over 64 symbols; L1 d8 with four heads, $(result soap-4-none params | head -n 1) parameters; $steps steps of 64 facts whatever the load, so all"
    echo "runs of an optimizer cost the same. Means over seeds $seeds (facts and weights), ± half of the 95 % interval (Student's t). Four rounds"
    echo "of dropping, after 10 to 30 % of the steps."
    echo
    echo "## What holds where"
    echo
    echo "- At a load of 4 bits per parameter ($(facts soap-4-none) facts), a model of all facts recites so many: $(each_optimizer say_none). One that keeps the facts"
    echo "  that fill $usual bits per parameter: $(each_optimizer say_chosen)."
    echo "- The most that was recited, as a share of what the same model memorizes of the largest set: $(each_optimizer say_best)."
    echo "- Which facts are dropped hardly matters where those kept fit with room. Where they nearly fill the model (${lots##* }), their recall is"
    echo "  $(each_optimizer say_loss) if chosen by loss, $(each_optimizer say_random) by lot; the difference, paired by seed:"
    echo "  $(each_optimizer say_gain). An interval that contains 0 shows nothing."
    echo "- Where the facts (nearly) fit, dropping some only loses: at load 2, of $(facts soap-2-none) facts, $(each_optimizer say_fits) are recited without and"
    echo "  with selection."
    echo "- So choosing brings whole facts to most of the bits that a model of too many facts memorizes, not to all of them:"
    echo "  the rest of those bits is never a whole fact. Budgets are short; longer training may move the limit."
    echo "- The bits over all facts are then negative ($(each_optimizer say_cost) bits per parameter at load 4): a fact that was dropped costs more than a"
    echo "  uniform guess. The model has forgotten that it does not know."
    echo "- Under Zipf's law (exponent 1, load 4) recall over all facts is $(each_optimizer say_zipf); with selection $(each_optimizer say_zipf_chosen)."
    echo
    echo "## By load"
    echo
    echo "Recall is over all facts, kept or dropped. *Memorized*: bits per parameter over all facts. *Kept*: of the facts kept, less what it"
    echo "costs to name them. Up to a load that fits, nothing is dropped."
    echo
    echo "| optimizer | load | facts | recall, all trained | memorized | recall, selected | facts recited | memorized | kept |"
    echo "|---|---|---|---|---|---|---|---|---|"
    for o in $optimizers; do for load in $loads; do load_row "$o" "$load"; done; done
    echo
    echo "## By how many are kept"
    echo
    echo "Load 4. \`select_bits\`: the ceiling of the facts kept, in bits per parameter. *Share*: the bits of the facts recited,"
    echo "r (H/N − log2 r), in per cent of the memorized bits of a model of all facts at load 8."
    echo
    echo "| optimizer | \`select_bits\` | kept | their recall | facts recited | share, % |"
    echo "|---|---|---|---|---|---|"
    for o in $optimizers; do
        for bits in $sizes; do size_row "$o" "4-$bits" "$bits"; done
        for bits in $lots; do size_row "$o" "4-lot$bits" "$bits, by lot"; done
    done
    echo
    echo "## By exposure, under Zipf's law"
    echo
    echo "Load 4, fact number r trained in proportion to 1/r. Tenths of the facts, the most trained first: how often they were trained (SOAP;"
    echo "the others alike), memorized bits and recall of a model of all facts, and recall with selection (\`select_bits\` $usual)."
    echo
    printf '| tenth | trained '
    for o in $optimizers; do printf '| %s: bits | recall | selected ' "${title[$o]}"; done
    printf '|\n|---|---'
    for o in $optimizers; do printf '|---|---|---'; done
    echo '|'
    for tenth in 1 2 3 4 5 6 7 8 9 10; do tenth_row $tenth; done
    reproduce_runs_footer
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
