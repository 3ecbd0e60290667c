#!/usr/bin/env bash
# Does cutting the logits make a model creative, or only varied? Creative tasks (data/kinds/task.h), measured by `rote creativity`.
# Measures: docs/math.md, "Creativity".
#   scripts/reproduce_creativity.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost: quick: three seeds (four for the samplers), models of 3,000 to 100,000 parameters, 50 to 1,500 steps; full: eight seeds and
# widths to 128. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
# shellcheck source=scripts/reproduce_queue.sh
. scripts/reproduce_queue.sh
seeds="0 1 2 3" widths="8 16 32 64"
[ "$form" = quick ] || { seeds="0 1 2 3 4 5 6 7" widths="8 16 32 64 128"; }
steps="50 100 200 300 500 1000 1500"
cfg=scripts/experiments/creativity.yaml
soap=(train.optimizer=soap train.learning_rate=0.005 model.n_layer=2 train.batch_size=256)

for width in $widths; do for step in $steps; do
    arm "siblings-$width-$step" $cfg "model.n_embd=$width" "train.max_steps=$step" facts.seed=@
done; done
for width in $widths; do arm "stopped-$width" $cfg "model.n_embd=$width" facts.seed=@ train.stop_memorized=1e-9 train.eval_interval=10; done
few=(facts.parents=4 facts.children=128 facts.n=8128 facts.seed=@)
arm few $cfg "${few[@]}" model.n_embd=8 train.schedule=cosine
prefixes="1 3 6"
for h in $prefixes; do arm "prefix-$h" $cfg "${few[@]}" model.n_embd=16 "facts.seed_prefix=$h"; done
arm prefix-0 $cfg "${few[@]}" model.n_embd=16
arm circles $cfg facts.kind=circles facts.vertices=14 facts.n=1500 facts.paraphrases=40 facts.seed=@ model.n_embd=64 train.max_steps=800 train.schedule=cosine "${soap[@]}"
arm lines $cfg facts.kind=lines facts.vertices=8 facts.n=1680 facts.paraphrases=40 facts.seed=@ model.n_embd=64 train.max_steps=800 train.schedule=cosine "${soap[@]}"
arm triangles $cfg facts.kind=triangles facts.vertices=24 facts.density=0.7 facts.n=300 facts.paraphrases=6 facts.seed=@ model.n_embd=32 train.max_steps=200 train.schedule=cosine "${soap[@]}" model.n_layer=1
run_queue train

# ---- measuring: NAME-SEED.TABLE has what `rote creativity` prints of each chain ----
: >"$out/measure.queue"
measure() { # NAME TABLE OPTIONS...
    local seed name=$1 table=$2
    shift 2
    for seed in $seeds; do echo "$name-$seed $table $*" >>"$out/measure.queue"; done
}
measure_one() {
    local words
    read -ra words <<<"$1"
    local to=$out/${words[0]}.${words[1]}
    [ "$to" -nt "$out/${words[0]}/DONE" ] && [ "$to" -nt "$rote" ] && return
    "$rote" creativity "$out/${words[0]}" "${words[@]:2}" --threads 1 >"$to.new" || exit 255
    mv "$to.new" "$to"
}
export -f measure_one
temperatures=0.25,0.5,0.75,1,1.5,2,3
for width in $widths; do for step in $steps; do measure "siblings-$width-$step" plain; done; done
early=siblings-32-200 late=siblings-32-1500
samplers=(temperature=0.25,0.5,0.75,1,1.5,2 top_k=8,16,32,64,128,256 top_p=0.5,0.7,0.8,0.9,0.95,1 min_p=0.01,0.02,0.05,0.1,0.2,0.5
    typical_p=0.2,0.4,0.6,0.8,0.9,0.95 epsilon=0.0003,0.001,0.003,0.006,0.01,0.02 eta=0.0003,0.001,0.003,0.01,0.03,0.1
    top_n_sigma=0.5,0.75,1,1.25,1.5,2 tail_free=0.5,0.7,0.8,0.9,0.95,0.99 kstar=0.01,0.05,0.1,0.2,0.5,0.9)
for model in $early $late; do
    for grid in "${samplers[@]}"; do measure $model "${grid%%=*}" --grid "$grid"; done
    measure $model again --grid temperature=0.25,0.5,0.75,1,1.5,2 --seed 2
    measure $model wide --grid temperature=$temperatures
    measure $model k --grid top_k=1..256
