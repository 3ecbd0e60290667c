#!/usr/bin/env bash
# The Python reader (python/rote) against the program; with ROTE_LONG=1 also its types by mypy, and docs/notebook.ipynb
# executed by nbclient. Skipped where PYTHON (default: python3), or of these what is asked, is missing.
set -u
cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3}
ROTE=$(readlink -f "${ROTE:-${BUILD:-build/gcc-O3}/rote}")
export ROTE PYTHONDONTWRITEBYTECODE=1
passed=0 failed=0 skipped=
done_with() { echo "$passed passed, $failed failed${skipped:+, $skipped skipped}"; [ $failed = 0 ]; exit; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null || {
    skipped=1
    echo "reader: skipped: no python3 of 3.8 or later"
    done_with
}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
"$python" tests/test_reader.py >"$work/out" 2>"$work/err" || cat "$work/err"
read -r passed _ failed _ <<<"$(tail -n 1 "$work/out") "
case $failed in '' | *[!0-9]*) failed=1 passed=0 && cat "$work/out" "$work/err" ;; esac
lines=$(cat python/rote/*.py | wc -l)
if [ "$lines" -le 600 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "reader: $lines lines"; fi

[ "${ROTE_LONG:-}" ] || done_with
if "$python" -m mypy --version >/dev/null 2>&1; then
    if (cd python && "$python" -m mypy --strict --cache-dir="$work/mypy" rote) >"$work/out"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        cat "$work/out"
    fi
else skipped=$((skipped + 1)); fi
if "$python" -c 'import nbclient, ipykernel, pandas' 2>/dev/null; then
    if PYTHONPATH=$PWD/python "$python" tests/reference/notebook.py docs/notebook.ipynb "$work" >"$work/out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        tail -n 30 "$work/out"
    fi
else skipped=$((skipped + 1)); fi
done_with
