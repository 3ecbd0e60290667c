#!/usr/bin/env bash
# What does it cost a model that chosen neurons fire for a class of facts, and how does the price depend on the budget, on the size
# of the model and on the load? Do neurons fall silent by themselves? Measures: docs/math.md, "What rules did".
#   scripts/reproduce_price.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost: 6 P operations a token. Two sizes, two budgets, three loads, three seeds: quick: P = 4,400 to 204,000, 500 to 4,000 steps;
# full: four times the steps, five seeds. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
# shellcheck source=scripts/reproduce_queue.sh
. scripts/reproduce_queue.sh
seeds="0 1 2" times=1
[ "$form" = quick ] || seeds="0 1 2 3 4" times=4

none=(neurons.0.ratio=0 neurons.0.loss=none)
low='([0-9]|[12][0-9]|3[01])'

# A full model: many more facts than it can hold. Facts and batches grow with the width, so equal steps are equal exposures.
full_budgets="$((1000 * times)) $((4000 * times))" full_widths="16 24"
for width in $full_widths; do
    for steps in $full_budgets; do
        facts=$((1000 * width * width / 256))
        base=("train.max_steps=$steps" "model.n_embd=$width" "train.learning_rate=$(awk "BEGIN {print 0.24 / $width}")"
            "facts.n=$facts" "train.batch_size=$((facts * 256 / 1000))" facts.seed=@ neurons.0.when.seed=@)
        cfg=scripts/experiments/neurons_tax.yaml at=full-$width-$steps
        arm "$at-none" "$cfg" "${base[@]}" "${none[@]}"
        arm "$at-arbitrary" "$cfg" "${base[@]}" neurons.0.ratio=1
        arm "$at-marked" "$cfg" "${base[@]}" neurons.0.when.share=0 "neurons.0.when.regex=^$low " neurons.0.ratio=1
        for kind in none arbitrary marked; do ask "$at-$kind" --random 0; done
    done
done

# A model with room for all facts: the marked class of E1 (docs/results/neurons-quick.md), and the neurons that fire least.
room_budgets="$((500 * times)) $((1000 * times))" room_sizes="2:32 4:64" # layers:width
for size in $room_sizes; do
    for steps in $room_budgets; do
        base=("train.max_steps=$steps" "model.n_layer=${size%:*}" "model.n_embd=${size#*:}" facts.heldout=0 facts.seed=@)
        cfg=scripts/experiments/neurons.yaml at=room-$size-$steps
        arm "$at-none" "$cfg" "${base[@]}" "${none[@]}"
        for ratio in 0.1 1; do arm "$at-$ratio" "$cfg" "${base[@]}" neurons.0.ratio=$ratio; done
        for kind in none 0.1 1; do ask "$at-$kind" --random 0; done
        arm "$at-silent" "$cfg" "${base[@]}" model.act=relu neurons.0.units=auto:silent:8 neurons.0.assign_at=0.98 "${none[@]}"
        ask "$at-silent" --random 0
    done
done

# By load: half and twice the facts, batches in proportion, so equal exposures.
load_steps=$((1000 * times)) full_facts="500 2000" room_facts="1024 4096"
for facts in $full_facts; do
    base=("train.max_steps=$load_steps" "facts.n=$facts" "train.batch_size=$((facts * 256 / 1000))" facts.seed=@ neurons.0.when.seed=@)
    cfg=scripts/experiments/neurons_tax.yaml at=load-$facts
    arm "$at-none" "$cfg" "${base[@]}" "${none[@]}"
    arm "$at-arbitrary" "$cfg" "${base[@]}" neurons.0.ratio=1
    arm "$at-marked" "$cfg" "${base[@]}" neurons.0.when.share=0 "neurons.0.when.regex=^$low " neurons.0.ratio=1
    for kind in none arbitrary marked; do ask "$at-$kind" --random 0; done
