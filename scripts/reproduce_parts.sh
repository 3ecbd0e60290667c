#!/usr/bin/env bash
# Where do the memorized bits sit? One overfilled model: each part perturbed after training (rote eval --parts), each part
# frozen in training (what the others hold), and each part trained alone.
#   scripts/reproduce_parts.sh [--quick | --full] [--out DIR] [--jobs N]
# Writes docs/results/parts-quick.md (parts.md). Finished runs are skipped; stopped runs continue.
#
# Cost: a step is 6 P operations a token. Quick: L1 d16, P = 4,592, 1,500 steps of 180 facts of 16 tokens: 0.12 T operations
# a run; 9 ways, 3 seeds: 27 runs. The time is printed at the start.
# Full: L2 d32, P = 28,032, 10,000 steps of 1,050 facts: 28 T operations; 9 ways, 5 seeds: 45 runs.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
if [ "$form" = quick ]; then
    n_layer=1 n_embd=16 steps=1500 n=180 seeds="0 1 2"
else
    n_layer=2 n_embd=32 steps=10000 n=1050 seeds="0 1 2 3 4"
fi
cat >"$out/base.yaml" <<Y
facts: {n: $n, seq_len: 16, vocab_size: 64}
model: {n_layer: $n_layer, n_head: 2, n_embd: $n_embd}
train: {max_steps: $steps, learning_rate: 0.01, warmup_steps: 50}
Y
declare -A others=([embedding]=attention+mlp+norm [attention]=embedding+mlp+norm [mlp]=embedding+attention+norm
    [norm]=embedding+attention+mlp)
parts="embedding attention mlp norm"

train() { # name freeze seed
    "$rote" train "$out/base.yaml" facts.seed="$3" train.seed="$3" train.freeze="$2" --out "$out/$1-$3" --resume --threads 1 \
        --quiet --json >/dev/null
    [ "$2" != none ] || "$rote" eval "$out/$1-$3" --parts --threads 1 --json >"$out/$1-$3.json"
}
export -f train
export rote out
cost_train $((9 * $(wc -w <<<"$seeds"))) "$out/base.yaml"
cost_print
for seed in $seeds; do
    echo "whole none $seed"
    for part in $parts; do
        echo "without-$part $part $seed"
        echo "only-$part ${others[$part]} $seed"
    done
done | xargs -P "${jobs:-1}" -L 1 bash -c 'train "$@"' train

# One number from each seed's file.
result() { for seed in $seeds; do sed -n "s/^ *\"$2\": \([-0-9.e+]*\),*\$/\1/p" "$out/$1-$seed/result.json"; done; }
# lost_bits of a part under a perturbation.
lost() { # part, key
    local seed
    for seed in $seeds; do
        sed -n "/^    \"$1\": {/,/^    }/p" "$out/whole-$seed.json" |
            sed -n "/\"$2\": {/,/}/s/.*\"lost_bits\": \([-0-9.e+]*\),/\1/p"
    done
}
noise() { # part, which of the sizes
    local seed
    for seed in $seeds; do
        sed -n "/^    \"$1\": {/,/^    }/p" "$out/whole-$seed.json" | sed -n '/"noise"/,/\]/s/.*"lost_bits": \([-0-9.e+]*\),/\1/p' |
            sed -n "$2p"
    done
}
# mean ± half the width of the 95 % t interval
mean() {
    awk 'BEGIN { split("12.706 4.303 3.182 2.776", t) }
        { x[NR] = $1; sum += $1 }
        END { m = sum / NR; for (i in x) ss += (x[i] - m) ^ 2
              printf "%.0f ± %.0f\n", m, t[NR - 1] * sqrt(ss / (NR - 1) / NR) }'
}
first=${seeds%% *}
params() { sed -n "/^    \"$1\": {/,/^    }/s/.*\"params\": \([0-9]*\),/\1/p" "$out/whole-$first.json"; }
{
    echo "# Where the memorized bits sit, $form form"
    echo
    echo "Made by \`scripts/reproduce_parts.sh --$form\`; any machine reproduces every digit."
    echo
    echo "How much does a trained model depend on each of its parts? L$n_layer, two heads, d = $n_embd, V = 64, S = 16, tied head,"
    echo "$n facts of $(result whole data_bits | head -n 1) bits in all: more than the model holds. AdamW, learning rate 0.01, cosine, $steps steps of"
    echo "all facts. Seeds $seeds (weights and facts); mean and 95 % t interval over them. The trained model holds"
    echo "**$(result whole memorized_bits | mean)** bits."
    echo
    echo "- *Lost*: bits lost when this part alone is perturbed after training (noise: of a tenth of each tensor's size, the"
    echo "  mean of five draws)."
    echo "- *Holds with it frozen*: memorized bits of a training in which this part keeps its initial values."
    echo "- *Holds alone*: memorized bits of a training in which only this part learns."
    echo
    echo "Biases count with their part; int4 leaves gains and biases at float16. The lost bits are not shares and do not add up:"
    echo "[math.md](../math.md) says what they measure."
    echo
    echo "| part | parameters | lost: noise 0.1 | lost: int4 | lost: reset | holds with it frozen | holds alone |"
    echo "|---|---|---|---|---|---|---|"
    for part in $parts; do
        echo "| $part | $(params "$part") | $(noise "$part" 2 | mean) | $(lost "$part" int4 | mean) | $(lost "$part" reset | mean) |" \
            "$(result "without-$part" memorized_bits | mean) | $(result "only-$part" memorized_bits | mean) |"
    done
    echo "| all | $(params all) | $(noise all 2 | mean) | $(lost all int4 | mean) | $(lost all reset | mean) | | $(result whole memorized_bits | mean) |"
    echo
    echo "Share of the whole that a part holds alone, per cent, paired by seed. Verdict: is it below half?"
    echo
    echo "| part | share, % | of the parameters, % | verdict |"
    echo "|---|---|---|---|"
    for part in $parts; do
        alone=$(paste <(result "only-$part" memorized_bits) <(result whole memorized_bits) | awk '{print 100 * $1 / $2}' | reproduce_summary 1)
        echo "| $part | $alone | $(awk "BEGIN {printf \"%.1f\", 100 * $(params "$part") / $(params all)}") | $(awk '{print ($1 + $3 < 50 ? "below" : $1 - $3 > 50 ? "above" : "not shown")}' <<<"$alone") |"
    done
    reproduce_runs_footer
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
