#!/usr/bin/env bash
# The long form of tests/check_sweep_kills.sh: 300 runs, a worker killed every two seconds, the coordinators ten times. Some six
# minutes, so it is run by hand; the figure stands in docs/evidence.md.
set -u
cd "$(dirname "$0")/.." || exit 1
RUNS=300 STEPS=${STEPS:-5000} WORKER_KILLS=${WORKER_KILLS:-50} COORDINATOR_KILLS=10 PAUSE=2 SEED=${SEED:-7} exec tests/check_sweep_kills.sh
