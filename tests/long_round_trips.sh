#!/usr/bin/env bash
# The long form of tests/test_two_part: 10,000 round trips, each read in another process, and 1000 uniform fact sets.
set -u
cd "$(dirname "$0")/.." || exit 1
ROUND_TRIPS=10000 UNIFORM=1000 exec "${BUILD:-build/gcc-O3}/tests/test_two_part"