done
for width in $widths; do measure "stopped-$width" plain; done
for width in 32 64; do
    measure "siblings-$width-1500" flat --grid top_n_sigma=1.5,1.75,2,2.25,2.5,3 --grid temperature=1,2,8,1000
    measure "siblings-$width-1500" floor --grid min_p=0.1,0.01,0.001,0.0001 --grid temperature=1,2,8,1000
    measure "siblings-$width-1500" wide --grid temperature=$temperatures
    measure "siblings-$width-1500" stands --grid kstar=0.05,0.5,0.9 --grid temperature=1,1000
done
for draw in 1 2 3 4 5 6 7 8; do measure $early "draw$draw" --grid temperature=0.25,0.5,0.75,1,1.5,2 --seed $((100 + draw)); done
for h in 0 $prefixes; do measure "prefix-$h" chains --grid temperature=0,0.5,1; done
for task in few circles lines triangles; do measure $task chains --grid temperature=0.25,0.5,0.75,1,1.5; done
sort -u "$out/measure.queue" | tr '\n' '\0' | xargs -0 -r -P "${jobs:-$(nproc)}" -n 1 bash -c 'measure_one "$1"' _

# ---- figures ----
declare -A column=([coherence]=2 [memorized]=3 [novel]=4 [cr]=5 [ratio]=9 [entropy]=10 [distinct]=11 [vendi]=12)
value() { # NAME TABLE CHAIN FIGURE: one number for each seed
    local seed
    for seed in $seeds; do awk -v chain="$3" -v column="${column[$4]}" '$1 == chain && $column != "-" {print $column}' "$out/$1-$seed.$2"; done
}
v() { value "$@" | mean 2; }
p() { value "$@" | point 2; }
best_step() { # WIDTH: the step whose mean cr is largest
    local step
    for step in $steps; do echo "$(value "siblings-$1-$step" plain '(none)' cr | point 4) $step"; done | sort -g | tail -n 1 | cut -d' ' -f2
}
# Area of what the points of a table dominate in the plane (coherence, cr/cr*): one number for each seed.
area() { # NAME TABLE
    local seed
    for seed in $seeds; do
        awk 'NR > 2 {print $2, $9}' "$out/$1-$seed.$2" | sort -k1,1gr -k2,2gr |
            awk 'NR == 1 {right = $1} $2 > top {sum += $1 * ($2 - top); top = $2} END {printf "%.4f\n", sum}'
    done
}
# The chain of a table with the largest mean cr among the first half of the seeds, and its cr on the others.
tuned() { # NAME TABLE
    local half=$((($(wc -w <<<"$seeds")) / 2)) all=$seeds chain
    seeds=$(cut -d' ' -f1-$half <<<"$all")
    chain=$(for chain in $(awk 'NR > 2 {print $1}' "$out/$1-0.$2"); do echo "$(value "$1" "$2" "$chain" cr | point 4) $chain"; done | sort -g | tail -n 1 | cut -d' ' -f2)
    seeds=$(cut -d' ' -f$((half + 1))- <<<"$all")
    printf '`%s` | %s | %s | %s' "$chain" "$(v "$1" "$2" "$chain" ratio)" "$(v "$1" "$2" "$chain" coherence)" "$(p "$1" "$2" "$chain" entropy)"
    seeds=$all
}
paired() { # NAME TABLE: area less that of temperature, paired by seed
    minus <(area "$1" "$2") <(area "$1" temperature) | mean 3
}
# Whether the areas of two tables differ by more than chance, paired by seed: Student's test at 5 %.
verdict() { # NAME TABLE TABLE
    minus <(area "$1" "$2") <(area "$1" "$3") | awk '
        {n++; s += $1; q += $1 * $1}
        END {
            split("12.706 4.303 3.182 2.776 2.571 2.447 2.365", t, " ")
            m = s / n; e = t[n - 1] * sqrt((q > n * m * m ? q - n * m * m : 0) / (n - 1) / n)
            if (m - e > 0) print "better"; else if (m + e < 0) print "worse"; else print "no difference" }'
}
control() { # how many pairs of runs of one sampler, which differ in their draws only, come out as no difference
    local a b same=0 all=0
    for a in 1 2 3 4 5 6 7 8; do for ((b = a + 1; b <= 8; b++)); do
        all=$((all + 1))
        [ "$(verdict $early "draw$a" "draw$b")" = "no difference" ] && same=$((same + 1))
    done; done
    echo "$same of $all"
}
# The chain of a table with the largest mean of a figure.
best_chain() { # NAME TABLE FIGURE
    local chain
    for chain in $(awk 'NR > 2 {print $1}' "$out/$1-0.$2"); do echo "$(value "$1" "$2" "$chain" "$3" | point 4) $chain"; done | sort -g | tail -n 1 | cut -d' ' -f2
}
{
    echo "# Does cutting the logits make a model creative, or only varied? HOW? ($form form)"
    echo
    echo "Tasks whose valid samples are all known: a model sees some and is to find others. Coherence: the share of samples that are"
    echo "valid. cr: different samples that are valid and were not trained, over all samples; cr\\*: what uniform draws among all valid"
    echo "samples reach. Sequences that say the same count as one ([tasks](../formats.md), [measures](../math.md#creativity))."
    echo "Values are means over seeds $seeds (facts and weights), ± half of the 95 % interval (Student's t); 1,000 samples each."
    echo
    echo "## HOW?"
    echo
    back=$(best_chain siblings-64-1500 flat cr) typical=$(best_chain $early typical_p cr)
    echo "1. By itself, more k or more temperature is more variance. On a memorizing model (width 64, 1,500 steps; cr/cr\\* $(v siblings-64-1500 plain '(none)' ratio)), no k and no"
    echo "   temperature up to 3 passes $(for T in ${temperatures//,/ }; do p siblings-64-1500 wide temperature=$T ratio; done | sort -g | tail -n 1); on width 32 top-k 8, 64 and 256 reach $(p $late k top_k=8 ratio), $(p $late k top_k=64 ratio) and $(p $late k top_k=256 ratio)."
    echo "2. Cutting where the logits break and *then* forgetting the probabilities brings the memorizing model back: \`$back\` reaches"
    echo "   cr/cr\\* $(v siblings-64-1500 flat "$back" ratio) at coherence $(v siblings-64-1500 flat "$back" coherence), against $(v "siblings-64-$(best_step 64)" plain '(none)' ratio) at its best step in training ($(best_step 64)), T 1. It never forgot what is valid."
    echo "3. What the plain model invents is decided by training: creativity peaks where memorized bits begin to be positive, at every width."
    echo "   Stopping there (\`train.stop_memorized=1e-9\`, which does not look at cr) gives cr $(for width in $widths; do echo "$(p "stopped-$width" plain '(none)' cr) ($(p "siblings-$width-$(best_step "$width")" plain '(none)' cr) at the best step of width $width)"; done | paste -sd, | sed 's/,/, /g')."
    echo "4. A model that cannot store its examples finds the rule: 4 parents with 128 children, width 8 ($(result few params | head -n 1) parameters): coherence"
    echo "   $(v few chains temperature=0.5 coherence), cr/cr\\* $(v few chains temperature=0.5 ratio) at T 0.5. Before a model memorizes, a good cut helps: \`$typical\` after 200 steps has $(v $early typical_p "$typical" ratio)"
    echo "   at coherence $(v $early typical_p "$typical" coherence), T 1 $(v $early plain '(none)' ratio) at $(v $early plain '(none)' coherence)."
    echo "5. A random prefix with greedy decoding reaches cr/cr\\* $(p prefix-1 chains temperature=0 ratio), $(p prefix-3 chains temperature=0 ratio) and $(p prefix-6 chains temperature=0 ratio) (h 1, 3, 6), greedy without one $(p prefix-0 chains temperature=0 ratio), sampling at T 0.5"
    echo "   without one $(p prefix-0 chains temperature=0.5 ratio)."
    echo
    echo "## Width and training (siblings, 8 parents with 32 children, a quarter of all pairs trained; T 1)"
    echo
    echo "| width, parameters | steps | coherence | memorized | cr | cr/cr\\* | memorized bits |"
    echo "|---|---|---|---|---|---|---|"
    for width in $widths; do for step in $steps; do
        at=siblings-$width-$step
        printf '| %s, %s | %s | %s | %s | %s | %s | %s |\n' "$width" "$(result "$at" params | head -n 1)" "$step" "$(v "$at" plain '(none)' coherence)" \
            "$(v "$at" plain '(none)' memorized)" "$(v "$at" plain '(none)' cr)" "$(v "$at" plain '(none)' ratio)" "$(result "$at" memorized_bits | mean 0)"
    done; done
    echo
    echo "## k and temperature (width 32)"
    echo
    echo "| chain | after 200 steps: coherence | cr/cr\\* | entropy, bits | after 1,500 steps: coherence | cr/cr\\* | entropy, bits |"
    echo "|---|---|---|---|---|---|---|"
    for k in 1 2 4 8 16 32 64 128 256; do
        printf '| `top_k=%s` |' $k
        for model in $early $late; do printf ' %s | %s | %s |' "$(v $model k top_k=$k coherence)" "$(v $model k top_k=$k ratio)" "$(p $model k top_k=$k entropy)"; done
        echo
    done
    for T in ${temperatures//,/ }; do
        printf '| `temperature=%s` |' "$T"
        for model in $early $late; do printf ' %s | %s | %s |' "$(v $model wide "temperature=$T" coherence)" "$(v $model wide "temperature=$T" ratio)" "$(p $model wide "temperature=$T" entropy)"; done
        echo
    done
    echo
    echo "## A memorizing model brought back"
    echo
    echo "After 1,500 steps: first a cut by the shape of the logits, then a temperature that makes what is left nearly even (1000: even). The"
    echo "best step of the same model in training, at T 1: width 32 $(v "siblings-32-$(best_step 32)" plain '(none)' ratio), width 64 $(v "siblings-64-$(best_step 64)" plain '(none)' ratio)."
    echo
    echo "| chain | width 32: coherence | memorized | cr/cr\\* | width 64: coherence | memorized | cr/cr\\* |"
    echo "|---|---|---|---|---|---|---|"
    for table in flat floor stands; do for chain in $(awk 'NR > 2 {print $1}' "$out/siblings-32-1500-0.$table"); do
        printf '| `%s` |' "$chain"
        for width in 32 64; do printf ' %s | %s | %s |' "$(v siblings-$width-1500 $table "$chain" coherence)" "$(v siblings-$width-1500 $table "$chain" memorized)" "$(v siblings-$width-1500 $table "$chain" ratio)"; done
        echo
    done; done
    echo
    echo "## Stopping where memorizing begins"
    echo
    echo "| width | stopped at step | coherence | cr | cr at the best of the steps above |"
    echo "|---|---|---|---|---|"
    for width in $widths; do
        printf '| %s | %s | %s | %s | %s (step %s) |\n' "$width" "$(result "stopped-$width" steps | mean 0)" "$(v "stopped-$width" plain '(none)' coherence)" \
            "$(v "stopped-$width" plain '(none)' cr)" "$(v "siblings-$width-$(best_step "$width")" plain '(none)' cr)" "$(best_step "$width")"
    done
    echo
    echo "## Samplers
"
    echo
    echo "Six settings of each sampler. Area: what the points dominate in the plane of coherence and cr/cr\\* (1: the ideal corner), and its"
    echo "difference from temperature's, paired by seed. Control: *again* is temperature with other draws; of pairs of such runs, $(control)"
    echo "come out as no difference. Tuned on the first half of the seeds, judged on the other half."
    echo
    for model in $early $late; do
        echo "Width 32 after ${model##*-} steps:"
        echo
        echo "| sampler | area | less temperature's | verdict | tuned | cr/cr\\* | coherence | entropy, bits |"
        echo "|---|---|---|---|---|---|---|---|"
        for table in temperature again "${samplers[@]:1}"; do
            table=${table%%=*}
            printf '| %s | %s | %s | %s | %s |\n' "$table" "$(area $model "$table" | mean 3)" "$(paired $model "$table")" "$(verdict $model "$table" temperature)" "$(tuned $model "$table")"
        done
        echo
    done
    echo "## Seed prefixes (4 parents with 128 children, width 16)"
    echo
    echo "| prefix symbols | greedy: coherence | cr/cr\\* | T 0.5: coherence | cr/cr\\* | T 1: coherence | cr/cr\\* |"
    echo "|---|---|---|---|---|---|---|"
    for h in 0 $prefixes; do
        printf '| %s |' "$h"
        for T in 0 0.5 1; do printf ' %s | %s |' "$(v "prefix-$h" chains temperature=$T coherence)" "$(v "prefix-$h" chains temperature=$T ratio)"; done
        echo
    done
    echo
    echo "## Other tasks"
    echo
    echo "| task | T | coherence | memorized | cr | cr/cr\\* |"
    echo "|---|---|---|---|---|---|"
    for task in few circles lines triangles; do for T in 0.25 0.5 0.75 1 1.5; do
        label=$task
        [ $task = few ] && label='siblings, 4 × 128, d8'
        printf '| %s | %s | %s | %s | %s | %s |\n' "$label" $T "$(v $task chains temperature=$T coherence)" "$(v $task chains temperature=$T memorized)" "$(v $task chains temperature=$T cr)" "$(v $task chains temperature=$T ratio)"
    done; done
    printf '\nTo reproduce: `scripts/reproduce_creativity.sh --%s` (%s runs).\n' "$form" "$(find "$out" -name DONE | wc -l)"
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
