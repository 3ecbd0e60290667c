#!/usr/bin/env bash
# Runs that are killed at random moments, over and over: SIGKILL, SIGTERM, SIGINT, SIGUSR1, SIGHUP. Each resumes with another number
# of threads and other kernels, and ends with the bytes of a run left alone: result, curve, checkpoints, code lengths, pool ids.
#   KILLS=N in all (default 33); SEED=N: other moments (of one seed, too, no two campaigns are the same: the machine is not)
#   tests/check_kills.sh [CONFIG...]
# tests/long_kills.sh is the long form.
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") || exit 1
work=$(mktemp -d) || exit 1
trap 'wait; rm -rf "$work"' EXIT
export GOMP_SPINCOUNT=1000 OMP_WAIT_POLICY=passive
kills=${KILLS:-33} seed=${SEED:-7}

drawn='facts.n=48 facts.seq_len=6 facts.vocab_size=16 facts.heldout=12'
small='model.n_layer=2 model.n_head=2 model.n_embd=12 train.checkpoint_interval=7 train.eval_interval=20'
rule='neurons.0.when.share=0.4 neurons.0.hook=blocks.0.mlp.hook_pre'
configs="
adamw $drawn $small train.max_steps=160 train.weight_decay=0.1 train.grad_clip=0.5
muon $drawn $small train.max_steps=120 train.optimizer=muon train.micro_batch_size=5 train.batch_size=17 train.grad_leaves=3
soap $drawn $small train.max_steps=90 train.optimizer=soap train.precondition_interval=3 train.schedule=wsd
sgd $drawn $small train.max_steps=160 train.optimizer=sgd train.checkpoint_interval=1
rank $drawn $small train.max_steps=120 $rule neurons.0.units=auto:selective:4 neurons.0.assign_at=0.3 neurons.0.loss=rank neurons.1.when.share=0.2 neurons.1.when.seed=4 neurons.1.hook=blocks.1.mlp.hook_post neurons.1.units=2-5 neurons.1.until=0.7
causal facts.kind=triples facts.n=48 facts.subjects=20 facts.objects=4x4x4 $small train.max_steps=60 neurons.0.when.share=0.4 neurons.0.hook=blocks.0.mlp.hook_post neurons.0.units=0-3 neurons.0.loss=causal
route $drawn $small train.max_steps=120 $rule neurons.0.units=0-3 neurons.0.route=parameters
int4 $drawn $small train.max_steps=120 train.quantize=int4
junk facts.kind=bios facts.n=16 facts.heldout=4 facts.junk_n=8 facts.junk_ratio=1 facts.zipf=0.5 model.n_layer=1 model.n_head=2 model.n_embd=8 train.max_steps=40 train.batch_size=16 train.micro_batch_size=3 train.checkpoint_interval=3
bios facts.kind=bios facts.n=16 facts.heldout=4 facts.paraphrases=3 facts.templates=4 facts.order=shuffled model.n_layer=1 model.n_head=2 model.n_embd=8 train.max_steps=40 train.batch_size=12 train.checkpoint_interval=2
tools facts.kind=sums facts.n=48 facts.digits=1-2 facts.plain=0.1 $small train.max_steps=120 train.batch_size=16 tools.0.tool=calculator tools.0.own_from=0.4
recall $drawn $small train.max_steps=2000 train.learning_rate=0.01 train.eval_interval=10 train.stop_recall=0.3
"
isas=$("$rote" doctor | sed -n 's/^kernels *//p' | sed 's/(chosen)//')
now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
random() { echo $(((RANDOM << 15 | RANDOM) % $1)); }
pick() { shift $(($(random $#))); echo "$1"; }

same() { # quiet, killed: prints what differs
    local file left newest
    newest=$(cd "$1" && printf '%s\n' checkpoint-* | tail -n 1)
    for file in result.json metrics.jsonl code_lengths.npy pool_ids.npy "$newest"; do
        [ ! -e "$1/$file" ] && [ ! -e "$2/$file" ] && continue
        cmp -s "$1/$file" "$2/$file" || { echo "$file differs"; return; }
    done
    for file in "$2"/checkpoint-*; do # one that a signal asked for may stand in the place of the last but one
        file=${file##*/}
        [ ! -e "$1/$file" ] || cmp -s "$1/$file" "$2/$file" || { echo "$file differs"; return; }
    done
    left=$(diff <(ls -A "$1") <(ls -A "$2") | sed -n '/checkpoint-[0-9]*.safetensors$/d; s/^> //p')
    [ -z "$left" ] || echo "$left is left over"
    [ "$(ls "$1"/checkpoint-* | wc -l)" = "$(ls "$2"/checkpoint-* | wc -l)" ] || echo "another number of checkpoints"
}

# Kills one config so often; "passed|failed|killed WORDS" lines.
campaign() { # name, how often, words...
    local name=$1 want=$2 hits=0 rounds=0 from whole pid rc signal why
    local quiet=$work/$1.quiet dir=$work/$1
    shift 2
    "$rote" train "$@" --threads 1 --quiet --out "$quiet" >/dev/null 2>"$quiet.err" || { echo "failed $name without a kill: $(tail -n 1 "$quiet.err")"; return; }
    rm -rf "$quiet" # made again, to know how long it takes with everything read
    from=$(now_ms)
    "$rote" train "$@" --threads 1 --quiet --out "$quiet" >/dev/null 2>&1
    whole=$(($(now_ms) - from + 5))
    while [ "$hits" -lt "$want" ] || [ -d "$dir" ]; do
        [ $rounds -gt $((4 * want)) ] && { echo "failed $name: the run is too short to be killed"; return; }
        ROTE_ISA=$(pick $isas) env --default-signal "$rote" train "$@" --threads "$(pick 1 2 3)" --quiet --resume --out "$dir" >/dev/null 2>"$dir.err" </dev/null &
        pid=$!
        signal=KILL
        if [ "$hits" -lt "$want" ]; then
            sleep "$(printf '0.%03d' $((3 + $(random $((whole * 7 / 10))))))"
            signal=$(pick KILL KILL KILL TERM INT USR1 HUP)
            kill "-$signal" $pid
        fi 2>/dev/null
        wait $pid
        rc=$?
        case $rc in
        0) ;;
        85 | 137 | 143 | 130 | 138 | 129)
            hits=$((hits + 1))
            echo "killed $name $signal"
            continue ;;
        *)
            echo "failed $name after $hits kills, the last SIG$signal: exit $rc: $(tail -n 1 "$dir.err")"
            rm -rf "$dir"
            [ $((rounds++)) -gt 20 ] && return
            continue ;;
        esac
        why=$(same "$quiet" "$dir")
        if [ -z "$why" ]; then echo "passed $name"; else echo "failed $name: $why after $hits kills"; fi
        rounds=$((rounds + 1))
        rm -rf "$dir"
    done 2>/dev/null # of bash's own notices of what was killed
    rm -rf "$quiet"
}

count=0
wanted=()
while read -r name words; do
    [ -n "$name" ] && { [ $# = 0 ] || [[ " $* " == *" $name "* ]]; } && wanted+=("$name $words")
done <<<"$configs"
for words in "${wanted[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    count=$((count + 1))
    # shellcheck disable=SC2086
    (RANDOM=$((seed * 100 + count)) && campaign ${words%% *} $(((kills + ${#wanted[@]} - 1) / ${#wanted[@]})) ${words#* } >"$work/$count.words") &
done
wait
cat "$work"/*.words >"$work/words"
sed -n 's/^failed /kills: /p' "$work/words"
passed=$(grep -c '^passed ' "$work/words") failed=$(grep -c '^failed ' "$work/words")
echo "seed $seed: $(grep -c '^killed ' "$work/words") kills ($(sed -n 's/^killed [^ ]* //p' "$work/words" | sort | uniq -c | awk '{printf "%s%s %s", sep, $1, $2; sep = ", "}')) of $count configs, $passed runs compared"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -ge "$count" ]
