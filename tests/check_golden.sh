#!/usr/bin/env bash
# Archives of tests/golden/, two-part and online, give back what they always did, and those made now have the same bytes everywhere: on every
# instruction set; with ROTE_LONG=1 also from other compilers, and on aarch64 under an emulator, where there is no zlib
# and two-part archives with names are left out. New ones: build/gcc-O3/tests/golden_archives write tests/golden, and
# build/gcc-O3/tests/golden_archives read tests/golden/{,online/}*.rote > tests/golden/contents.txt.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0 skipped=0
names='table-|words-|names-|text-'
slow=/1-default # a preset's transformer, half a minute where multiply-add is made of other operations

same() { # name, expected, got
    case $3 in
    *'not an instruction set this CPU can run'*) skipped=$((skipped + 1)); return ;;
    esac
    if [ -n "$2" ] && [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "golden: $1:"
        diff <(echo "$2") <(echo "$3")
    fi
}

check() { # name, which of tests/golden/contents.txt are left out, command...: both ways
    local name=$1 contents
    contents=$(grep -vE "$2" tests/golden/contents.txt)
    shift 2
    # shellcheck disable=SC2046  # file names without spaces
    same "$name reads" "$contents" "$("$@" read $(cut -d' ' -f1 <<<"$contents") 2>&1)"
    same "$name writes" "$written" "$("$@" 2>&1)"
}

written=$("${BUILD:-build/gcc-O3}"/tests/golden_archives)
if [ -z "${ROTE_LONG:-}" ]; then
    program=${BUILD:-build/gcc-O3}/tests/golden_archives
    case $(uname -m) in x86_64) isas='portable avx2 avx512' ;; aarch64 | arm64) isas='portable neon' ;; *) isas=portable ;; esac
    for isa in $isas; do
        without=^$
        [ "$isa" = portable ] && without=$slow
        check "$isa" "$without" env ROTE_ISA="$isa" "$program"
    done
else
    mkdir -p build && exec 9>build/variants.lock && flock 9 # check_one_hash.sh and check_golden.sh build the same ones
    for variant in 'CC=gcc OPT=-O0' 'CC=clang OPT=-O0' 'CC=clang OPT=-O3'; do
        # shellcheck disable=SC2086  # two words
        if make -s $variant golden_archives >/dev/null; then
            # shellcheck disable=SC2086
            check "$variant" ^$ "$(make -s $variant print-build)/tests/golden_archives"
        else
            failed=$((failed + 1))
            echo "golden: $variant does not build"
        fi
    done
    if ! command -v aarch64-linux-gnu-gcc qemu-aarch64-static >/dev/null; then
        skipped=$((skipped + 1))
    elif ! make -s CC=aarch64-linux-gnu-gcc BARE=1 golden_archives >/dev/null; then
        failed=$((failed + 1))
        echo "golden: aarch64 does not build"
    else
        program=$(make -s CC=aarch64-linux-gnu-gcc BARE=1 print-build)/tests/golden_archives
        written=$(grep -vE "^($names)" <<<"$written")
        for isa in portable neon; do
            check "aarch64 $isa" "/($names)|$slow" env ROTE_ISA=$isa qemu-aarch64-static "$program"
        done
    fi
fi
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
