#!/usr/bin/env bash
# clang-tidy over every C file outside tests/ (.clang-tidy says which checks).
set -u
cd "$(dirname "$0")/.." || exit 1
command -v clang-tidy >/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
make -s compile_commands || exit 1
passed=0 failed=0
for file in $(find base data model store tools eval train cli -name '*.c' | sort); do
    if out=$(clang-tidy -p . --quiet --warnings-as-errors='*' "$file" 2>/dev/null); then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf '%s\n' "$out"
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
