#!/usr/bin/env bash
# A disk that fails. Each system call of a command on its folder fails once, with each of some errors (strace's injection).
# The command must then either not need it or refuse, name the cause, leave nothing half done under a final name, and reach its
# usual end when it is repeated (tests/inject/scenarios.sh).
# Every fifth call of the short scenarios with one error; with EVERY=1 (tests/long_io_faults.sh) each call of all, with four errors.
#   tests/check_io_faults.sh [SCENARIO...]     ROTE_VERBOSE=1: prints every failure; ERRORS="EIO": not all four in the long form, also
#                                             EINTR; STEP=N: every N-th call
cd "$(dirname "$0")/.." || exit 1
strace -qq -o /dev/null true 2>/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
ROTE_LONG=${EVERY:-}
. tests/inject/scenarios.sh
calls=openat,read,pread64,write,pwrite64,writev,fsync,ftruncate,renameat,rename,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,flock,getdents64,lseek,newfstatat
errors=(EIO) step=5
[ -n "$ROTE_LONG" ] && errors=(${ERRORS:-EIO ENOSPC EACCES EMFILE}) step=${STEP:-1}
declare -A says=([EIO]='input/output error' [ENOSPC]='no space left' [EACCES]='permission denied' [EMFILE]='too many open files'
    [EINTR]='interrupted system call')

with_failure() { timeout -k 5 60 strace -f -qq -y -o "$PWD.trace" -e trace="$call" -e inject="$call:error=$error:when=$number" "$@"; }

# "CALL NUMBER" of each call on the folder, numbered among those of its name.
calls_on() { # log, folder
    awk -v folder="$2" '{
        match($0, /[a-z0-9_]+\(/)
        call = substr($0, RSTART, RLENGTH - 1)
        number[call]++
        if (index($0, "<" folder) && !($0 ~ /^[0-9]+ [a-z0-9_]+\([^"]*"\//)) print call, number[call]
    }' "$1"
}

each() { # name, command...
    local name=$1 call number error turn=0
    shift
    quiet_run "$name" "$@" || return
    cp -r "$work/$name.base" "$work/$name.log.d" && cd "$work/$name.log.d" || return
    strace -f -qq -y -o "$work/$name.log" -e trace=$calls "$rote" "$@" >/dev/null 2>&1
    while read -r call number; do
        turn=$((turn + 1))
        [ $((turn % step)) = 0 ] || continue
        for error in "${errors[@]}"; do
            trial "$name" "$call $number: $error" "${says[$error]}" with_failure "$@"
        done
    done < <(calls_on "$work/$name.log" "$work/$name.log.d")
}

# A run has ended well, and of this process, which asks for it, the look at its DONE fails then (the fourth).
end_unseen() {
    local dir=$work/end_unseen run
    cp -r "$work/base" "$dir" && cd "$dir" || return
    run=$("$rote" sweep status waiting | awk '$1 == "waiting" {print $2; exit}')
    strace -qq -o /dev/null -P "waiting/runs/$run/DONE" -e trace=newfstatat -e inject=newfstatat:error=ENOSPC:when=4 \
        "$rote" sweep work waiting --jobs 1 --quiet >out 2>err
    echo "$([ -e "waiting/runs/$run/DONE" ] && grep -q 'DONE: cannot be looked at: No space left' err && echo refused || echo MISNAMED)" \
        "end_unseen: $(tail -n 1 err)"
}

prepare
each_scenario each "$@"
[ $# -gt 0 ] || end_unseen >"$work/end_unseen.words"
conclude "system calls"
