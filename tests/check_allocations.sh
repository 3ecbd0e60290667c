#!/usr/bin/env bash
# Memory that runs out. Each scenario below is one command; each of its allocations with a call stack of its own fails once
# (tests/inject/allocations.c). The command must then either not need it (same output, same files) or refuse, name
# memory as the cause, leave nothing half done, and reach the usual end when it is repeated.
#   tests/check_allocations.sh [SCENARIO...]     default: the short ones; with ROTE_LONG=1 all
#   ALLOCATIONS_VERBOSE=1 prints every failure, not the first of its kind
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}")
command -v setarch >/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
${CC:-gcc} -O2 -shared -fPIC tests/inject/allocations.c -o "$work/allocations.so" -ldl || { echo "0 passed, 1 failed"; exit 1; }
export GOMP_SPINCOUNT=1000 OMP_WAIT_POLICY=passive LC_ALL=C # the program does not start itself again, which would count anew

model='model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=4 --threads 1 --quiet'
facts='facts.n=6 facts.heldout=3 facts.seq_len=3 facts.vocab_size=5'
tiny="$facts $model train.checkpoint_interval=2 train.eval_interval=2"
# name, short or long, command; it runs in a copy of the folder that `prepare` makes.
scenarios="
train       short train $tiny --out new
resume      short train $tiny --resume --out half
eval        short eval run --json
make        short facts make $facts --out new
import      short facts import table.csv --out new
compress    short compress run -o new.rote --threads 1
decompress  short decompress archive.rote -o new.tsv
capacity    short capacity sweep --json
report      short report run --out new.html
verify      long  verify run --quiet
show        long  facts show facts --json
per_fact    long  eval run --per-fact new.tsv
parts       long  eval run --parts --json
quantize    long  eval run --quantize int4 --json
sample      long  sample run --greedy --n 2
export_hf   long  export run --to hf new
export_npz  long  export run --to npz new.npz
dump        long  neurons dump ruled --hook all -o new.safetensors
atlas       long  neurons atlas ruled --by rules --json
neurons     long  neurons eval ruled --json
ruled       long  train rules.yaml --threads 1 --quiet --out new
muon        long  train $tiny train.optimizer=muon --out new
soap        long  train $tiny train.optimizer=soap --out new
bios        long  train facts.kind=bios facts.n=3 $model --out new
online      long  compress --online text.txt -o new.rote --preset fast --quiet
unpack      long  decompress online.rote -o new.txt
archive     long  archive show archive.rote --json
plan        long  train $tiny --dry-run --json
sweep       long  sweep run $facts ${model/--threads 1/--jobs 1} train.seed=5,6 --out new
status      long  sweep status sweep
certify     long  capacity sweep --certify --bits 8
sweep_page  long  report sweep --out new.html
help        long  help train.optimizer
doctor      long  doctor --json
"

prepare() { # in the folder that every trial copies
    # shellcheck disable=SC2086
    {
        printf 'prompt,answer,tag\nFrance,Paris,A\nJapan,Tokyo,B\nTonga,Nuku,A\n' >table.csv
        printf 'the same words, again the same words, and again\n' >text.txt
        printf 'facts: {n: 6, heldout: 3, seq_len: 3, vocab_size: 5}\nmodel: {n_layer: 1, n_head: 1, n_embd: 4}\ntrain: {max_steps: 4}\nneurons:\n  - {name: low, when: {regex: "^[01] "}, hook: blocks.0.mlp.hook_pre, units: 0-1}\n' >rules.yaml
        "$rote" facts make $facts --out facts &&
            "$rote" train $tiny --out run &&
            "$rote" train rules.yaml --threads 1 --quiet --out ruled &&
            "$rote" sweep run $facts ${model/--threads 1/--jobs 1} facts.n=6,8 train.seed=0,1 --out sweep &&
            "$rote" compress run -o archive.rote --threads 1 &&
            "$rote" compress --online text.txt -o online.rote --preset fast --quiet &&
            "$rote" train $tiny --out half && rm half/DONE half/result.json half/checkpoint-000000004.safetensors
    } >"$work/prepared" 2>&1 || { cat "$work/prepared"; echo "0 passed, 1 failed"; exit 1; }
}

