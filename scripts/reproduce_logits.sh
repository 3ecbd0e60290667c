#!/usr/bin/env bash
# What do logits look like beside a normal law, what is determined by what, and can one see from the logits alone whether a model
# knows? The five questions of docs/results/logits-quick.md. Measures: docs/math.md, "Logits".
#   scripts/reproduce_logits.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost: 6 P operations a token, P = 27,648 (random facts) and 59,648 (triples). Three loads, three seeds, 1,000 steps of 1,024
# tokens, and six lengths of training; full: five seeds, four times the steps. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
# shellcheck source=scripts/reproduce_queue.sh
. scripts/reproduce_queue.sh
seeds="0 1 2" times=1
[ "$form" = quick ] || seeds="0 1 2 3 4" times=4

model=(model.n_embd=32 model.n_head=2 train.batch_size=256 train.learning_rate=0.005 train.threads=1)
random=(facts.vocab_size=64 facts.seq_len=4 facts.heldout=400)
loads="500 2000 8000" lengths="25 50 100 200 400 800"
for n in $loads; do arm "load-$n" model.n_layer=2 "${model[@]}" "${random[@]}" facts.n="$n" train.max_steps=$((1000 * times)); done
arm triples model.n_layer=2 "${model[@]}" facts.kind=triples facts.n=600 facts.objects=64 facts.heldout=400 train.max_steps=$((1200 * times))
for steps in $lengths; do
    arm "train-$steps" model.n_layer=2 "${model[@]}" "${random[@]}" facts.n=500 train.schedule=constant train.max_steps=$((steps * times))
done
run_queue train

# `rote logits` of runs, as a list of paths and numbers: NAME SEED RUN... -- OPTIONS
look() {
    local to=$out/$1-$2.logits runs=() i seed=$2
    shift 2
    while [ "$1" != -- ]; do runs+=("$out/$1") && shift; done
    shift
    for i in "${runs[@]}"; do [ -e "$i/DONE" ] || { echo "$i did not end" >&2 && exit 1; }; done
    [ "$to" -nt "$rote" ] && [ "$to" -nt "${runs[0]}/DONE" ] && return
    "$rote" logits "${runs[@]}" --seed "$seed" --json "$@" >"$to.json" || exit 1
    flatten <"$to.json" >"$to"
}
for seed in $seeds; do
    next=$(((seed + 1) % $(wc -w <<<"$seeds")))
    last=$(((seed + 2) % $(wc -w <<<"$seeds")))
    for n in $loads; do
        look "load-$n" "$seed" "load-$n-$seed" "load-$n-$next" "load-$n-$last" -- --csv "$out/load-$n-$seed.csv" --force
        for l in 0 1; do look "load-$n-at$l" "$seed" "load-$n-$seed" -- --layer $l; done
    done
    look triples "$seed" "triples-$seed" "triples-$next" "triples-$last" --
    for l in 0 1; do look "triples-at$l" "$seed" "triples-$seed" -- --layer $l; done
    # the longest first: its classes hold for all
    runs=()
    for steps in $lengths; do runs=("train-$steps-$seed" "${runs[@]}"); done
    look train "$seed" "${runs[@]}" -- --checkpoints
done

# ---- figures: one number for each seed ----

of() { # NAME CLASS FIGURE
    for seed in $seeds; do
        awk -v c="\"$2\"" -v key="classes.figures.$3.mean" '$1 == "classes.class" {is = $2 == c} is && $1 == key && $2 != "null" {print $2}' "$out/$1-$seed.logits"
    done
}
inputs() { # NAME CLASS
    for seed in $seeds; do awk -v c="\"$2\"" '$1 == "classes.class" {is = $2 == c} is && $1 == "classes.inputs" {print $2}' "$out/$1-$seed.logits"; done
}
pair() { # NAME A B PATH
    for seed in $seeds; do
        awk -v a="\"$2\"" -v b="\"$3\"" -v key="pairs.$4" '$1 == "pairs.a" {x = $2} $1 == "pairs.b" {y = $2}
            x == a && y == b && $1 == key && $2 != "null" {print $2}' "$out/$1-$seed.logits"
    done
}
plain() { # NAME PATH
    for seed in $seeds; do awk -v key="$2" '$1 == key && $2 != "null" {print $2}' "$out/$1-$seed.logits"; done
}
step() { # STEPS CLASS FIGURE
    for seed in $seeds; do
        awk -v c="\"$2\"" -v key="checkpoints.classes.figures.$3.mean" -v steps="$1" '$1 == "checkpoints.step" {at = $2 == steps}
            $1 == "checkpoints.classes.class" {is = $2 == c} at && is && $1 == key && $2 != "null" {print $2}' "$out/train-$seed.logits"
    done
}
mass() { # NAME CLASS NUMBER (of 1, 2, 4, ..): from the JSON
    for seed in $seeds; do
        awk -v c="$2" -v want="$3" '/"class": / {is = index($0, "\"" c "\"") > 0} /"top_mass": \[/ {at = 0; inside = 1; next}
            inside && /\]/ {inside = 0} inside && is && at++ == want {gsub(/[ ,]/, ""); print; exit}' "$out/$1-$seed.logits.json"
    done
}
null_mass() { "$rote" logits --null "V=$1" "s=$2" "k=$3" draws=16 --json | flatten | awk -v k="top.$4" '$1 == k {print $2}'; } # V s k KEY
percent() { awk '{print 100 * $1}' | mean 1; }
far() { awk '{x = $1 < .5 ? 1 - $1 : $1; print x}'; } # an AUC, whichever side is larger

