#!/usr/bin/env bash
# Flags that let a compiler rearrange arithmetic, and what they give: refused, or made harmless by the Makefile's own flags
# behind them, so that the self-test and one hash hold. The short form compiles the known answers of base/ with every flag; with
# ROTE_LONG=1 the whole library is built and trains.
#   tests/check_flags.sh [FLAGS...]     each word the flags of one build; default: all
set -u
cd "$(dirname "$0")/.." || exit 1
skipped=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
flags=(-Ofast -ffast-math -funsafe-math-optimizations -fassociative-math '-fassociative-math -fno-signed-zeros -fno-trapping-math'
    -freciprocal-math -ffinite-math-only -fno-signed-zeros -fno-trapping-math -fno-math-errno -ffp-contract=fast
    '-march=native -ffp-contract=fast' '-Ofast -fno-finite-math-only' '-O3 -march=native -funsafe-math-optimizations')
[ -n "${ROTE_LONG:-}" ] || flags+=(-fsingle-precision-constant -frounding-math -fcx-limited-range)
[ $# = 0 ] || flags=("$@")

verdict() { # name, refused or ok or other words: a line of words
    case $2 in
    refused | ok) echo passed ;;
    *) echo "failed flags: $1: $2" ;;
    esac
}

# One file, so that a flag costs one compilation.
cat >"$work/answers.c" <<'C'
#include <stdio.h>
#include "base/exact.c"
#include "base/exact_check.c"
int main(void) {
    Err err = {.msg = "ok"};
    exact_check(&err);
    puts(err.msg);
}
C

# Through the Makefile, as a user's CFLAGS; and without it, as somebody would who builds by hand.
answers() { # compiler, flag, how -> refused, ok, or what went wrong
    local all file
    file=$(mktemp "$work/XXXXXX")
    if [ "$3" = make ]; then
        all=${made/FLAG/$2}
        [[ $refused != *" $2 "* ]] || { echo refused; return; }
    else
        all="-std=gnu11 -O2 $2 -D_GNU_SOURCE -I."
    fi
    # shellcheck disable=SC2086
    $1 $all -w "$work/answers.c" "$work/err.o" -o "$file" 2>"$file.log" || {
        grep -q 'exact arithmetic needs\|unknown argument\|not supported' "$file.log" && echo refused || head -n 1 "$file.log"
        return
    }
    case $("$file") in
    ok) echo ok ;;
    self-test:*) echo refused ;;
    *) echo "the self-test says nothing known" ;;
    esac
}

trains() { # compiler, flag
    local build=build/flags log=$work/log
    rm -rf $build
    make -s -j"${JOBS:-$(nproc)}" CC="$1" CFLAGS="-O3 $2" BUILD=$build one_hash >"$log" 2>&1 || {
        grep -q 'not allowed\|exact arithmetic needs' "$log" && echo refused || head -n 1 "$log"
        return
    }
    [ "$($build/tests/one_hash 2 2>&1)" = "$(cat tests/one_hash.golden)" ] && echo ok || echo "another hash"
}

try() { # compiler, flag
    if [ -n "${ROTE_LONG:-}" ]; then verdict "$1 $2" "$(trains "$1" "$2")"; else
        verdict "$1 $2, make" "$(answers "$1" "$2" make)"
        verdict "$1 $2, by hand" "$(answers "$1" "$2" hand)"
    fi
}

jobs=2 made=$(make -s CFLAGS='-O2 FLAG' print-flags) refused=' '
made=${made/-MMD -MP/}
[ -z "${ROTE_LONG:-}" ] || jobs=1 # each builds with all cores, in one folder
gcc -std=gnu11 -O2 -D_GNU_SOURCE -I. -c base/err.c -o "$work/err.o" || exit 1
for flag in "${flags[@]}"; do # which the Makefile refuses by name
    case " $flag " in
    *' -Ofast '* | *' -ffast-math '* | *' -funsafe-math-optimizations '* | *' -fsingle-precision-constant '*)
        make -s CFLAGS="-O2 $flag" print-flags >/dev/null 2>&1 && echo "failed flags: make takes $flag" >>"$work/words"
        refused+="$flag " ;;
    esac
done
for compiler in gcc clang; do
    command -v $compiler >/dev/null || { skipped=$((skipped + 1)); continue; }
    for flag in "${flags[@]}"; do
        while [ "$(jobs -rp | wc -l)" -ge $jobs ]; do wait -n; done
        try $compiler "$flag" >>"$work/words" &
    done
done
wait
grep '^failed ' "$work/words" | cut -d' ' -f2-
passed=$(grep -c '^passed' "$work/words") failed=$(grep -c '^failed ' "$work/words")
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
