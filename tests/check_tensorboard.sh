#!/usr/bin/env bash
# The event files of `rote export --to tensorboard` in TensorBoard's own reader (tests/reference/events.py). Skipped where
# PYTHON (default: python3) has no tensorboard.
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3}
"$python" -c 'import tensorboard' 2>/dev/null || {
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
rote=$(readlink -f "${ROTE:-${BUILD:-build/gcc-O3}/rote}")
export ROTE=$rote
folder=$(mktemp -d /tmp/rote-events-XXXXXX) && trap 'rm -rf "$folder"' EXIT
passed=0 failed=0
expect() { # name, wanted, found
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'tensorboard: %s: %s, not %s\n' "$1" "$3" "$2"
    fi
}
keys=(facts.n=30 facts.vocab_size=16 facts.seq_len=4 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=40 train.eval_interval=20)
"$rote" train "${keys[@]}" neurons.0.when.token=3 neurons.0.units=0-3 neurons.0.hook=blocks.0.mlp.hook_pre --out "$folder/run" --quiet >/dev/null
"$rote" export "$folder/run" --to tensorboard "$folder/events" >/dev/null
expect "a run" "scalars, blocks.0.hook_resid_post blocks.0.mlp.hook_post" \
    "$("$python" tests/reference/events.py "$folder/run" "$folder/events" 2>&1 | sed 's/^[0-9]* //' | tail -n 1)"
"$rote" sweep run "${keys[@]}" model.n_embd=4,8 model.act=gelu,relu --out "$folder/sweep" --quiet >/dev/null 2>&1
"$rote" export "$folder/sweep" --to tensorboard "$folder/all" >/dev/null 2>&1
expect "a sweep" "n_embd=4,act=gelu 1 model.n_embd=4.0 model.act=gelu
n_embd=4,act=relu 1 model.n_embd=4.0 model.act=relu
n_embd=8,act=gelu 1 model.n_embd=8.0 model.act=gelu
n_embd=8,act=relu 1 model.n_embd=8.0 model.act=relu" \
    "$("$python" tests/reference/events.py --sweep "$folder/sweep" "$folder/all" model.n_embd,model.act 2>&1)"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
