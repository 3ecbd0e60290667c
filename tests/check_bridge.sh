#!/usr/bin/env bash
# The hooks' numbers are TransformerLens's, and docs/formats.md says under which names (tests/reference/bridge.py). PYTHON is
# the Python that has transformer-lens 4.
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3} build=${BUILD:-build/gcc-O3}
"$python" -c 'import transformer_lens.model_bridge' 2>/dev/null || {
    echo "bridge: $python has no transformer-lens 4"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
folder=$(mktemp -d /tmp/rote-bridge-XXXXXX) && trap 'rm -rf "$folder"' EXIT
if "$python" tests/reference/bridge.py "$build/rote" "$folder"; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
