#!/usr/bin/env bash
# Power cuts. What a command does to its folder is recorded (strace); after each of its calls the folder is made again as a disk might
# hold it then (tests/inject/power.c): all that was synced, and of the rest nothing, names alone, data alone, or a part that was drawn.
# Then the command is repeated, and its end compared with one that nobody cut:
#   whole     the same files              BLOCKED   the repeat is refused, or crashes
#   SILENT    exit 0 with other files     LOST      exit 0 was reported before the files were safe
# Some of the cuts of train, facts make and compress; with EVERY=1 (tests/long_power_cuts.sh) all of every scenario.
#   tests/check_power_cuts.sh [SCENARIO...]     CUTS=N of each; CHOICES=N drawn parts a cut; SEED=N; ROTE_VERBOSE=1: every failure
set -u
cd "$(dirname "$0")/.." || exit 1
strace -qq -o /dev/null true 2>/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") || exit 1
work=$(mktemp -d) || exit 1
trap 'wait; rm -rf "$work"' EXIT
export GOMP_SPINCOUNT=1000 OMP_WAIT_POLICY=passive LC_ALL=C
long=${EVERY:-} seed=${SEED:-7}
cuts=${CUTS:-${long:+1000000}} cuts=${cuts:-40}
choices=${CHOICES:-${long:+12}} choices=${choices:-3}
${CC:-gcc} -O2 -I. tests/inject/power.c tests/inject/disk.c -o "$work/power" && ${CC:-gcc} -O2 tests/inject/damage.c -o "$work/damage" || { echo "0 passed, 1 failed"; exit 1; }

tiny='facts.n=6 facts.heldout=3 facts.seq_len=3 facts.vocab_size=5 model.n_layer=1 model.n_head=1 model.n_embd=4 train.eval_interval=2'
quiet='--threads 1 --quiet'
scenarios="
train     short train $tiny train.max_steps=4 train.checkpoint_interval=1 $quiet --resume --out new
resume    long  train $tiny train.max_steps=4 train.checkpoint_interval=1 $quiet --resume --out half
nested    long  train $tiny train.max_steps=2 $quiet --resume --out new/runs/one
soap      long  train $tiny train.max_steps=4 train.checkpoint_interval=2 train.optimizer=soap $quiet --resume --out new
sweep     long  sweep run $tiny train.max_steps=2 train.seed=0,1 --jobs 1 --quiet --out new
extend    long  sweep run $tiny train.max_steps=4 train.seed=0,1,2 --jobs 1 --quiet --out sweep
make      short facts make facts.n=6 facts.seq_len=3 facts.vocab_size=5 --out new
bios      long  facts make facts.kind=bios facts.n=5 facts.heldout=2 --out new/facts
import    long  facts import table.csv --out new
words     long  facts import table.csv --vocab words --out new
compress  short compress run -o new.rote --threads 1
online    long  compress --online text.txt -o new.rote --preset fast --quiet
unpack    long  decompress archive.rote -o new.tsv
page      long  report run --out new.html
npz       long  export run --to npz new.npz
hf        long  export run --to hf new
"
calls=fcntl,read,openat,open,creat,write,pwrite64,writev,pwritev,lseek,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,fsync,fdatasync,link,linkat,symlink,copy_file_range,sendfile

mkdir "$work/base"
# shellcheck disable=SC2086
(
    cd "$work/base" || exit 1
    printf 'prompt,answer,tag\nFrance,Paris,A\nJapan,Tokyo,B\nTonga,Nuku,A\n' >table.csv
    printf 'the same words, again the same words, and again\n' >text.txt
    "$rote" train $tiny train.max_steps=4 train.checkpoint_interval=1 $quiet --out run &&
        "$rote" sweep run $tiny train.max_steps=4 train.seed=0,1 --jobs 1 --quiet --out sweep &&
        "$rote" compress run -o archive.rote --threads 1 &&
        cp -r run half && rm half/DONE half/result.json half/code_lengths.npy half/pool_ids.npy half/checkpoint-000000004.safetensors
) >"$work/prepared" 2>&1 || { cat "$work/prepared"; echo "0 passed, 1 failed"; exit 1; }

