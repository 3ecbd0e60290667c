# shellcheck shell=bash disable=SC2154 # variables of the script that sources this
# Runs with neuron rules or tools for the scripts that compare arms, a run for each of $seeds: queues of training and evaluation, and
# their figures. Sourced, after reproduce_lib.sh.
#   arm NAME CONFIG KEY=VALUE...   queues a run for each seed
#   ask NAME OPTIONS...            queues `rote neurons eval` of them
#   run_queue train | eval         does what is queued; finished runs are skipped
#   look NAME WORD OPTIONS...      `rote tools eval` of them, now
#   figure, result, price ...      one number for each seed, one a line

: >"$out/train.queue"
: >"$out/eval.queue"
# One run for each seed: name, config in scripts/experiments, keys. "@" in a key is the seed.
arm() { # NAME CONFIG KEY=VALUE...
    local seed name=$1 config=$2 words
    shift 2
    for seed in $seeds; do
        words=("$@")
        printf '%s\0' "$name-$seed" "$config" "train.seed=$seed" "${words[@]//@/$seed}" >"$out/.line"
        base64 -w 0 "$out/.line" >>"$out/train.queue" && echo >>"$out/train.queue"
    done
}
# rote neurons eval of each run of an arm, as a list of paths and numbers, in NAME-SEED.figures.
ask() { # NAME OPTIONS...
    local seed name=$1
    shift
    for seed in $seeds; do
        printf '%s\0' "$name-$seed" "$@" >"$out/.line"
        base64 -w 0 "$out/.line" >>"$out/eval.queue" && echo >>"$out/eval.queue"
    done
}
train_one() {
    local words
    mapfile -d '' words < <(base64 -d <<<"$1")
    "$rote" train "${words[1]}" "${words[@]:2}" --out "$out/${words[0]}" --resume --threads 1 --quiet --json >/dev/null ||
        { echo "${words[0]} failed" >&2 && exit 255; }
}
eval_one() {
    local words to
    mapfile -d '' words < <(base64 -d <<<"$1")
    to=$out/${words[0]}.figures
    set -o pipefail
    [ "$to" -nt "$out/${words[0]}/DONE" ] && [ "$to" -nt "$rote" ] && return
    "$rote" neurons eval "$out/${words[0]}" "${words[@]:1}" --threads 1 --quiet --json | flatten >"$to.new" || exit 255
    mv "$to.new" "$to"
}
# JSON with one key a line, to lines "a.b.c value".
flatten() {
    awk '{ line = $0; gsub(/^ +| *,?$/, "", line) }
        line ~ /[{[]$/ { path[++depth] = line ~ /^"/ ? substr(line, 2, index(line, "\":") - 2) "." : ""; next }
        line ~ /^[]}]/ { depth--; next }
        line ~ /^"/ {
            at = index(line, "\": "); name = ""
            for (i = 1; i <= depth; i++) name = name path[i]
            print name substr(line, 2, at - 2), substr(line, at + 3) }'
}
# One run of every arm that is not done tells what all its seeds take.
cost_queue() {
    local line words first=${seeds%% *}
    while read -r line; do
        mapfile -d '' words < <(base64 -d <<<"$line")
        if [[ ${words[0]} == *-"$first" && ! -e $out/${words[0]}/DONE ]]; then
            cost_train "$(wc -w <<<"$seeds")" "${words[1]}" "${words[@]:2}"
        fi
    done <"$out/train.queue"
    [ "$cost_runs" = 0 ] || cost_print
}
run_queue() { # train | eval
    [ "$1" = eval ] || cost_queue
    sort -u "$out/$1.queue" | xargs -r -P "${jobs:-$(nproc)}" -n 1 bash -c "$1_one \"\$1\"" _ # a line is one word
    : >"$out/$1.queue"
}
export -f train_one eval_one flatten
export rote out

# ---- figures ----

# From `rote neurons eval`: trained.hit, heldout.auroc, random.trained.zero_class_recall ...
figure() { # NAME PATH
    local seed
    for seed in $seeds; do awk -v key="rules.$2.mean" '$1 == key && $2 != "null" {print $2}' "$out/$1-$seed.figures"; done
}
result() { # NAME KEY
    local seed runs=()
    for seed in $seeds; do runs+=("$out/$1-$seed"); done
    reproduce_values "$2" "${runs[@]}"
}
mean() { reproduce_summary "${1:-3}"; } # of the lines: mean ± half of the 95 % interval
point() { awk -v digits="${1:-3}" '{n++; sum += $1} END {if (n) printf "%.*f\n", digits, sum / n; else print "–"}'; }
minus() { paste "$1" "$2" | awk '{print $1 - $2}'; }
# Memorized bits of the twin $1 less those of arm $2, by seed.
price() { minus <(result "$1" memorized_bits) <(result "$2" memorized_bits); }
holds() { awk "BEGIN {print ($1) ? \"holds\" : \"does not hold\"}"; }

# ---- tools ----

# `rote tools eval` of the runs of an arm, as a list of paths and numbers in NAME-SEED.WORD.
look() { # NAME WORD OPTIONS...
    local name=$1 word=$2 seed to
    shift 2
    for seed in $seeds; do
        to=$out/$name-$seed.$word
        [ -e "$out/$name-$seed/DONE" ] || { echo "$name-$seed did not end" >&2 && exit 1; }
        [ "$to" -nt "$rote" ] && [ "$to" -nt "$out/$name-$seed/DONE" ] && continue
        "$rote" tools eval "$out/$name-$seed" --json "$@" | flatten >"$to" || exit 1
    done
}
# One number for each seed: a figure of a group of facts.
of() { # NAME WORD GROUP FIGURE
    for seed in $seeds; do
        awk -v g="\"$3\"" -v key="groups.$4" '$1 == "groups.facts" {is = ($0 == "groups.facts " g)} is && $1 == key {print $2}' "$out/$1-$seed.$2"
    done
}
# The same of an audit's rows.
audited() { # NAME WORD ROWS FIGURE
    for seed in $seeds; do
        awk -v r="audit.rows.rows \"$3\"" -v key="audit.rows.$4" '$1 == "audit.rows.rows" {is = ($0 == r)} is && $1 == key {print $2}' "$out/$1-$seed.$2"
    done
}
worst() { sort -n | awk 'NR == 1 {low = $1} {sum += $1} END {printf "%.4f (%.4f)", low, sum / NR}'; }
