#!/usr/bin/env bash
# Runs test programs and scripts, two at a time, and adds up their counts in one last line "N passed, N failed".
#   BUILD=... tests/run_all.sh PROGRAM...
# A program is a cmocka binary, or a script whose last line of output reads "N passed, N failed[, N skipped]".
# A crash, an exit status that no counted failure explains, a timeout, and a program that ran no test are failures.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:?the build folder} ROTE=${ROTE:-$BUILD/rote}
logs=$BUILD/logs
rm -rf "$logs" && mkdir -p "$logs" || exit 1

run_one() { # program -> LOG.out, LOG.err, LOG.rc, LOG.s
    local log=$logs/${1//\//_} from=$SECONDS
    timeout "${TEST_TIMEOUT:-900}" "$1" >"$log.out" 2>"$log.err" </dev/null
    echo $? >"$log.rc"
    echo $((SECONDS - from)) >"$log.s"
}
export -f run_one
export logs
[ $# -gt 0 ] && printf '%s\n' "$@" | xargs -P "${TEST_JOBS:-2}" -I{} bash -c 'run_one {}'

passed=0 failed=0 skipped=0
for program in "$@"; do
    log=$logs/${program//\//_}
    rc=$(cat "$log.rc" 2>/dev/null || echo 99)
    summary=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log.out" | tail -n 1)
    if [ -n "$summary" ]; then
        read -r p f s <<<"$(sed -E 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?.*/\1 \2 \4/' <<<"$summary")"
    else
        p=$(grep -c '^\[       OK \]' "$log.out")
        f=$(grep -c '^\[  FAILED  \]' "$log.out")
        s=$(grep -c '^\[  SKIPPED \]' "$log.out")
    fi
    s=${s:-0}
    why=
    if [ "$rc" = 124 ]; then why="ran past its time"
    elif [ "$rc" -ge 128 ]; then why="died of signal $((rc - 128))"
    elif [ "$rc" != 0 ] && [ "$f" = 0 ]; then why="exit status $rc"
    elif [ $((p + f + s)) = 0 ]; then why="ran no test"
    fi
    [ -n "$why" ] && f=$((f + 1))
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    word=ok
    [ "$f" -gt 0 ] && word=FAILED
    printf '%-7s %-44s %4d passed %3d failed %3d skipped %4d s  %s\n' "$word" "${program#"$BUILD"/}" "$p" "$f" "$s" \
        "$(cat "$log.s" 2>/dev/null || echo 0)" "$why"
    if [ "$f" -gt 0 ]; then
        grep -vE '^\[( RUN      |       OK )\]' "$log.out" | tail -n 60 | sed 's/^/    /'
        tail -n 40 "$log.err" | sed 's/^/    /'
    fi
done
line="$passed passed, $failed failed"
[ "$skipped" -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ "$failed" = 0 ]
