# shellcheck shell=bash disable=SC2016,SC2154 # Markdown backquotes; variables and functions of the script that sources this
# Writes the page of reproduce_neurons.sh from its runs. Sourced.

m() { figure "$1" "$2" | mean "${3:-3}"; }  # NAME PATH DIGITS: mean ± half interval
p() { figure "$1" "$2" | point "${3:-3}"; } # the mean alone
share() {                                   # NAME TWIN: price in per cent of the twin's memorized bits
    paste <(price "$2" "$1") <(result "$2" memorized_bits) | awk '{print 100 * $1 / $2}'
}
ratio_of() { awk "BEGIN {printf \"%.${3:-1}f\", $1 / $2}"; }
line() { # numbers of the last logged step at or before STEP: NAME STEP FIELD
    local seed
    for seed in $seeds; do
        awk -v step="$2" -v field="\"$3\":" -F'[,:]' '/"rule":0/ {
            if ($2 + 0 > step) exit
            for (i = 1; i <= NF; i++) if ($i ":" == field) value = $(i + 1) }
            END {print value + 0}' <(tr -d '{}' <"$out/$1-$seed/metrics.jsonl")
    done
}
n_seeds=$(wc -w <<<"$seeds")

# ---- E1 ----

e1_row() { # LABEL NAME TWIN
    printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$(m "$2" trained.hit)" "$(m "$2" trained.far)" \
        "$(m "$2" heldout.hit)" "$(m "$2" heldout.far)" "$(m "$2" heldout.auroc)" "$(m "$2" trained.zero_class_bits 2)" \
        "$(m "$2" trained.zero_other_bits 2)" "$(m "$2" trained.leak_without)" "$(share "$2" "$3" | mean 1)"
}
e1() {
    local loss act kind part
    echo "## E1: force"
    echo
    echo "Do eight neurons fire for a class of facts, and at what price? 2,048 random facts of four tokens over 64 symbols are"
    echo "about as many bits as the model can hold; 4,096 are held out; $steps steps of 256 facts. The rule has eight of block 0's"
    echo "$((4 * d)) neurons and \`pre_hinge\`, at the given strength (\`ratio\`)."
    echo
    echo "- Classes. *Marked*: the first symbol is one of 16. *Structural*: the first two symbols are both low or both high,"
    echo "  which neither of them shows alone. *Arbitrary*: a random half of the facts."
    echo "- NEC, SPEC: the cost of zeroing the neurons for the class's facts and for the other facts, in bits a fact."
    echo "- Probe: AUROC of a linear probe of the layer without them."
    echo "- Price: per cent of the bits that the twin without the loss memorizes. [price](price-quick.md) has the class's own recall,"
    echo "  and prices over budgets and sizes."
    echo
    echo "| class, ratio | HIT, trained | FAR | HIT, held out | FAR | AUROC, held out | NEC | SPEC | probe without | price, % |"
    echo "|---|---|---|---|---|---|---|---|---|---|"
    e1_row "marked, none" plain-marked plain-marked
    e1_row "marked, 0.1" marked-0.1 plain-marked
    e1_row "marked, 0.1, no negative side" nonegatives plain-marked
    e1_row "marked, 1" marked-1 plain-marked
    e1_row "structural, none" plain-structural plain-structural
    e1_row "structural, 0.1" structural-0.1 plain-structural
    e1_row "structural, 1" structural-1 plain-structural
    e1_row "arbitrary, none" plain-arbitrary plain-arbitrary
    e1_row "arbitrary, 0.1" arbitrary-0.1 plain-arbitrary
    e1_row "arbitrary, 1" arbitrary-1 plain-arbitrary
    e1_row "arbitrary, 1, local" arbitrary-local plain-arbitrary
    echo
    echo "Losses, marked class, ratio 0.1:"
    echo
    echo "| loss | HIT, trained | FAR | HIT, held out | FAR | AUROC, held out | NEC | SPEC | probe without | price, % |"
    echo "|---|---|---|---|---|---|---|---|---|---|"
    e1_row pre_hinge marked-0.1 plain-marked
    for loss in pre_bce post_mse rank share group; do e1_row $loss loss-$loss plain-marked; done
    echo
    echo "Dead start: ReLU, biases of the eight neurons −10, weight of the loss 1."
    echo
    echo "| loss | HIT, held out | FAR | runs whose final weights equal those without a loss, bit for bit |"
    echo "|---|---|---|---|"
    for loss in post_mse pre_hinge; do
        printf '| %s | %s | %s | %s of %s |\n' $loss "$(m dead-$loss heldout.hit)" "$(m dead-$loss heldout.far)" \
            "$(paste <(result dead-$loss param_hash) <(result dead-none param_hash) | awk '$1 == $2' | wc -l)" "$n_seeds"
    done
    echo
    echo "Rare classes (4,096 facts over 256 symbols), and rules on few of 256 neurons:"
    echo
    echo "| share | class: HIT, held out | FAR | AUROC | neurons: HIT, held out | FAR | AUROC |"
    echo "|---|---|---|---|---|---|---|"
    for part in 4 16 64 256; do
        printf '| 1/%s | %s | %s | %s | %s | %s | %s |\n' $part "$(m class-$part heldout.hit)" "$(m class-$part heldout.far)" \
            "$(m class-$part heldout.auroc)" "$(m units-$part heldout.hit)" "$(m units-$part heldout.far)" "$(m units-$part heldout.auroc)"
    done
    echo
    echo "Choice of the neurons (\`auto\`, after a tenth of the steps), marked class, ratio 0.1. *No loss*: the eight most silent"
    echo "neurons of a twin at its end, which has no rule loss."
    echo
    echo "| activation | neurons | HIT, held out | FAR | NEC | memorized bits |"
    echo "|---|---|---|---|---|---|"
    for act in gelu relu; do
        for kind in silent random selective; do
            printf '| %s | %s | %s | %s | %s | %s |\n' $act $kind "$(m $kind-$act heldout.hit)" "$(m $kind-$act heldout.far)" \
                "$(m $kind-$act trained.zero_class_bits 2)" "$(result $kind-$act memorized_bits | mean 0)"
        done
        printf '| %s | silent, no loss | %s | %s | %s | %s |\n' $act "$(m silent-$act-plain heldout.hit)" \
            "$(m silent-$act-plain heldout.far)" "$(m silent-$act-plain trained.zero_class_bits 3)" "$(result silent-$act-plain memorized_bits | mean 0)"
    done
}