# What a folder holds, clocks and page dates left out.
listing() {
    find . -type f ! -name timing.json ! -name lock ! -path '*/locks/*' ! -name '.*' -exec cksum {} + | sort -k3
}

trial() { # name, words of the command; $1 = name, $2 = allocation, rest: command -> a word, and what was said
    local name=$1 at=$2 dir=$work/$name.$2 rc
    shift 2
    rm -rf "$dir" && cp -r "$work/base" "$dir" && cd "$dir" || exit 1
    { ALLOCATION_FAIL=$at LD_PRELOAD=$work/allocations.so setarch -R "$rote" "$@" >"$work/$name.$at.out" 2>"$work/$name.$at.err"; } 2>/dev/null
    rc=$?
    local word
    if [ $rc -ge 128 ]; then word=CRASH
    elif [ $rc = 0 ]; then
        if cmp -s "$work/$name.out" "$work/$name.$at.out" && [ "$(listing)" = "$(cat "$work/$name.files")" ]; then word=unharmed
        else word=SILENT; fi
    elif ! grep -qi 'memory' "$work/$name.$at.err"; then word=MISNAMED
    else
        word=refused
        "$rote" "$@" >"$work/$name.$at.out" 2>"$work/$name.$at.again" || word=BLOCKED
        [ $word = refused ] && ! [ "$(listing)" = "$(cat "$work/$name.files")" ] && word=LOST
    fi
    echo "$word $name allocation $at, exit $rc: $(tail -n 1 "$work/$name.$at.err" | cut -c 1-160)"
    cd "$work" && rm -rf "$dir" "$work/$name.$at".*
}

one_scenario() { # name, command...
    local name=$1
    shift
    cp -r "$work/base" "$work/$name.quiet" && cd "$work/$name.quiet" || exit 1
    "$rote" "$@" >"$work/$name.out" 2>"$work/$name.err" || { echo "FAILS $name without a fault: $(tail -n 1 "$work/$name.err")"; return; }
    listing >"$work/$name.files"
    rm -rf "$work/$name.quiet" && cp -r "$work/base" "$work/$name.quiet" && cd "$work/$name.quiet" || exit 1
    ALLOCATION_LOG=$work/$name.log LD_PRELOAD=$work/allocations.so setarch -R "$rote" "$@" >/dev/null 2>&1
    local n
    while read -r n _; do trial "$name" "$n" "$@"; done <"$work/$name.log"
}

mkdir "$work/base" && (cd "$work/base" && prepare) || exit 1
jobs=0
while read -r name size command; do
    [ -n "$name" ] || continue
    if [ $# -gt 0 ]; then [[ " $* " == *" $name "* ]] || continue
    elif [ -z "${ROTE_LONG:-}" ] && [ "$size" = long ]; then continue; fi
    # shellcheck disable=SC2086
    one_scenario "$name" $command >"$work/$name.words" &
    jobs=$((jobs + 1))
    [ $((jobs % 2)) = 0 ] && wait
done <<<"$scenarios"
wait

cat "$work"/*.words >"$work/words"
bad=$(grep -vE '^(refused|unharmed) ' "$work/words")
if [ -n "$bad" ]; then
    if [ -n "${ALLOCATIONS_VERBOSE:-}" ]; then echo "$bad"; else awk '!said[$1 " " $2]++' <<<"$bad"; fi
fi
echo "allocations: $(cut -d' ' -f1 "$work/words" | sort | uniq -c | awk '{printf "%s%s %s", sep, $1, $2; sep = ", "}')"
echo "$(grep -cE '^(refused|unharmed) ' "$work/words") passed, $(grep -c . <<<"$bad") failed"
[ -z "$bad" ]
