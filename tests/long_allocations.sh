#!/usr/bin/env bash
# The long form of tests/check_allocations.sh: every call stack that allocates, of every command that does some work but the demo
# and the benchmark, which time what the others do. Some 10,000 trials, a quarter of an hour of two quiet cores.
set -u
cd "$(dirname "$0")/.." || exit 1
ROTE_LONG=1 exec tests/check_allocations.sh "$@"
