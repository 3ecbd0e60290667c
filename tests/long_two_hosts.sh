#!/usr/bin/env bash
# The long form of tests/check_two_hosts.sh: 300 runs, once a second a kill of each process with a chance of 5 %, on a disk
# with locks and on two without. Some ten minutes; the figure stands in docs/evidence.md.
set -u
cd "$(dirname "$0")/.." || exit 1
ROTE_LONG=1 RUNS=${RUNS:-300} STEPS=${STEPS:-2000} CHANCE=5 EVERY=1 RENEW=0.25 LIMIT=${LIMIT:-900} SEED=${SEED:-7} ONLY=${ONLY:-killed} exec tests/check_two_hosts.sh
