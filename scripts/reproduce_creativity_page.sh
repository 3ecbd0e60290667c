# shellcheck shell=bash disable=SC2016,SC2154 # Markdown backquotes; variables and functions of the script that sources this
# Writes the page of reproduce_creativity.sh from what was measured. Sourced.

# ---- figures ----
declare -A column=([coherence]=2 [memorized]=3 [novel]=4 [cr]=5 [ratio]=9 [entropy]=10 [distinct]=11 [vendi]=12)
value() { # NAME TABLE CHAIN FIGURE: one number for each seed
    local seed
    for seed in $seeds; do awk -v chain="$3" -v column="${column[$4]}" '{sub("/", " ", $NF); $0 = $0} $1 == chain && $column != "-" {print $column}' "$out/$1-$seed.$2"; done
}
v() { value "$@" | mean 2; }
p() { value "$@" | point 2; }
# Of what --by run printed: one number for each seed.
declare -A field=([bits]=4 [share]=6 [coherence]=7 [memorized]=8 [cr]=9 [ratio]=10)
run_value() { # NAME TABLE FIGURE
    local seed
    for seed in $seeds; do awk -v column="${field[$3]}" 'NR == 2 {print $column}' "$out/$1-$seed.$2"; done
}
r() { run_value "$@" | mean 2; }
run_row() { # LABEL NAME TABLE
    printf '| %s | %s | %s | %s | %s |\n' "$1" "$(run_value "$2" "$3" bits | mean 0)" "$(r "$2" "$3" coherence)" "$(r "$2" "$3" memorized)" "$(r "$2" "$3" ratio)"
}
best_of() { # OPTIMIZER-RATE: the step whose mean cr/cr* is largest
    local step
    for step in $opt_steps; do echo "$(run_value "opt-$1-$step" none ratio | point 4) $step"; done | sort -g | tail -n 1 | cut -d' ' -f2
}
picture() { printf '![%s](%s-%s.svg)\n' "$2" "$(basename "${page%.md}")" "$1"; } # LABEL DESCRIPTION
best_step() { # WIDTH: the step whose mean cr is largest
    local step
    for step in $steps; do echo "$(value "siblings-$1-$step" plain '(none)' cr | point 4) $step"; done | sort -g | tail -n 1 | cut -d' ' -f2
}
# Area of what the points of a table dominate in the plane (coherence, cr/cr*): one number for each seed.
area() { # NAME TABLE
    local seed
    for seed in $seeds; do
        awk 'NR > 2 {print $2, $9}' "$out/$1-$seed.$2" | sort -k1,1gr -k2,2gr |
            awk 'NR == 1 {right = $1} $2 > top {sum += $1 * ($2 - top); top = $2} END {printf "%.4f\n", sum}'
    done
}
# The chain of a table with the largest mean cr among the first half of the seeds, and its cr on the others.
tuned() { # NAME TABLE
    local half=$((($(wc -w <<<"$seeds")) / 2)) all=$seeds chain
    seeds=$(cut -d' ' -f1-$half <<<"$all")
    chain=$(for chain in $(awk 'NR > 2 {print $1}' "$out/$1-0.$2"); do echo "$(value "$1" "$2" "$chain" cr | point 4) $chain"; done | sort -g | tail -n 1 | cut -d' ' -f2)
    seeds=$(cut -d' ' -f$((half + 1))- <<<"$all")
    printf '`%s` | %s | %s | %s' "$chain" "$(v "$1" "$2" "$chain" ratio)" "$(v "$1" "$2" "$chain" coherence)" "$(p "$1" "$2" "$chain" entropy)"
    seeds=$all
}
paired() { # NAME TABLE: area less that of temperature, paired by seed
    minus <(area "$1" "$2") <(area "$1" temperature) | mean 3
}
# Whether the areas of two tables differ by more than chance, paired by seed: Student's test at 5 %.
verdict() { # NAME TABLE TABLE
    minus <(area "$1" "$2") <(area "$1" "$3") | awk '
        {n++; s += $1; q += $1 * $1}
        END {
            split("12.706 4.303 3.182 2.776 2.571 2.447 2.365", t, " ")
            m = s / n; e = t[n - 1] * sqrt((q > n * m * m ? q - n * m * m : 0) / (n - 1) / n)
            if (m - e > 0) print "better"; else if (m + e < 0) print "worse"; else print "no difference" }'
}
control() { # how many pairs of runs of one sampler, which differ in their draws only, come out as no difference
    local a b same=0 all=0
    for a in 1 2 3 4 5 6 7 8; do for ((b = a + 1; b <= 8; b++)); do
        all=$((all + 1))
        [ "$(verdict $early "draw$a" "draw$b")" = "no difference" ] && same=$((same + 1))
    done; done
    echo "$same of $all"
}
# The chain of a table with the largest mean of a figure.
best_chain() { # NAME TABLE FIGURE
    local chain
    for chain in $(awk 'NR > 2 {print $1}' "$out/$1-0.$2"); do echo "$(value "$1" "$2" "$chain" "$3" | point 4) $chain"; done | sort -g | tail -n 1 | cut -d' ' -f2
}
{
    echo "# Does cutting the logits make a model creative, or only varied? ($form form)"
    echo
    echo "Tasks whose valid samples are all known: a model sees some and is to find others. Coherence: the share of samples that are"
    echo "valid. cr: different samples that are valid and were not trained, over all samples; cr\\*: what uniform draws among all valid"
    echo "samples reach. Sequences that say the same count as one ([tasks](../formats.md), [measures](../math.md#creativity))."
    echo "Values are means over seeds $seeds (facts and weights), ± half of the 95 % interval (Student's t); 1,000 samples each."
    echo
    echo "## Findings"
    echo
    back=$(best_chain $memorizer flat cr) typical=$(best_chain $early typical_p cr) on=10-300 muon=muon-0.01
    echo "1. By itself, more k or more temperature is more variance. On a memorizing model (width 64, 1,500 steps; cr/cr\\* $(v $memorizer plain '(none)' ratio)), no k and no"
    echo "   temperature up to 3 passes $(for T in ${temperatures//,/ }; do p $memorizer wide temperature=$T ratio; done | sort -g | tail -n 1); on width 32 top-k 8, 64 and 256 reach $(p $late k top_k=8 ratio), $(p $late k top_k=64 ratio) and $(p $late k top_k=256 ratio)."
    echo "2. Cutting at the gap between the logits and *then* giving the rest nearly equal probabilities makes the memorizing model invent again: \`$back\` reaches"
    echo "   cr/cr\\* $(v $memorizer flat "$back" ratio) at coherence $(v $memorizer flat "$back" coherence), against $(v "siblings-64-$(best_step 64)" plain '(none)' ratio) at its best step in training ($(best_step 64)), T 1. It never forgot what is valid."
    echo "3. What the plain model invents is decided by training: over memorized bits per bit of the split, all widths lie on one curve, which peaks at 0"
    echo "   ([below](#one-curve-for-all-widths)). Stopping there (\`train.stop_memorized=1e-9\`, which does not look at cr) gives cr $(for width in $widths; do echo "$(p "stopped-$width" plain '(none)' cr) ($(p "siblings-$width-$(best_step "$width")" plain '(none)' cr) at the best step of width $width)"; done | paste -sd, | sed 's/,/, /g')."
    echo "4. Both together are nearly ideal: stopped there, width 64 under \`$flat\` has coherence $(v stopped-64 flat "$flat" coherence) and cr/cr\\* $(v stopped-64 flat "$flat" ratio), every width at least"
    echo "   $(for width in $widths; do p "stopped-$width" flat "$flat" coherence; done | sort -g | head -n 1) and $(for width in $widths; do p "stopped-$width" flat "$flat" ratio; done | sort -g | head -n 1). The optimizer decides, too: the peak at T 1 is $(r "opt-$muon-$(best_of $muon)" none ratio) with Muon, $(r "opt-adamw-0.003-$(best_of adamw-0.003)" none ratio) with AdamW and $(r "opt-soap-0.003-$(best_of soap-0.003)" none ratio) with SOAP, which memorizes before it has the rule."
    echo "5. To forget is not to invent: noise, silenced neurons and fewer bits per weight take the memorized bits away, but cr/cr\\* stays at most"
    echo "   $(for edit in $edits; do run_value $memorizer "$edit" ratio | point 2; done | sort -g | tail -n 1). Training on with weight decay does better: $(r on-$on none ratio) at coherence $(r on-$on none coherence) after ${on#*-} steps. Random prefixes with"
    echo "   greedy decoding (width 64, 1,500 steps) give cr/cr\\* $(v fresh-3-64 chains temperature=0 ratio) where each exposure has others, and $(v fixed-3-64 chains temperature=0 ratio) where each example keeps its own: more than T 0.5 in the model with others"
    echo "   ($(v fresh-3-64 chains temperature=0.5 ratio), though with less entropy), less than T 1 in either ($(v fresh-3-64 chains temperature=1 ratio) and $(v fixed-3-64 chains temperature=1 ratio)). After 6,000 steps greedy decoding invents nearly as much as T 1: $(v fixed-3-64-long chains temperature=0 ratio) and $(v fixed-3-64-long chains temperature=1 ratio)."
    echo
    picture late "Coherence and cr/cr* of the memorizing model: temperature and top-k stay at the bottom, a cut with a flat temperature rises"
    echo
    echo "Width 64 after 1,500 steps. A curve is a sampler, a point a setting, dashed the frontier; the ideal is in the corner."
    echo
    echo "## One curve for all widths"
    echo
    picture split "cr/cr* against memorized bits per bit of the split, a line for each width: all fall on one curve"
    echo
    echo "The split is what tells the T trained classes from all M valid ones: M H₂(T/M) = $(awk 'NR == 2 {print $5}' "$out/split.text") bits. Bars: 95 % intervals over the seeds;"
    echo "triangles without a line: runs that \`train.stop_memorized\` stopped. Models below −0.5 have not learned their symbols and are left out."
    echo
    echo "## Width and training (siblings, 8 parents with 32 children, a quarter of all pairs trained; T 1)"
    echo
    echo "| width, parameters | steps | coherence | memorized | cr | cr/cr\\* | memorized bits |"
    echo "|---|---|---|---|---|---|---|"
    for width in $widths; do for step in $steps; do
        at=siblings-$width-$step
        printf '| %s, %s | %s | %s | %s | %s | %s | %s |\n' "$width" "$(result "$at" params | head -n 1)" "$step" "$(v "$at" plain '(none)' coherence)" \
            "$(v "$at" plain '(none)' memorized)" "$(v "$at" plain '(none)' cr)" "$(v "$at" plain '(none)' ratio)" "$(result "$at" memorized_bits | mean 0)"
    done; done
    echo
    echo "## k and temperature (width 32)"
    echo
    echo "| chain | after 200 steps: coherence | cr/cr\\* | entropy, bits | after 1,500 steps: coherence | cr/cr\\* | entropy, bits |"
    echo "|---|---|---|---|---|---|---|"
    for k in 1 2 4 8 16 32 64 128 256; do
        printf '| `top_k=%s` |' $k
        for model in $early $late; do printf ' %s | %s | %s |' "$(v $model k top_k=$k coherence)" "$(v $model k top_k=$k ratio)" "$(p $model k top_k=$k entropy)"; done
        echo
    done
    for T in ${temperatures//,/ }; do
        printf '| `temperature=%s` |' "$T"
        for model in $early $late; do printf ' %s | %s | %s |' "$(v $model wide "temperature=$T" coherence)" "$(v $model wide "temperature=$T" ratio)" "$(p $model wide "temperature=$T" entropy)"; done
        echo
    done
    echo
    echo "## A memorizing model brought back"
    echo
    echo "After 1,500 steps: first a cut by the shape of the logits, then a temperature that makes what is left nearly even (1000: even). The"
    echo "best step of the same model in training, at T 1: width 32 $(v "siblings-32-$(best_step 32)" plain '(none)' ratio), width 64 $(v "siblings-64-$(best_step 64)" plain '(none)' ratio)."
    echo
    echo "| chain | width 32: coherence | memorized | cr/cr\\* | width 64: coherence | memorized | cr/cr\\* |"
    echo "|---|---|---|---|---|---|---|"
    for table in flat floor stands; do for chain in $(awk 'NR > 2 {print $1}' "$out/siblings-32-1500-0.$table"); do
        printf '| `%s` |' "$chain"
        for width in 32 64; do printf ' %s | %s | %s |' "$(v siblings-$width-1500 $table "$chain" coherence)" "$(v siblings-$width-1500 $table "$chain" memorized)" "$(v siblings-$width-1500 $table "$chain" ratio)"; done
        echo
    done; done
    echo
    echo "## Other ways to bring a memorizing model back"
    echo
    echo "Width 64 after 1,500 steps, T 1. Edits of the weights (\`rote creativity --edit\`): noise in units of each tensor's root mean square,"
    echo "a share of the MLP's neurons silenced, weights rounded to a format. Training on: with decoupled weight decay at the same rate. Half of"
    echo "the peak is $(run_value "opt-adamw-0.003-$(best_of adamw-0.003)" none ratio | awk '{s += $1} END {printf "%.2f", s / NR / 2}')."
    echo
    echo "| what | memorized bits | coherence | memorized | cr/cr\\* |"
    echo "|---|---|---|---|---|"
    run_row nothing $memorizer none
    for edit in $edits; do run_row "\`$edit\`" $memorizer "$edit"; done
    for on in $ons; do run_row "${on#*-} steps on, weight decay ${on%-*}" "on-$on" none; done
    for decay in $decays; do run_row "trained anew for 1,500 steps with weight decay $decay" "decay-$decay" none; done
    echo
    echo "## The peak by optimizer (width 64, 20 steps of warm-up, T 1)"
    echo
    echo "| optimizer, rate | $(sed 's/ / | /g' <<<"$opt_steps") | coherence at the best | memorized bits |"
    echo "|---|$(sed 's/[0-9]* */---|/g' <<<"$opt_steps ")---|---|"
    for optimizer in $optimizers; do
        printf '| %s |' "${optimizer//-/, }"
        for step in $opt_steps; do printf ' %s |' "$(r "opt-$optimizer-$step" none ratio)"; done
        best=$(best_of "$optimizer")
        printf ' %s | %s |\n' "$(r "opt-$optimizer-$best" none coherence)" "$(run_value "opt-$optimizer-$best" none bits | mean 0)"
    done
    echo
    echo "cr/cr\\* after so many steps."
    echo
    echo "## Stopping where memorizing begins"
    echo
    echo "| width | stopped at step | coherence | cr | cr at the best of the steps above | \`$flat\`: coherence | cr/cr\\* |"
    echo "|---|---|---|---|---|---|---|"
    for width in $widths; do
        printf '| %s | %s | %s | %s | %s (step %s) | %s | %s |\n' "$width" "$(result "stopped-$width" steps | mean 0)" "$(v "stopped-$width" plain '(none)' coherence)" \
            "$(v "stopped-$width" plain '(none)' cr)" "$(v "siblings-$width-$(best_step "$width")" plain '(none)' cr)" "$(best_step "$width")" \
            "$(v "stopped-$width" flat "$flat" coherence)" "$(v "stopped-$width" flat "$flat" ratio)"
    done
    echo
    echo "## Samplers"
    echo
    echo "Six settings of each sampler. Area: what the points dominate in the plane of coherence and cr/cr\\* (1: the ideal corner), and its"
    echo "difference from temperature's, paired by seed. Control: *again* is temperature with other draws; of pairs of such runs, $(control)"
    echo "come out as no difference. Tuned on the first half of the seeds, judged on the other half."
    echo
    for model in $early $late; do
        echo "Width 32 after ${model##*-} steps:"
        echo
        echo "| sampler | area | less temperature's | verdict | tuned | cr/cr\\* | coherence | entropy, bits |"
        echo "|---|---|---|---|---|---|---|---|"
        for table in temperature again "${samplers[@]:1}"; do
            table=${table%%=*}
            printf '| %s | %s | %s | %s | %s |\n' "$table" "$(area $model "$table" | mean 3)" "$(paired $model "$table")" "$(verdict $model "$table" temperature)" "$(tuned $model "$table")"
        done
        echo
    done
    echo "## Samplers at equal coherence and at equal entropy"
    echo
    echo "By \`rote creativity --curve\`. Width 32 after 200 steps:"
    echo
    picture early "Coherence and cr/cr* of width 32 after 200 steps: typical-p and top-n-sigma with a high temperature lie outside"
    reproduce_block "$(cat "$out/early.text")"
    echo
    echo "Width 64 after 1,500 steps (the picture at the top):"
    reproduce_block "$(cat "$out/late.text")"
    echo
    echo "## Seed prefixes (4 parents with 128 children)"
    echo
    echo "Drawn anew at each exposure, or drawn once for each example, which keeps them (\`facts.fixed_prefix\`)."
    echo
    echo "| width, prefix symbols | greedy: coherence | cr/cr\\* | entropy, bits | T 0.5: coherence | cr/cr\\* | entropy | T 1: coherence | cr/cr\\* | entropy |"
    echo "|---|---|---|---|---|---|---|---|---|---|"
    prefix_row() { # LABEL NAME
        local T
        printf '| %s |' "$1"
        for T in 0 0.5 1; do printf ' %s | %s | %s |' "$(v "$2" chains temperature=$T coherence)" "$(v "$2" chains temperature=$T ratio)" "$(value "$2" chains temperature=$T entropy | point 1)"; done
        echo
    }
    prefix_row '16, none' prefix-0
    for h in $prefixes; do prefix_row "16, $h anew" "prefix-$h"; done
    prefix_row '64, 3 anew' fresh-3-64
    for h in $fixed; do prefix_row "${h#*-}, ${h%-*} kept" "fixed-$h"; done
    prefix_row '64, 3 kept, 6,000 steps' fixed-3-64-long
    echo
    echo "## Other tasks"
    echo
    echo "| task | T | coherence | memorized | cr | cr/cr\\* |"
    echo "|---|---|---|---|---|---|"
    for task in few circles lines triangles; do for T in 0.25 0.5 0.75 1 1.5; do
        label=$task
        [ $task = few ] && label='siblings, 4 × 128, d8'
        printf '| %s | %s | %s | %s | %s | %s |\n' "$label" $T "$(v $task chains temperature=$T coherence)" "$(v $task chains temperature=$T memorized)" "$(v $task chains temperature=$T cr)" "$(v $task chains temperature=$T ratio)"
    done; done
    if [ -r $text ]; then
        echo
        echo "## A text: $(basename $text) of Debian (md5 $(md5sum <$text | cut -c1-32))"
        echo
        echo "Pieces of 64 bytes, two layers of width 64, 300 samples each. Which texts are valid is unknown, so novelty alone says little; what"
        echo "the samples share with the text shows how much is copied. Longest: the longest piece of a sample that occurs in the text."
        echo
        echo "| chain |$(for step in $texts; do printf ' %s steps: new | longest, bytes: mean | most |' "$step"; done)"
        echo "|---|$(for step in $texts; do printf -- '---|---|---|'; done)"
        column[longest]=13 column[most]=14
        for chain in top_k=1 top_k=2 top_k=4 top_k=8 top_k=16 top_k=32 top_k=64 temperature=0.25 temperature=0.5 temperature=1 temperature=1.5; do
            table=k
            [[ $chain == top_k* ]] || table=wide
            printf '| `%s` |' $chain
            for step in $texts; do printf ' %s | %s | %s |' "$(v "text-$step" $table $chain cr)" "$(value "text-$step" $table $chain longest | mean 1)" "$(value "text-$step" $table $chain most | mean 0)"; done
            echo
        done
    fi
    reproduce_runs_footer
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
