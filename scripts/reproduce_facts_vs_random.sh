#!/usr/bin/env bash
# Why 2 bits per parameter for facts (Allen-Zhu & Li 2024) and 3.6 for random strings (Morris et al. 2025)? One architecture,
# one optimizer, equal exposures, both measures on the same weights: bits of H per parameter, and R.
#
# Cost. 10,000 parameters at load 5. --quick: three fact sets, 100, 300, 1000
# and 3000 exposures, three seeds: 36 runs. --full: P 40,000, up to 10,000 exposures, five seeds. The time is printed at
# the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"

seeds=0,1,2 exposures=100,300,1000,3000 size=''
[ "$form" = quick ] || { seeds=0,1,2,3,4 exposures=100,300,1000,3000,10000 size='model.n_embd=32 train.learning_rate=0.0075'; }
# shellcheck disable=SC2086
sweeps() { reproduce_sweep probes scripts/experiments/facts_vs_random.yaml train.exposures=$exposures train.seed=$seeds $size; }
reproduce_all sweeps

row() { # LABEL KEY LEAF=VALUE...
    local label=$1 key=$2 e
    shift 2
    printf '| %s |' "$label"
    for e in ${exposures//,/ }; do
        reproduce_runs probes "exposures=$e" "$@"
        printf ' %s |' "$(reproduce_values "$key" "${runs[@]}" | reproduce_summary 3)"
    done
    printf '\n'
}
# Differences at the most exposures from long random strings, paired by seed, and what the last step of exposures gains.
verdicts() {
    local last=${exposures##*,} before=${exposures%,*} words fields
    before=${before##*,}
    printf '\nDifferences from the first row after %s exposures, paired by seed. A capacity is reached where more exposures gain\n' "$last"
    printf 'nothing; the last column is what the step from %s exposures gained.\n\n' "$before"
    printf '| | difference | verdict | last gain, %% |\n|---|---|---|---|\n'
    while IFS='|' read -r words fields; do
        printf '| %s | %s | %s | %s |\n' "$words" "$(paired "$fields" "$last" 'kind=random seq_len=16' "$last" '$1 - $2' 3)" \
            "$(paired "$fields" "$last" 'kind=random seq_len=16' "$last" '$1 - $2' 6 |
                awk '{print ($1 - $3 > 0 ? "more" : $1 + $3 < 0 ? "less" : "not shown")}')" \
            "$(paired "$fields" "$last" "$fields" "$before" '100 * ($1 / $2 - 1)' 1)"
    done <<<$'random, 8 tokens over 64 symbols|kind=random seq_len=8\npeople (bioD)|kind=biod'
}
paired() { # LEAF=VALUES EXPOSURES LEAF=VALUES EXPOSURES FORMULA DIGITS
    local one
    # shellcheck disable=SC2086
    reproduce_runs probes "exposures=$2" $1
    one=("${runs[@]}")
    # shellcheck disable=SC2086
    reproduce_runs probes "exposures=$4" $3
    paste <(reproduce_values bits_per_param "${one[@]}") <(reproduce_values bits_per_param "${runs[@]}") | awk "{print $5}" | reproduce_summary "$6"
}
{
    printf '# Facts against random strings, %s form\n\n' "$form"
    printf 'Does a model hold fewer bits per parameter of facts than of random strings? One architecture, one optimizer, equal\n'
    printf 'exposures; load 5, so no model holds all facts. Bits per parameter, mean and 95 %% interval over seeds %s.\n\n' "$seeds"
    printf '| exposures | %s |\n' "${exposures//,/ | }"
    # shellcheck disable=SC2086
    printf -- '|---|%s\n' "$(printf -- '---|%.0s' ${exposures//,/ })"
    row 'random, 16 tokens over 224 symbols: bits of H' bits_per_param kind=random seq_len=16
    row 'random, 8 tokens over 64 symbols: bits of H' bits_per_param kind=random seq_len=8
    row 'people (bioD): bits of H' bits_per_param kind=biod
    row 'the same weights: R' r kind=biod
    row 'R_max' r_max kind=biod
    verdicts
    reproduce_certified 'all three|probes'
    reproduce_footer probes
} >"$page"
cat "$page"
