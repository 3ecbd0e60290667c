#!/usr/bin/env bash
# A sweep of 12,000 points: written, stopped, read, extended by 500, run to its end and read again. Some five minutes.
#   tests/long_sweep.sh [POINTS]
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") points=${1:-12000} passed=0 failed=0
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work" || exit 1
keys=(facts.n=2 facts.seq_len=2 facts.vocab_size=4 model.n_layer=1 model.n_head=1 model.n_embd=2 train.max_steps=1)

expect() { # name, expected, got
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf '%s: %s expected, got %s\n' "$1" "$2" "$3"
    fi
}
# Runs it until so many runs have begun, then asks it to end; prints what it says of that.
sweep() { # points, runs
    local pid
    env --default-signal=INT "$rote" sweep run "${keys[@]}" train.seed="$(seq -s, 100001 $((100000 + $1)))" --out sw --jobs 2 \
        --quiet >said 2>&1 &
    pid=$!
    while kill -0 $pid 2>/dev/null && [ "$(find sw/runs -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" -lt "$2" ]; do sleep 0.1; done
    kill -INT $pid
    wait $pid
    grep stopped said
}
rows() { tail -n +2 sw/table.csv | grep -c .; }
done_rows() { awk -F, 'NR > 1 && $2 == "done"' sw/table.csv | grep -c .; }
last() { "$rote" "$@" 2>&1 | tail -n 1; }

stopped=$(sweep "$points" 20)
runs=$(sed -nE 's/.*stopped with ([0-9]+) of .*/\1/p' <<<"$stopped")
expect 'stopped' "rote: stopped with $runs of $points runs done; the same command continues" "$stopped"
expect 'status' "sw: $runs of $points runs done, $((points - runs)) waiting; table: sw/table.csv" "$(last sweep status sw)"
expect 'rows' "$points" "$(rows)"
[ "$(wc -c <sw/sweep.yaml)" -gt 65536 ] || [ "$points" -lt 12000 ]
expect 'sweep.yaml is above 64 KiB' 0 $?
cp sw/sweep.yaml before.yaml
stopped=$(sweep $((points + 500)) 40)
expect 'extended' "$((points + 500))" "$(sed -nE 's/.*stopped with [0-9]+ of ([0-9]+) runs.*/\1/p' <<<"$stopped")"
expect 'rows of the extended' $((points + 500)) "$(rows)"
moved=$work/other && mkdir "$moved" && mv sw "$moved" && cd "$moved" || exit 1
cp sw/sweep.yaml after.yaml
whole=$("$rote" sweep run --out sw --jobs 2 --quiet 2>&1)
expect 'whole' "sw: $((points + 500)) of $((points + 500)) runs done; table: sw/table.csv" "$(tail -n 1 <<<"$whole")"
expect 'done' $((points + 500)) "$(done_rows)"
expect 'sweep.yaml' "$(cat after.yaml)" "$(cat sw/sweep.yaml)"
expect 'read again' "$whole" "$("$rote" sweep run --out sw --jobs 2 --quiet 2>&1)"
expect 'fewer points than there are' 2 "$(
    "$rote" sweep run "${keys[@]}" train.seed=1,2 --out sw --jobs 2 --quiet >/dev/null 2>&1
    echo $?
)"
"$rote" capacity sw --json >capacity.json 2>err
expect 'capacity' $((points + 500)) "$(python3 -c 'import json; print(json.load(open("capacity.json"))["runs"]["done"])' 2>&1)"
expect 'report' 0 "$("$rote" report sw --out r.html >/dev/null 2>err; echo $?)"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
