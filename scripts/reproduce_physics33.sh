#!/usr/bin/env bash
# Physics of Language Models 3.3 (Allen-Zhu & Li 2024, arXiv 2404.05405) at a scale of 13,000 parameters: how many bits of
# knowledge does a parameter hold after 1000 and after 100 exposures, with and without MLP, in 8 and in 4 bits, among junk?
#
# Cost. A person is 8 tokens and about 36 bits. Load 1.6 (bits of H per parameter; R_max is about 1.2) is 500 people, load 4
# is 1,250, load 6 is 1,900; 1000 exposures of a person cost 6 P 8 1000 = 6e8 operations. --quick: three structures at three
# loads and two exposures, and three mixtures with junk, three seeds: 63 runs, 5e13 operations.
# --full: P 48,000, five seeds: 27 times as much. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"

seeds=0,1,2 size='' cfg=scripts/experiments/physics33.yaml
[ "$form" = quick ] || seeds=0,1,2,3,4 size='model.n_embd=32 model.match_params=48000 train.learning_rate=0.0075'
sed '/^sweep:/,$d' $cfg >"$out/junk.yaml"
cat >>"$out/junk.yaml" <<'Y'
sweep:
  points:
    - {facts.junk_ratio: 0}
    - {facts.junk_ratio: 7, facts.junk_n: 28000}
    - {facts.junk_ratio: 7, facts.junk_n: 28000, facts.domain_token: true}
Y
# shellcheck disable=SC2086
sweeps() {
    reproduce_sweep structure $cfg facts.load=1.6,4,6 train.exposures=100,1000 train.seed=$seeds $size
    reproduce_sweep junk "$out/junk.yaml" facts.load=4 train.exposures=100 train.seed=$seeds $size
}
reproduce_all sweeps

# One row: R, mean and 95 % interval, for every load.
row() { # LABEL SWEEP LEAF=VALUE...
    local label=$1 sweep=$2 load
    shift 2
    printf '| %s |' "$label"
    for load in 1.6 4 6; do
        reproduce_runs "$sweep" "load=$load" "$@"
        printf ' %s |' "$(reproduce_values r "${runs[@]}" | reproduce_summary 3)"
    done
    printf '\n'
}
quantized() { # LABEL ARGS...
    local label=$1 load
    shift
    printf '| %s |' "$label"
    for load in 1.6 4 6; do
        reproduce_runs structure "load=$load" exposures=1000 mlp=plain gated=false
        printf ' %s |' "$(reproduce_eval_values memorized_bits "$@" -- "${runs[@]}" | reproduce_summary 0)"
    done
    printf '\n'
}

# Runs against runs, paired by seed: the mean ratio of a figure. Arms are "SWEEP LEAF=VALUE...".
ratio() { # KEY ARM BASE
    local key=$1 arm base
    # shellcheck disable=SC2086
    reproduce_runs $2
    arm=$(reproduce_values "$key" "${runs[@]}")
    # shellcheck disable=SC2086
    reproduce_runs $3
    base=$(reproduce_values "${4:-$key}" "${runs[@]}")
    paste <(echo "$arm") <(echo "$base") | awk 'NF == 2 {print $1 / $2}' | reproduce_summary 2
}
left() { # ARGS...: share of the memorized bits that quantization leaves at load 1.6
    # shellcheck disable=SC2086
    reproduce_runs $whole
    paste <(reproduce_eval_values memorized_bits "$@" -- "${runs[@]}") <(reproduce_values memorized_bits "${runs[@]}") |
        awk '{print $1 / $2}' | reproduce_summary 2
}
compare() { # WORDS PUBLISHED VALUE LOW [HIGH]
    echo "| $1 | $2 | $3 | $(reproduce_verdict "${@:4}" <<<"$3") |"
}
plain='mlp=plain gated=false'
whole="structure load=1.6 exposures=1000 $plain"
long="structure load=6 exposures=1000" short="structure load=6 exposures=100"

