#!/usr/bin/env bash
# Memorize or query: a model can look a fact up in a store, and every call costs bits. When does it learn the facts instead?
# Measures: docs/math.md, "Tools inside the layers".
#   scripts/reproduce_memorize.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost: 6 P operations a token, P = 7,267; 128 to 2,048 facts of five tokens (full: to 8,192), 800 exposures; three ways, three costs, three
# seeds (full: four and five): 81 runs. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh disable=SC2016
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
# shellcheck source=scripts/reproduce_queue.sh
. scripts/reproduce_queue.sh
seeds="0 1 2" sizes="128 512 2048" costs="0 1 4"
[ "$form" = quick ] || seeds="0 1 2 3 4" sizes="128 256 512 1024 2048 4096 8192" costs="0 1 4 7"

config=scripts/experiments/memorize.yaml
declare -A keys=([gate]="tools.0.gate=learned" [mixture]="tools.0.train=mixture tools.0.own_from=0.5" [sampled]="tools.0.train=sampled")
declare -A words=([gate]="gate" [mixture]="mixture, then its own" [sampled]="drawn")
for n in $sizes; do
    for way in gate mixture sampled; do
        for cost in $costs; do
            # shellcheck disable=SC2086
            arm "$way-$n-$cost" "$config" ${keys[$way]} facts.n="$n" facts.seed=@ tools.0.cost="$cost"
        done
    done
done
run_queue train
for n in $sizes; do
    for way in gate mixture sampled; do
        for cost in $costs; do
            look "$way-$n-$cost" eval --n 100000
            look "$way-$n-$cost" off --n 100000 --off
        done
    done
done

mean2() { awk '{sum += $1} END {if (NR) printf "%.2f", sum / NR; else printf "–"}'; }
# Calls that a fact pays for in training, at the end: the mean of the last ten steps recorded.
paid() { # ARM
    local seed
    for seed in $seeds; do
        grep -o '"calls":[0-9.e-]*' "$out/$1-$seed/metrics.jsonl" | tail -n 10 | awk -F: '{sum += $2} END {if (NR) print sum / NR}'
    done
}
made() { # ARM: the model's own calls, of those that a store could serve
    paste <(of "$1" eval trained calls_due) <(of "$1" eval trained calls_missed) | awk '{print 1 - $2 / $1}'
}
calls() { # WAY ARM
    if [ "$1" = gate ]; then paid "$2"; else made "$2"; fi
}
{
    printf '# Memorize or query, %s form\n\n' "$form"
    printf 'Facts of kind triples: subject, relation and an answer of 8 bits (two tokens). One layer of two asks a store that has all\n'
    printf 'facts; width 16, %s parameters (%s with a gate). Seeds %s for facts and weights, %s exposures; AdamW.\n' \
        "$(result sampled-128-0 params | head -n 1)" "$(result gate-128-0 params | head -n 1)" "$seeds" "$(result sampled-128-0 exposures | head -n 1)"
    printf 'A call costs 0 to %s bits in the loss (`tools.0.cost`), in three ways:\n\n' "${costs##* }"
    printf -- '- *gate*: calls are given; a learned gate multiplies what they write, and its value is what is paid.\n'
    printf -- '- *mixture, then its own*: nothing is given. In the first half of the steps the result of each call is weighed by its\n'
    printf '  probability, which is paid; then the model makes the call that is most probable, or none.\n'
    printf -- '- *drawn*: nothing is given. A call is made or not, by lot; REINFORCE.\n\n'
    printf '*Calls*: a fact, of the gate what is paid at the end of training, else the calls that the model makes. *Recall*: both tokens of\n'
    printf 'the answer, greedily, as the model calls. *Off*: the same with the store off: what the weights know. Means over seeds.\n\n'
    printf '| facts | bits of answers / parameter | way |'
    for cost in $costs; do printf ' cost %s: calls | recall | off |' "$cost"; done
    printf '\n|---|---|---|'
    for _ in $costs; do printf -- '---|---|---|'; done
    printf '\n'
    for n in $sizes; do
        for way in gate mixture sampled; do
            printf '| %s | %s | %s |' "$n" "$(awk -v n="$n" -v P="$(result "$way-$n-0" params | head -n 1)" 'BEGIN {printf "%.2f", 8 * n / P}')" "${words[$way]}"
            for cost in $costs; do
                printf ' %s | %s | %s |' "$(calls $way "$way-$n-$cost" | mean2)" "$(of "$way-$n-$cost" eval trained accuracy | mean2)" \
                    "$(of "$way-$n-$cost" off trained accuracy | mean2)"
            done
            printf '\n'
        done
    done
    reproduce_runs_footer
} >"$page"
cat "$page"
