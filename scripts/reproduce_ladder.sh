#!/usr/bin/env bash
# The capacity ladder (Morris et al. 2025 scaled down): do memorized bits grow linearly with parameters, and how many
# bits does a parameter hold?
#
# Cost. A step of a model of P parameters on N facts of 16 tokens is 6 P 16 N operations and some; N = load P / 96 at 6 bits
# a token. --quick: twelve architectures, loads of 4.2, 4.8 and 5.4 bits per parameter, budgets of 250, 500 and 1,000 epochs,
# three seeds: 324 runs, 5.1e13 operations. --full: loads of 4.2, 8.4 and 16.8, over the factor of four that a saturated plateau needs;
# budgets of 1,000 to 8,000 epochs, five seeds: 1.5e15 operations. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"

budgets=250,500,1000 seeds=0,1,2 loads=4.2,4.8,5.4
[ "$form" = quick ] || { budgets=1000,2000,4000,8000 seeds=0,1,2,3,4 loads=4.2,8.4,16.8; }
sweeps() { reproduce_sweep ladder scripts/experiments/ladder.yaml facts.load=$loads train.max_steps=$budgets train.seed=$seeds; }
reproduce_all sweeps
text=$(reproduce_capacity ladder)
certified=$(cd "$out" && "$rote" capacity ladder --certify --bits 8 --method rtn,gptq --quiet)
"$rote" report "$out/ladder" --out "$out/report.html"

{
    printf '# The capacity ladder, %s form\n\n' "$form"
    printf 'How many bits does a parameter hold, and is that number constant over sizes? Random facts (16 tokens over 64 symbols,\n'
    printf 'drawn without replacement), twelve architectures, SOAP, every fact set larger than the capacity of the model.\n'
    printf 'Budgets of %s epochs, seeds %s. Bits are of the ordered draw, every token coded.\n\n' "$budgets" "$seeds"
    printf '| | bits/param |\n|---|---|\n'
    printf '| Morris et al. 2025, table 1 (L 1 to 8, d 32 to 256, V 2048, 10⁶ steps of Adam): mean of fp32 | 3.83 |\n'
    printf '| the same, headline (bf16) | 3.64 |\n'
    grep -E '^[0-9.-]+ bits/param, ' <<<"$text" | sed -E 's/^([0-9.-]+) bits\/param, (.*)$/| rote: \2 | \1 |/'
    reproduce_block "$text"
    printf '\n## Certified at 8 bits a weight\n\n'
    printf 'Lower bounds of the bits in the weights ([formulas](../math.md#archives-and-certified-bits)): an archive of every run at\n'
    printf 'the longest budget, weights rounded after training, was written, read back and compared. Means over models and sizes\n'
    printf '(lowest to highest).\n\n'
    printf '| rounded | certified / cross-entropy, %% | bits/param | bits per bit of weight |\n|---|---|---|---|\n'
    awk '$1 == 8 && $2 == "rtn" || $1 == 8 && $2 == "gptq" {
        printf "| %s | %s %s %s %s | %s %s %s %s | %s %s %s %s |\n", $2 == "rtn" ? "to the nearest" : "by GPTQ", $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
    }' <<<"$certified"
    printf '\n%s\n' "$(tail -n 2 <<<"$certified" | tr '\n' ' ')"
    reproduce_footer ladder
} >"$page"
cat "$page"
