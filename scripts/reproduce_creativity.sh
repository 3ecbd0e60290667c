#!/usr/bin/env bash
# Does cutting the logits make a model creative, or only varied? Creative tasks (data/kinds/task.h), measured by `rote creativity`.
# Measures: docs/math.md, "Creativity".
#   scripts/reproduce_creativity.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost: quick: four seeds, models of 3,000 to 110,000 parameters, 25 to 3,000 steps; full: eight seeds and widths to 128. The time
# is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
# shellcheck source=scripts/reproduce_queue.sh
. scripts/reproduce_queue.sh
seeds="0 1 2 3" widths="8 16 32 64"
[ "$form" = quick ] || { seeds="0 1 2 3 4 5 6 7" widths="8 16 32 64 128"; }
steps="50 100 200 300 500 1000 1500"
cfg=scripts/experiments/creativity.yaml
soap=(train.optimizer=soap train.learning_rate=0.005 model.n_layer=2 train.batch_size=256)

for width in $widths; do for step in $steps; do
    arm "siblings-$width-$step" $cfg "model.n_embd=$width" "train.max_steps=$step" facts.seed=@
done; done
for width in $widths; do arm "stopped-$width" $cfg "model.n_embd=$width" facts.seed=@ train.stop_memorized=1e-9 train.eval_interval=10; done
few=(facts.parents=4 facts.children=128 facts.n=8128 facts.seed=@)
arm few $cfg "${few[@]}" model.n_embd=8 train.schedule=cosine
prefixes="1 3 6"
for h in $prefixes; do arm "prefix-$h" $cfg "${few[@]}" model.n_embd=16 "facts.seed_prefix=$h"; done
arm prefix-0 $cfg "${few[@]}" model.n_embd=16
arm circles $cfg facts.kind=circles facts.vertices=14 facts.n=1500 facts.paraphrases=40 facts.seed=@ model.n_embd=64 train.max_steps=800 train.schedule=cosine "${soap[@]}"
arm lines $cfg facts.kind=lines facts.vertices=8 facts.n=1680 facts.paraphrases=40 facts.seed=@ model.n_embd=64 train.max_steps=800 train.schedule=cosine "${soap[@]}"
arm triangles $cfg facts.kind=triangles facts.vertices=24 facts.density=0.7 facts.n=300 facts.paraphrases=6 facts.seed=@ model.n_embd=32 train.max_steps=200 train.schedule=cosine "${soap[@]}" model.n_layer=1
# Optimizers: the peak of each, whenever it comes.
optimizers="adamw-0.003 muon-0.01 muon-0.02 soap-0.001 soap-0.003" opt_steps="25 35 50 75 100 150 200 300"
for optimizer in $optimizers; do for step in $opt_steps; do
    arm "opt-$optimizer-$step" $cfg model.n_embd=64 facts.seed=@ train.warmup_steps=20 "train.optimizer=${optimizer%-*}" "train.learning_rate=${optimizer#*-}" "train.max_steps=$step"
done; done
# Weight decay: from the start, and in training on with a model that has memorized.
decays="0.3 1 3" ons="0.3-300 1-300 3-300 3-1000 10-100 10-300 30-100"
for decay in $decays; do arm "decay-$decay" $cfg model.n_embd=64 facts.seed=@ "train.weight_decay=$decay"; done
# Prefixes that each example keeps, beside those drawn anew.
fixed="1-16 3-16 6-16 1-64 3-64 6-64"
for h in $fixed; do arm "fixed-$h" $cfg "${few[@]}" "model.n_embd=${h#*-}" "facts.seed_prefix=${h%-*}" facts.fixed_prefix=true; done
arm fixed-3-64-long $cfg "${few[@]}" model.n_embd=64 facts.seed_prefix=3 facts.fixed_prefix=true train.max_steps=6000
arm fresh-3-64 $cfg "${few[@]}" model.n_embd=64 facts.seed_prefix=3
# A text that a Debian system has.
text=/usr/share/common-licenses/GPL-3 texts="500 3000"
if [ -r $text ]; then for step in $texts; do
    arm "text-$step" scripts/experiments/creativity_text.yaml "train.max_steps=$step"
done; fi
run_queue train
for on in $ons; do
    arm "on-$on" $cfg model.n_embd=64 facts.seed=@ "train.weight_decay=${on%-*}" "train.max_steps=${on#*-}" "train.init_from=$(realpath "$out")/siblings-64-1500-@"
done
run_queue train

