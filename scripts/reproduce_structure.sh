#!/usr/bin/env bash
# Which structure holds more bits? Ten structures of the same number of parameters, paired by seed, at three sizes. Nearest published
# figures: attention-only 1.30, MLP-only 2.43 bits per parameter at 37,000 parameters, not at equal P.
#
# Cost. 12,444 parameters at load 6 are 750 facts, 12,000 tokens: 9e8 operations an epoch. --quick: ten structures of 3,552, 6,864
# and 12,444 parameters, 1000 and 500 epochs, three seeds: 180 runs, the largest size two thirds of them. --full: 6,864, 12,444 and
# 48,000 parameters, 4000 and 2000 epochs, five seeds: 78 times as much. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"

seeds=0,1,2 budgets=500,1000
# Parameters, width of the base, of the deep and narrow one, of the wide one, learning rate: 0.24 / width of the base.
sizes=('3552 8 6 12 0.03' '6864 12 8 18 0.02' '12444 16 12 24 0.015')
[ "$form" = quick ] || {
    seeds=0,1,2,3,4 budgets=2000,4000
    sizes=('6864 12 8 18 0.02' '12444 16 12 24 0.015' '48000 32 24 48 0.0075')
}
sweeps() {
    local size P base narrow wide rate
    for size in "${sizes[@]}"; do
        read -r P base narrow wide rate <<<"$size"
        sed "s/n_embd: 16/n_embd: $base/; s/n_embd: 12}/n_embd: $narrow}/; s/n_embd: 24}/n_embd: $wide}/; s/12444/$P/; s/0.015/$rate/" \
            scripts/experiments/structure.yaml >"$out/structure-$P.yaml"
        reproduce_sweep "structure-$P" "$out/structure-$P.yaml" train.max_steps=$budgets train.seed=$seeds
    done
}
reproduce_all sweeps

