#!/usr/bin/env bash
# Rules of neurons in whole runs, one seed of scripts/reproduce_neurons.sh each: a marked class fires its neurons on facts
# never seen, and without a negative side everything does; an arbitrary class says nothing of facts never seen; routed facts
# are cut out and the others stay; neurons trained causally, and those trained to fire as well, switch answers of subjects
# that their rule never saw. The short form trains most of them for fewer steps.
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(readlink -f "${ROTE:-${BUILD:-build/gcc-O3}/rote}") configs=$PWD/scripts/experiments
folder=$(mktemp -d /tmp/rote-neurons-XXXXXX) && trap 'rm -rf "$folder"' EXIT
passed=0 failed=0
steps() { echo "train.max_steps=$([ -n "${ROTE_LONG:-}" ] && echo "$2" || echo "$1")"; } # SHORT LONG

train() { "$rote" train "$configs/$2" --out "$folder/$1" --quiet "${@:3}" >/dev/null || echo "train $1 failed"; } # NAME CONFIG KEYS...
figures() { # NAME OPTIONS...: one JSON object without white space
    "$rote" neurons eval "$folder/$1" --quiet --json "${@:2}" | tr -d ' \n'
}
# "group":{..."key":{"mean":X: of `trained` or `heldout` the run's own, which come first
of() { sed -E "s/.*\"name\":[^{]*\"trained\":\{(.*)\},\"heldout\":\{(.*)\},\"twin\".*/\\$([ "$2" = trained ] && echo 1 || echo 2)/; s/.*\"$3\":\{\"mean\":([-0-9.e]+).*/\1/" <<<"$1"; }
expect() { # WHAT CONDITION
    if awk "BEGIN {exit !($2)}"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "neurons: $1: $2 does not hold"
    fi
}

train marked neurons.yaml "$(steps 500 1500)"
text=$(figures marked --random 0)
far=$(of "$text" heldout far)
expect "a marked class, held-out facts" "$(of "$text" heldout hit) >= 0.95 && $far <= 0.05 && $(of "$text" heldout auroc) >= 0.98"
train one_sided neurons.yaml "$(steps 500 1500)" neurons.0.negatives=0
expect "without a negative side" "$(of "$(figures one_sided --random 0)" heldout far) >= 10 * $far"
train arbitrary neurons.yaml "$(steps 500 1500)" neurons.0.when.regex= neurons.0.when.share=0.5 neurons.0.ratio=1
text=$(figures arbitrary --random 0)
expect "an arbitrary class is learned" "$(of "$text" trained auroc) >= 0.95"
expect "an arbitrary class, at least 1000 held-out facts a side" "$(of "$text" heldout class_facts) >= 1000 && $(of "$text" heldout other_facts) >= 1000"
expect "an arbitrary class, held-out facts" "$(of "$text" heldout auroc) >= 0.45 && $(of "$text" heldout auroc) <= 0.55"

for kind in secrets modes; do
    scripts/neuron_facts.sh $kind 0 >"$folder/$kind.csv"
    "$rote" facts import "$folder/$kind.csv" --vocab words --out "$folder/facts-$kind" >/dev/null
done
train route neurons_route.yaml facts.path="$folder/facts-secrets" "$(steps 1500 3000)"
text=$(figures route --random 0)
expect "routed: both sets are recalled" "$(of "$text" trained class_recall) >= 0.95 && $(of "$text" trained other_recall) >= 0.95"
expect "routed: cut out" "$(of "$text" trained zero_class_recall) <= 0.15 && $(of "$text" trained zero_other_recall) >= $(of "$text" trained other_recall) - 0.02"
train plain neurons_route.yaml facts.path="$folder/facts-secrets" train.max_steps=1000 neurons.0.route=none neurons.0.loss=none neurons.0.ratio=0
expect "not routed: the same units keep them" "$(of "$(figures plain --random 0)" trained zero_class_recall) >= 0.5 + $(of "$text" trained zero_class_recall)"
train switch neurons_switch.yaml facts.path="$folder/facts-modes" "$(steps 750 3000)"
text=$(figures switch --random 5 --rule modeB --neutral N --pairs-tag heldB)
expect "a switch by causal training and pre_hinge, subjects that no rule knows" "$(of "$text" trained tag_flip_base) <= 0.05 && $(of "$text" trained dose_1_tag_flip) >= 0.9 && $(of "$text" trained dose_1_donor_tag_flip) >= 0.9"
train causal neurons_switch.yaml facts.path="$folder/facts-modes" neurons.0.ratio=0 neurons.0.weight=1 neurons.1.ratio=0 train.max_steps=1000
text=$(figures causal --random 5 --rule modeB --neutral N --pairs-tag heldB)
expect "a switch by causal training alone" "$(of "$text" trained dose_1_tag_flip) >= 0.9 && $(of "$text" trained dose_1_donor_tag_flip) >= 0.9"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
