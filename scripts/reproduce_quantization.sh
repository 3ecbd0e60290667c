#!/usr/bin/env bash
# How many bits does a model hold in weights of fewer bits, and how many per bit of weight? Allen-Zhu & Li
# (2024, arXiv 2404.05405) report: int8 after training loses nothing, int4 leaves about a third (0.7 of 2 bits per parameter).
#   scripts/reproduce_quantization.sh [--quick | --full] [--out DIR] [--jobs N]
# Trains one structure with room for its facts and overfilled, with full weights and with each format in training, from
# several seeds; the full ones are also quantized after training. Writes docs/results/quantization-quick.md (quantization.md).
# Finished runs are skipped; stopped runs continue.
#
# Cost: a step is 6 P operations a token. Quick: P = 7,872, 1,500 steps of 1,600 and 4,800 tokens: 0.11 and 0.34 T operations
# a run; 5 formats, 3 seeds, 2 loads: 30 runs. The time is printed at the start.
# Full: P = 28,032, 10,000 steps of 5,600 and 16,800 tokens, 5 seeds: 50 runs of 9 to 28 T operations.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
if [ "$form" = quick ]; then
    n_embd=16 steps=1500 room=100 over=300 seeds="0 1 2"
else
    n_embd=32 steps=10000 room=350 over=1050 seeds="0 1 2 3 4"
fi
cat >"$out/base.yaml" <<Y
facts: {seq_len: 16, vocab_size: 64}
model: {n_layer: 2, n_head: 2, n_embd: $n_embd}
train: {max_steps: $steps, learning_rate: 0.01, warmup_steps: 50}
Y

train() { # n format seed: one run; a run with full weights is then quantized in every way
    local dir=$out/n$1-$2-$3
    "$rote" train "$out/base.yaml" facts.n="$1" facts.seed="$3" train.seed="$3" train.quantize="$2" --out "$dir" --resume \
        --threads 1 --quiet --json >/dev/null
    [ "$2" = none ] || return 0
    for format in bf16 int8 int4 ternary; do
        for method in rtn gptq; do
            [ $format-$method = bf16-gptq ] && continue
            "$rote" eval "$dir" --quantize $format --method $method --threads 1 --json >"$dir/$format-$method.json.new"
            mv "$dir/$format-$method.json.new" "$dir/$format-$method.json"
        done
    done
}
export -f train
export rote out
for n in $room $over; do cost_train $((5 * $(wc -w <<<"$seeds"))) "$out/base.yaml" facts.n="$n"; done
cost_print
for n in $room $over; do
    for seed in $seeds; do
        for format in none bf16 int8 int4 ternary; do echo "$n $format $seed"; done
    done
done | xargs -P "${jobs:-1}" -L 1 bash -c 'train "$@"' train

# The first number of that key; in eval's files it is that of the quantized model.
field() { sed -n "s/^ *\"$2\": \([-0-9.e+]*\),*\$/\1/p" "$1" | head -n 1; }

# mean and half the width of the 95 % t interval
mean() {
    awk 'BEGIN { split("12.706 4.303 3.182 2.776", t) }
        { x[NR] = $1; sum += $1 }
        END { m = sum / NR; for (i in x) ss += (x[i] - m) ^ 2
              printf "%.6f %.6f\n", m, t[NR - 1] * sqrt(ss / (NR - 1) / NR) }'
}

row() { # n label file-of-seed weight_bits
    local seed bits=() recall=() m w r
    for seed in $seeds; do
        bits+=("$(field "${3//SEED/$seed}" memorized_bits)") recall+=("$(field "${3//SEED/$seed}" recall)")
    done
    read -r m w < <(printf '%s\n' "${bits[@]}" | mean)
    read -r r _ < <(printf '%s\n' "${recall[@]}" | mean)
    awk -v l="$2" -v m="$m" -v w="$w" -v r="$r" -v p="$params" -v b="$4" 'BEGIN {
        printf "| %s | %d | %.0f ± %.0f | %.3f ± %.3f | %.4f ± %.4f | %.3f |\n", l, b, m, w, m / p, w / p, m / b, w / b, r }'
}

share() { # n way: mean over the seeds and half of the interval
    local seed
    for seed in $seeds; do
        echo "$(field "$out/n$1-none-$seed/$2.json" memorized_bits) $(field "$out/n$1-none-$seed/result.json" memorized_bits)"
    done | awk '{print $1 / $2}' | reproduce_summary 3
}

table() { # n
    local first=$out/n$1-none-0 format method
    row "$1" "32-bit" "$out/n$1-none-SEED/result.json" $((32 * params))
    for format in bf16 int8 int4 ternary; do
        for method in rtn gptq; do
            [ $format-$method = bf16-gptq ] && continue
            row "$1" "$format, after training, $method" "$out/n$1-none-SEED/$format-$method.json" \
                "$(field "$first/$format-$method.json" weight_bits)"
        done
        row "$1" "$format, in training" "$out/n$1-$format-SEED/result.json" "$(field "$first/$format-rtn.json" weight_bits)"
    done
}

params=$(field "$out/n$room-none-0/result.json" params)
{
    echo "# Weights in fewer bits, $form form"
    echo
    echo "Made by \`scripts/reproduce_quantization.sh --$form\`; any machine reproduces every digit."
    echo
    echo "How many bits does a model hold in weights of fewer bits? Two layers, two heads, d = $n_embd, V = 64, S = 16, tied head:"
    echo "$params parameters. AdamW, learning rate 0.01, cosine, $steps steps of all facts, the same for every format. The best"
    echo "rate of a format may differ, so the rows \"in training\" are lower bounds. Seeds $seeds (weights and facts); mean and"
    echo "95 % t interval. η = memorized bits per bit of weight (scales and vectors counted)."
    for n in $room $over; do
        data=$(field "$out/n$n-none-0/result.json" data_bits)
        echo
        awk -v n="$n" -v d="$data" -v p="$params" 'BEGIN {
            printf "## %d facts, %.0f bits: %.2f bits of data per parameter\n\n", n, d, d / p }'
        echo "| weights | weight bits | memorized bits | bits/param | η | recall |"
        echo "|---|---|---|---|---|---|"
        table "$n"
    done
    echo
    echo "## Comparison with published values"
    echo
    echo "Verdict: is the published value in the interval?"
    echo
    echo "| share of the 32-bit model's bits that is left | published | with room | verdict | overfilled | verdict |"
    echo "|---|---|---|---|---|---|"
    for way in int8-rtn int8-gptq int4-rtn int4-gptq; do
        case $way in int8*) published="all" value=1 ;; *) published="about 0.35 (0.7 of 2 bits/param)" value=0.35 ;; esac
        echo "| ${way%-*}, after training, ${way#*-} | $published | $(share $room $way) | $(share $room $way | reproduce_verdict $value) |" \
            "$(share $over $way) | $(share $over $way | reproduce_verdict $value) |"
    done
    echo
    echo "Published: Allen-Zhu & Li 2024 (2404.05405), GPT-2 on biographies at about 2 bits per parameter. Here: random facts, and"
    echo "a far smaller model. Below zero the quantized model codes the facts worse than the uniform code does."
    reproduce_runs_footer
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
