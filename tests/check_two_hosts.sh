#!/usr/bin/env bash
# Two machines work on one sweep: `rote sweep work` in two views (network, host name, boot, processes) of one folder, their
# clocks an hour ahead and behind; on a disk with locks, and on one without (tests/inject/hosts.c: flock fails), where claims
# are files with a lease. Everything is killed at random; a machine dies; one is paused, taken for dead, and comes back. Every
# run must be there once, byte for byte as in a quiet sweep. Skipped where unshare is not allowed.
#   RUNS, STEPS, CHANCE: of a kill, in per cent a second and process; SEED
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") || exit 1
unshare --uts --net --mount --pid --fork --mount-proc true 2>/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
runs=${RUNS:-16} steps=${STEPS:-600} chance=${CHANCE:-8} limit=${LIMIT:-120}
RANDOM=${SEED:-1}
work=$(mktemp -d /tmp/rote-hosts-XXXXXX) || exit 1
trap 'kill_all; rm -rf "$work"' EXIT
${CC:-gcc} -O2 -shared -fPIC tests/inject/hosts.c -o "$work/hosts.so" -ldl || { echo "0 passed, 1 failed"; exit 1; }
export ROTE_CLAIM_RENEW_S=${RENEW:-0.1} OMP_WAIT_POLICY=passive
passed=0 failed=0 kills=0 deaths=0 errno=
check() { # what, command...
    local what=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "two_hosts: ${errno:-locks}: $what"; fi
}

cat >"$work/sweep.yaml" <<Y
facts: {n: 32, seq_len: 8, vocab_size: 16, seed: 1}
model: {n_layer: 1, n_head: 2}
train: {max_steps: $steps, learning_rate: 0.01, eval_interval: 100, checkpoint_interval: 40, grad_leaves: 1}
sweep: {model.n_embd: [8, 12], train.seed: [$(seq -s, $((runs / 2)))]}
Y

# ---- machines ----

