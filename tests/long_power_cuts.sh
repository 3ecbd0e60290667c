#!/usr/bin/env bash
# The long form of tests/check_power_cuts.sh: every cut of every scenario.
set -u
cd "$(dirname "$0")/.." || exit 1
EVERY=1 exec tests/check_power_cuts.sh "$@"
