#!/usr/bin/env bash
# The long form of tests/test_fits, test_stats and test_rounds: 1000 synthetic sweeps or laboratories for every coverage, 10,000 lines.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=0
for test in test_fits test_stats test_rounds; do ROTE_LONG=1 "${BUILD:-build/gcc-O3}/tests/$test" || failed=1; done
exit $failed