base='n_layer=2 attn=causal mlp=plain act=gelu gated=false n_head=2 tie_weights=true'
long=${budgets#*,} short=${budgets%,*}
# The arms: words, and values in which they differ from the base.
arms=('two layers, GELU, two heads, tied|' 'attention only|mlp=none' 'MLP only (causal mean)|attn=mean' 'deep, narrow: four layers|n_layer=4'
    'shallow, wide: one layer|n_layer=1' 'ReLU|act=relu' 'SwiGLU|gated=true act=silu' 'one head|n_head=1' 'four heads|n_head=4'
    'head not tied|tie_weights=false')
# One arm at one size, as a line "words|P|bits/param|difference|gain".
row() { # P LABEL LEAF=VALUE...
    local at=structure-$1 label=$2 settings=() word change arm halved
    shift 2
    for word in $base; do
        for change in "$@"; do [ "${change%%=*}" = "${word%%=*}" ] && word=$change; done
        settings+=("$word")
    done
    reproduce_runs "$at" "${settings[@]}" max_steps="$long"
    arm=("${runs[@]}")
    reproduce_runs "$at" "${settings[@]}" max_steps="$short"
    halved=("${runs[@]}")
    # shellcheck disable=SC2086
    reproduce_runs "$at" $base max_steps="$long"
    printf '%s|%s|%s|%s|%s\n' "$label" "$(reproduce_values params "${arm[0]}")" \
        "$(reproduce_values bits_per_param "${arm[@]}" | reproduce_summary 3)" \
        "$(paste <(reproduce_values bits_per_param "${runs[@]}") <(reproduce_values bits_per_param "${arm[@]}") |
            awk '{print $2 - $1}' | reproduce_summary 3)" \
        "$(paste <(reproduce_values bits_per_param "${halved[@]}") <(reproduce_values bits_per_param "${arm[@]}") |
            awk '{print 100 * ($2 / $1 - 1)}' | reproduce_summary 1)"
}
for size in "${sizes[@]}"; do
    P=${size%% *}
    for arm in "${arms[@]}"; do
        # shellcheck disable=SC2086
        row "$P" "${arm%%|*}" ${arm#*|}
    done >"$out/rows-$P"
done

# A verdict of a difference "-0.769 ± 0.104", and of a gain.
verdict() { awk '{print ($1 - $3 > 0 ? "more" : $1 + $3 < 0 ? "less" : "not shown")}' <<<"$1"; }
converged() { awk '{print ($1 + $3 < 1 && $1 - $3 > -1 ? "converged" : "lower bound")}' <<<"$1"; }
table() { # P
    local label params bits difference gain
    printf '\n## %s parameters\n\n' "$(sed -E 's/([0-9])([0-9]{3})$/\1,\2/' <<<"$1")"
    printf '| | P | bits/param | difference from the first | verdict | gain of the doubled budget, %% | the value is |\n'
    printf '|---|---|---|---|---|---|---|\n'
    while IFS='|' read -r label params bits difference gain; do
        printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$label" "$params" "$bits" "$difference" \
            "$([ "${difference#-}" = '0.000 ± 0.000' ] || verdict "$difference")" "$gain" "$(converged "$gain")"
    done <"$out/rows-$1"
}
# The differences of all arms at all sizes: a dot and its interval for each.
figure() {
    local size
    for size in "${sizes[@]}"; do sed "1d; s/^/${size%% *}|/" "$out/rows-${size%% *}"; done | awk -F'|' '
        {
            if (!($1 in at)) {at[$1] = ++sizes; name[sizes] = $1}
            if (!($2 in row)) {row[$2] = ++rows; label[rows] = $2}
            split($5, v, " "); mean[row[$2], at[$1]] = v[1]; half[row[$2], at[$1]] = v[3]
            if (v[1] - v[3] < low) low = v[1] - v[3]
            if (v[1] + v[3] > high) high = v[1] + v[3]
        }
        function x(value) {return 190 + 440 * (value - low) / (high - low)}
        END {
            low = int(low * 5 - 1) / 5; high = int(high * 5 + 1) / 5
            split("#2563a8 #c2571a #3c8d40", colour, " ")
            height = 34 * rows + 78
            printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 660 %d\" font-family=\"sans-serif\" font-size=\"12\">\n", height
            print "<title>Bits per parameter at equal P, difference from the first structure, with 95 % intervals</title>"
            printf "<rect width=\"660\" height=\"%d\" fill=\"#fff\"/>\n", height
            for (value = low; value < high + .01; value += .2) {
                printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"24\" y2=\"%d\" stroke=\"%s\"/>", x(value), x(value), 34 * rows + 30, value * value < .0001 ? "#333" : "#ddd"
                printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x(value), 34 * rows + 46, value * value < .0001 ? 0 : sprintf("%+.1f", value)
            }
            printf "<text x=\"410\" y=\"%d\" text-anchor=\"middle\">difference from the first structure, bits per parameter</text>\n", height - 8
            for (s = 1; s <= sizes; s++)
                printf "<circle cx=\"%d\" cy=\"12\" r=\"4\" fill=\"%s\"/><text x=\"%d\" y=\"16\">P %s</text>\n", 110 + 90 * s, colour[s], 118 + 90 * s, name[s]
            for (r = 1; r <= rows; r++) {
                printf "<text x=\"4\" y=\"%d\">%s</text>\n", 34 * r + 14, label[r]
                for (s = 1; s <= sizes; s++) {
                    if (!((r, s) in mean)) continue
                    y = 34 * r + 10 * (s - 2) + 10
                    printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2\"/>", x(mean[r, s] - half[r, s]), x(mean[r, s] + half[r, s]), y, y, colour[s]
                    printf "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"%s\"/>\n", x(mean[r, s]), y, colour[s]
                }
            }
            print "</svg>"
        }'
}
figure >"${page%.md}.svg"
{
    printf '# Structure at equal P, %s form\n\n' "$form"
    printf 'Which structure holds more bits at an equal number of parameters? Random facts at load 6 (no model holds them all), three\n'
    printf 'sizes, P within 1 %%, SOAP at the rate of the first structure, %s epochs, seeds %s. ± is half of the 95 %% interval\n' "$long" "$seeds"
    printf '(Student'"'"'s t). Differences are paired by seed; *more*, *less*: the whole interval is on one side of 0. Where doubling the\n'
    printf 'budget is not shown to gain less than 1 %%, a value is a lower bound: the bits reached with this budget. All structures have the\n'
    printf 'rate of the first one, which may not be the best of each.\n\n'
    printf '![Differences from the first structure in bits per parameter, three sizes](%s)\n' "$(basename "${page%.md}.svg")"
    for size in "${sizes[@]}"; do table "${size%% *}"; done
    certified=()
    for size in "${sizes[@]}"; do certified+=("P ${size%% *}|structure-${size%% *}"); done
    reproduce_certified "${certified[@]}"
    # shellcheck disable=SC2046
    reproduce_footer $(for size in "${sizes[@]}"; do echo "structure-${size%% *}"; done)
} >"$page"
cat "$page"
