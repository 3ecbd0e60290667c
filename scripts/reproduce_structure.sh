#!/usr/bin/env bash
# Which structure holds more bits? Ten structures of the same number of parameters, paired by seed. Nearest published figures:
# attention-only 1.30, MLP-only 2.43 bits per parameter at 37,000 parameters, not at equal P.
#
# Cost. 12,444 parameters at load 6 are 750 facts, 12,000 tokens: 9e8 operations an epoch. --quick: ten
# structures, 1000 and 500 epochs, three seeds: 60 runs. --full: 48,000 parameters, 4000 and 2000
# epochs, five seeds: 107 times as much. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"

seeds=0,1,2 budgets=500,1000 P=12444 cfg=$out/structure.yaml
cp scripts/experiments/structure.yaml "$cfg"
if [ "$form" = full ]; then
    seeds=0,1,2,3,4 budgets=2000,4000 P=48000
    sed -i 's/n_embd: 16/n_embd: 32/; s/n_embd: 24}/n_embd: 48}/; s/n_embd: 12}/n_embd: 24}/; s/12444/48000/; s/0.015/0.0075/' "$cfg"
fi
sweeps() { reproduce_sweep structure "$cfg" train.max_steps=$budgets train.seed=$seeds; }
reproduce_all sweeps

base='n_layer=2 attn=causal mlp=plain act=gelu gated=false n_head=2 tie_weights=true'
long=${budgets#*,} short=${budgets%,*}
# One row: an arm differs from the base in the given values.
row() { # LABEL LEAF=VALUE...
    local label=$1 settings=() word change
    shift
    for word in $base; do
        for change in "$@"; do [ "${change%%=*}" = "${word%%=*}" ] && word=$change; done
        settings+=("$word")
    done
    reproduce_runs structure "${settings[@]}" max_steps="$long"
    local arm=("${runs[@]}")
    reproduce_runs structure "${settings[@]}" max_steps="$short"
    local halved=("${runs[@]}")
    # shellcheck disable=SC2086
    reproduce_runs structure $base max_steps="$long"
    printf '| %s | %s | %s | %s | %s |\n' "$label" "$(reproduce_values params "${arm[0]}")" \
        "$(reproduce_values bits_per_param "${arm[@]}" | reproduce_summary 3)" \
        "$(paste <(reproduce_values bits_per_param "${runs[@]}") <(reproduce_values bits_per_param "${arm[@]}") |
            awk '{print $2 - $1}' | reproduce_summary 3)" \
        "$(paste <(reproduce_values bits_per_param "${halved[@]}") <(reproduce_values bits_per_param "${arm[@]}") |
            awk '{print 100 * ($2 / $1 - 1)}' | reproduce_summary 1)"
}
{
    printf '# Structure at equal P, %s form\n\n' "$form"
    printf 'Which structure holds more bits at an equal number of parameters? Random facts at load 6 (no model holds them all),\n'
    printf 'P = %s within 1 %%, SOAP, %s epochs, seeds %s. Differences are paired by seed. Where doubling the budget still\n' "$P" "$long" "$seeds"
    printf 'gains more than 1 %%, the values are lower bounds: the bits reached with this budget.\n\n'
    printf '| | P | bits/param | difference from the first | gain of the doubled budget, %% |\n|---|---|---|---|---|\n'
    row 'two layers, GELU, two heads, tied'
    row 'attention only' mlp=none
    row 'MLP only (causal mean)' attn=mean
    row 'deep, narrow: four layers' n_layer=4
    row 'shallow, wide: one layer' n_layer=1
    row 'ReLU' act=relu
    row 'SwiGLU' gated=true act=silu
    row 'one head' n_head=1
    row 'four heads' n_head=4
    row 'head not tied' tie_weights=false
    reproduce_footer structure
} >"$page"
cat "$page"
