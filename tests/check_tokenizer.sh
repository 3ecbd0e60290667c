#!/usr/bin/env bash
# The same tokens as Hugging Face's `tokenizers` on 10^5 texts (tests/reference/tokenizers_hf.py). PYTHON is the Python that
# has it; SMOLLM2=FILE.gguf adds a real model's tokenizer.
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3}
"$python" -c 'import tokenizers' 2>/dev/null || {
    echo "tokenizer: $python has no tokenizers"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
folder=$(mktemp -d /tmp/rote-tokenizer-XXXXXX) && trap 'rm -rf "$folder"' EXIT
# shellcheck disable=SC2086
if "$python" tests/reference/tokenizers_hf.py "${BUILD:-build/gcc-O3}/tests/tokens" "$folder" ${SMOLLM2:+"$SMOLLM2"}; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
