#!/usr/bin/env bash
# Chosen neurons are trained to fire for chosen facts: do they fire, does the model need them, what is the price in bits, and
# which of six claims about the idea are true? Formulas: docs/math.md, "Neuron rules" and "What rules did".
#   scripts/reproduce_neurons.sh [--quick | --full] [--out DIR] [--jobs N]
#   E1 force      classes that one symbol marks, that two symbols make, and arbitrary ones; every loss; dead starts; rare classes
#   E2 route      facts stored in separate neurons, ablated, learned again
#   E3 switch     the neurons of one mode held under a neutral cue: does the model give the other mode's answer?
#   E4 price      the cost of an arbitrary class to a model that is full
#   E5 reliance   firing and necessity, over training
#   E6 relaxation after the rule ends
#
# Cost: 6 P operations a token. Quick: some 80 arms of five seeds, P = 4,400 to 36,000, 1,000 to 6,000 steps of 256 short
# facts. Full: twice the width, four times the steps, ten seeds. The time of the training is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
# shellcheck source=scripts/reproduce_queue.sh
. scripts/reproduce_queue.sh
if [ "$form" = quick ]; then
    seeds="0 1 2 3 4" d=32 times=1
else
    seeds="0 1 2 3 4 5 6 7 8 9" d=64 times=4
fi
steps=$((1500 * times)) long=$((3000 * times))

# ---- facts of E2 and E3 ----

for kind in secrets last plain modes; do
    for seed in $seeds; do
        to=$out/facts-$kind-$seed
        [ -e "$to/manifest.json" ] && continue
        scripts/neuron_facts.sh $kind "$seed" >"$to.csv"
        "$rote" facts import "$to.csv" --vocab words --out "$to" >/dev/null
    done
done

# ---- E1 ----

cfg=scripts/experiments/neurons.yaml # the marked class: facts that begin with one of 16 symbols
base=("train.max_steps=$steps" "model.n_embd=$d" facts.seed=@)
low='([0-9]|[12][0-9]|3[01])' high='(3[2-9]|[4-6][0-9])'
# shellcheck disable=SC2034 # read by name
marked=() structural=("neurons.0.when.regex=^($low $low|$high $high) ")
arbitrary=(neurons.0.when.regex= neurons.0.when.share=0.5 neurons.0.when.seed=@)
none=(neurons.0.ratio=0 neurons.0.loss=none)
for class in marked structural arbitrary; do
    declare -n keys=$class
    arm "plain-$class" "$cfg" "${base[@]}" "${keys[@]}" "${none[@]}"
    ask "plain-$class" --random 0
    for ratio in 0.1 1; do
        arm "$class-$ratio" "$cfg" "${base[@]}" "${keys[@]}" neurons.0.ratio=$ratio
        ask "$class-$ratio" --random 20
    done
done
arm nonegatives "$cfg" "${base[@]}" neurons.0.negatives=0
arm arbitrary-local "$cfg" "${base[@]}" "${arbitrary[@]}" neurons.0.ratio=1 neurons.0.scope=local
for loss in pre_bce post_mse rank share group; do arm "loss-$loss" "$cfg" "${base[@]}" neurons.0.loss=$loss; done
for loss in pre_hinge post_mse; do
    arm "dead-$loss" "$cfg" "${base[@]}" model.act=relu neurons.0.start_bias=-10 neurons.0.loss=$loss neurons.0.ratio=0 \
        neurons.0.weight=1
done
arm dead-none "$cfg" "${base[@]}" model.act=relu neurons.0.start_bias=-10 "${none[@]}"
declare -A first=([4]='([0-9]|[1-5][0-9]|6[0-3])' [16]='([0-9]|1[0-5])' [64]='[0-3]' [256]='0')
for part in 4 16 64 256; do
    arm "class-$part" "$cfg" "${base[@]}" facts.vocab_size=256 facts.n=4096 "neurons.0.when.regex=^${first[$part]} "
    arm "units-$part" "$cfg" "${base[@]}" model.n_inner=256 neurons.0.units=0-$((256 / part - 1))
done
for act in gelu relu; do
    for kind in silent random selective; do
        arm "$kind-$act" "$cfg" "${base[@]}" model.act=$act neurons.0.units=auto:$kind:8
    done
    arm "silent-$act-plain" "$cfg" "${base[@]}" model.act=$act neurons.0.units=auto:silent:8 neurons.0.assign_at=0.98 "${none[@]}"
    ask "silent-$act-plain" --random 0
done
for name in nonegatives arbitrary-local loss-{pre_bce,post_mse,rank,share,group} dead-{pre_hinge,post_mse,none} \
    {class,units}-{4,16,64,256} {silent,random,selective}-{gelu,relu}; do ask "$name" --random 0; done

# ---- E2 ----