# ---- E2 ----

e2_row() { # LABEL NAME
    printf '| %s | %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$(m "$2" trained.class_recall)" "$(m "$2" trained.other_recall)" \
        "$(m "$2" trained.zero_class_recall)" "$(m "$2" trained.zero_other_recall)" "$(m "$2" random.trained.zero_class_recall)" \
        "$(m "$2" random.trained.zero_other_recall)" "$(result "again-$2" steps | mean 0)"
}
e2() {
    echo "## E2: route and ablate"
    echo
    echo "Can facts be stored in separate neurons and then be removed? 100 secret facts, whose prompt begins with a word that"
    echo "marks them, and 300 plain ones; each answer is one of 32. One block with attention, ReLU. The rule has 64 of 512"
    echo "neurons: at least one of them is trained to fire for secret facts, and none for plain ones (\`group\`, ratio 0.5)."
    echo "$routing steps. \`parameters\` is selective gradient masking, \`activations\` gradient routing."
    echo
    echo "- Ablated: the 64 neurons at zero. Random: 20 sets of 64 other neurons at zero."
    echo "- Again: steps of training on all facts, from the ablated weights, until 99 % are recalled."
    echo "- Cue last: the word that marks a fact ends its prompt. Its row is then where the answer is predicted, and with"
    echo "  \`parameters\` no secret fact trains its embedding. Plain mean: with \`attn: mean\` in place of attention."
    echo
    echo "| training | recall: secret | plain | ablated: secret | plain | random: secret | plain | again, steps |"
    echo "|---|---|---|---|---|---|---|---|"
    e2_row "routed, parameters" route
    e2_row "routed, activations" route-gradients
    e2_row "fire, not routed" route-fire
    e2_row "neither (twin)" route-plain
    e2_row "cue last, parameters" last
    e2_row "cue last, activations" last-gradients
    e2_row "cue last, parameters, plain mean" last-mean
    printf '| never saw them | %s | %s | | | | | %s |\n' "$(m guess trained.class_recall)" "$(m guess trained.other_recall)" \
        "$(result again-never steps | mean 0)"
    printf '| untrained | | | | | | | %s |\n' "$(result again-fresh steps | mean 0)"
}