# Among the confident (p1 above .9): AUC of a column of the CSV, memorized against unseen; and how many unseen ones there are.
confident() { # NAME COLUMN | share
    for seed in $seeds; do
        awk -F, -v want="$2" 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
            $1 == "\"unseen\"" {unseen++}
            $at["p1"] > .9 && $1 == "\"memorized\"" {print "1 " $at[want]; m++}
            $at["p1"] > .9 && $1 == "\"unseen\"" {print "0 " $at[want]; u++}
            END {print u / unseen > "/dev/stderr"}' "$out/$1-$seed.csv" 2>"$out/.share" | sort -g -k 2 >"$out/.ranked"
        if [ "$2" = share ]; then cat "$out/.share"; else
            awk '$1 == 0 {below++; u++} $1 == 1 {sum += below; m++} END {if (u && m) print sum / u / m}' "$out/.ranked"
        fi
    done
}
null_row() { # V
    local s k row="| $1"
    for s in 0.5 1 2 3 4; do
        for k in 1 10; do
            row="$row | $("$rote" logits --null "V=$1" s=$s k=$k draws=16 --json | flatten |
                awk '$1 == "top.mass" {m = $2} $1 == "top.mass_formula_error" {e = $2} END {printf "%s%+.0f %%", (e / m < .03 && e / m > -.03) ? "**" : "", 100 * e / m; if (e / m < .03 && e / m > -.03) printf "**"}')"
        done
    done
    echo "$row |"
}
class_row() { # NAME CLASS
    [ -n "$(inputs "$1" "$2")" ] || return 0
    printf '| %s | %s | %s |' "$1" "$2" "$(inputs "$1" "$2" | point 0)"
    for f in kstar outlier sigma skew excess_kurtosis anderson_darling_p entropy p1 margin; do printf ' %s |' "$(of "$1" "$2" $f | point 2)"; done
    echo
}
auc_row() { # NAME
    printf '| %s |' "$1"
    for f in loss min_k_pp kstar outlier margin p1 entropy sigma; do printf ' %s |' "$(pair "$1" memorized unseen "figures.$f.auc" | far | mean 3)"; done
    printf ' %s |' "$(pair "$1" memorized unseen pattern.auc | mean 3)"
    printf ' %s |\n' "$(pair "$1" memorized unseen pattern_permuted.auc | mean 3)"
}
{
    echo "# What the logits look like, $form form"
    echo
    echo "Two layers, width 32. *load-N*: N random facts of four tokens over 64 symbols (no symbol is new in an unseen fact). *triples*:"
    echo "600 facts (subject, relation, object) of 600 subjects; the subjects of unseen facts were never trained. Rows are those that"
    echo "predict the answer's first token. Values are means over seeds $seeds of the weights, ± half of the 95 % interval (Student's t)."
    echo "\`rote logits RUN\` gives every figure of this page for any run."
    echo
    u() { of "$1" unseen "$2" | point "${3:-2}"; }
    m() { of "$1" memorized "$2" | point "${3:-2}"; }
    a() { pair "$1" memorized unseen "$2" | far | mean 2; }
    echo "## What holds where"
    echo
    echo "1. *The limit of the top k.* It is the exact law of V normal logits; the formula in use is not. At V 151,936 and s 2 the"
    echo "   formula is still $(null_mass 151936 2 1 mass_formula | point 3) for $(null_mass 151936 2 1 mass | point 3) at k 1; it is within 3 % only for k 10 and more and s up to 1 (2 from V 32,000)."
    echo "   **A surprise:** the answer to a question that the model never saw has the confidence of noise. At load-2000 p1 of unseen"
    echo "   facts is $(u load-2000 p1 3), 64 independent normal logits of the same σ give $(null_mass 64 "$(u load-2000 sigma 3)" 1 mass | point 3) (load-500: $(u load-500 p1 3) and"
    echo "   $(null_mass 64 "$(u load-500 sigma 3)" 1 mass | point 3); load-8000: $(u load-8000 p1 3) and $(null_mass 64 "$(u load-8000 sigma 3)" 1 mass | point 3)). So most of what makes a wrong answer sound"
    echo "   sure is that σ is large, which training sets for all inputs alike, and not that the model takes it for known."
    echo "2. *How far from normal.* On random facts hardly at all: AD p is $(u load-2000 anderson_darling_p) for unseen, $(m load-2000 anderson_darling_p) for memorized facts at load-2000."
    echo "   Knowledge shows in one logit: k\* is $(m load-500 kstar) below capacity, $(m load-2000 kstar) at it. A model that is full has no room to let"
    echo "   the answer stand out: it wins by a small gap within the normal. With a vocabulary whose symbols play roles (triples) rows"
    echo "   are far from normal for every class (kurtosis $(m triples excess_kurtosis 0)): the objects stand out together."
    echo "3. *What determines a logit.* Input and seed: $(plain load-2000 variance.input.share | percent) and $(plain load-2000 variance.seed.share | percent) % at load-2000; the token alone $(plain load-2000 variance.token.share | percent) %, the class nothing."
    echo "   No linear pattern of the logits names the class of random facts (AUC $(pair load-2000 memorized unseen pattern.auc | mean 2), as with permuted labels);"
    echo "   in triples it does ($(pair triples memorized unseen pattern.auc | mean 2)). The identities hold to rounding in every run, and logits of another seed fail them."
    echo "4. *Knowing from the logits alone.* By the margin $(a load-500 figures.margin.auc) (load-500), $(a load-2000 figures.margin.auc) (load-2000), $(a load-8000 figures.margin.auc) (load-8000), where"
    echo "   the loss, which needs the answer, has $(a load-500 figures.loss.auc), $(a load-2000 figures.loss.auc), $(a load-8000 figures.loss.auc) (the last by selection, see the control). Margin, p1 and entropy say the same; k\* and the"
    echo "   outlier's distance say less, σ nothing."
    echo "5. *When.* Loss falls first, then recall comes, and only then k\* rises: the answer is right in $(step $((200 * times)) memorized right | percent) % of rows while k\\* is"
    echo "   $(step $((200 * times)) memorized kstar | point 2), and goes on to leave the normal after all is right. By layer it is the last block that does it; the"
    echo "   stream before the first block puts the input token itself far out (tied head)."
    echo
    echo "## 1. What would normal logits give?"
    echo
    echo "Error of the large-V formula M(k) = Φ(s − Φ⁻¹(1 − k/V)) for the mass of the top k, in per cent of the exact mass"
    echo "(\`rote logits --null\`); within 3 % in bold. The control is simulation: tests/test_null.c."
    echo
    echo "| V | s .5, k 1 | k 10 | s 1, k 1 | k 10 | s 2, k 1 | k 10 | s 3, k 1 | k 10 | s 4, k 1 | k 10 |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|"
    for V in 64 256 1024 4096 32000 151936; do null_row $V; done
    echo
    echo "Beside a trained model, at its own σ: mass of the top k of memorized and of unseen facts, the exact law, and the formula."
    echo
    echo "| run | k | memorized | unseen | normal, exact | formula |"
    echo "|---|---|---|---|---|---|"
    for n in $loads; do
        s=$(of "load-$n" memorized sigma | point 3)
        for at in 0 1 3 5; do
            k=$((1 << at))
            printf '| load-%s, σ %s | %s | %s | %s | %.3f | %.3f |\n' "$n" "$s" $k "$(mass "load-$n" memorized $at | mean 3)" \
                "$(mass "load-$n" unseen $at | mean 3)" "$(null_mass 64 "$s" $k mass)" "$(null_mass 64 "$s" $k mass_formula)"
        done
    done
    echo
    echo "## 2. How far from normal is a model, and where?"
    echo
    echo "Means over the inputs of a class. k\*: logits that stand out of the normal; outlier: distance of the largest from the bulk in its"
    echo "σ; AD p: mean p of Anderson and Darling's test (.5 where rows are normal). Noise has k\* .05 and, at V 64, an outlier of 2.34."
    echo
    echo "| run | class | inputs | k\* | outlier | σ | skew | kurtosis | AD p | entropy | p1 | margin |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for name in $(for n in $loads; do echo "load-$n"; done) triples; do
        for class in memorized forgotten unseen wrong_type random; do class_row "$name" $class; done
    done
    echo
    echo "## 3. What is determined, by what?"
    echo
    echo "Shares of a logit's variance over inputs and three seeds, in per cent, and the identities of the head."
    echo
    echo "| run | token | class | position | input | seed | rank, of expected | least gap | ellipsoid | another seed's logits: residual |"
    echo "|---|---|---|---|---|---|---|---|---|---|"
    for name in $(for n in $loads; do echo "load-$n"; done) triples; do
        printf '| %s |' "$name"
        for part in token class position input seed; do printf ' %s |' "$(plain "$name" "variance.$part.share" | percent)"; done
        printf ' %s of %s | %.1e | %.0e | %s |\n' "$(plain "$name" identities.rank | point 0)" "$(plain "$name" identities.rank_expected | point 0)" \
            "$(plain "$name" identities.gap | sort -g | head -n 1)" "$(plain "$name" identities.ellipsoid_error | sort -g | tail -n 1)" \
            "$(plain "$name" identities.other_residual | mean 2)"
    done
    echo
    echo "Tokens in the top 10 of every row of a class: $(plain load-500 always_top_10.memorized | point 1) of memorized facts (load-500),"
    echo "$(plain triples always_top_10.memorized | point 1) of memorized, $(plain triples always_top_10.unseen | point 1) of unseen facts (triples)."
    echo
    echo "AUC of a linear pattern of the logits by class pair, on inputs it was not learned from; in brackets with permuted labels."
    echo
    echo "| run | memorized, forgotten | memorized, unseen | memorized, wrong type | memorized, random | unseen, random |"
    echo "|---|---|---|---|---|---|"
    for name in $(for n in $loads; do echo "load-$n"; done) triples; do
        printf '| %s |' "$name"
        for two in "memorized forgotten" "memorized unseen" "memorized wrong_type" "memorized random" "unseen random"; do
            # shellcheck disable=SC2086 # two words
            printf ' %s (%s) |' "$(pair "$name" $two pattern.auc | mean 3)" "$(pair "$name" $two pattern_permuted.auc | mean 3)"
        done
        echo
    done
    echo
    echo "## 4. Can one see from the logits alone whether the model knows?"
    echo
    echo "AUC of memorized against unseen, on the better side (1 − AUC below .5). Loss and Min-K%++ need the right answer; the others see"
    echo "the logits alone. The pattern and its control are those of question 3."
    echo
    echo "| run | loss | Min-K%++ | k\* | outlier | margin | p1 | entropy | σ | pattern | permuted |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|"
    for name in $(for n in $loads; do echo "load-$n"; done) triples; do auc_row "$name"; done
    echo
    echo "Control: facts are called memorized because they are recalled, which selects a low loss. Trained facts that are not recalled"
    echo "against unseen ones, by the loss: $(pair load-2000 forgotten unseen figures.loss.auc | far | mean 3) (load-2000), $(pair load-8000 forgotten unseen figures.loss.auc | far | mean 3) (load-8000)."
    echo
    echo "Wrong answers with confidence: among the rows with p1 above .9, AUC of memorized against unseen by what is left."
    echo
    echo "| run | unseen with p1 > .9, % | outlier | margin | entropy | loss |"
    echo "|---|---|---|---|---|---|"
    for n in 500 2000; do
        printf '| load-%s | %s |' $n "$(confident "load-$n" share | percent)"
        for f in outlier margin entropy loss; do printf ' %s |' "$(confident "load-$n" $f | far | mean 3)"; done
        echo
    done
    echo
    echo "Membership by loss and by LiRA over many loads: [membership](membership-quick.md)."
    echo
    echo "## 5. When does it become so?"
    echo
    echo "500 random facts, constant learning rate; the facts are those that the longest training recalls. Runs of other lengths are its"
    echo "earlier states, bit for bit."
    echo
    echo "| steps | loss | right | k\* | outlier | σ | entropy | margin | unseen: loss | k\* | outlier | margin |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for steps in $lengths; do
        steps=$((steps * times))
        printf '| %s |' "$steps"
        for f in loss right kstar outlier sigma entropy margin; do printf ' %s |' "$(step $steps memorized $f | mean 2)"; done
        for f in loss kstar outlier margin; do printf ' %s |' "$(step $steps unseen $f | mean 2)"; done
        echo
    done
    echo
    echo "By layer (logit lens), memorized facts:"
    echo
    echo "| run | blocks | right | k\* | outlier | entropy | margin | AUC of the margin against unseen |"
    echo "|---|---|---|---|---|---|---|---|"
    for name in $(for n in $loads; do echo "load-$n"; done) triples; do
        for l in -at0 -at1 ''; do
            printf '| %s | %s |' "$name" "$(case $l in -at0) echo 0 ;; -at1) echo 1 ;; *) echo 2 ;; esac)"
            for f in right kstar outlier entropy margin; do printf ' %s |' "$(of "$name$l" memorized $f | mean 2)"; done
            printf ' %s |\n' "$(pair "$name$l" memorized unseen figures.margin.auc | mean 3)"
        done
    done
    reproduce_runs_footer
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
