#!/usr/bin/env bash
# Line ends of every text that the program reads: LF, CR LF, CR, all of them mixed, no end at the last line, a byte order mark.
# Each must be read as the same with LF, or refused by name; what a run or a sweep wrote itself is sealed and refused.
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") passed=0 failed=0
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work" || exit 1
export LC_ALL=C

# The file of a format: its text goes through `ends`. What the command prints and writes is compared.
ends() { # how
    case $1 in
    lf) cat ;;
    crlf) sed 's/$/\r/' ;;
    cr) tr '\n' '\r' ;;
    mixed) awk '{ printf "%s%s", $0, NR % 3 == 1 ? "\r\n" : NR % 3 == 2 ? "\r" : "\n" }' ;;
    none) head -c -1 ;;
    mark) printf '\xef\xbb\xbf' && cat ;;
    esac
}

# What the words of a command name.
copy() { # to, words...
    local to=$1 word
    mkdir "$to"
    for word in "${@:2}"; do [ ! -e "base/${word%%/*}" ] || cp -r "base/${word%%/*}" "$to"; done
}

# refused: an error that names the file, and nothing written; same: as with LF.
try() { # name, file, command...
    local name=$1 file=$2 how word
    shift 2
    copy lf "$file" "$@" && (cd lf && "$rote" "$@" >../lf.out 2>../lf.err </dev/null) || {
        failed=$((failed + 1))
        echo "$name: fails with LF: $(cat lf.err)"
    }
    for how in crlf cr mixed none mark; do
        copy other "$file" "$@" && ends $how <base/"$file" >other/"$file"
        (cd other && "$rote" "$@" >../other.out 2>../other.err </dev/null)
        if [ $? = 0 ]; then
            word=same
            cp lf/"$file" other/"$file"
            diff <(plain lf.out) <(plain other.out) >differs && diff -r -x timing.json -x lock -x DONE lf other >>differs || word=OTHER
        else
            word=refused
            grep -qF "$(basename "$file")" other.err || word=UNNAMED
            cat other.err >differs
        fi
        case $word in
        same | refused) passed=$((passed + 1)) && echo "$name $how $word" >>words ;;
        *) failed=$((failed + 1)) && echo "$name with $how: $word" && head -n 6 differs ;;
        esac
        rm -rf other
    done
    rm -rf lf
}
plain() { sed -E '/seconds|tokens_per_s/d' "$1"; }

mkdir base && cd base || exit 1
model='model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=4 train.checkpoint_interval=2 train.eval_interval=2'
printf 'prompt\tanswer\ttag\nFrance\tParis\tA\nJapan\tTokyo\tB\nPeru\tLima\tB\n' >facts.tsv
printf 'prompt,answer,tag\nFrance,"Pa,ris",A\n"Japan",Tokyo,B\nPeru,Lima,B\n' >facts.csv
printf 'sep=;\nprompt;answer\nFrance;Paris\nJapan;Tokyo\n' >facts.txt.csv
printf '{"prompt": "France", "answer": "Paris"}\n{"prompt": "Japan",\t"answer": "Tokyo"}\n{"prompt": "Peru", "answer": "Lima"}\n' >facts.jsonl
printf 'one two\nthree\nfour five\n' >facts.txt
printf '# of three\nfacts: {n: 6, heldout: 3, seq_len: 3, vocab_size: 5}\nmodel:\n  n_layer: 1\n  n_embd: 4 # narrow\ntrain:\n  max_steps: 4\nneurons:\n  - name: low\n    when: {regex: "^[01] "}\n    hook: blocks.0.mlp.hook_pre\n    units: 0-1\nsample:\n  temperature: 0\n' >config.yaml
printf '# of three\n# relative paths begin at the folder of this file\nfacts:\n  path: imported\n  kind: file\nmodel:\n  n_layer: 1\n' >placed.yaml
printf 'facts: {n: 6, seq_len: 3, vocab_size: 5}\nmodel: {n_layer: 1, n_embd: 4}\ntrain: {max_steps: 2}\nsweep:\n  train.seed: [0, 1]\n  facts.n:\n    - 6\n    - 8\n' >sweep.yaml
printf 'low\t0\nlow\t1 2\nhigh\t13 4\nhigh\t12\n' >classes.txt
printf '0\n1 2\n3\n' >prompts.txt
printf 'the cat sat on a mat\n\na dog ran\nthe cat ran\n' >old.txt
printf 'the cat sat on a log\na dog ran\na dog ran\n' >new.txt
mkdir sub && mv placed.yaml sub
{
    "$rote" facts import facts.csv --out imported && cp -r imported sub
    # shellcheck disable=SC2086
    "$rote" train facts.n=40 facts.heldout=3 facts.seq_len=3 facts.vocab_size=20 $model --quiet --out run
    # shellcheck disable=SC2086
    "$rote" train facts.n=6 facts.seq_len=3 facts.vocab_size=5 $model --quiet --out half && rm half/DONE half/result.json
    "$rote" sweep run sweep.yaml --jobs 1 --quiet --out sweep
} >../made 2>&1 || cat ../made
cd ..

for table in facts.tsv facts.csv facts.txt.csv facts.jsonl facts.txt; do
    try import $table facts import $table --out new
done
try dry config.yaml train config.yaml --dry-run --json
try places sub/placed.yaml train sub/placed.yaml --dry-run --json
try train config.yaml train config.yaml --quiet --threads 1 --out new
try sweep sweep.yaml sweep run sweep.yaml --dry-run --out new
try settings config.yaml sample run --config config.yaml --n 2
try classes classes.txt logits run --classes classes.txt
try prompts prompts.txt sample run --prompts prompts.txt --greedy
try texts new.txt creativity --texts new.txt --against old.txt
try against old.txt creativity --texts new.txt --against old.txt
# What rote writes: an editor that changes line ends must not change what is read.
for file in config.yaml result.json metrics.jsonl DONE manifest.json timing.json; do
    try run run/$file report run --out page.html
done
for file in config.yaml metrics.jsonl manifest.json; do
    # shellcheck disable=SC2086
    try half half/$file train facts.n=6 facts.seq_len=3 facts.vocab_size=5 $model --resume --quiet --threads 1 --out half
done
for file in manifest.json $(cd base && ls imported | grep -v manifest); do
    try set imported/$file facts show imported
done
for file in sweep.yaml table.csv; do
    try sweep sweep/$file sweep status sweep
    try sweep sweep/$file capacity sweep
done

# Standard input, a line at a time.
answers() { (cd base && ends "$1" <prompts.txt | "$rote" sample run --interactive --greedy 2>&1); }
for how in crlf cr mixed none mark; do
    if [ "$(answers lf)" = "$(answers $how)" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "interactive with $how: $(answers $how)"
    fi
done
[ -z "${ROTE_VERBOSE:-}" ] || awk '{ n[$1 " " $2 " " $3]++ } END { for (w in n) print n[w], w }' words | sort -k2
echo "$passed passed, $failed failed"
[ $failed = 0 ]