done
for facts in $room_facts; do
    base=("train.max_steps=$load_steps" "facts.n=$facts" "train.batch_size=$((facts / 8))" facts.heldout=0 facts.seed=@)
    cfg=scripts/experiments/neurons.yaml at=load-$facts
    arm "$at-none" "$cfg" "${base[@]}" "${none[@]}"
    for ratio in 0.1 1; do arm "$at-$ratio" "$cfg" "${base[@]}" neurons.0.ratio=$ratio; done
    for kind in none 0.1 1; do ask "$at-$kind" --random 0; done
done
run_queue train
run_queue eval

m() { figure "$1" "$2" | mean "${3:-3}"; } # NAME PATH DIGITS: mean ± half interval
share() { paste <(price "$2" "$1") <(result "$2" memorized_bits) | awk '{print 100 * $1 / $2}'; } # NAME TWIN: price, per cent
p() { figure "$1" "$2" | point "${3:-3}"; }   # the mean alone
# Price of a bit obeyed by an arbitrary class: WIDTH STEPS DIGITS.
each() {
    local at=full-$1-$2 facts=$((1000 * $1 * $1 / 256))
    paste <(price "$at-none" "$at-arbitrary") <(figure "$at-arbitrary" trained.information_bits) | awk -v n=$facts '{print $1 / n / $2}' | point "$3"
}
range_of() { # RATIO: the lowest and the highest mean price, per cent
    local size steps
    for size in $room_sizes; do
        for steps in $room_budgets; do share "room-$size-$steps-$1" "room-$size-$steps-none" | point 1; done
    done | sort -g | sed -n '1p;$p' | paste -sd_ | sed 's/_/ to /'
}
counted() { sed -E 's/([0-9])([0-9]{3})$/\1,\2/' <<<"$1"; }
params() { result "$1" params | head -n 1; }

