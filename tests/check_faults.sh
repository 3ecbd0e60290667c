#!/usr/bin/env bash
# Every place that tests/faults.txt wants to put a fault into is still there, once; tests/long_faults.sh, which takes
# minutes, puts them in.
exec "$(dirname "$0")/long_faults.sh" --places
