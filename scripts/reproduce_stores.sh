#!/usr/bin/env bash
# What a store of facts brings: rows that are deleted, edited, and added after training; facts beyond what the weights hold; and
# weights that are free for other facts. Measures: docs/tools.md, "What a store brings".
#   scripts/reproduce_stores.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost: 6 P operations a token, P = 4,000 to 10,000 (full: 30,000); the time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
# shellcheck source=scripts/reproduce_queue.sh
. scripts/reproduce_queue.sh
seeds="0 1 2" rows="16 64 256 512 2048" width=12 wider=14 held="192 224 256 288" few=256
[ "$form" = quick ] || seeds="0 1 2 3 4" rows="16 32 64 128 256 512 1024 2048 4096" width=24 wider=26 held="800 928 1056 1184" few=1056
many=$((8 * few)) half=${held#* } half=${half%% *}

people=scripts/experiments/stores_rows.yaml
weights=scripts/experiments/stores_weights.yaml
size=(model.n_embd="$width" train.learning_rate="$(awk "BEGIN {print 0.24 / $width}")" facts.seed=@)
store=(tools.0.tool=store tools.0.args=span+span)
called=(train.optimizer=adamw train.schedule=cosine train.learning_rate=0.003 train.max_steps=1500)
for n in $rows; do arm "rows-$n" "$people" facts.n="$n" facts.seed=@; done
for n in $held; do arm "weights-$n" "$weights" "${size[@]}" facts.n="$n" train.max_steps=$((3 * n)); done
arm "weights-$many" "$weights" "${size[@]}" facts.n="$many" train.max_steps="$many"
for n in $few $many; do arm "store-$n" "$weights" "${size[@]}" facts.n="$n" "${store[@]}" tools.0.max_calls=4 "${called[@]}"; done
arm all "$weights" "${size[@]}" model.n_embd="$wider" facts.n="$half" train.max_steps=$((3 * half))
arm freed "$weights" "${size[@]}" facts.n=$((2 * half)) "${store[@]}" tools.0.max_calls=2 tools.0.attributes=1-2 train.max_steps=$((6 * half))
run_queue train
for n in $rows; do look "rows-$n" audit --n 300 --audit; done
for n in $held $many; do look "weights-$n" eval --n 100000; done
for n in $few $many; do look "store-$n" audit --n 1000 --audit --ledger; done
for name in all freed; do look $name eval --n 100000; done

mean4() { awk '{sum += $1} END {if (NR) printf "%.4f", sum / NR; else printf "–"}'; }
# Parameters a fact where the recall of answers falls below .95: between sizes by a line. One number a seed.
params_a_fact() {
    local seed n P
    P=$(result "weights-$few" params | head -n 1)
    for seed in $seeds; do
        for n in $held; do
            printf '%s %s\n' "$n" "$(awk '$1 == "groups.accuracy" {print $2; exit}' "$out/weights-$n-$seed.eval")"
        done | awk -v P="$P" '
            NR > 1 && before >= .95 && $2 < .95 && !at {at = size + ($1 - size) * (before - .95) / (before - $2)}
            {size = $1; before = $2}
            END {printf "%.3f\n", P / (4 * (at ? at : size))}'
    done
}
by_weights() { # NAME: recall of the answers that no tool serves
    paste <(of "$1" eval trained right_by_weights) <(of "$1" eval trained by_weights) | awk '{print $1 / $2}'
}

{
    printf '# A store of facts, %s form\n\n' "$form"
    printf 'Seeds %s for facts and weights; the worst seed, and the mean in brackets, where there are two figures.\n' "$seeds"
    printf 'Recall: greedy decoding gives all tokens of an answer. The model makes the calls.\n'
    printf '\n## Rows that are deleted, edited, and added after training\n\n'
    printf 'People in sentences (kind bios), six values each; every value is a row, whose key is the name and the words before it.\n'
    printf 'Two layers of width 16, %s parameters, %s steps. Of each second person one row is\n' "$(result rows-512 params | head -n 1)" "$(result rows-512 steps | head -n 1)"
    printf 'changed. *Added*: 300 more people of the draw, whose rows are put into the store alone.\n\n'
    printf '| people trained | full | edited: new answer | edited: old answer | deleted: old answer | deleted: answered as missing | off: old answer | off: added, guessed | added |\n'
    printf '|---|---|---|---|---|---|---|---|---|\n'
    for n in $rows; do
        printf '| %s | %s' "$n" "$(audited "rows-$n" audit full right | worst)"
        printf ' | %s | %s' "$(audited "rows-$n" audit edited right | worst)" "$(audited "rows-$n" audit edited before | mean4)"
        printf ' | %s | %s' "$(audited "rows-$n" audit deleted before | mean4)" "$(audited "rows-$n" audit deleted missing | worst)"
        printf ' | %s | %s' "$(audited "rows-$n" audit "deleted, off" before | mean4)" "$(audited "rows-$n" audit "added, off" right | mean4)"
        printf ' | %s |\n' "$(audited "rows-$n" audit added right | worst)"
    done
    printf '\n1. *The store is read, not learned*: edited rows are followed, deleted ones are reported as missing, and with the tool off\n'
    printf '   the weights know no more of a deleted row than of one that they never saw.\n'
    printf '2. *Calls are right for names that were never trained, too*, from some hundred people on: an argument is pointed at\n'
    printf '   and copied, not generated.\n'
    printf '\n## Facts beyond what weights hold\n\n'
    printf 'People with four values of log2 225 = 7.81 bits each (kind biod): the facts of In-Tool Learning (2508.20755) in bits. Two\n'
    printf 'layers of width %s. *Weights*: no store, SOAP. *Store*: the same and the stage, AdamW, 1,500 steps.\n\n' "$width"
    printf '| model | parameters | people | facts | recall | of people added |\n|---|---|---|---|---|---|\n'
    for n in $held $many; do
        printf '| weights | %s | %s | %s | %s | |\n' "$(result "weights-$n" params | head -n 1)" "$n" $((4 * n)) "$(of "weights-$n" eval trained accuracy | worst)"
    done
    for n in $few $many; do
        printf '| store | %s | %s | %s | %s | %s |\n' "$(result "store-$n" params | head -n 1)" "$n" $((4 * n)) \
            "$(of "store-$n" audit trained accuracy | worst)" "$(audited "store-$n" audit added right | worst)"
    done
    printf '\nParameters a fact in the weights for recall .95, interpolated: %s (95 %% interval over seeds; P = %s).\n' "$(params_a_fact | mean 2)" "$(result "weights-$few" params | head -n 1)"
    printf 'Published (2508.20755, P = 8.13 facts + 5.6k): 8.13, two thirds of which are 5.42.\n'
    printf 'Here an answer follows the name and the true values before it; there each answer has a question of its own.\n'
    printf '\nBits of %s people (mean of seeds): memorized with the tools off %s, with them %s; weights %s, store %s.\n' "$many" \
        "$(for s in $seeds; do awk '$1 == "ledger.memorized_bits" {print $2}' "$out/store-$many-$s.audit"; done | point 0)" \
        "$(for s in $seeds; do awk '$1 == "ledger.memorized_bits_with_tools" {print $2}' "$out/store-$many-$s.audit"; done | point 0)" \
        "$(for s in $seeds; do awk '$1 == "ledger.weight_bits" {print $2}' "$out/store-$many-$s.audit"; done | point 0)" \
        "$(for s in $seeds; do awk '$1 == "ledger.store_bits" {print $2}' "$out/store-$many-$s.audit"; done | point 0)"
    printf '\n## Freed weights\n\n'
    printf 'Values 1 and 2 of %s people in the store, 3 and 4 in the weights, against all four values of half as many in the weights\n' $((2 * half))
    printf 'of a wider model, which has more parameters. As many facts are in the weights of both.\n\n'
    printf '| model | parameters | people | recall of values in the weights | of all values |\n|---|---|---|---|---|\n'
    for name in all freed; do
        printf '| %s | %s | %s | %s | %s |\n' "$([ $name = all ] && echo 'all in the weights' || echo 'values 1 and 2 in the store')" \
            "$(result $name params | head -n 1)" "$(result $name facts | head -n 1)" "$(by_weights $name | worst)" "$(of $name eval trained accuracy | worst)"
    done
    reproduce_runs_footer
} >"$page"
cat "$page"
