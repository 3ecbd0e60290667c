#!/usr/bin/env bash
# Instructions of one training step at the configs i and iii of `rote bench`, and of eight models of 8 channels side by
# side, counted by callgrind (AVX2 kernels, one thread): what a change did to speed, without a clock. A count more than
# 3 % from tests/instructions.golden fails: upwards it is a regression, downwards new golden numbers are due.
#   tests/long_instructions.sh [--update]     --update writes the golden numbers; review with git diff
# A count is one compiler's, at its flags; the golden file names both, and with others nothing is compared. Some three
# minutes, since callgrind emulates each lane of a multiply-add: hence a quarter of iii's batch, two sequences for each
# of the four leaves of its gradient.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build/gcc-O3}
rote=${ROTE:-$BUILD/rote} golden=tests/instructions.golden band=3
configs=('i 64' 'iii 8' 'lanes 64') # with sequences a step
export ROTE_ISA=avx2 OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive # with a policy set, rote does not start itself again

skip() {
    echo "instructions: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

[ -x "$rote" ] || { echo "instructions: no $rote; run make first"; echo "0 passed, 1 failed"; exit 1; }
command -v valgrind >/dev/null || skip "valgrind is not here"
doctor=$("$rote" doctor 2>&1) || skip "${doctor##*$'\n'}"
version=$(sed -n 's/^compiler *//p' <<<"$doctor")
flags=$(grep -oE -- ' -(O|m|f(sanitize|lto))[^ ]*' "$BUILD/flags" | tr -d '\n')
compiler="compiler $version$flags"
if [ "${1:-}" != --update ] && [ "$(head -n 1 $golden)" != "$compiler" ]; then
    skip "$golden is of $(head -n 1 $golden), this is $compiler"
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
run() { # config, batch, steps -> instructions of the whole program
    local command=("$rote" bench --config "$1" --batch "$2" --steps "$3" --threads 1)
    [ "$1" = lanes ] && together "$2" $(($3 + 1)) # a run has at least one step
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "${command[@]}" 2>&1 | sed -n 's/.* Collected : //p'
}
together() { # batch, steps -> command: what a sweep starts for eight seeds
    local seed shape=(facts.n=64 facts.seq_len=16 facts.vocab_size=64 model.n_layer=1 model.n_head=1 model.n_embd=8
        "train.batch_size=$1" "train.max_steps=$2" train.learning_rate=0.01)
    command=("$rote" train --resume --quiet --worker --together=8 --)
    for seed in {0..7}; do
        command+=("words=$((${#shape[@]} + 1))" "${shape[@]}" "train.seed=$seed" "$work/lanes-$2-$seed")
    done
}
for config in "${configs[@]}"; do
    # shellcheck disable=SC2086  # two words
    { echo $(($(run $config 1) - $(run $config 0))) >"$work/${config% *}"; } &
done
wait

passed=0 failed=0 new=$compiler
for config in "${configs[@]}"; do
    name=${config% *} got=$(cat "$work/${config% *}")
    if [ "${got:-0}" -le 0 ]; then
        echo "instructions: $name: nothing was counted"
        echo "0 passed, 1 failed"
        exit 1
    fi
    new+=$'\n'"$name $got"
    [ "${1:-}" = --update ] && continue
    want=$(sed -n "s/^$name //p" $golden)
    echo "instructions: $name: $got a step, golden $want, $(awk "BEGIN {printf \"%+.2f\", 100 * ($got / $want - 1)}") %"
    if [ $((100 * (got > want ? got - want : want - got))) -le $((band * want)) ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
if [ "${1:-}" = --update ]; then
    echo "$new" | tee $golden
    exit
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