hashes() { "$work/damage" hash . | sort; }

each() { # name, command...
    local name=$1 at=$work/$1 lines cut mode step turn=0 rc said files
    shift
    mkdir "$at"
    cp -r "$work/base" "$at/dir" && cd "$at/dir" || return
    "$rote" "$@" >/dev/null 2>"$at/err" || { echo "FAILS $name without a cut: $(tail -n 1 "$at/err")"; return; }
    files=$(hashes)
    again() { # makes the folder of a cut
        rm -rf "$at/dir" && mkdir "$at/dir" && cd "$at/dir" && "$work/power" make "$at/log" "$at/dir" "$work/base" "$choices" "$seed" "$1" "$2" . 2>"$at/err"
    }
    rm -rf "$at/dir" && cp -r "$work/base" "$at/dir" && cd "$at/dir" || return
    strace -f -qq -y -xx -s 1000000000 -o "$at/log" -e trace=$calls "$rote" "$@" >/dev/null 2>&1
    "$work/power" plan "$at/log" "$at/dir" "$work/base" "$choices" "$seed" >"$at/plan" 2>"$at/err" || { echo "FAILS $name: $(cat "$at/err")"; return; }
    lines=$(wc -l <"$at/plan")
    step=$((lines / cuts + 1))
    while read -r cut mode; do
        turn=$((turn + 1))
        [ $(((turn + seed) % step)) = 0 ] || continue
        again "$cut" "$mode" || { echo "FAILS $name: $(cat "$at/err")"; return; }
        timeout -k 5 10 "$rote" "$@" >"$at/out" 2>"$at/err" </dev/null
        rc=$?
        if [ "$files" = "$(hashes)" ]; then echo "whole $name" # where all was there, some repeats are refused, as without a cut
        elif [ $rc != 0 ]; then echo "BLOCKED $name, cut $cut in mode $mode: exit $rc: $(tail -n 1 "$at/err")"
        else
            said=$(diff <(echo "$files") <(hashes))
            echo "SILENT $name, cut $cut in mode $mode: $(sed -n 's/^[<>] \([^ ]*\) .*/\1/p' <<<"$said" | sort -u | tr '\n' ' ')"
        fi
    done <"$at/plan"
    again 1000000000 0 || return
    if said=$(diff <(echo "$files") <(hashes)); then echo "whole $name"
    else echo "LOST $name, cut after exit 0: $(sed -n 's/^[<>] \([^ ]*\) .*/\1/p' <<<"$said" | sort -u | tr '\n' ' ')"; fi
    echo "cuts $name $lines of $(tail -n 1 "$at/plan" | cut -d' ' -f1) calls"
    cd "$work" && rm -rf "$at"
}

while read -r name size command; do
    [ -n "$name" ] || continue
    if [ $# -gt 0 ]; then [[ " $* " == *" $name "* ]] || continue
    elif [ -z "$long" ] && [ "$size" = long ]; then continue; fi
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    # shellcheck disable=SC2086
    each "$name" $command >"$work/$name.words" &
done <<<"$scenarios"
wait
cat "$work"/*.words >"$work/words"
bad=$(grep -vE '^(whole|cuts) ' "$work/words")
if [ -n "$bad" ]; then
    if [ -n "${ROTE_VERBOSE:-}" ]; then echo "$bad"; else
        awk '{k = $1 " " $2} {n[k]++} n[k] == 1 {first[k] = $0; order[++m] = k} END {for (i = 1; i <= m; i++) print n[order[i]] "x " first[order[i]]}' <<<"$bad"
    fi
fi
echo "power cuts of seed $seed: $(sed -n 's/^cuts //p' "$work/words" | paste -sd, | sed 's/,/, /g')"
echo "$(grep -c '^whole ' "$work/words") passed, $(grep -c . <<<"$bad") failed"
[ -z "$bad" ]
