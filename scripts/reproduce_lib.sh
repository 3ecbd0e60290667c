# shellcheck shell=bash disable=SC2016,SC2034 # Markdown backquotes; variables for those who source this
# Common code of the reproduce_*.sh scripts: options, sweeps that resume, and the page in docs/results/. Sourced, not run.
#   reproduce_options "$@"        sets form (quick|full), out (a folder for the runs), jobs (empty: one per core)
#   reproduce_sweep NAME ARGS...  rote sweep run ARGS... in $out/NAME; continues where it was stopped
#   reproduce_all FUNCTION        FUNCTION calls reproduce_sweep: prints what all its sweeps will take, then runs them
#   reproduce_seconds NAME...     seconds that the runs of these sweeps took, from their timing.json
#   reproduce_certified ROW...    a section: what archives of sweeps prove
#   reproduce_footer NAME...      the page's last lines: how to reproduce it, and its cost (reproduce_runs_footer: of runs without a sweep)
#   page                          path of the page: begin with > "$page", continue with >> "$page"
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rote=$(realpath -m "${ROTE:-./rote}")
name=$(basename "$0" .sh)
name=${name#reproduce_}
counting=''
# shellcheck source=scripts/reproduce_cost.sh
. scripts/reproduce_cost.sh

reproduce_options() {
    form=quick out='' jobs=''
    while [ $# -gt 0 ]; do
        case $1 in
        --quick) form=quick ;;
        --full) form=full ;;
        --out) out=${2:?--out needs a folder} && shift ;;
        --jobs) jobs=${2:?--jobs needs a number} && shift ;;
        *)
            echo "usage: scripts/reproduce_$name.sh [--quick | --full] [--out DIR] [--jobs N]" >&2
            exit 2
            ;;
        esac
        shift
    done
    out=${out:-runs/reproduce/$name-$form}
    page=docs/results/$name.md
    [ "$form" = full ] || page=docs/results/$name-quick.md
    [ -x "$rote" ] || make
    mkdir -p "$out" docs/results
}

# Exit status 85 (stopped, resumable) and failures end the script; the same command continues.
reproduce_sweep() {
    local sweep=$1
    shift
    if [ "$counting" ]; then
        cost_sweep "$@" --out "$out/$sweep"
    else
        "$rote" sweep run "$@" --out "$out/$sweep" ${jobs:+--jobs "$jobs"}
    fi
}

reproduce_all() { # FUNCTION
    counting=1
    "$1"
    counting=''
    cost_print
    "$1"
}

reproduce_seconds() {
    local sweep
    for sweep in "$@"; do cat "$out/$sweep"/runs/*/timing.json; done |
        awk -F'[:,]' '/"seconds"/ {sum += $2} END {printf "%.0f", sum}'
}

# The output of rote capacity, without the path of the runs.
reproduce_capacity() { # SWEEP
    (cd "$out" && "$rote" capacity "$1")
}

# The command that reproduces a page, and its time.
reproduce_footer() { # SWEEP...
    local cpu
    cpu=$(reproduce_seconds "$@")
    printf '\nTo reproduce: `scripts/%s --%s`. The runs took %s seconds of wall-clock time,\n' "$(basename "$0")" "$form" "$cpu"
    printf 'one thread each: %s minutes with two side by side, while other programs also ran on the machine.\n' \
        "$(awk "BEGIN {printf \"%.1f\", $cpu / 120}")"
}

# The same for runs of their own, each a folder in $out.
reproduce_runs_footer() {
    printf '\nTo reproduce: `scripts/%s --%s` (%s runs). They took %s seconds of wall-clock time, one thread each,\n' \
        "$(basename "$0")" "$form" "$(find "$out" -maxdepth 2 -name DONE | wc -l)" \
        "$(cat "$out"/*/timing.json | awk -F'[:,]' '/"seconds"/ {sum += $2} END {printf "%.0f", sum}')"
    printf 'while other programs also ran on the machine.\n'
}

# What archives of sweeps prove: a table, means over models and sizes at the longest budget (lowest to highest).
reproduce_certified() { # "WORDS|SWEEP"...
    local row
    printf '\n## What archives prove\n\n'
    printf 'Certified bits, a lower bound of what the weights hold however far training got ([formulas](../math.md#archives-and-certified-bits)):\n'
    printf 'an archive of every run at the longest budget was written, read back and compared. Means (lowest to highest); 8 bits: rounded\n'
    printf 'by GPTQ after training.\n\n'
    printf '| | bits a weight | certified / cross-entropy, %% | certified bits/param |\n|---|---|---|---|\n'
    for row in "$@"; do
        (cd "$out" && "$rote" capacity "${row#*|}" --certify --bits 32,8 --quiet) | awk -v words="${row%%|*}" '
            /^ +bits +certified/ {on = 1; next}
            on && ($1 == 32 || $1 == 8) {print "| " words " | " $1 " | " $3 " " $4 " " $5 " " $6 " | " $7 " " $8 " " $9 " " $10 " |"}' |
            sed -E 's/([0-9.-]+) \(\1 to \1\)/\1/g'
    done
}

reproduce_block() { printf '\n```\n%s\n```\n' "$1"; }

# The value of a key, at any depth, in result.json of these runs: one number a line.
reproduce_values() { # KEY RUN-FOLDER...
    local key=$1 dir
    shift
    for dir in "$@"; do
        [ -e "$dir/DONE" ] && tr '{},' '\n' <"$dir/result.json" |
            awk -v key="\"$key\":" '$1 == key && $2 != "null" && !done {print $2; done = 1}'
    done
}

# The same of `rote eval RUN ARGS... --json`.
reproduce_eval_values() { # KEY ARGS... -- RUN-FOLDER...
    local key=$1 args=() dir
    shift
    while [ "$1" != -- ]; do args+=("$1") && shift; done
    shift
    for dir in "$@"; do
        [ -e "$dir/DONE" ] && "$rote" eval "$dir" "${args[@]}" --json |
            awk -F'[ ,]+' -v key="\"$key\":" '$2 == key && !done {print $3; done = 1}'
    done
}

# Numbers on stdin: mean, and half of its 95 % interval (Student's t; the runs differ in seeds only); "–" where there are none.
reproduce_summary() {
    awk -v digits="${1:-3}" '
        {n++; sum += $1; squares += $1 * $1}
        END {
            split("12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262", t, " ")
            if (n == 0) {print "–"; exit}
            mean = sum / n
            if (n == 1) {printf "%.*f\n", digits, mean; exit}
            variance = (squares - n * mean * mean) / (n - 1)
            printf "%.*f ± %.*f\n", digits, mean, digits, (n > 10 ? 2.23 : t[n - 1]) * sqrt((variance > 0 ? variance : 0) / n)
        }'
}

# Is "mean ± half" on stdin above, below or in accord with a published value, or with a range of values?
reproduce_verdict() { # LOW [HIGH]
    awk -v low="$1" -v high="${2:-$1}" '{print ($1 - $3 > high ? "higher" : $1 + $3 < low ? "lower" : "agrees")}'
}

# The folders of the sweep's runs whose config.yaml has all of these values, into the array `runs`.
reproduce_runs() { # SWEEP LEAF=VALUE...
    local sweep=$1 dir word
    shift
    runs=()
    for dir in "$out/$sweep"/runs/*/; do
        for word in "$@"; do grep -qxF "  ${word%%=*}: ${word#*=}" "${dir}config.yaml" || continue 2; done
        runs+=("${dir%/}")
    done
}
