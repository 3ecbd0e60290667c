#!/usr/bin/env bash
# The program in WebAssembly (make wasm): a run in node has the native program's bytes, also in slices, and errors have
# its words. With ROTE_LONG=1 tests/one_hash runs in node, and the page in a headless Chromium (tests/wasm/page.js). Builds
# what is missing. Skipped where there is no emcc or no node.
set -u
cd "$(dirname "$0")/.." || exit 1
for program in emcc node; do
    command -v $program >/dev/null && continue
    echo "wasm: no $program: skipped"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
done
built=build/emcc-O3 native=${ROTE:-${BUILD:-build/gcc-O3}/rote}
[ -x "$native" ] || make -s "$native" >&2
make -s wasm >&2 || { echo "wasm: make wasm fails"; echo "0 passed, 1 failed"; exit 1; }
passed=0 failed=0 skipped=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

check() { # program, arguments: each of its lines "ok ..." or "not ok ..." is a test; the last line is "end"
    local out=$scratch/out
    node --no-warnings "$@" 2>&1 | cut -c1-2000 >"$out"
    passed=$((passed + $(grep -c '^ok ' "$out"))) failed=$((failed + $(grep -c '^not ok ' "$out")))
    grep -vE '^(ok .*|end)$' "$out"
    if [ "$(tail -n 1 "$out")" != end ]; then failed=$((failed + 1)); fi
}

rote=$(realpath "$native")
${CC:-gcc} -O2 -shared -fPIC tests/inject/allocations.c -o "$scratch/allocations.so" -ldl || failed=1
check tests/wasm/program.js $built "$rote" "$scratch"
if [ -n "${ROTE_LONG:-}" ]; then
    if node $built/tests/one_hash 2>&1 | cut -c1-200 | diff tests/one_hash.golden -; then passed=$((passed + 1)); else
        failed=$((failed + 1))
    fi
    if command -v chromium >/dev/null; then
        check tests/wasm/page.js $built "$rote" "$scratch"
    else
        skipped=$((skipped + 1))
        echo "wasm: no chromium: the page is not tried"
    fi
fi
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