full_row() { # WIDTH STEPS CLASS
    local at=full-$1-$2 facts=$((1000 * $1 * $1 / 256)) each=–
    obeyed() { figure "$at-$3" trained.information_bits | awk -v n=$facts '{print n * $1}'; }
    [ "$3" = marked ] || each=$(paste <(price "$at-none" "$at-$3") <(obeyed "$@") | awk '{print $1 / $2}' | mean 2)
    printf '| %s | L1 d%s, %s | %s | %s | %s | %s | %s | %s | %s |\n' "$3" "$1" "$(params "$at-none")" "$2" "$(m "$at-$3" trained.hit)" \
        "$(m "$at-$3" trained.far)" "$(obeyed "$@" | mean 0)" "$(price "$at-none" "$at-$3" | mean 0)" "$each" "$(share "$at-$3" "$at-none" | mean 1)"
}
room_row() { # SIZE STEPS RATIO
    local at=room-$1-$2
    printf '| L%s d%s, %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "${1%:*}" "${1#*:}" "$(params "$at-none")" "$2" "$3" \
        "$(m "$at-$3" trained.hit)" "$(m "$at-none" trained.class_recall)" "$(m "$at-$3" trained.class_recall)" \
        "$(m "$at-none" trained.other_recall)" "$(m "$at-$3" trained.other_recall)" "$(share "$at-$3" "$at-none" | mean 1)"
}
# By load: an arm of the sections above (1,000 and 2,048 facts) or of the other loads.
load_at() { # FACTS
    case $1 in
    1000) echo "full-16-$load_steps" ;;
    2048) echo "room-2:32-$load_steps" ;;
    *) echo "load-$1" ;;
    esac
}
load_of() { paste <(result "$1-none" data_bits) <(result "$1-none" params) | awk '{print $1 / $2}' | point 1; } # AT
full_load_row() { # FACTS CLASS
    local at each=–
    at=$(load_at "$1")
    [ "$2" = marked ] || each=$(paste <(price "$at-none" "$at-$2") <(figure "$at-$2" trained.information_bits) | awk -v n="$1" '{print $1 / n / $2}' | mean 2)
    printf '| %s | %s | %s | %s | %s | %s | %s | %s |\n' "$2" "$1" "$(load_of "$at")" "$(m "$at-$2" trained.hit)" "$(m "$at-$2" trained.far)" \
        "$(price "$at-none" "$at-$2" | mean 0)" "$each" "$(share "$at-$2" "$at-none" | mean 1)"
}
room_load_row() { # FACTS RATIO
    local at
    at=$(load_at "$1")
    printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$(load_of "$at")" "$2" "$(m "$at-$2" trained.hit)" \
        "$(m "$at-none" trained.class_recall)" "$(m "$at-$2" trained.class_recall)" \
        "$(m "$at-none" trained.other_recall)" "$(m "$at-$2" trained.other_recall)" "$(share "$at-$2" "$at-none" | mean 1)"
}
say_load() { # RATIO: price by load, from few facts to many
    local facts
    for facts in ${room_facts% *} 2048 ${room_facts#* }; do share "$(load_at "$facts")-$1" "$(load_at "$facts")-none" | point 1; done |
        paste -sd_ | sed 's/_/, /; s/_/ and /'
}
say_each() {
    local facts at
    for facts in ${full_facts% *} 1000 ${full_facts#* }; do
        at=$(load_at "$facts")
        paste <(price "$at-none" "$at-arbitrary") <(figure "$at-arbitrary" trained.information_bits) | awk -v n="$facts" '{print $1 / n / $2}' | point 1
    done | paste -sd_ | sed 's/_/, /; s/_/ and /'
}
load_section() {
    echo "## By load"
    echo
    echo "The models of the two sections above, $(counted "$load_steps") steps, with half and twice the facts. Batches are in proportion, so exposures are equal."
    echo "Load: bits of data per parameter."
    echo
    echo "| L1 d16, class | facts | load | HIT | FAR | price, bits | per bit obeyed | price, % |"
    echo "|---|---|---|---|---|---|---|---|"
    for kind in arbitrary marked; do for facts in ${full_facts% *} 1000 ${full_facts#* }; do full_load_row "$facts" $kind; done; done
    echo
    echo "| L2 d32, facts | load | ratio | HIT | class: twin | with the loss | others: twin | with the loss | price, % |"
    echo "|---|---|---|---|---|---|---|---|---|"
    for ratio in 0.1 1; do for facts in ${room_facts% *} 2048 ${room_facts#* }; do room_load_row "$facts" $ratio; done; done
    echo
}
silent_row() { # SIZE STEPS
    local at=room-$1-$2-silent
    printf '| L%s d%s | %s | %s | %s | %s | %s |\n' "${1%:*}" "${1#*:}" "$2" "$(result "$at" recall | mean 3)" "$(m "$at" trained.hit)" \
        "$(m "$at" trained.far)" "$(m "$at" trained.zero_class_bits)"
}
{
    echo "# What it costs that neurons fire for a class, $form form"
    echo
    echo "Chosen neurons are trained to fire for the facts of a class ([rules](../math.md#neuron-rules)). How many memorized bits does"
    echo "that cost, who pays, and how does the price depend on the length of the training, on the size of the model and on the load?"
    echo "[neurons]($(basename "${page/price/neurons}")) has the other experiments on such rules."
    echo
    echo "Values are means over seeds $seeds (facts, weights, random classes), ± half of the 95 % interval (Student's t). The price is what"
    echo "the twin without the loss memorizes less what the run memorizes, paired by seed."
    echo
    echo "## What holds where"
    echo
    echo "- Each bit of an arbitrary class that the neurons learn costs $(each 16 "${full_budgets% *}" 1) and $(each 24 "${full_budgets% *}" 1) memorized bits (L1 d16 and d24) after $(counted "${full_budgets% *}") steps,"
    echo "  $(each 16 "${full_budgets#* }" 1) and $(each 24 "${full_budgets#* }" 1) after $(counted "${full_budgets#* }"): longer training lowers the price."
    echo "- A class that the input shows is not free. At ratio 0.1 it costs $(range_of 0.1) % of all bits, at ratio 1 $(range_of 1) %: most"
    echo "  where training is short of the facts, least where a large model has learned them all. A full model pays"
    echo "  $(for width in $full_widths; do for steps in $full_budgets; do share "full-$width-$steps-marked" "full-$width-$steps-none" | point 1; done; done | sort -g | sed -n '1p;$p' | paste -sd_ | sed 's/_/ to /') %."
    echo "- The class itself pays most at ratio 0.1: in L2 d32 after ${room_budgets#* } steps, its recall falls from $(p "room-2:32-${room_budgets#* }-none" trained.class_recall) to"
    echo "  $(p "room-2:32-${room_budgets#* }-0.1" trained.class_recall), that of the others from $(p "room-2:32-${room_budgets#* }-none" trained.other_recall) to $(p "room-2:32-${room_budgets#* }-0.1" trained.other_recall). At ratio 1 the others pay too."
    echo "- By load: a bit obeyed costs $(say_each) memorized bits with 500, 1,000 and 2,000 facts in L1 d16; a marked class in L2 d32 costs"
    echo "  $(say_load 0.1) % of all bits at ratio 0.1 with 1,024, 2,048 and 4,096 facts, $(say_load 1) % at ratio 1."
    echo "- Neurons come near to silence in a large model: zeroing the eight that fire least costs $(p "room-4:64-${room_budgets#* }-silent" trained.zero_class_bits 2) bits a fact in L4 d64,"
    echo "  $(p "room-2:32-${room_budgets#* }-silent" trained.zero_class_bits 2) in L2 d32."
    echo
    echo "## A full model"
    echo
    echo "Random facts of four tokens over 64 symbols, about 2.5 times the bits that the model can hold; one block, SOAP. One neuron is"
    echo "trained (\`pre_hinge\`, ratio 1) to fire for a random half of the facts (*arbitrary*), or for those whose first symbol is one"
    echo "of 32 (*marked*). A batch is about a quarter of the facts, so equal steps are equal exposures: a quarter of the steps."
    echo
    echo "- Obeyed: n times the mutual information of firing and class, in bits. Per bit: price over obeyed bits; a marked class adds"
    echo "  no bits to the data."
    echo
    echo "| class | model, parameters | steps | HIT | FAR | obeyed, bits | price, bits | per bit obeyed | price, % |"
    echo "|---|---|---|---|---|---|---|---|---|"
    for kind in arbitrary marked; do
        for width in $full_widths; do for steps in $full_budgets; do full_row "$width" "$steps" $kind; done; done
    done
    echo
    echo "## A model with room: who pays"
    echo
    echo "2,048 random facts of four tokens over 64 symbols, AdamW, batches of 256. Eight neurons of block 0 are trained (\`pre_hinge\`) to"
    echo "fire for a marked class: the facts whose first symbol is one of 16, about a quarter. Recall of the class and of the other facts,"
    echo "of the twin without the loss and with it."
    echo
    echo "| model, parameters | steps | ratio | HIT | class: twin | with the loss | others: twin | with the loss | price, % |"
    echo "|---|---|---|---|---|---|---|---|---|"
    for size in $room_sizes; do for steps in $room_budgets; do for ratio in 0.1 1; do room_row "$size" "$steps" $ratio; done; done; done
    echo
    load_section
    echo "## Neurons that fire least"
    echo
    echo "The same facts, ReLU, no loss: the eight neurons of block 0 that fire least at tokens of the class, chosen at the end of training."
    echo "HIT and FAR: how often they fire at tokens of the class and of others. NEC: what zeroing them costs a fact of the class, in bits."
    echo
    echo "| model | steps | recall | HIT | FAR | NEC |"
    echo "|---|---|---|---|---|---|"
    for size in $room_sizes; do for steps in $room_budgets; do silent_row "$size" "$steps"; done; done
    reproduce_runs_footer
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
