#!/usr/bin/env bash
# Every cut of every scenario of tests/check_power_cuts.sh, with twelve drawn parts each.
set -u
cd "$(dirname "$0")/.." || exit 1
ROTE_LONG=1 exec tests/check_power_cuts.sh "$@"
