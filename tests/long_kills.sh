#!/usr/bin/env bash
# The long forms of tests/test_kill, 200 SIGKILLs at random moments of one run, and of tests/check_kills.sh, 3,000 kills of eleven
# kinds of runs: each resumed to the same bytes.
set -u
cd "$(dirname "$0")/.." || exit 1
KILLS=200 SEED=${SEED:-7} "${BUILD:-build/gcc-O3}/tests/test_kill" || exit 1
KILLS=${KILLS:-3000} exec tests/check_kills.sh
