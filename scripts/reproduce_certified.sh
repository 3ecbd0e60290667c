#!/usr/bin/env bash
# How many bits do a model's weights certainly hold, and how many per bit of weight? An archive of each model is written and
# read back, and compared with the entropy of the facts: no convergence is assumed (docs/math.md).
#   scripts/reproduce_certified.sh [--quick | --full] [--out DIR] [--jobs N]
# The ladder's settings at some widths, facts and weights drawn for each seed; weights rounded to 32 to 2 bits after
# training, to the nearest and by GPTQ, and trained in 8 to 2 bits.
#
# Cost: a step of P parameters on N = 4.8 P / 96 facts of 16 tokens is 6 P 16 N operations and some. Quick: P = 1,528, 4,592
# and 9,192, 1,000 epochs, three seeds, six formats: 54 runs, 3e12 operations. Full: six widths
# to d 48, 4,000 epochs, five seeds: 180 runs, 5e14 operations. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
if [ "$form" = quick ]; then
    widths="8 16 24" exposures=1000 seeds="0 1 2"
else
    widths="8 12 16 24 32 48" exposures=4000 seeds="0 1 2 3 4"
fi
formats="int8 int6 int4 int3 int2"
{
    echo "facts: {kind: random, seq_len: 16, vocab_size: 64, load: 4.8}"
    echo "model: {n_layer: 1, n_head: 2}"
    echo "train: {optimizer: soap, schedule: wsd, beta2: 0.95, exposures: $exposures, batch_size: 0}"
    echo "sweep:"
    echo "  points:"
    for d in $widths; do
        for seed in $seeds; do
            echo "    - {model.n_embd: $d, train.learning_rate: $(awk "BEGIN {print 0.24 / $d}"), facts.seed: $seed, train.seed: $seed}"
        done
    done
} >"$out/base.yaml.new"
cmp -s "$out/base.yaml.new" "$out/base.yaml" || mv "$out/base.yaml.new" "$out/base.yaml"
rm -f "$out/base.yaml.new"

sweeps() {
    local format
    reproduce_sweep full "$out/base.yaml"
    for format in $formats; do reproduce_sweep "$format" "$out/base.yaml" train.quantize="$format"; done
}
reproduce_all sweeps

certify() { (cd "$out" && "$rote" capacity "$1" --certify --quiet "${@:2}"); } # SWEEP OPTIONS...
after=$(certify full --bits 32,16,8,6,4,3,2 --method rtn,gptq)

# The table over models: bits, method, and three times mean (lowest to highest).
over_models() {
    awk '/^ +bits +certified/ {on = 1; next} /^ +mean over models/ {on = 0}
        on {gsub(/ \(/, "(", $0); gsub(/ to /, "_", $0); print}' <<<"$1"
}
row() { # label
    awk -v label="$1" 'function of(x) {sub(/\(/, " (", x); sub(/_/, " to ", x); return x}
        {printf "| %s | %s | %s | %s | %s |\n", $1, label == "" ? ($2 == "gptq" ? "after training, GPTQ" : "after training, to the nearest") : label, of($3), of($4), of($5)}'
}
share() { # method: mean over models of the certified share at 8 bits
    over_models "$after" | awk -v method="$1" '$1 == 8 && $2 == method {sub(/\(.*/, "", $3); print $3}'
}
verdict() { awk -v x="$1" 'BEGIN {print (x >= 95 ? "holds" : "does not hold")}'; }

sweeps="full $formats"
{
    echo "# Certified bits, $form form"
    echo
    echo "Made by \`scripts/reproduce_certified.sh --$form\`; any machine reproduces every digit."
    echo
    echo "An archive of each model (weights, structure, facts coded by the model) was written, read back and compared. The"
    echo "weights hold at least H less the bits of stream and side information, however far the training got"
    echo "([formulas](../math.md#archives-and-certified-bits)). Random facts of 16 tokens over 64 symbols, 4.8 bits per parameter,"
    echo "one layer, d = ${widths// /, }, SOAP, $exposures epochs, seeds $seeds (facts and weights)."
    echo
    echo "| after training, 8 bits | certified / cross-entropy, %, mean over models | at least 95 % |"
    echo "|---|---|---|"
    echo "| to the nearest | $(share rtn) | $(verdict "$(share rtn)") |"
    echo "| by GPTQ, the default | $(share gptq) | $(verdict "$(share gptq)") |"
    echo
    echo "Rounding causes nearly all of the difference. With 32 bits the difference is the side information (number"
    echo "and form of the facts) and the last byte of the stream."
    echo
    echo "## Bits of a weight"
    echo
    echo "η = certified bits per bit of weight (scales and vectors counted). Mean over models (lowest to highest). The"
    echo "cross-entropy value is that of the trained weights: 32-bit weights for \"after training\", weights of the format for"
    echo "\"in training\"."
    echo
    echo "| bits | weights | certified / cross-entropy, % | certified bits/param | η |"
    echo "|---|---|---|---|---|"
    over_models "$after" | row ""
    for format in $formats; do
        text=$(certify "$format" --bits "${format#int}")
        over_models "$text" | row "in training"
    done
    echo
    echo "Below zero the rounded model codes the facts worse than the uniform code does, and nothing is certified."
    echo
    echo "## Model by model, rounded after training"
    reproduce_block "$(awk '/^ +bits +certified/ {exit} {print}' <<<"$after")"
    # shellcheck disable=SC2086 # a list of names
    reproduce_footer $sweeps
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
