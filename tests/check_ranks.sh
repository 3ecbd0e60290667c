#!/usr/bin/env bash
# Several processes train one run (base/ranks.h): the bytes of one process with every optimizer and every kind of rule;
# a rank that is killed, a signal to one rank, errors of one rank. With each MPI that is here (MPICH, Open MPI); of the configs
# both train all in the long form (ROTE_LONG=1), and each every second one in the short form.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$(realpath "${BUILD:-build/gcc-O3}") || exit 1 # where make MPI=... leaves its programs
plain=$(realpath "${ROTE:-$build/rote}") || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export OMP_WAIT_POLICY=passive OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
passed=0 failed=0 skipped=0

drawn='facts.n=48 facts.seq_len=6 facts.vocab_size=16 facts.heldout=12'
small='model.n_layer=2 model.n_head=2 model.n_embd=12 train.checkpoint_interval=7 train.eval_interval=20 train.max_steps=30'
rule='neurons.0.when.share=0.4 neurons.0.hook=blocks.0.mlp.hook_pre'
# The number of ranks, then the words of the config. 3 and 7 leaves: they do not divide evenly.
configs="
2 $drawn $small $rule neurons.0.units=auto:selective:4 neurons.0.assign_at=0.3 neurons.0.loss=rank neurons.1.when.share=0.2 neurons.1.when.seed=4 neurons.1.hook=blocks.1.mlp.hook_post neurons.1.units=2-5 neurons.1.until=0.7
3 facts.kind=triples facts.n=48 facts.subjects=20 facts.objects=4x4x4 $small neurons.0.when.share=0.4 neurons.0.hook=blocks.0.mlp.hook_post neurons.0.units=0-3 neurons.0.loss=causal
2 $drawn $small $rule neurons.0.units=0-3 neurons.0.route=parameters
3 $drawn $small train.optimizer=muon train.batch_size=17 train.grad_leaves=3
4 $drawn $small train.optimizer=soap train.precondition_interval=3 train.grad_leaves=7 train.quantize=int4
3 facts.kind=sums facts.n=48 facts.digits=1-2 facts.plain=0.1 $small train.batch_size=16 tools.0.tool=calculator tools.0.own_from=0.4
2 facts.kind=sums facts.n=48 facts.digits=1-2 $small train.batch_size=16 tools.0.tool=calculator tools.0.train=marginal
3 facts.kind=sums facts.n=48 facts.digits=1-2 $small train.batch_size=16 tools.0.tool=calculator tools.0.train=sampled
2 facts.kind=sums facts.n=48 facts.digits=1-2 $small model.block_size=32 train.batch_size=16 tools.0.tool=calculator tools.0.call=tokens
"

check() { # name, what was wrong (empty: nothing)
    if [ -z "$2" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "ranks: $mpi: $1: $2"
        tail -n 5 "$work/err" | sed 's/^/    /'
    fi
}

# MPICH's launcher at times dies of SIGPIPE (141) itself where any program, sh -c 'exit 2' too, ends at once: it is started again.
start() { # ranks, words...: of rote train
    local n=$1 rc
    shift
    case $mpi in
    openmpi) set -- mpirun.openmpi --oversubscribe --bind-to none -n "$n" "$rote" train "$@" ;;
    *) set -- mpiexec.mpich -n "$n" "$rote" train "$@" ;;
    esac
    for _ in 1 2 3 4 5; do
        timeout 60 "$@" --quiet >"$work/out" 2>"$work/err" </dev/null
        rc=$?
        [ $rc = 141 ] || break
    done
    return $rc
}

same() { # folder, folder: prints what differs
    local file
    for file in result.json metrics.jsonl code_lengths.npy pool_ids.npy $(cd "$1" && printf '%s\n' checkpoint-* | tail -n 1); do
        [ ! -e "$1/$file" ] && [ ! -e "$2/$file" ] && continue
        cmp -s "$1/$file" "$2/$file" || { echo "$file differs"; return; }
    done
}

refused() { # exit code, words that the one message has: prints what is wrong
    local lines
    lines=$(grep -c '^rote: ' "$work/err")
    [ "$1" = 0 ] && echo "accepted"
    [ "$lines" = 1 ] || echo "$lines messages"
    grep -q "^rote: .*$2" "$work/err" || echo "the message is another one"
}

rank_pid() { # rank, folder
    local pid
    for pid in $(pgrep -f "rote train.*--out $2 "); do
        tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qE "^(PMI|OMPI_COMM_WORLD)_RANK=$1\$" && [ "$(readlink "/proc/$pid/exe")" = "$rote" ] && echo "$pid"
    done
}

checkpoints() { ls "$work/killed" 2>/dev/null | grep checkpoint; }

