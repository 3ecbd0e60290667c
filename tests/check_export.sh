#!/usr/bin/env bash
# llama.cpp opens what `rote export --to gguf` writes, and says the same text (tests/reference/export_llama.py). PYTHON is the
# Python that has llama_cpp (llama-cpp-python) and numpy.
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3} build=${BUILD:-build/gcc-O3}
"$python" -c 'import numpy, llama_cpp' 2>/dev/null || {
    echo "export: $python has no llama_cpp (llama-cpp-python) or no numpy"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
folder=$(mktemp -d /tmp/rote-export-XXXXXX) && trap 'rm -rf "$folder"' EXIT
if "$python" tests/reference/export_llama.py "$build/rote" "$folder"; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
