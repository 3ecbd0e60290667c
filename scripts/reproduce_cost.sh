# shellcheck shell=bash disable=SC2154 # rote and jobs: variables of the script that sources this
# What a script's training will take, from this machine's measured peak and the share of it that models of such a width reach
# (`rote train --dry-run`, `rote sweep run --dry-run`): printed before the first run. Sourced.
#   cost_sweep ARGS...         adds the runs of `rote sweep run ARGS...` that are not done yet
#   cost_train RUNS ARGS...    adds so many runs of `rote train ARGS...`
#   cost_print                 prints the sum to stderr and begins a new one
cost_runs=0 cost_seconds=0

cost_add() { # RUNS SECONDS
    cost_runs=$((cost_runs + $1)) cost_seconds=$(awk "BEGIN {print $cost_seconds + $2}")
}
# Fields of the outermost object are indented by two.
cost_field() { sed -n "s/^  \"$1\": \([-0-9.e+]*\),*\$/\1/p"; }

cost_sweep() {
    local json
    json=$("$rote" sweep run "$@" --jobs 1 --dry-run --json --quiet) || return
    cost_add "$(cost_field to_do <<<"$json")" "$(cost_field seconds_estimate <<<"$json")"
}

cost_train() {
    local runs=$1 seconds
    shift
    seconds=$("$rote" train "$@" --dry-run --json --threads 1 | cost_field seconds_estimate) || return
    cost_add "$runs" "$(awk "BEGIN {print $runs * $seconds}")"
}

cost_print() {
    local side_by_side=${jobs:-$(nproc)}
    [ "$side_by_side" -le "$(nproc)" ] || side_by_side=$(nproc)
    awk -v runs="$cost_runs" -v s="$cost_seconds" -v n="$side_by_side" '
        function words(s) {return s < 90 ? sprintf("%.0f seconds", s) : s < 5400 ? sprintf("%.0f minutes", s / 60) : sprintf("%.1f hours", s / 3600)}
        BEGIN {
            printf "%d runs to train: %s of one core, %s with %d side by side (estimate from this machine'"'"'s peak as it is now)\n",
                runs, words(s), words(s / n), n
        }' >&2
    cost_runs=0 cost_seconds=0
}
