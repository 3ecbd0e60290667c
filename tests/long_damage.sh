#!/usr/bin/env bash
# All files, all commands, many places (tests/inject/sealed.sh): some 20,000 answers, half an hour on two quiet cores.
#   tests/long_damage.sh [SCENARIO...]
ROTE_LONG=1 exec "$(dirname "$0")/inject/sealed.sh" "$@"