# A long run in $work/killed, and a signal to its rank 1 when it has a new checkpoint. Prints the exit code.
signalled() { # signal, words...
    local signal=$1 job before
    shift
    before=$(checkpoints)
    start 2 "$@" --resume --out "$work/killed" &
    job=$!
    for _ in $(seq 100); do
        sleep 0.05
        [ "$(checkpoints)" != "$before" ] && break
    done
    kill "-$signal" "$(rank_pid 1 "$work/killed")"
    wait $job
    echo $?
}

check_killed() {
    local words="$drawn $small train.max_steps=600 train.optimizer=muon train.select=loss train.select_keep=0.5 train.select_start=0.01" rc mapped
    # shellcheck disable=SC2086  # words
    "$plain" train $words --quiet --out "$work/quiet" >/dev/null
    # shellcheck disable=SC2086
    rc=$(signalled KILL $words)
    check 'killed' "$([ "$rc" = 0 ] && echo "the job ended as if nothing had been"; [ -e "$work/killed/DONE" ] && echo "it was over")"
    mapped=$( (eval "$(sed -n 's/^ *\(case $rc in .* esac\)$/\1/p' docs/design.md)"); echo $?)
    check 'killed: the job script of docs/design.md' "$([ "$mapped" = 85 ] || echo "exit code $rc becomes $mapped")"
    # shellcheck disable=SC2086
    rc=$(signalled TERM $words)
    check 'a signal to one rank' "$([ "$rc" = 85 ] || echo "exit code $rc"; refused 85 'resume with --resume')"
    # shellcheck disable=SC2086
    start 3 $words --resume --threads 2 --out "$work/killed"
    check 'resumed' "$(same "$work/quiet" "$work/killed")"
    # shellcheck disable=SC2086
    start 2 $words --out "$work/killed"
    check 'finished already' "$(grep -q 'already finished' "$work/out" || echo 'trained again')"
    rm -rf "$work/killed" "$work/quiet"
}

check_refusals() {
    local n=2
    # shellcheck disable=SC2086
    {
        start 6 $drawn $small --out "$work/none"
        check 'more ranks than leaves' "$(refused $? 'start fewer')"
        start 2 $drawn $small train.optimizer=adamm --out "$work/none"
        check 'a wrong value' "$(refused $? 'adamm')"
        start 2 $drawn $small --out /proc/none
        check 'a folder that rank 0 cannot make' "$(refused $? '/proc/none')"
        start 2 facts.kind=sums facts.n=48 $small tools.0.tool=program tools.0.command=/bin/true tools.0.args=run tools.0.ask={a} tools.0.own_from=0 --allow-program --out "$work/none"
        check 'a program as a tool' "$(refused $? 'is a program')"
        cat >"$work/other" <<END
#!/bin/sh
exec $rote "\$@" train.seed=\${PMI_RANK:-\$OMPI_COMM_WORLD_RANK}
END
        chmod +x "$work/other"
        rote=$work/other start 2 $drawn $small --out "$work/none"
        check 'different configs' "$(refused $? 'different configs')"
        rote=$plain start 2 $drawn $small --out "$work/none"
        check 'built without MPI' "$(refused $? 'without MPI')"
    }
    [ ! -e "$work/none/config.yaml" ] || check 'refused runs' 'one was begun'
}

check_mpi() { # every how many-th config, from which on
    local ranks words n=$2
    make -s "MPI=$mpi" "CC=${CC:-gcc}" "BUILD=$build" ranks >"$work/make" 2>&1 || { check 'make ranks' "$(tail -n 1 "$work/make")"; return; }
    rote=$build/mpicc.$mpi/rote
    while read -r ranks words; do
        [ -n "$ranks" ] || continue
        n=$((n + 1))
        [ $((n % $1)) = 0 ] || continue
        rm -rf "$work/one" "$work/many"
        # shellcheck disable=SC2086
        "$plain" train $words --quiet --threads 2 --out "$work/one" >/dev/null 2>"$work/err"
        # shellcheck disable=SC2086
        start "$ranks" $words --threads 1 --out "$work/many"
        check "$ranks ranks, $words" "$([ -e "$work/many/DONE" ] && same "$work/one" "$work/many" || echo 'no result')"
    done <<<"$configs"
    check_killed
    check_refusals
}

mpis=()
for mpi in mpich openmpi; do
    if command -v "mpicc.$mpi" "mpiexec.$mpi" >/dev/null; then mpis+=($mpi); else skipped=$((skipped + 1)); fi
done
every=1 from=0
[ -n "${ROTE_LONG:-}" ] || every=${#mpis[@]}
for mpi in "${mpis[@]}"; do
    check_mpi "$every" "$from"
    from=$((from + 1))
done
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