declare -A machine=() # name -> process
boot() { # name, folder: a machine that begins anew, with a worker of two processes
    local name=$1 ahead=3600
    [ "$name" = beta ] && ahead=-3600
    cat /proc/sys/kernel/random/uuid >"$work/boot.$name"
    HOSTS_FLOCK=$errno HOSTS_CLOCK_S=$ahead SHIM=$work/hosts.so \
        unshare --uts --net --mount --pid --fork --kill-child --mount-proc sh -c '
            hostname "$1" && mount --bind "$2" /proc/sys/kernel/random/boot_id || exit 99
            LD_PRELOAD=$SHIM "$3" sweep retry "$4" >/dev/null # whose worker alone was killed
            LD_PRELOAD=$SHIM exec "$3" sweep work "$4" --jobs 2 --quiet' sh "$name" "$work/boot.$name" "$rote" "$work/$2" \
        >>"$work/$name.log" 2>&1 &
    machine[$name]=$!
}
alive() { kill -0 "${machine[$1]:-0}" 2>/dev/null; }
members() { # all processes of a machine, from its coordinator on
    local -a next=("${machine[$1]}")
    local children pid
    while [ ${#next[@]} -gt 0 ]; do
        pid=${next[0]} next=("${next[@]:1}")
        children=
        { read -r children <"/proc/$pid/task/$pid/children"; } 2>/dev/null # without a line end
        # shellcheck disable=SC2086
        [ -n "$children" ] && { printf '%s\n' $children; next+=($children); }
    done
}
kill_all() {
    local name
    for name in "${!machine[@]}"; do kill -KILL "${machine[$name]}" 2>/dev/null; done
    wait
} 2>/dev/null
done_runs() { find "$work/$1/runs" -mindepth 2 -maxdepth 2 -name DONE 2>/dev/null | wc -l; }
until_done() { # folder, runs: or too long
    local from=$SECONDS
    while [ "$(done_runs "$1")" -lt "$2" ] && [ $((SECONDS - from)) -lt "$limit" ]; do sleep 0.05; done
}
sweep() { "$rote" sweep run "$work/sweep.yaml" --out "$work/$1" "${@:2}" --quiet >>"$work/log" 2>&1; }
# A sweep that has begun and of which nothing is done: whoever stops it at once.
begin() {
    "$rote" sweep run "$work/sweep.yaml" --out "$work/$1" --jobs 1 --quiet >/dev/null 2>&1 &
    local pid=$!
    while [ ! -e "$work/$1/sweep.yaml" ] && kill -0 $pid; do sleep 0.01; done
    kill -KILL $pid
    wait $pid 2>/dev/null
    sleep 0.2 # its worker sees it
    rm -rf "$work/$1/runs" "$work/$1"/locks/*=*
}

same() { # folder: as the quiet sweep, nothing else, and no failure
    local run file
    [ "$(find "$work/$1/runs" -mindepth 1 -maxdepth 1 | wc -l)" = "$runs" ] || { echo "not $runs runs"; return 1; }
    for run in "$work"/quiet/runs/*; do
        for file in result.json metrics.jsonl "checkpoint-$(printf %09d "$steps").safetensors"; do
            cmp "$run/$file" "$work/$1/runs/${run##*/}/$file" || return 1
        done
    done
    [ -z "$(find "$work/$1" -name failed.json)" ] || { find "$work/$1" -name failed.json -exec cat {} +; return 1; }
    "$rote" sweep run --out "$work/$1" --jobs 2 --quiet >/dev/null
}

# ---- what happens to them ----

# Once a second every process of both is killed with that chance, and begun again as another boot where it was a machine.
killed() {
    local name pid from=$SECONDS
    begin killed
    boot alpha killed
    boot beta killed
    while [ "$(done_runs killed)" -lt "$runs" ] && [ $((SECONDS - from)) -lt "$limit" ]; do
        sleep "${EVERY:-0.5}"
        for name in alpha beta; do
            for pid in $(members $name); do
                [ $((RANDOM % 100)) -lt "$chance" ] && kill -KILL "$pid" 2>/dev/null && kills=$((kills + 1))
            done
            [ $((RANDOM % 100)) -lt "$chance" ] && alive $name && kill -KILL "${machine[$name]}" && deaths=$((deaths + 1))
            alive $name || { wait "${machine[$name]}" 2>/dev/null; boot $name killed; }
        done
    done 2>/dev/null
    kill_all
    check "killed at random: runs are missing: $(done_runs killed) of $runs" test "$(done_runs killed)" = "$runs"
    check "killed at random: other results" same killed
    machine=()
}

# Alpha dies with all that it holds, and beta, which is there already, ends the sweep.
dies() {
    begin dies
    boot alpha dies
    until_done dies 1
    boot beta dies
    until_done dies 3
    kill -KILL "${machine[alpha]}"
    wait "${machine[beta]}"
    check "a machine that died: the other leaves runs: $(done_runs dies) of $runs, exit $?" test "$(done_runs dies)" = "$runs"
    check "a machine that died: other results" same dies
    machine=()
}

# Alpha is paused; beta takes its runs over and goes on; alpha comes back while beta is at work, and must spoil nothing.
paused() {
    local pids took
    begin paused
    boot alpha paused
    until_done paused 1
    sleep 0.3
    pids=$(members alpha)
    # shellcheck disable=SC2086
    kill -STOP $pids
    boot beta paused
    if [ -n "$errno" ]; then
        for _ in $(seq 600); do # beta makes what was alpha's: a second claim on a run's lock
            took=$(find "$work/paused/runs" -name lock.2 | head -n 1)
            [ -n "$took" ] && break
            sleep 0.05
        done
        check "a paused machine's runs are not taken over" test -n "$took"
    else
        until_done paused 3
    fi
    # shellcheck disable=SC2086
    kill -CONT $pids
    wait "${machine[alpha]}"
    check "the paused machine fails: $(tail -n 1 "$work/alpha.log")" test $? = 0
    wait "${machine[beta]}"
    check "the other fails: $(tail -n 1 "$work/beta.log")" test $? = 0
    check "a paused machine: runs are missing: $(done_runs paused) of $runs" test "$(done_runs paused)" = "$runs"
    check "a paused machine: other results" same paused
    machine=()
}

check "the quiet sweep" sweep quiet --jobs 2
for errno in '' 37 95; do # ENOLCK, EOPNOTSUPP
    [ "$errno" = 95 ] && [ -z "${ROTE_LONG:-}" ] && continue
    case " ${ONLY:-killed dies paused} " in *" killed "*) killed ;; esac
    case " ${ONLY:-killed dies paused} " in *" dies "*) dies ;; esac
    case " ${ONLY:-killed dies paused} " in *" paused "*) paused ;; esac
    rm -rf "$work/killed" "$work/dies" "$work/paused"
done
echo "$runs runs; $kills processes killed, $deaths machines"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
