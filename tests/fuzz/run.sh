#!/usr/bin/env bash
# Builds the fuzz targets with clang's libFuzzer, address and undefined-behaviour sanitizers, and runs them.
#   tests/fuzz/run.sh [PARSER-EXECUTIONS [DECODE-EXECUTIONS [ONLINE-EXECUTIONS]]]      default 200000, 20000 and 20000
# What it finds to be new is kept in build/fuzz/corpus, and where it fails, the input, in build/fuzz/found. A few dozen
# of the former, and every mended one of the latter, belong into tests/fuzz/corpus, which tests/test_fuzz_*.c run.
set -eu
cd "$(dirname "$0")/../.." || exit 1
build=build/fuzz flags='-fsanitize=fuzzer-no-link,address,undefined' jobs=${JOBS:-2}
parsers=${1:-200000} decode=${2:-20000} online=${3:-20000}

make -s -j"$jobs" CC=clang OPT=-O2 SAN=fuzzer-no-link,address,undefined BUILD=$build $build/librote.a $build/rote
mkdir -p $build/corpus/{parsers,decode,online} $build/found
for program in parsers decode online; do
    harness=tests/fuzz/fuzz_archive.c
    [ $program = online ] && harness=tests/fuzz/fuzz_online_archive.c
    clang -std=gnu11 -O2 -g -I. -D_GNU_SOURCE -DHAVE_portable=1 -fopenmp -ffp-contract=off -fno-sanitize-recover=all \
        -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_$program.c $harness $build/librote.a \
        -lyaml -ljansson -lxxhash -lpcre2-8 -lz -ldl -lm -o $build/fuzz_$program
done
# shellcheck disable=SC2086
clang -std=gnu11 -I. -D_GNU_SOURCE $flags tests/fuzz/make_seeds.c tests/fuzz/fuzz_online_archive.c $build/librote.a -fopenmp \
    -lyaml -ljansson -lxxhash -lpcre2-8 -lz -ldl -lm -o $build/make_seeds
$build/make_seeds $build/corpus/parsers $build/corpus/decode $build/corpus/online tests/golden/*.rote

export ASAN_OPTIONS=quarantine_size_mb=8:malloc_context_size=3 OMP_NUM_THREADS=1 ROTE_ISA=${ROTE_ISA:-portable}
common='-timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=64 -print_final_stats=1 -verbosity=0'
# shellcheck disable=SC2086
$build/fuzz_parsers $common -max_len=700 -runs="$parsers" -artifact_prefix=$build/found/parsers- \
    $build/corpus/parsers tests/fuzz/corpus/parsers
# shellcheck disable=SC2086
$build/fuzz_decode $common -max_len=1500 -runs="$decode" -artifact_prefix=$build/found/decode- \
    $build/corpus/decode tests/fuzz/corpus/decode
# shellcheck disable=SC2086
$build/fuzz_online $common -max_len=300 -runs="$online" -artifact_prefix=$build/found/online- \
    $build/corpus/online tests/fuzz/corpus/online
