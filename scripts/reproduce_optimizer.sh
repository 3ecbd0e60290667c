#!/usr/bin/env bash
# AdamW, Muon and SOAP, each at its best learning rate and schedule: bits per parameter, and the epochs and CPU time
# to get there. Random facts of 16 tokens over 64 symbols, full batch, one step an epoch, beta2 0.99.
#
#   scripts/reproduce_optimizer.sh --quick|--full [--out DIR] [--jobs N]
#     --out DIR   the sweeps' folder (default runs/optimizer-quick or -full); called again, it runs only what is missing
#     --jobs N    runs side by side (default: one per core)
#
# Cost, in epochs of each model (quick: L1 d8, 75 facts, P = 1,528); the time is printed at the start.
#   rates at 1,000 epochs    3 optimizers x 5 rates x 2 schedules            30,000 epochs
#   AdamW at 8,000 epochs    5 rates x 2 schedules                           80,000
#   its best, more seeds     2                                               16,000
#   Muon and SOAP            500, 1,000, 1,600, 4,000 epochs x 3 seeds       42,600
# --quick: 169,000 epochs. --full: L1 d16, L1 d24, L2 d16 and L4 d8, too; 5 seeds: some 250,000 epochs of each.
#
# Writes docs/results/optimizer.md (--quick) or optimizer-full.md.
set -eu
cd "$(dirname "$0")/.."

fail() { echo "reproduce_optimizer: $1" >&2; exit 2; }

form='' out='' jobs=$(nproc)
while [ $# -gt 0 ]; do
    case $1 in
    --quick | --full) form=${1#--} ;;
    --out | --jobs)
        [ $# -ge 2 ] || fail "$1: needs a value"
        declare "${1#--}=$2"
        shift
        ;;
    *) fail "$1: not an option (see the head of this file)" ;;
    esac
    shift
done
[ -n "$form" ] || fail "--quick or --full"
out=${out:-runs/optimizer-$form} rote=${ROTE:-./rote}
page=docs/results/optimizer.md
[ "$form" = quick ] || page=docs/results/optimizer-full.md
mkdir -p "$out" docs/results

# Name, layers, width, facts (1.6 to 2.4 times the bits that the model comes to hold), first of five rates, each twice the
# one before, for AdamW, Muon, SOAP.
models=('L1-d8 1 8 75 0.01 0.02 0.01')
seeds=0,1,2
if [ "$form" = full ]; then
    models+=('L1-d16 1 16 200 0.005 0.01 0.005' 'L1-d24 1 24 400 0.005 0.01 0.005' 'L2-d16 2 16 350 0.005 0.01 0.005'
        'L4-d8 4 8 200 0.01 0.02 0.01')
    seeds=0,1,2,3,4
fi

base=(facts.vocab_size=64 facts.seq_len=16 model.n_head=2 train.beta2=0.99)

# One sweep; every table has the same columns.
sweep() { # folder, optimizer, rates, schedules, epochs, seeds
    mkdir -p "$out"
    cat >"$out/$1.yaml" <<Y
facts: {n: $facts}
model: {n_layer: $layers, n_embd: $width}
sweep: {train.optimizer: [$2], train.learning_rate: [$3], train.schedule: [$4], train.max_steps: [$5], train.seed: [$6]}
Y
    "$rote" sweep run "$out/$1.yaml" "${base[@]}" --out "$out/$1" --jobs "$jobs" --quiet >&2
}

# Rows "optimizer rate schedule epochs seed params bits/param" of finished runs; names of runs are quoted.
rows() { # folders
    local folder
    for folder; do
        sed 's/^"[^"]*"/-/' "$out/$folder/table.csv" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            $at["state"] == "done" { print $at["train.optimizer"], $at["train.learning_rate"], $at["train.schedule"],
                $at["train.max_steps"], $at["train.seed"], $at["params"], $at["bits_per_param"] }'
    done | sort -u
}

# The rate and the schedule with the most bits: "0.01 wsd".
best() { rows "$1" | sort -k 7,7gr | awk 'NR == 1 { print $2, $3 }'; }

# CPU milliseconds of one epoch, the least of three runs of 200 epochs, by turns: "2.65 2.70 2.81".
epoch_ms() {
    local round optimizer s folder TIMEFORMAT=%U
    folder=$(mktemp -d)
    for round in 1 2 3; do
        for optimizer in adamw muon soap; do
            s=$({ time "$rote" train "${base[@]}" "facts.n=$facts" "model.n_layer=$layers" "model.n_embd=$width" \
                train.max_steps=200 "train.optimizer=$optimizer" --threads 1 --quiet \
                --out "$folder/$optimizer$round" >/dev/null 2>&1; } 2>&1)
            echo "$optimizer $s"
        done
    done | awk '!($1 in least) || $2 < least[$1] { least[$1] = $2 }
        END { print least["adamw"] * 5, least["muon"] * 5, least["soap"] * 5 }'
    rm -rf "$folder"
}

rates() { awk -v r="$1" 'BEGIN { print r ", " 2 * r ", " 4 * r ", " 8 * r ", " 16 * r }'; }