cfg2=scripts/experiments/neurons_route.yaml
routing=$((4000 * times))
base2=("train.max_steps=$routing" "model.n_embd=$d")
first2=("${base2[@]}" "facts.path=$out/facts-secrets-@") last2=("${base2[@]}" "facts.path=$out/facts-last-@")
arm route "$cfg2" "${first2[@]}"
arm route-gradients "$cfg2" "${first2[@]}" neurons.0.route=activations
arm route-fire "$cfg2" "${first2[@]}" neurons.0.route=none
arm route-plain "$cfg2" "${first2[@]}" neurons.0.route=none "${none[@]}"
arm never "$cfg2" "${base2[@]}" "facts.path=$out/facts-plain-@" neurons.0.route=none "${none[@]}"
arm last "$cfg2" "${last2[@]}"
arm last-gradients "$cfg2" "${last2[@]}" neurons.0.route=activations
arm last-mean "$cfg2" "${last2[@]}" model.attn=mean
routed="route route-gradients route-fire route-plain last last-gradients last-mean"
for name in $routed; do ask "$name" --random 20; done

# ---- E3 ----

cfg3=scripts/experiments/neurons_switch.yaml
base3=("train.max_steps=$long" "model.n_embd=$d" "facts.path=$out/facts-modes-@")
causal=(neurons.0.loss=causal neurons.0.ratio=0 neurons.0.weight=1)
arm switch-plain "$cfg3" "${base3[@]}" "${none[@]}" neurons.1.ratio=0
arm switch-fire "$cfg3" "${base3[@]}" "${none[@]}"
arm switch-causal "$cfg3" "${base3[@]}" "${causal[@]}" neurons.1.ratio=0
arm switch-both "$cfg3" "${base3[@]}" "${causal[@]}"
arm switch-other "$cfg3" "${base3[@]}" "${causal[@]}" neurons.0.against=A
for name in plain fire causal both other; do
    ask "switch-$name" --random 20 --rule modeB --neutral N --pairs-tag heldB
done

# ---- E4 ----

cfg4=scripts/experiments/neurons_tax.yaml
base4=("train.max_steps=$((1000 * times))" "model.n_embd=$((d / 2))" "facts.n=$((1000 * d * d / 1024))" facts.seed=@ neurons.0.when.seed=@)
half="neurons.0.when.regex=^$low "
arm tax-plain "$cfg4" "${base4[@]}" "${none[@]}"
for ratio in 0.1 0.3 0.6 1; do arm "tax-$ratio" "$cfg4" "${base4[@]}" neurons.0.ratio=$ratio; done
for share in 0.125 0.03125; do arm "tax-share-$share" "$cfg4" "${base4[@]}" neurons.0.when.share=$share; done
arm tax-units "$cfg4" "${base4[@]}" neurons.0.units=0-7
for ratio in 0.1 1; do arm "tax-marked-$ratio" "$cfg4" "${base4[@]}" neurons.0.when.share=0 "$half" neurons.0.ratio=$ratio; done
for name in plain 0.1 0.3 0.6 1 share-0.125 share-0.03125 units marked-0.1 marked-1; do ask "tax-$name" --random 0; done

# ---- E5, E6: a constant step size, so that a shorter run is the beginning of a longer one ----

moments="0.04 0.08 0.2 0.4 1"
at() { awk "BEGIN {print int($1 * $steps)}"; }
for moment in $moments; do
    for kind in marked switch; do
        if [ $kind = marked ]; then
            arm "grow-marked-$moment" "$cfg" "${base[@]}" train.schedule=constant "train.max_steps=$(at "$moment")"
            ask "grow-marked-$moment" --random 5
        else
            arm "grow-switch-$moment" "$cfg3" "${base3[@]}" "${causal[@]}" train.schedule=constant "train.max_steps=$(at "$moment")"
            ask "grow-switch-$moment" --random 5 --rule modeB --neutral N --pairs-tag heldB
        fi
    done
done
for class in marked arbitrary; do
    declare -n keys=$class
    for until in 0.5 1; do
        arm "drop-$class-$until" "$cfg" "${base[@]}" "${keys[@]}" neurons.0.ratio="$([ $class = marked ] && echo 0.1 || echo 1)" \
            train.schedule=constant "train.max_steps=$((2 * steps))" neurons.0.until=$until
        ask "drop-$class-$until" --random 0
    done
done

run_queue train
# The recall of secret facts that a model guesses without having seen them.
arm guess "$cfg2" "${first2[@]}" neurons.0.route=none "${none[@]}" "train.init_from=$out/never-@" train.max_steps=1 train.warmup_steps=0 \
    train.learning_rate=1e-30
ask guess --random 0
# Learned again: the arms of E2 with the neurons ablated, trained on all facts until 99 % are recalled.
relearn=(neurons.0.route=none "${none[@]}" train.stop_recall=0.99 train.eval_interval=5)
for name in $routed never; do
    of=("${first2[@]}")
    [ "${name#last}" = "$name" ] || of=("${last2[@]}")
    [ $name = last-mean ] && of+=(model.attn=mean)
    arm "again-$name" "$cfg2" "${of[@]}" "${relearn[@]}" "train.init_from=$out/$name-@" neurons.0.start_out=0
done
arm again-fresh "$cfg2" "${first2[@]}" "${relearn[@]}"
run_queue train
run_queue eval
. scripts/reproduce_neurons_page.sh
