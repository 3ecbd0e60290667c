#!/usr/bin/env bash
# Memory that runs out. Each allocation of a command that has a call stack of its own fails once (tests/inject/allocations.c).
# The command must then either not need it (same output, same files) or refuse, name memory as the cause, leave nothing half
# done, and reach its usual end when it is repeated (tests/inject/scenarios.sh).
#   tests/campaign_allocations.sh [SCENARIO...]     default: the short ones; with ROTE_LONG=1 all. ROTE_VERBOSE=1: every failure
cd "$(dirname "$0")/.." || exit 1
command -v setarch >/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
. tests/inject/scenarios.sh
${CC:-gcc} -O2 -shared -fPIC tests/inject/allocations.c -o "$work/allocations.so" -ldl || { echo "0 passed, 1 failed"; exit 1; }

with_failure() { ALLOCATION_FAIL=$at LD_PRELOAD=$work/allocations.so timeout 60 setarch -R "$@"; }

each() { # name, command...
    local name=$1 at
    shift
    quiet_run "$name" "$@" || return
    cp -r "$work/base" "$work/$name.log.d" && cd "$work/$name.log.d" || return
    ALLOCATION_LOG=$work/$name.log LD_PRELOAD=$work/allocations.so setarch -R "$rote" "$@" >/dev/null 2>&1
    while read -r at _; do trial "$name" "allocation $at" memory with_failure "$@"; done <"$work/$name.log"
}

prepare
each_scenario each "$@"
conclude allocations
