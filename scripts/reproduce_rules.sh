#!/usr/bin/env bash
# Does a model find the rule behind a table, or does it store the table? A table y = c + a1 x1 + a2 x2 mod 31 of 640 of the 961
# inputs, with a known share of exceptions: the entropy of the outputs is 15 bits and that of the exceptions, not the naive
# 3,171 bits. No published figure is known.
#
# Cost. 640 rows are 1,920 tokens; 2000 epochs of 7,000 parameters cost 1.6e11 operations. --quick: four widths, four shares of
# exceptions, without and with weight decay, three seeds: 96 runs. --full: 20,000 epochs, widths to 48, five
# seeds. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"

seeds=0,1,2 widths=8,12,16,24 steps=2000
[ "$form" = quick ] || seeds=0,1,2,3,4 widths=8,12,16,24,32,48 steps=20000
sweeps() { reproduce_sweep rules scripts/experiments/rules.yaml model.n_embd=$widths train.seed=$seeds train.max_steps=$steps; }
reproduce_all sweeps

{
    printf '# Rules, %s form\n\n' "$form"
    printf 'Does a model find the rule behind a table, or does it store the table? Tables y = c + a1 x1 + a2 x2 mod 31, 640 of 961\n'
    printf 'inputs trained, 320 held out, %s epochs, seeds %s. Bits are of the outputs given their inputs, mean and\n' "$steps" "$seeds"
    printf '95 %% interval.\n\n'
    printf 'Without a rule a held-out output costs %s bits. A model that stores the table does not know the held-out outputs;\n' 4.954
    printf 'usually they cost far more, because the model is certain of a wrong output. A model that has found the rule predicts\n'
    printf 'them: below half of that cost the rule counts as found.\n\n'
    printf '| weight decay | exceptions | width | P | true H | naive H | code, trained | bits an output, held out | seeds that found the rule | recall |\n|---|---|---|---|---|---|---|---|---|---|\n'
    for decay in 0 1; do
        for exceptions in 0 0.05 0.15 0.3; do
            for width in ${widths//,/ }; do
                reproduce_runs rules weight_decay=$decay exceptions=$exceptions n_embd="$width"
                printf '| %s | %s | %s | %s | %s | 3171 | %s | %s | %s | %s |\n' "$decay" "$exceptions" "$width" \
                    "$(reproduce_values params "${runs[0]}")" \
                    "$(reproduce_values answer_bits "${runs[@]}" | reproduce_summary 0)" \
                    "$(reproduce_values output "${runs[@]}" | reproduce_summary 0)" \
                    "$(reproduce_values heldout_output "${runs[@]}" | reproduce_summary 2)" \
                    "$(reproduce_values heldout_output "${runs[@]}" | awk '{found += $1 < 4.954 / 2} END {print found " of " NR}')" \
                    "$(reproduce_values recall "${runs[@]}" | reproduce_summary 3)"
            done
        done
    done
    reproduce_footer rules
} >"$page"
cat "$page"
