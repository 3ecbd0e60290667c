#!/usr/bin/env bash
# Flags that let a compiler rearrange arithmetic, and what they give: refused, or made harmless by the Makefile's own flags
# behind them, so that the self-test and one hash hold. The short form compiles base/'s known answers with every flag; with ROTE_LONG=1
# the whole library is built and trains.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0 skipped=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
flags=(-Ofast -ffast-math -funsafe-math-optimizations -fassociative-math '-fassociative-math -fno-signed-zeros -fno-trapping-math'
    -freciprocal-math -ffinite-math-only -fno-signed-zeros -fno-trapping-math -fno-math-errno -ffp-contract=fast
    '-march=native -ffp-contract=fast' '-Ofast -fno-finite-math-only' '-O3 -march=native -funsafe-math-optimizations')
[ -n "${ROTE_LONG:-}" ] || flags+=(-fsingle-precision-constant -frounding-math -fcx-limited-range)

verdict() { # name, refused or ok or other words
    case $2 in
    refused | ok) passed=$((passed + 1)) ;;
    *)
        failed=$((failed + 1))
        echo "flags: $1: $2" ;;
    esac
}

cat >"$work/answers.c" <<'C'
#include <stdio.h>
#include "base/exact_check.h"
int main(void) {
    Err err = {.msg = "ok"};
    exact_check(&err);
    puts(err.msg);
}
C

# Through the Makefile, as a user's CFLAGS; and without it, as somebody would who builds by hand.
answers() { # compiler, flag, how -> refused, ok, or what went wrong
    local all
    if [ "$3" = make ]; then
        all=$(make -s CC="$1" CFLAGS="-O3 $2" print-flags 2>/dev/null) || { echo refused; return; }
    else
        all="-std=gnu11 -O3 $2 -D_GNU_SOURCE -I."
    fi
    # shellcheck disable=SC2086
    $1 $all -w "$work/answers.c" base/exact_check.c base/exact.c base/err.c -o "$work/answers" 2>"$work/log" || {
        grep -q 'exact arithmetic needs\|unknown argument\|not supported' "$work/log" && echo refused || head -n 1 "$work/log"
        return
    }
    case $("$work/answers") in
    ok) echo ok ;;
    self-test:*) echo refused ;;
    *) echo "the self-test says nothing known" ;;
    esac
}

trains() { # compiler, flag
    local build=build/flags log=$work/log
    rm -rf $build
    make -s -j"$(nproc)" CC="$1" CFLAGS="-O3 $2" BUILD=$build one_hash >"$log" 2>&1 || {
        grep -q 'not allowed\|exact arithmetic needs' "$log" && echo refused || head -n 1 "$log"
        return
    }
    [ "$($build/tests/one_hash 2 2>&1)" = "$(cat tests/one_hash.golden)" ] && echo ok || echo "another hash"
}

for compiler in gcc clang; do
    command -v $compiler >/dev/null || { skipped=$((skipped + 1)); continue; }
    for flag in "${flags[@]}"; do
        if [ -n "${ROTE_LONG:-}" ]; then verdict "$compiler $flag" "$(trains $compiler "$flag")"; else
            verdict "$compiler $flag, make" "$(answers $compiler "$flag" make)"
            verdict "$compiler $flag, by hand" "$(answers $compiler "$flag" hand)"
        fi
    done
done
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
