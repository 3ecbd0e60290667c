#!/usr/bin/env bash
# What the stage of tools costs: seconds of training and peak memory with a calculator against without, in turns, and decoding
# (tests/measure_tools.c). The model and facts of scripts/experiments/tools.yaml, one thread.
#   scripts/bench_tools.sh [rounds]        default 9; steady on a machine that does nothing else, or: chrt -f 40 scripts/bench_tools.sh
# Goals: a step at most 1.2 times, memory at most 1.1 times, decoding at least .9 times.
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-9} rote=$(realpath -m "${ROTE:-./rote}") config=scripts/experiments/tools.yaml build=${BUILD:-build/gcc-O3}
[ -x /usr/bin/time ] || { echo "/usr/bin/time is missing; install the package time" >&2 && exit 1; }
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
tool=(tools.0.tool=calculator tools.0.layer=1)
one() { # NAME KEY=VALUE...: a line "seconds KiB" in NAME
    local name=$1
    shift
    rm -rf "$work/run"
    /usr/bin/time -f '%M' -o "$work/kib" "$rote" train "$config" "$@" --threads 1 --quiet --out "$work/run" >/dev/null
    echo "$(awk -F'[:,]' '/"seconds"/ {print $2}' "$work/run/timing.json") $(cat "$work/kib")" >>"$work/$name"
}
middle() { sort -n | awk '{x[NR] = $1} END {print x[int((NR + 1) / 2)]}'; }
# Between these two are 40 steps: evaluation and files are in both.
short=(train.max_steps=20 train.warmup_steps=10) long=(train.max_steps=60 train.warmup_steps=10)
for _ in $(seq "$rounds"); do
    one plain-short "${short[@]}" && one plain-long "${long[@]}"
    one tool-short "${short[@]}" "${tool[@]}" && one tool-long "${long[@]}" "${tool[@]}"
    one gate-short "${short[@]}" "${tool[@]}" tools.0.gate=learned && one gate-long "${long[@]}" "${tool[@]}" tools.0.gate=learned
done
for arm in plain tool gate; do
    paste "$work/$arm-short" "$work/$arm-long" | awk '{print ($3 - $1) / 40 * 1000}' >"$work/$arm"
done
printf '%-22s %12s %8s %12s %8s\n' "" "ms a step" ratio "peak KiB" ratio
for arm in plain tool gate; do
    printf '%-22s %12.3f %8.3f %12d %8.3f\n' "$arm" "$(middle <"$work/$arm")" "$(paste "$work/$arm" "$work/plain" | awk '{print $1 / $2}' | middle)" \
        "$(awk '{print $2}' "$work/$arm-long" | middle)" "$(paste "$work/$arm-long" "$work/plain-long" | awk '{print $2 / $4}' | middle)"
done
make -s "$build/tests/measure_tools"
"$build/tests/measure_tools"
