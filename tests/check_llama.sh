#!/usr/bin/env bash
# The same chains through llama.cpp (llama-cpp-python) keep the same tokens, on 10^4 random rows of logits for each chain
# (tests/reference/kept_llama.py). PYTHON is the Python that has it.
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3}
"$python" -c 'import numpy, llama_cpp' 2>/dev/null || {
    echo "llama: $python has no llama_cpp (llama-cpp-python) or no numpy"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
folder=$(mktemp -d /tmp/rote-llama-XXXXXX) && trap 'rm -rf "$folder"' EXIT
if "$python" tests/reference/kept_llama.py "${BUILD:-build/gcc-O3}/tests/kept_sets" "$folder"; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
