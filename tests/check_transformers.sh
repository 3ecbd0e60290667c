#!/usr/bin/env bash
# Imported models have the logits of Hugging Face's transformers, and what is exported says the same text there
# (tests/reference/import_transformers.py). PYTHON is the Python that has torch, transformers, tokenizers and numpy.
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3} build=${BUILD:-build/gcc-O3}
"$python" -c 'import torch, transformers, tokenizers, numpy' 2>/dev/null || {
    echo "transformers: $python has no torch, transformers, tokenizers or numpy"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
folder=$(mktemp -d /tmp/rote-transformers-XXXXXX) && trap 'rm -rf "$folder"' EXIT
if "$python" tests/reference/import_transformers.py "$build" "$folder"; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
