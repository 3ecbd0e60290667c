#!/usr/bin/env bash
# Runs test programs and scripts, two at a time, and adds up their counts in one last line "N passed, N failed".
#   BUILD=... tests/run_all.sh PROGRAM...
# A program is a cmocka binary, or a script whose last line of output reads "N passed, N failed[, N skipped]".
# A crash, an exit status that no counted failure explains, a timeout, and a program that ran no test are failures.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:?the build folder} ROTE=${ROTE:-$BUILD/rote}
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive} # programs share the cores: a waiting thread must not spin
export logs=$BUILD/logs
rm -rf "$logs" && mkdir -p "$logs" || exit 1

# Runs one, counts, and prints its line and what failed in one piece; the counts go to LOG.count.
run_one() {
    local program=$1 log=$logs/${1//\//_} from=$SECONDS rc summary p f s why= word=ok
    timeout "${TEST_TIMEOUT:-900}" "$program" >"$log.out" 2>"$log.err" </dev/null
    rc=$?
    summary=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log.out" | tail -n 1)
    if [ -n "$summary" ]; then
        read -r p f s <<<"$(sed -E 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?.*/\1 \2 \4/' <<<"$summary")"
    else
        p=$(grep -c '^\[       OK \]' "$log.out")
        f=$(grep -c '^\[  FAILED  \]' "$log.out")
        s=$(grep -c '^\[  SKIPPED \]' "$log.out")
    fi
    s=${s:-0}
    if [ $rc = 124 ]; then why="ran past its time"
    elif [ $rc -ge 128 ]; then why="died of signal $((rc - 128))"
    elif [ $rc != 0 ] && [ "$f" = 0 ]; then why="exit status $rc"
    elif [ $((p + f + s)) = 0 ]; then why="ran no test"
    fi
    [ -n "$why" ] && f=$((f + 1))
    [ "$f" -gt 0 ] && word=FAILED
    echo "$p $f $s" >"$log.count"
    {
        printf '%-7s %-46s %4d passed %3d failed %3d skipped %4d s  %s\n' "$word" "${program#build/}" "$p" "$f" "$s" \
            $((SECONDS - from)) "$why"
        if [ "$f" -gt 0 ]; then
            grep -vE '^\[( RUN      |       OK )\]' "$log.out" | tail -n 60 | sed 's/^/    /'
            tail -n 40 "$log.err" | sed 's/^/    /'
        fi
    } >"$log.report"
    cat "$log.report"
}
export -f run_one
[ $# -gt 0 ] && printf '%s\n' "$@" | xargs -P "${TEST_JOBS:-2}" -I{} bash -c 'run_one {}'

passed=0 failed=0 skipped=0
for program in "$@"; do
    p=0 f=1 s=0 # where no count was left behind, the runner itself was killed
    read -r p f s 2>/dev/null <"$logs/${program//\//_}.count"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
line="$passed passed, $failed failed"
[ "$skipped" -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ "$failed" = 0 ]
