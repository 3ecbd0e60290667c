#!/usr/bin/env bash
# The long form of tests/test_kill: 200 SIGKILLs at random moments, every run resumed to the same bytes.
set -u
cd "$(dirname "$0")/.." || exit 1
KILLS=200 SEED=${SEED:-7} exec "${BUILD:-build/gcc-O3}/tests/test_kill"
