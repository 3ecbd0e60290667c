#!/usr/bin/env bash
# A sweep on a real Slurm of one node, which this script starts in the foreground with a configuration of its own and stops:
# tasks cancelled, killed with their slurmstepd, at the end of their time, on a node that is drained; the sweep is submitted
# again, and every run must end as in a quiet sweep without Slurm, byte for byte.
# 20 runs; with ROTE_LONG=1 300. Skipped without slurm-wlm and munge, or where this is not root.
set -u
cd "$(dirname "$0")/.." || exit 1
for program in munged slurmctld slurmd sbatch; do
    command -v $program >/dev/null 2>&1 || PATH=$PATH:/usr/sbin command -v $program >/dev/null 2>&1 ||
        { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
PATH=$PATH:/usr/sbin
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}")
work=$(mktemp -d /tmp/rote-slurm-XXXXXX) && cd "$work" || exit 1
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "slurm: $*"
}
check() { # what, command...
    local what=$1
    shift
    if "$@" >out 2>&1; then ok; else bad "$what: $(tail -n 2 out)"; fi
}
trap 'kill $daemons 2>/dev/null; sleep 0.5; kill -9 $daemons 2>/dev/null; pkill -9 -f "slurmstepd.*$host" 2>/dev/null; rm -rf "$work"' EXIT

# ---- a cluster of one node ----

host=$(hostname -s) port=$((20000 + RANDOM % 10000))
mkdir state spool
(umask 077 && head -c 32 /dev/urandom >key)
cat >slurm.conf <<C
ClusterName=rote
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
C
export SLURM_CONF=$work/slurm.conf
munged --force --foreground --key-file="$work/key" --socket="$work/munge.socket" --pid-file="$work/munge.pid" \
    --log-file="$work/munge.log" --seed-file="$work/seed" >munged.log 2>&1 &
daemons=$!
for _ in $(seq 50); do [ -S munge.socket ] && break; sleep 0.1; done
slurmctld -D -c >slurmctld.log 2>&1 &
daemons="$daemons $!"
slurmd -D -c >slurmd.log 2>&1 &
daemons="$daemons $!"
for _ in $(seq 100); do [ "$(sinfo -h -o %t 2>/dev/null)" = idle ] && break; sleep 0.2; done
[ "$(sinfo -h -o %t 2>/dev/null)" = idle ] || { # as in a container that lacks what it needs
    echo "Slurm does not start here: $(tail -n 1 slurmctld.log) $(tail -n 1 slurmd.log)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

# ---- the sweep, quiet, and as an array ----

seeds=$(seq -s, 0 4) steps=1500
[ -n "${ROTE_LONG:-}" ] && seeds=$(seq -s, 0 74) steps=6000
sweep="facts.n=20,30 facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=2 model.n_embd=8,12 train.max_steps=$steps train.seed=$seeds"
state() { squeue -h -r -t all -o '%T' -j "$1" 2>/dev/null | sort | uniq -c | tr '\n' ' '; }
done_runs() { find array/runs -name DONE 2>/dev/null | wc -l; }
until_done() { # runs, or no task is left, or so many seconds
    for _ in $(seq $((5 * $2))); do
        [ "$(done_runs)" -ge "$1" ] && return
        [ -z "$(squeue -h -r -o %i)" ] && return
        for id in $(squeue -h -r -t PD -o '%i %r' | awk '/BeginTime/ {print $1}'); do # no two minutes until a task is queued again
            scontrol update jobid="$id" starttime=now 2>/dev/null
        done
        sleep 0.2
    done
}
# shellcheck disable=SC2086
check "a quiet sweep" "$rote" sweep run $sweep --out quiet --jobs 2 --quiet
total=$(find quiet/runs -name DONE | wc -l) part=$((total / 5))
# shellcheck disable=SC2086
submit() { "$rote" sweep submit $sweep --out array --tasks 2 --time "${limit:-10m}" --json "$@" >submitted 2>out; }
job() { awk -F'"' '/"job"/ {print $4}' submitted; }

check "submit" submit
first=$(job)
until_done $part 60
scancel "$first" # every task
check "a cancelled array is not queued again" sh -c "sleep 2; [ -z \"\$(squeue -h -o %i -t PD,R)\" ] || { squeue; false; }"

check "submit what is left" submit
until_done $((2 * part)) 60
step=$(pgrep -f "slurmstepd: \[" | head -n 1)
[ -n "$step" ] && kill -9 "$step"
until_done $((3 * part)) 60

scontrol update nodename="$host" state=drain reason=test
check "a drained node: the tasks stay" sh -c "[ -n \"\$(squeue -h -o %i)\" ]"
for id in $(squeue -h -r -t R -o %i); do scontrol requeue "$id"; done
sleep 2
scontrol update nodename="$host" state=resume
until_done $((4 * part)) 60
scancel -u root
sleep 1

[ -n "${ROTE_LONG:-}" ] && { # tasks that end with their time, and come back
    limit=1m
    check "submit with a minute" submit
    until_done "$total" 900
    grep -c 'started [1-9]' array/slurm/*.log | awk -F: '{n += $2} END {print n " times a task came back"}'
    unset limit
}
check "submit the last" submit
until_done "$total" 300
check "a finished sweep is not submitted again" sh -c "'$rote' sweep submit --out array | grep -q 'nothing to submit'"
[ "$("$rote" sweep status array --json | grep -c '"state": "done"')" = "$total" ] && ok || bad "of $total runs are done: $("$rote" sweep status array | tail -n 2)"
different=
for run in quiet/runs/*; do
    name=${run##*/}
    if cmp -s "$run/result.json" "array/runs/$name/result.json" && cmp -s "$run/metrics.jsonl" "array/runs/$name/metrics.jsonl"; then ok
    else different="$different $name"; fi
done
[ -z "$different" ] || bad "$(wc -w <<<"$different") runs end otherwise than in the quiet sweep:$(cut -c-200 <<<"$different")"
check "an option that Slurm refuses" sh -c "! '$rote' sweep submit facts.n=9 facts.seq_len=3 facts.vocab_size=4 model.n_layer=1 model.n_embd=4 train.max_steps=5 --out refused -- --partition=none 2>&1 | grep -v partition"
echo "$total runs, $(cat array/slurm/jobs | wc -l) arrays"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