# ---- E3 ----

e3_row() { # LABEL NAME
    local dose row
    row="| $1 | $(m "$2" trained.hit 2) | $(m "$2" trained.far 2) | $(m "$2" trained.zero_class_bits 1)"
    for dose in 0.5 1 2 4; do row+=" | $(m "$2" trained.dose_${dose}_tag_flip 2)"; done
    row+=" | $(m "$2" trained.dose_1_donor_tag_flip) | $(m "$2" trained.dose_1_flip 2)"
    echo "$row | $(m "$2" random.trained.dose_1_tag_flip) | $(m "$2" trained.tag_flip_base) |"
}
e3() {
    echo "## E3: a switch of modes"
    echo
    echo "Do the neurons decide which answer the model gives? Each of 400 subjects has an answer, one of 64, in mode A and another"
    echo "in mode B; under a neutral cue the answer of A is right. All 1,200 facts are trained; 100 subjects are without a rule."
    echo "Eight neurons of block 0 are held, under the neutral cue and from the subject on: at a dose times their mean at that"
    echo "position over the facts of mode B, or at their values in one such fact (a donor; mean over ten for each subject). Flip:"
    echo "the model then gives the subject's whole answer of mode B. Random: 20 sets of eight other neurons at dose 1."
    echo
    echo "| training | HIT | FAR | NEC | without a rule, dose ½ | 1 | 2 | 4 | by donor, 1 | with a rule, 1 | random, 1 | not held |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
    e3_row "none" switch-plain
    e3_row "\`pre_hinge\`" switch-fire
    e3_row "\`causal\`" switch-causal
    e3_row "both" switch-both
    e3_row "\`causal\` against mode A (the neutral cue is no base)" switch-other
}

# ---- E4 ----

e4_row() { # LABEL NAME LABEL-BITS
    local facts=$((1000 * d * d / 1024))
    printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$(m "$2" trained.hit)" "$(m "$2" trained.far)" "$3" \
        "$(figure "$2" trained.information_bits | awk -v n=$facts '{print n * $1}' | mean 0)" "$(price tax-plain "$2" | mean 0)" \
        "$(share "$2" tax-plain | mean 1)"
}
e4() {
    local ratio facts=$((1000 * d * d / 1024)) lots
    lots=$(awk "BEGIN {print 1 * $facts}")
    echo "## E4: the price of selectivity"
    echo
    echo "What does a class cost a model that is full? $facts random facts of four tokens over 64 symbols, $((24 * facts)) bits; one block,"
    echo "width $((d / 2)), SOAP. Without a loss it memorizes $(result tax-plain memorized_bits | mean 0) bits: it is full. One neuron is trained to fire for a class."
    echo
    echo "- Label bits: n h₂(p), the entropy that an arbitrary class adds to the data."
    echo "- Obeyed: n times the information of firing about the class."
    echo "- Price: the memorized bits of the twin less those of the run, paired by seed."
    echo
    echo "| class, ratio | HIT | FAR | label bits | obeyed, bits | price, bits | price, % |"
    echo "|---|---|---|---|---|---|---|"
    for ratio in 0.1 0.3 0.6 1; do e4_row "arbitrary half, $ratio" tax-$ratio "$lots"; done
    e4_row "arbitrary half, 1, eight neurons" tax-units "$lots"
    e4_row "arbitrary eighth, 1" tax-share-0.125 "$(awk "BEGIN {printf \"%.0f\", $facts * 0.543564}")"
    e4_row "arbitrary 1/32, 1" tax-share-0.03125 "$(awk "BEGIN {printf \"%.0f\", $facts * 0.200622}")"
    for ratio in 0.1 1; do e4_row "marked half (the first symbol), $ratio" tax-marked-$ratio 0; done
}

