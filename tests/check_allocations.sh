#!/usr/bin/env bash
# Memory that runs out. Each allocation of a command that has a call stack of its own fails once (tests/inject/allocations.c).
# The command must then either not need it (same output, same files) or refuse, name memory as the cause, leave nothing half
# done, and reach its usual end when it is repeated (tests/inject/scenarios.sh).
#   tests/check_allocations.sh [SCENARIO...]     default: every sixth call stack of the short scenarios, some 210 trials;
#                                                with ROTE_LONG=1 every one of all (tests/long_allocations.sh). STEP=N: every
#                                                N-th. ROTE_VERBOSE=1: every failure
cd "$(dirname "$0")/.." || exit 1
command -v setarch >/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
. tests/inject/scenarios.sh
${CC:-gcc} -O2 -shared -fPIC tests/inject/allocations.c -o "$work/allocations.so" -ldl || { echo "0 passed, 1 failed"; exit 1; }
step=6
[ -n "${ROTE_LONG:-}" ] || [ $# -gt 0 ] && step=1
step=${STEP:-$step}

# A thread that cannot be started for want of memory is libgomp's to tell: it ends the program with these words.
cause='memory|libgomp: Thread creation failed'
with_failure() { timeout -k 5 60 setarch -R env ALLOCATION_FAIL="$at" LD_PRELOAD="$work/allocations.so" "$@"; }

each() { # name, command...
    local name=$1 at turn=0
    shift
    quiet_run "$name" "$@" || return
    cp -r "$work/$name.base" "$work/$name.log.d" && cd "$work/$name.log.d" || return
    setarch -R env ALLOCATION_LOG="$work/$name.log" LD_PRELOAD="$work/allocations.so" "$rote" "$@" >/dev/null 2>&1
    while read -r at _; do
        [ $((turn++ % step)) = 0 ] && trial "$name" "allocation $at" "$cause" with_failure "$@"
    done <"$work/$name.log"
}

prepare
each_scenario each "$@"
conclude allocations
