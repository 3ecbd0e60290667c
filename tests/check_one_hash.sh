#!/usr/bin/env bash
# One hash: a 50-step training of four models gives the parameters of tests/one_hash.golden with any number of threads, of
# ranks (with each MPI that is here) and on any instruction set; with ROTE_LONG=1 also from other compilers and
# optimization levels, and on aarch64 under an emulator.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0 skipped=0

expect() { # name, command...
    local name=$1 got
    shift
    got=$("$@" 2>&1)
    case $got in
    *'not an instruction set this CPU can run'*) skipped=$((skipped + 1)); return ;;
    esac
    if [ "$got" = "$(cat tests/one_hash.golden)" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "one_hash: $name:"
        diff tests/one_hash.golden <(echo "$got")
    fi
}

ranks() { # mpich or openmpi, then pairs of ranks and threads
    local mpi=$1 launcher pair program=${BUILD:-build/gcc-O3}/mpicc.$1/one_hash
    if ! command -v "mpicc.$mpi" "mpiexec.$mpi" >/dev/null; then
        skipped=$((skipped + 1))
        echo "one_hash: no ranks with $mpi: it is not here"
        return
    fi
    launcher="mpiexec.$mpi"
    [ "$mpi" = openmpi ] && launcher+=' --oversubscribe --bind-to none'
    make -s "MPI=$mpi" "CC=${CC:-gcc}" "BUILD=${BUILD:-build/gcc-O3}" ranks >/dev/null
    shift
    # shellcheck disable=SC2086  # words
    for pair in "$@"; do
        expect "${pair% *} ranks of ${pair#* } threads, $mpi" timeout 300 $launcher -n ${pair% *} "$program" ${pair#* }
    done
}

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
if [ -z "${ROTE_LONG:-}" ]; then
    for mpi in mpich openmpi; do ranks $mpi '2 1' '3 2'; done
    program=${BUILD:-build/gcc-O3}/tests/one_hash
    for threads in 1 2 3 4 8; do expect "$threads threads" "$program" $threads; done
    case $(uname -m) in x86_64) isas='portable avx2 avx512' ;; aarch64 | arm64) isas='portable neon' ;; *) isas=portable ;; esac
    for isa in $isas; do expect "$isa" env ROTE_ISA="$isa" "$program" 2; done
else
    variants=('CC=clang OPT=-O3') # continuous integration has it already, and has run the short form
    if [ -z "${FAULTS_SHARE:-}" ]; then
        variants=('CC=gcc OPT=-O0' 'CC=gcc OPT=-O2' 'CC=clang OPT=-O0' 'CC=clang OPT=-O2' "${variants[@]}")
        for mpi in mpich openmpi; do ranks $mpi '1 1' '1 2' '2 1' '2 2' '3 1' '3 2' '4 1' '4 2'; done
    fi
    mkdir -p build && exec 9>build/variants.lock && flock 9 # check_one_hash.sh and check_golden.sh build the same ones
    for variant in "${variants[@]}"; do
        # shellcheck disable=SC2086  # two words
        if make -s $variant one_hash >/dev/null; then
            # shellcheck disable=SC2086
            expect "$variant" "$(make -s $variant print-build)/tests/one_hash" 2
        else
            failed=$((failed + 1))
            echo "one_hash: $variant does not build"
        fi
    done
    if [ -n "${FAULTS_SHARE:-}" ] || ! command -v aarch64-linux-gnu-gcc qemu-aarch64-static >/dev/null; then
        skipped=$((skipped + 1))
    elif ! make -s CC=aarch64-linux-gnu-gcc BARE=1 one_hash >/dev/null; then
        failed=$((failed + 1))
        echo "one_hash: aarch64 does not build"
    else
        program=$(make -s CC=aarch64-linux-gnu-gcc BARE=1 print-build)/tests/one_hash
        for isa in portable neon; do
            expect "aarch64 $isa" env ROTE_ISA=$isa qemu-aarch64-static "$program" 2
        done
    fi
fi
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