{
    printf '# Physics of Language Models 3.3, %s form\n\n' "$form"
    printf 'This page repeats the measurements of Allen-Zhu & Li 2024 at a small scale. They found:\n\n'
    printf -- '- R of at least 2 bits per parameter after 1000 exposures and about 1 after 100; near-perfect recall up to R_max 1.8.\n'
    printf -- '- Without MLP, no loss at 1000 exposures, and an R more than 1.5 times smaller at 100; with a gated MLP, 1.3 times\n  smaller at 100.\n'
    printf -- '- int8 loses nothing, int4 more than half.\n'
    printf -- '- Junk at 7 : 1 divides R by 20 at 100 exposures, by 2 where a token marks the domain.\n\n'
    printf 'Here: bioD with names out of 32³, five values out of 64; two layers, every arm with the same number of parameters within\n'
    printf '1 %%, SOAP. Mean over seeds %s and 95 %% interval.\n\n' "$seeds"
    printf '## R, bits per parameter\n\n| | load 1.6 | load 4 | load 6 |\n|---|---|---|---|\n'
    for load in 1.6 4 6; do
        reproduce_runs structure "load=$load" exposures=1000 mlp=plain gated=false
        max="${max:-| R_max |} $(reproduce_values r_max "${runs[@]}" | reproduce_summary 3) |"
    done
    echo "$max"
    for exposures in 1000 100; do
        row "plain MLP, $exposures exposures" structure mlp=plain gated=false exposures=$exposures
        row "gated MLP, $exposures exposures" structure mlp=plain gated=true exposures=$exposures
        row "no MLP, $exposures exposures" structure mlp=none gated=false exposures=$exposures
    done
    row 'plain MLP, 100 exposures, the batches of the next two rows' junk junk_ratio=0
    row 'the same with 7 times as much junk: 28,000 other people' junk junk_ratio=7 domain_token=false
    row 'the same with junk and a token that marks the domain' junk junk_ratio=7 domain_token=true
    printf '\n## Memorized bits after quantization (plain MLP, 1000 exposures)\n\n| | load 1.6 | load 4 | load 6 |\n|---|---|---|---|\n'
    row_bits=$(for load in 1.6 4 6; do
        reproduce_runs structure "load=$load" exposures=1000 mlp=plain gated=false
        printf ' %s |' "$(reproduce_values memorized_bits "${runs[@]}" | reproduce_summary 0)"
    done)
    echo "| float32 |$row_bits"
    quantized 'int8' --quantize int8
    quantized 'int4, to the nearest' --quantize int4
    quantized 'int4, GPTQ' --quantize int4 --method gptq
    quantized 'ternary' --quantize ternary
    printf '\n## Comparison with published values\n\nVerdict: is the published value in the interval? Seeds alone make the interval; models and data are other ones.\n\n'
    printf '| | published | rote | verdict |\n|---|---|---|---|\n'
    # shellcheck disable=SC2086
    {
        reproduce_runs $long $plain
        compare 'bits/param after 1000 exposures, overload' 2.0 "$(reproduce_values r "${runs[@]}" | reproduce_summary 2)" 2
        reproduce_runs $short $plain
        compare 'after 100' 1.0 "$(reproduce_values r "${runs[@]}" | reproduce_summary 2)" 1
    }
    compare 'R / R_max with room (R_max 1.3), 1000 exposures' 'near 1' "$(ratio r "$whole" "$whole" r_max)" 0.95 1
    compare 'no MLP / plain MLP, 1000 exposures' 1 "$(ratio r "$long mlp=none" "$long $plain")" 1
    compare 'the same, 100 exposures' 'below 0.67' "$(ratio r "$short mlp=none" "$short $plain")" 0 0.67
    compare 'gated / plain, 1000 exposures' 1 "$(ratio r "$long gated=true" "$long $plain")" 1
    compare 'the same, 100 exposures' 0.77 "$(ratio r "$short gated=true" "$short $plain")" 0.77
    compare 'share left by int8' all "$(left --quantize int8)" 1
    compare 'share left by int4, GPTQ' 0.35 "$(left --quantize int4 --method gptq)" 0.35
    compare 'junk 7 : 1 / without, 100 exposures' 0.05 "$(ratio r 'junk junk_ratio=7 domain_token=false' 'junk junk_ratio=0')" 0.05
    compare 'with a domain token / without junk' 0.5 "$(ratio r 'junk junk_ratio=7 domain_token=true' 'junk junk_ratio=0')" 0.5
    reproduce_footer structure junk
} >"$page"
cat "$page"