# A markdown table of one model: mean over seeds with range, CPU time, and how each compares with AdamW's best.
report() { # milliseconds an epoch: AdamW, Muon, SOAP
    rows "$name-long" "$name-seeds" "$name-muon" "$name-soap" | awk -v name="$name" -v facts="$facts" \
        -v best="$long_rate $long_schedule" -v times="$*" '
        BEGIN { split(times, t, " "); ms["adamw"] = t[1]; ms["muon"] = t[2]; ms["soap"] = t[3] }
        $1 == "adamw" && $2 " " $3 != best { next }
        { k = $1 " " $2 " " $3 " " $4; if (!(k in n)) { order[++m] = k; low[k] = high[k] = $7 }
          n[k]++; sum[k] += $7; params = $6
          if ($7 < low[k]) low[k] = $7; if ($7 > high[k]) high[k] = $7
          if ($1 == "adamw") { baseline = k } }
        END {
          printf "\n## %s: %d parameters, %d facts\n\n", name, params, facts
          print "| optimizer | rate, schedule | epochs | bits/param: mean | range over seeds | seeds | CPU s | epochs, CPU time of AdamW |"
          print "|---|---|---|---|---|---|---|---|"
          split(baseline, b, " ")
          for (i = 1; i <= m; i++) { split(order[i], f, " "); o[i] = sprintf("%s %06d %d", f[1], f[4], i) }
          for (i = 1; i <= m; i++) for (j = i + 1; j <= m; j++) if (o[j] < o[i]) { x = o[i]; o[i] = o[j]; o[j] = x }
          for (i = 1; i <= m; i++) { split(o[i], at, " "); k = order[at[3]]; split(k, f, " ")
            s = f[4] * ms[f[1]] / 1000; reached = sum[k] / n[k] >= sum[baseline] / n[baseline]
            printf "| %s | %s, %s | %d | %.4f | %.4f to %.4f | %d | %.1f | %.2f, %.2f%s |\n", f[1], f[2], f[3], f[4],
              sum[k] / n[k], low[k], high[k], n[k], s, f[4] / b[4], s / (b[4] * ms["adamw"] / 1000),
              reached && k != baseline ? ": AdamW'\''s level passed" : "" } }'
}

# shellcheck source=scripts/reproduce_cost.sh
. scripts/reproduce_cost.sh
cost_of() { # RUNS OPTIMIZER EPOCHS: of the model
    cost_train "$1" "${base[@]}" "facts.n=$facts" "model.n_layer=$layers" "model.n_embd=$width" "train.optimizer=$2" "train.max_steps=$3"
}
more=$(tr , ' ' <<<"$seeds" | wc -w)
for model in "${models[@]}"; do
    read -r name layers width facts adamw_rate muon_rate soap_rate <<<"$model"
    for optimizer in adamw muon soap; do cost_of 10 $optimizer 1000; done
    cost_of $((9 + more)) adamw 8000
    for optimizer in muon soap; do cost_of $((4 * more)) $optimizer 1775; done # 500, 1,000, 1,600 and 4,000
done
cost_print

{
    cat <<M
# Optimizers

How many bits per parameter do AdamW, Muon and SOAP reach, and after how many epochs and how much CPU time?

Made by \`scripts/reproduce_optimizer.sh --$form\`. Random facts of 16 tokens over 64 symbols, full batch (one step an
epoch), two heads, beta2 0.99, everything else at its default. The schedule is cosine, or constant with a linear last
fifth: wsd. Rate and schedule of Muon and SOAP are the best of ten at 1,000 epochs, those of AdamW the best of ten at
8,000 epochs, seed 0 each. CPU time is the user time of one thread: epochs times the least of three measurements of
200 epochs. "Passed" compares means: where ranges overlap, these seeds do not decide.

Nobody has published bits per parameter of a model trained with Muon or SOAP. An own trial with PyTorch (L1 d16, 400
facts, one seed, cosine) gave AdamW 2.08 at 4,000 epochs and 2.23 at 8,000, Muon 2.24 and SOAP 2.37 at 4,000. SOAP's
paper (Vyas et al. 2024, 2409.11321) reports 40 % fewer steps than AdamW on language models. The goal: AdamW's level of
8,000 epochs in a fifth of its epochs and a third of its CPU time.
M
    for model in "${models[@]}"; do
        read -r name layers width facts adamw_rate muon_rate soap_rate <<<"$model"
        sweep "$name-rates-adamw" adamw "$(rates "$adamw_rate")" 'cosine, wsd' 1000 0
        sweep "$name-rates-muon" muon "$(rates "$muon_rate")" 'cosine, wsd' 1000 0
        sweep "$name-rates-soap" soap "$(rates "$soap_rate")" 'cosine, wsd' 1000 0
        sweep "$name-long" adamw "$(rates "$adamw_rate")" 'cosine, wsd' 8000 0
        read -r long_rate long_schedule <<<"$(best "$name-long")"
        sweep "$name-seeds" adamw "$long_rate" "$long_schedule" 8000 "$seeds"
        for optimizer in muon soap; do
            read -r rate schedule <<<"$(best "$name-rates-$optimizer")"
            sweep "$name-$optimizer" "$optimizer" "$rate" "$schedule" '500, 1000, 1600, 4000' "$seeds"
        done
        # shellcheck disable=SC2046  # three words
        report $(epoch_ms)
        printf '\nAt 1,000 epochs, one seed, bits/param by rate and schedule:\n\n'
        rows "$name-rates-adamw" "$name-rates-muon" "$name-rates-soap" |
            awk '{ printf "%s%s %s %s %.4f", (NR > 1 ? "; " : ""), $1, $2, $3, $7 } END { print "." }'
        printf '\nAdamW at 8,000 epochs, one seed: '
        rows "$name-long" | awk '{ printf "%s%s %s %.4f", (NR > 1 ? "; " : ""), $2, $3, $7 } END { print "." }'
    done
} >"$out/page.md"
mv "$out/page.md" "$page"
echo "$page"
