#!/usr/bin/env bash
# Two coordinators on one sweep, while workers and coordinators are killed with SIGKILL: every run is there once, with the bytes
# of a sweep left alone, and nobody trained one twice.
#   RUNS, STEPS, WORKER_KILLS, COORDINATOR_KILLS, SEED; PAUSE: seconds from kill to kill, without it as short as the runs demand
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") || exit 1
runs=${RUNS:-12} steps=${STEPS:-500} worker_kills=${WORKER_KILLS:-8} coordinator_kills=${COORDINATOR_KILLS:-2}
RANDOM=${SEED:-1}
scratch=$(mktemp -d) || exit 1
coordinator=()
trap '[ ${#coordinator[@]} -gt 0 ] && kill -KILL "${coordinator[@]}" 2>/dev/null; wait; rm -rf "$scratch"' EXIT
passed=0 failed=0
check() { # what, command...
    local what=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "sweep_kills: $what"; fi
}

cat >"$scratch/sweep.yaml" <<Y
facts: {n: 32, seq_len: 8, vocab_size: 16, seed: 1}
model: {n_layer: 1, n_head: 2}
train: {max_steps: $steps, learning_rate: 0.01, eval_interval: 100, checkpoint_interval: 40, grad_leaves: 1}
sweep: {model.n_embd: [8, 12], train.seed: [$(seq -s, $((runs / 2)))]}
Y
sweep() { # folder, log
    exec "$rote" sweep run "$scratch/sweep.yaml" --out "$scratch/$1" --jobs 2 --quiet >>"$scratch/$2" 2>&1
}

# Left alone, but by two coordinators that share the work.
now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
from=$(now_ms)
(sweep quiet quiet.log) & one=$!
(sweep quiet quiet.log) & two=$!
check "the first of two coordinators failed" wait $one
check "the second of two coordinators failed" wait $two
quiet_ms=$(($(now_ms) - from))
pause_ms=$((quiet_ms * 4 / 10 / (worker_kills + coordinator_kills)))
pause=${PAUSE:-$((pause_ms / 1000)).$(printf %03d $((pause_ms % 1000)))}
once() { # all tokens that any process trained on are those of one run
    local run timed
    for run in "$scratch"/quiet/runs/*; do
        timed=$(grep -o '"timed_tokens": [0-9]*' "$run/timing.json")
        [ "${timed##* }" = "$((steps * 32 * 8))" ] || { echo "$run: $timed, a run has $((steps * 32 * 8))" && return 1; }
    done
}
check "a run was trained twice" once

# Killed. A coordinator that ends while kills are left is started again, as a user would.
start() { (sweep killed killed.log) & coordinator[$1]=$!; }
alive() { kill -0 "${coordinator[$1]}" 2>/dev/null; }
all_done() { [ "$(find "$scratch/killed/runs" -name DONE 2>/dev/null | wc -l)" = "$runs" ]; }
kill_worker() { # one of a coordinator's children
    local -a children=()
    { read -ra children <"/proc/${coordinator[$1]}/task/${coordinator[$1]}/children"; } 2>/dev/null
    [ ${#children[@]} -gt 0 ] && kill -KILL "${children[RANDOM % ${#children[@]}]}" 2>/dev/null
}
workers=0 coordinators=0 from=$(now_ms)
start 0
start 1
while ! all_done; do
    sleep "$pause"
    for i in 0 1; do alive $i || { wait "${coordinator[$i]}" 2>/dev/null; all_done || start $i; }; done
    i=$((RANDOM % 2))
    if [ $((coordinators * worker_kills)) -lt $((workers * coordinator_kills)) ] && [ $coordinators -lt "$coordinator_kills" ]; then
        kill -KILL "${coordinator[$i]}" && coordinators=$((coordinators + 1))
    elif [ $workers -lt "$worker_kills" ]; then
        kill_worker $i && workers=$((workers + 1))
    fi
done 2>/dev/null # of bash's own notices of what was killed
wait 2>/dev/null
last() { (sweep killed killed.log); }
check "a coordinator that finds everything done failed" last
echo "$runs runs of $steps steps; $workers workers and $coordinators coordinators killed; $quiet_ms ms left alone," \
    "$(($(now_ms) - from)) ms killed"
enough() { [ $((2 * workers)) -ge "$worker_kills" ] && [ $coordinators = "$coordinator_kills" ]; }
check "fewer kills than asked for: the runs are too short" enough

same() {
    local run name file
    [ "$(find "$scratch/killed/runs" -mindepth 1 -maxdepth 1 | wc -l)" = "$runs" ] || return 1
    for run in "$scratch"/quiet/runs/*; do
        name=$(basename "$run")
        for file in result.json metrics.jsonl "checkpoint-$(printf %09d "$steps").safetensors"; do
            cmp "$run/$file" "$scratch/killed/runs/$name/$file" || return 1
        done
    done
}
check "results differ from those of the quiet sweep" same
left() { [ -z "$(find "$scratch/killed" -name failed.json -o -name '*.rote-tmp')" ]; }
check "failures or temporaries are left" left

# What asks to end, twice, reaches a worker before its coordinator knows of it: that run is waiting, not failed.
asked() {
    local pid child i
    env --default-signal=INT "$rote" sweep run "$scratch/sweep.yaml" train.max_steps=1000000 train.seed=1 --out "$scratch/asked" --jobs 1 --quiet \
        >/dev/null 2>&1 &
    pid=$!
    for i in $(seq 100); do
        sleep 0.05
        { read -r child <"/proc/$pid/task/$pid/children"; } 2>/dev/null
        [ -n "$child" ] && [ -n "$(find "$scratch/asked" -name metrics.jsonl -size +0)" ] && break
    done
    kill -STOP $pid && kill -STOP "$child" && kill -TERM "$child" && kill -INT "$child" && kill -CONT "$child"
    for i in $(seq 100); do [ "$(awk '{ print $3 }' "/proc/$child/stat" 2>/dev/null)" = Z ] || sleep 0.02; done
    kill -INT $pid && kill -CONT $pid
    for i in $(seq 200); do kill -0 $pid 2>/dev/null && sleep 0.05; done
    kill -KILL $pid 2>/dev/null && return 1
    wait $pid
    [ $? = 85 ] && [ -z "$(find "$scratch/asked" -name failed.json)" ]
}
check "a run that was asked to end counts as failed" asked
rows() { [ "$(grep -c ',done,annealed,' "$scratch/killed/table.csv")" = "$runs" ]; }
check "table.csv lacks a row" rows
echo "$passed passed, $failed failed"
[ $failed = 0 ]