# ---- measuring: NAME-SEED.TABLE has what `rote creativity` prints, of each chain or (--by run) of the run ----
: >"$out/measure.queue"
measure() { # NAME TABLE OPTIONS...; each seed has draws of its own, so that runs do not share their luck
    local seed name=$1 table=$2
    shift 2
    [[ "$* $name" == *--by* || $name == text-* ]] || set -- --classes "$@"
    for seed in $seeds; do echo "$name-$seed $table --seed $((${draw:-0} * 100 + seed + 1)) $*" >>"$out/measure.queue"; done
}
# LABEL NAMES OPTIONS...: the runs of all seeds together, with a picture beside the page.
together() {
    local seed name label=$1 runs=()
    for name in $2; do for seed in $seeds; do runs+=("$out/$name-$seed"); done; done
    shift 2
    echo "+ $label ${runs[*]} $*" >>"$out/measure.queue"
}
measure_one() {
    local words to run
    read -ra words <<<"$1"
    if [ "${words[0]}" = + ]; then
        to=$out/${words[1]}.text
        words=("${words[@]:2}" --plot "${page%.md}-${words[1]}.svg" --force)
    else
        to=$out/${words[0]}.${words[1]}
        words=("$out/${words[0]}" "${words[@]:2}")
    fi
    [ "$to" -nt "$rote" ] || rm -f "$to"
    for run in "${words[@]}"; do [[ $run != "$out"/* || $to -nt $run/DONE ]] || rm -f "$to"; done
    [ ! -e "$to" ] || return 0
    "$rote" creativity "${words[@]}" --threads 1 >"$to.new" || exit 255
    mv "$to.new" "$to"
}
export -f measure_one
export page
temperatures=0.25,0.5,0.75,1,1.5,2,3 flat='top_n_sigma=1.5;temperature=8'
for width in $widths; do for step in $steps; do measure "siblings-$width-$step" plain; done; done
early=siblings-32-200 late=siblings-32-1500 memorizer=siblings-64-1500
samplers=(temperature=0.25,0.5,0.75,1,1.5,2 top_k=8,16,32,64,128,256 top_p=0.5,0.7,0.8,0.9,0.95,1 min_p=0.01,0.02,0.05,0.1,0.2,0.5
    typical_p=0.2,0.4,0.6,0.8,0.9,0.95 epsilon=0.0003,0.001,0.003,0.006,0.01,0.02 eta=0.0003,0.001,0.003,0.01,0.03,0.1
    top_n_sigma=0.5,0.75,1,1.25,1.5,2 tail_free=0.5,0.7,0.8,0.9,0.95,0.99 kstar=0.01,0.05,0.1,0.2,0.5,0.9)
for model in $early $late; do
    for grid in "${samplers[@]}"; do measure $model "${grid%%=*}" --grid "$grid"; done
    draw=50 measure $model again --grid temperature=0.25,0.5,0.75,1,1.5,2
    measure $model wide --grid temperature=$temperatures
    measure $model k --grid top_k=1..256
done
for width in $widths; do
    measure "stopped-$width" plain
    measure "stopped-$width" flat --chain "$flat"
done
for width in 32 64; do
    measure "siblings-$width-1500" flat --grid top_n_sigma=1.5,1.75,2,2.25,2.5,3 --grid temperature=1,2,8,1000
    measure "siblings-$width-1500" floor --grid min_p=0.1,0.01,0.001,0.0001 --grid temperature=1,2,8,1000
    measure "siblings-$width-1500" wide --grid temperature=$temperatures
    measure "siblings-$width-1500" stands --grid kstar=0.05,0.5,0.9 --grid temperature=1,1000
done
for draw in 1 2 3 4 5 6 7 8; do measure $early "draw$draw" --grid temperature=0.25,0.5,0.75,1,1.5,2; done
draw=0
for h in 0 $prefixes; do measure "prefix-$h" chains --grid temperature=0,0.5,1; done
for h in $fixed; do measure "fixed-$h" chains --grid temperature=0,0.5,1; done
measure fixed-3-64-long chains --grid temperature=0,0.5,1
measure fresh-3-64 chains --grid temperature=0,0.5,1
for task in few circles lines triangles; do measure $task chains --grid temperature=0.25,0.5,0.75,1,1.5; done
cut=1.5,1.75,2,2.25,2.5,2.75,3
together late $memorizer --curve temperature=0.5,1,1.5,2,3 --curve top_k=8..256 --curve 'min_p=0.1,0.01,0.001,0.0001;temperature=8' \
    --curve "top_n_sigma=$cut;temperature=8" --curve "top_n_sigma=$cut;temperature=1000"
together early $early --curve temperature=0.25,0.5,0.75,1,1.5,2 --curve top_k=8..256 --curve top_p=0.5,0.7,0.8,0.9,0.95,1 \
    --curve typical_p=0.2,0.4,0.6,0.8,0.9,0.95 --curve 'top_n_sigma=0.75,1,1.25,1.5,2,2.5;temperature=8'
together split "$(for width in $widths; do for step in $steps; do echo "siblings-$width-$step"; done && echo "stopped-$width"; done | paste -sd' ')" --by run
edits="noise=0.1 noise=0.3 noise=0.5 noise=0.7 silence=0.25 silence=0.5 silence=0.75 quantize=int8 quantize=int6 quantize=int4 quantize=int3 quantize=int2 quantize=ternary"
for edit in $edits; do measure $memorizer "$edit" --by run --edit "$edit"; done
measure $memorizer none --by run
for name in $(for on in $ons; do echo "on-$on"; done) $(for decay in $decays; do echo "decay-$decay"; done); do measure "$name" none --by run; done
for optimizer in $optimizers; do for step in $opt_steps; do measure "opt-$optimizer-$step" none --by run; done; done
[ ! -r $text ] || for step in $texts; do
    measure "text-$step" k --n 300 --grid top_k=1..64
    measure "text-$step" wide --n 300 --grid temperature=0.25,0.5,1,1.5
done
sort -u "$out/measure.queue" | tr '\n' '\0' | xargs -0 -r -P "${jobs:-$(nproc)}" -n 1 bash -c 'measure_one "$1"' _

# shellcheck source=scripts/reproduce_creativity_page.sh
. scripts/reproduce_creativity_page.sh
