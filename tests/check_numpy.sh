#!/usr/bin/env bash
# What rote says of neurons against an independent forward pass in NumPy, on exported weights: HIT and FAR, ablation, and
# interchange by place and by donor, in a model with GELU and in a gated one (tests/reference/neurons_numpy.py).
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3}
"$python" -c 'import numpy' 2>/dev/null || {
    echo "0 passed, 0 failed, 1 skipped"
    exit 0 # no NumPy
}
rote=$(readlink -f "${ROTE:-${BUILD:-build/gcc-O3}/rote}")
folder=$(mktemp -d /tmp/rote-numpy-XXXXXX) && trap 'rm -rf "$folder"' EXIT
passed=0 failed=0

# Of the 400 subjects of neuron_facts.sh every tenth: 30 in both modes, ten whose answers no rule knows.
scripts/neuron_facts.sh modes 0 | awk 'NR == 1 || int((NR - 2) / 3) % 10 == 0' >"$folder/facts.csv"
"$rote" facts import "$folder/facts.csv" --vocab words --out "$folder/facts" >/dev/null
gated=(model.act=silu model.gated=true model.norm=rmsnorm model.pos=rope model.bias=false model.n_kv_head=1)
compare() { # NAME KV-HEADS KEYS...
    local run=$folder/$1 kv=$2
    shift 2
    "$rote" train scripts/experiments/neurons_switch.yaml facts.path="$folder/facts" train.max_steps=300 train.batch_size=60 \
        model.n_embd=16 "$@" --out "$run" --quiet >/dev/null &&
        "$rote" export "$run" --to safetensors "$run.weights" >/dev/null &&
        "$rote" neurons dump "$run" --hook blocks.0.mlp.hook_pre --out "$run.safetensors" >/dev/null &&
        "$rote" neurons eval "$run" --rule modeB --neutral N --pairs-tag heldB --random 0 --quiet --json >"$run.json" &&
        "$python" tests/reference/neurons_numpy.py "$run.weights" "$run.safetensors" "$folder/facts.csv" "$run.json" \
            n_head=2 n_kv_head="$kv" && passed=$((passed + 1)) || {
        failed=$((failed + 1))
        echo "numpy: $(basename "$run") differs"
    }
}
compare plain 2
compare gated 1 "${gated[@]}"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