# ---- E5, E6 ----

e5() {
    local moment a b
    echo "## E5: firing and reliance over training"
    echo
    echo "When do the neurons fire, and when does the model need them? The step size is constant, so a shorter run is the"
    echo "beginning of a longer one. Marked class of E1 at ratio 0.1: HIT and FAR on held-out facts; NEC, SPEC and those of random"
    echo "neurons, in bits a fact. Switch of E3, \`causal\` and \`pre_hinge\`: NEC, and flips of subjects without a rule."
    echo
    echo "| steps | HIT | FAR | recall | NEC | SPEC | random: NEC | SPEC | switch: HIT | NEC | random: NEC | flips |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for moment in $moments; do
        a=grow-marked-$moment b=grow-switch-$moment
        printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$(at "$moment")" "$(m "$a" heldout.hit)" "$(m "$a" heldout.far)" \
            "$(result "$a" recall | mean 2)" "$(m "$a" trained.zero_class_bits 2)" "$(m "$a" trained.zero_other_bits 2)" \
            "$(m "$a" random.trained.zero_class_bits 2)" "$(m "$a" random.trained.zero_other_bits 2)" "$(m "$b" trained.hit)" \
            "$(m "$b" trained.zero_class_bits 1)" "$(m "$b" random.trained.zero_class_bits 1)" "$(m "$b" trained.dose_1_tag_flip 2)"
    done
}
e6() {
    local class step end=$((2 * steps))
    echo "## E6: relaxation"
    echo
    echo "Do the neurons still fire without the rule? The rule ends after half of $end steps; the step size is constant. HIT and"
    echo "FAR are those of the training batches at the given steps. Kept: the same run with its rule to the end."
    echo
    echo "| class | | at the drop | $((end * 55 / 100)) | $((end * 65 / 100)) | $((end * 80 / 100)) | end | end, kept | NEC at the end | kept |"
    echo "|---|---|---|---|---|---|---|---|---|---|"
    for class in marked arbitrary; do
        for field in hit far; do
            printf '| %s | %s' $class "${field^^}"
            for step in $((end / 2)) $((end * 55 / 100)) $((end * 65 / 100)) $((end * 80 / 100)) $end; do
                printf ' | %s' "$(line drop-$class-0.5 "$step" $field | mean)"
            done
            printf ' | %s' "$(line drop-$class-1 "$end" $field | mean)"
            if [ $field = hit ]; then
                printf ' | %s | %s |\n' "$(m drop-$class-0.5 trained.zero_class_bits 2)" "$(m drop-$class-1 trained.zero_class_bits 2)"
            else
                printf ' | | |\n'
            fi
        done
    done
}

# ---- expectations ----

