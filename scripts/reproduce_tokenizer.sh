#!/usr/bin/env bash
# Bits per parameter against the tokenizer: the same rows of a table as bytes and in the tokens of three tokenizers that are
# trained on them (facts.vocab=bpe:N), in models of the same number of parameters. A control reads bytes, with as many rows of
# the embedding as the largest tokenizer has.
#   scripts/reproduce_tokenizer.sh [--quick] [--out DIR] [--jobs N]
# Writes docs/results/tokenizer-quick.md. Finished runs are skipped; stopped runs continue.
#
# The rows: four words, each of a list of 64, so that n rows that all differ have H = sum of log2(64^4 - i) bits, whatever
# spells them. The words are made of syllables; the draw is that of random facts (facts.seed).
#
# Cost: quick: P = 6,000, 700 rows, 400 exposures of up to 31 tokens: 8.7 M tokens, 0.31 T operations a run of bytes, a quarter
# to a half of that in tokens; 5 ways, 3 seeds: 15 runs. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
[ "$form" = quick ] || { echo "reproduce_tokenizer.sh has only the quick form" >&2 && exit 2; }
n=700 params=6000 seeds=0,1,2 sizes="288 384 512" largest=512

rm -rf "$out/drawn" "$out/rows"
"$rote" facts make facts.n=$n facts.seq_len=4 facts.vocab_size=64 facts.seed=1 --out "$out/drawn" >/dev/null
bits=$("$rote" facts show "$out/drawn" --json | sed -n 's/^ *"entropy_bits": \([0-9.]*\),*$/\1/p')
awk 'BEGIN {
        split("ba ke do li mu na pe so ta vi ru ge fo hu ja zi", first, " ")
        split("lan mir ton gus der pol sak ven", second, " ")
        split("ia er us ow", last, " ")
    }
    {
        row = ""
        for (k = 1; k <= 4; k++) {
            word = first[$k % 16 + 1] second[(int($k / 16) + 2 * k) % 8 + 1] last[k]
            row = row (k > 1 ? "," : "") word
        }
        print row
    }' "$out/drawn/records.tsv" >"$out/rows.txt"
"$rote" facts import "$out/rows.txt" --out "$out/rows" >/dev/null
cat >"$out/base.yaml" <<Y
facts: {path: $out/rows}
model: {n_layer: 1, n_head: 2, n_embd: 8, match_params: $params}
train: {exposures: 400, batch_size: 100, learning_rate: 0.01, warmup_steps: 50, schedule: wsd}
Y
sweeps() {
    reproduce_sweep bytes "$out/base.yaml" train.seed=$seeds
    reproduce_sweep padded "$out/base.yaml" train.seed=$seeds model.vocab_size=$largest
    for size in $sizes; do reproduce_sweep "bpe$size" "$out/base.yaml" train.seed=$seeds facts.vocab=bpe:"$size"; done
}
reproduce_all sweeps

show() { "$rote" facts show facts.path="$out/rows" ${1:+facts.vocab=bpe:$1}; }
# One row of the table: sweep, name, size of the tokenizer ("": none).
row() {
    local dirs=("$out/$1"/runs/*/) p code tokens rows archive texts
    p=$(reproduce_values params "${dirs[@]}" | head -n 1)
    tokens=$(show "$3" | sed -n 's/^facts .*, \([0-9,]*\) tokens.*/\1/p' | tr -d ,)
    rows=$("$rote" facts show "${dirs[0]}" | sed -n 's/^vocabulary *\([0-9,]*\) .*/\1/p')
    [ "$1" != padded ] || rows="$rows of $largest"
    code=$(reproduce_values code_bits "${dirs[@]}")
    "$rote" compress "${dirs[0]}" -o "$out/$1.rote" --force --no-verify --bits 8 --json >"$out/$1.json"
    archive=$(sed -n 's/^ *"side_bytes": \([0-9]*\),*$/\1/p' "$out/$1.json")
    texts=$(sed -n 's/^ *"packed_texts": \([0-9]*\),*$/\1/p' "$out/$1.json")
    printf '| %s | %s | %.2f | %s | %s | %s | %s | %s | %s |\n' "$2" "$rows" \
        "$(awk "BEGIN {print $tokens / $n}")" "$p" "$(reproduce_summary 0 <<<"$code")" \
        "$(awk -v h="$bits" '{print (h - $1)}' <<<"$code" | reproduce_summary 0)" \
        "$(awk -v h="$bits" -v p="$p" '{print (h - $1) / p}' <<<"$code" | reproduce_summary 2)" \
        "$(reproduce_values recall "${dirs[@]}" | reproduce_summary 2)" "$((8 * archive)) (${texts:-all} texts)"
}
{
    echo "# Bits per parameter against the tokenizer, quick form"
    echo
    echo "Made by \`scripts/reproduce_tokenizer.sh --quick\`. $n rows of four words, each of a list of 64, are learned by models of"
    echo "$params parameters (one layer, width 8, the MLP's width matched; weights tied), as bytes and in the tokens of tokenizers that"
    echo "are trained on the rows. The rows all differ and are drawn evenly, so their information is known and the same for"
    printf 'every tokenizer: H = %.1f bits, %s per parameter. Seeds %s; ± is half of the 95 %% interval (Student'"'"'s t).\n' "$bits" \
        "$(awk "BEGIN {printf \"%.2f\", $bits / $params}")" "$seeds"
    echo
    echo '```'
    head -n 3 "$out/rows.txt"
    echo '```'
    echo
    echo "| symbols | rows of the embedding | tokens a fact | parameters | code, bits | H − code, bits | per parameter | recall | side, bits |"
    echo "|---|---|---|---|---|---|---|---|---|"
    row bytes bytes ""
    row padded "bytes, padded" ""
    for size in $sizes; do row "bpe$size" "bpe:$size" "$size"; done
    echo
    cat "${TOKENIZER_WORDS:-/dev/null}"
    echo "Tokens a fact count its end. \"Side\" is the side information of an archive (\`rote compress\`, 8 bits): number and lengths"
    echo "of the facts and the texts of the tokens that occur, which decoding needs; merges are not packed. What a tokenizer holds"
    echo "of the facts is in no column but that one: [math](../math.md#tokenizers-and-bits)."
    reproduce_footer bytes padded $(for size in $sizes; do echo "bpe$size"; done)
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
