#!/usr/bin/env bash
# Builds the fuzz targets (tests/fuzz/fuzz.h) with clang's libFuzzer, address and undefined-behaviour sanitizers, and runs
# each for so many executions, one after the other.
#   tests/fuzz/run.sh [EXECUTIONS [TARGET...]]      default 200000, each target; those that decode do a hundredth
# SANITIZERS=undefined leaves the address sanitizer out: two to four times as many executions a second. So does, to a lesser
# degree, COVERAGE=-fno-sanitize-coverage=trace-cmp: comparisons are not traced. Each has a build folder of its own.
# A target's inputs that reach new code are kept in build/fuzz/corpus, those that fail in build/fuzz/found. A few dozen of the
# former, and every mended one of the latter, belong into tests/fuzz/corpus, which tests/test_fuzz_*.c replay. The last
# lines of each run are added to build/fuzz/log, so that one that was cut off goes on where the log ends.
set -eu
cd "$(dirname "$0")/../.." || exit 1
sanitizers=${SANITIZERS:-address,undefined} coverage=${COVERAGE:-} jobs=${JOBS:-2}
build=build/fuzz${SANITIZERS:+-$SANITIZERS}${COVERAGE:+-counted} flags="-fsanitize=fuzzer-no-link,$sanitizers $coverage"
executions=${1:-200000}
shift || true
export ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=2:detect_leaks=${LEAKS:-1}
export OMP_NUM_THREADS=1 ROTE_ISA=${ROTE_ISA:-portable}
wraps=$(make -s print-memory-files)
libraries='-fopenmp -lyaml -ljansson -lxxhash -lpcre2-8 -lsqlite3 -lz -ldl -lm'
common="-std=gnu11 -O2 -g -I. -D_GNU_SOURCE -DHAVE_portable=1 -ffp-contract=off -fno-sanitize-recover=all $flags"
sources='fuzz memory_files fuzz_texts fuzz_runs fuzz_archive fuzz_online_archive fuzz_foreign'

# shellcheck disable=SC2086
make -s -j"$jobs" CC=clang OPT=-O2 CFLAGS="-O2 -g -fsanitize-coverage-ignorelist=tests/fuzz/no_coverage $coverage" SAN="fuzzer-no-link,$sanitizers" BUILD=$build $build/librote.a
mkdir -p $build/found
for source in $sources make_seeds; do
    # shellcheck disable=SC2086
    clang $common -c tests/fuzz/"$source".c -o $build/"$source".o
done
# shellcheck disable=SC2086
clang -fsanitize=fuzzer,$sanitizers $wraps $(printf "$build/%s.o " $sources) $build/librote.a $libraries -o $build/fuzz
# shellcheck disable=SC2086
clang -fsanitize=$sanitizers $build/make_seeds.o $build/fuzz_online_archive.o $build/librote.a $libraries \
    -fsanitize=fuzzer-no-link -o $build/make_seeds
targets=$(sed -n '/^#define FUZZ_/,/^$/p' tests/fuzz/fuzz.h | grep -o 'X([a-z]*, [0-9]*)' | tr -d 'X(),' | tr ' ' :)
for target in $targets; do mkdir -p $build/corpus/"${target%:*}"; done
ASAN_OPTIONS=detect_leaks=0 $build/make_seeds $build/corpus tests/golden/*.rote
grep -oh '"[a-z_.:0-9]*"' base/config/key_rows.h base/config/rule_rows.h base/config/key_table.c data/folder/manifest.c \
    store/*.[ch] model/formats/safetensors.c model/formats/gguf.c model/formats/hf_files.c data/tokenizer/*.c data/import/*.c | sort -u | grep -v '""' >$build/words

for target in $targets; do
    name=${target%:*} runs=$executions
    [ $# = 0 ] || [[ " $* " = *" $name "* ]] || continue
    case $name in decode | online) runs=$((executions / 100)) ;; esac
    ROTE_FUZZ=$name $build/fuzz -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=64 -print_final_stats=1 -verbosity=0 \
        -dict=$build/words -max_len="${target#*:}" -runs="$runs" -artifact_prefix=$build/found/"$name"- \
        $build/corpus/"$name" tests/fuzz/corpus/"$name" 2>&1 | tee $build/last
    grep -q 'stat::number_of_executed_units' $build/last
    echo "$name $(sed -n 's/^stat::number_of_executed_units: *//p' $build/last)" >>$build/log
done