expectations() {
    local hit far auroc without
    hit=$(p marked-0.1 heldout.hit 4) far=$(p marked-0.1 heldout.far 5) auroc=$(p marked-0.1 heldout.auroc 4) without=$(p nonegatives heldout.far)
    local equal dead
    equal=$(paste <(result dead-post_mse param_hash) <(result dead-none param_hash) | awk '$1 == $2' | wc -l) dead=$(p dead-pre_hinge heldout.hit)
    local before_s before_p after_s after_p kept fired guess
    before_s=$(p route trained.class_recall) before_p=$(p route trained.other_recall)
    after_s=$(p route trained.zero_class_recall) after_p=$(p route trained.zero_other_recall) kept=$(p route-plain trained.zero_class_recall)
    guess=$(p guess trained.class_recall)
    local flip both random random_both base
    flip=$(p switch-causal trained.dose_1_tag_flip) both=$(p switch-both trained.dose_1_tag_flip)
    random=$(p switch-causal random.trained.dose_1_tag_flip) random_both=$(p switch-both random.trained.dose_1_tag_flip)
    base=$(p switch-causal trained.tag_flip_base)
    local lots
    lots=$(p arbitrary-1 heldout.auroc)
    echo "Values are means over seeds; \"holds\" refers to the mean."
    echo
    echo "| expectation | measured | |"
    echo "|---|---|---|"
    echo "| E1, marked class, held-out facts: HIT ≥ 0.95, FAR ≤ 0.05, AUROC ≥ 0.98 | $hit, $far, $auroc | $(holds "$hit >= 0.95 && $far <= 0.05 && $auroc >= 0.98") |"
    echo "| E1 without a negative side: FAR at least ten times as high | $without | $(holds "$without >= 10 * $far") |"
    echo "| E1, dead start: \`post_mse\` changes no weight | weights equal those without a loss in $equal of $n_seeds runs | $(holds "$equal == $n_seeds") |"
    echo "| E1, dead start: \`pre_hinge\`, HIT ≥ 0.95 | $dead | $(holds "$dead >= 0.95") |"
    echo "| E1, arbitrary class, held-out facts: AUROC 0.45 to 0.55 (4,096 facts, one fact in two of the class) | $lots; at ratio 0.1 $(p arbitrary-0.1 heldout.auroc) | $(holds "$lots >= 0.45 && $lots <= 0.55") |"
    echo "| E2: recall of both sets ≥ 0.95 before ablation | $before_s, $before_p; with the cue last $(p last trained.class_recall), $(p last trained.other_recall) | $(holds "$before_s >= 0.95 && $before_p >= 0.95") |"
    echo "| E2, ablated: recall of secret facts near chance (a model that never saw them guesses $guess of them) | $after_s; \`activations\` $(p route-gradients trained.zero_class_recall) | $(holds "$after_s <= $guess + 0.05") (within 0.05) |"
    echo "| E2, ablated: recall of the plain facts falls by ≤ 0.02 | $(awk "BEGIN {printf \"%.3f\", $before_p - $after_p}") | $(holds "$before_p - $after_p <= 0.02") |"
    fired=$(p route-fire trained.zero_class_recall)
    echo "| E2: without the rule, the same ablation leaves ≥ 0.5 more recall of secret facts | $(awk "BEGIN {printf \"%.3f\", $kept - $after_s}") more | $(holds "$kept - $after_s >= 0.5") |"
    echo "| E2: the same with the rule's loss but no route | $(awk "BEGIN {printf \"%.3f\", $fired - $after_s}") more | $(holds "$fired - $after_s >= 0.5") |"
    echo "| E3: causal training flips ≥ 0.8 of the answers of subjects without a rule | alone $(m switch-causal trained.dose_1_tag_flip), by donor $(m switch-causal trained.dose_1_donor_tag_flip); with \`pre_hinge\` added $(m switch-both trained.dose_1_tag_flip), $(m switch-both trained.dose_1_donor_tag_flip); \`pre_hinge\` alone $(m switch-fire trained.dose_1_tag_flip) | $(holds "$flip >= 0.8") alone, $(holds "$both >= 0.8") with \`pre_hinge\` |"
    echo "| E3: flips by random neurons ≤ 0.05 above the base | $(awk "BEGIN {printf \"%.3f, %.3f\", $random - $base, $random_both - $base}") | $(holds "$random - $base <= 0.05") alone, $(holds "$random_both - $base <= 0.05") with \`pre_hinge\` |"
}

notes() {
    local far without
    far=$(p marked-0.1 heldout.far 5) without=$(p nonegatives heldout.far)
    echo "1. *The loss becomes sparse.* True, but the cost is small: where one fact in 256 is of the class, HIT on held-out"
    echo "   facts is $(m class-256 heldout.hit); where one in four is, HIT is $(m class-4 heldout.hit). Each side has its own normalization."
    echo "   The hinge loss falls from $(line marked-0.1 1 loss | point 3) at the first step to $(line marked-0.1 "$steps" loss | point 5) at the last."
    echo "2. *Forced neurons fire regardless of the input.* Without a negative side: FAR $without. With one: $far."
    echo "3. *Inputs are arbitrary.* An arbitrary class is learned fact by fact if the loss is strong enough"
    echo "   (ratio 0.1: HIT $(p arbitrary-0.1 trained.hit 2), FAR $(p arbitrary-0.1 trained.far 2); ratio 1: $(p arbitrary-1 trained.hit 2), $(p arbitrary-1 trained.far 2)). It does not generalize to facts not seen"
    echo "   (AUROC $(m arbitrary-1 heldout.auroc)). It is expensive: it costs a full model $(price tax-plain tax-1 | mean 0) memorized bits for"
    echo "   $(figure tax-1 trained.information_bits | awk -v n=$((1000 * d * d / 1024)) '{print n * $1}' | point 0) label bits obeyed; a marked class costs $(price tax-plain tax-marked-1 | mean 0) bits."
    echo "   Both depend on the training and on the size ([price](price-quick.md))."
    echo "4. *A layer affects all nodes.* A linear probe of the layer without the eight neurons separates an arbitrary class"
    echo "   with AUROC $(p arbitrary-1 trained.leak_without) ($(p arbitrary-local trained.leak_without) if the loss stays local, $(p plain-arbitrary trained.leak_without) without it): the whole layer learns the class"
    echo "   for which eight neurons are trained. Which neurons the model needs is a separate question: zeroing the eight costs"
    echo "   the marked class $(m marked-0.1 trained.zero_class_bits 2) bits a fact and the other facts $(m marked-0.1 trained.zero_other_bits 2); zeroing random ones costs both"
    echo "   ($(m marked-0.1 random.trained.zero_class_bits 2), $(m marked-0.1 random.trained.zero_other_bits 2))."
    echo "5. *Silent neurons contribute nothing.* A ReLU that never fires contributes exactly nothing ($(p dead-none trained.zero_class_bits 3) bits a fact,"
    echo "   for eight neurons that start dead). In this model no neuron becomes silent by itself: the eight most silent ones fire at"
    echo "   $(p silent-relu-plain trained.hit 2) (ReLU) and $(p silent-gelu-plain trained.hit 2) (GELU) of the trained facts' tokens of the class, and zeroing them costs"
    echo "   $(m silent-relu-plain trained.zero_class_bits 1) and $(m silent-gelu-plain trained.zero_class_bits 1) bits a fact. Forcing them is not cheaper than forcing random ones: the model memorizes"
    echo "   $(result silent-gelu memorized_bits | mean 0) and $(result random-gelu memorized_bits | mean 0) bits (GELU), $(result silent-relu memorized_bits | mean 0) and $(result random-relu memorized_bits | mean 0) (ReLU)."
    echo "   In a larger model (L4 d64) the most silent ones cost almost nothing ([price](price-quick.md))."
    echo "6. *The output isn't significant.* Neurons that fire need not decide the answer: those trained by \`pre_hinge\` are needed"
    echo "   (zeroing those of E3 costs $(m switch-fire trained.zero_class_bits 1) bits a fact), but held at their values of mode B they flip only"
    echo "   $(m switch-fire trained.dose_1_tag_flip) of the answers of subjects without a rule. Causal training makes them decide it: alone it flips"
    echo "   $(m switch-causal trained.dose_1_tag_flip), though its neurons fire as often under the neutral cue (HIT $(p switch-causal trained.hit 2), FAR $(p switch-causal trained.far 2)); with"
    echo "   \`pre_hinge\` added, $(m switch-both trained.dose_1_tag_flip)."
}

{
    echo "# Neurons trained to fire for a class of facts, $form form"
    echo
    echo "A neuron rule trains chosen neurons to fire for the facts of a class. This page measures whether they do, what the"
    echo "model uses them for, and the price in memorized bits."
    echo
    echo "Made by \`scripts/reproduce_neurons.sh --$form\`; any machine reproduces every digit. Values are means over seeds"
    echo "$seeds (facts, weights, random classes), ± half of the 95 % interval (Student's t)."
    echo "Formulas: [rules](../math.md#neuron-rules), [measures](../math.md#what-rules-did)."
    echo "Nobody has published the cost of such a loss in bits. Nearest work: gradient routing (2410.04332), selective"
    echo "gradient masking (2512.05648), interchange interventions (2112.00826)."
    echo
    echo "## Expectations and results"
    echo
    expectations
    echo
    echo "## Six claims about the idea, each measured"
    echo
    notes
    for part in e1 e2 e3 e4 e5 e6; do
        echo
        $part
    done
    reproduce_runs_footer
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
