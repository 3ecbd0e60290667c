#!/usr/bin/env bash
# Why 2.9 bits per parameter here and 3.6 to 3.8 in Morris et al. 2025 (arXiv 2505.24832)? From a base structure one thing at a time is
# changed, three seeds each (of facts and of weights), paired with the base; then one after the other, towards the paper's setting.
#   scripts/reproduce_gap.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost. --quick: base L1 d8 V64 S16, four heads, 1,528 parameters, 80 facts, SOAP: 1.2e7 operations an epoch, most arms 4,000 epochs;
# 25 to 60 minutes of one core.
# --full: base L1 d32 V2048 S64, four heads, rate 0.015, 80,352 parameters, loads of 6, 24 and 96, from 400 epochs doubled until a
# doubling gains less than 1 %: 2e10 operations an epoch at load 6. Measured: 2.1 seconds an epoch of one busy core (AMD EPYC, AVX2). Up to
# 12,800 epochs three seeds take 45 hours at load 6, 180 at load 24, 720 at load 96. The epoch is timed first and the cost of each
# doubling printed; stopped, it continues where it was.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"

cfg=$out/gap.yaml first=400
cp scripts/experiments/gap.yaml "$cfg"
[ "$form" = quick ] ||
    sed -i 's/seq_len: 16/seq_len: 64/; s/size: 64/size: 2048/; s/load: 5/load: 6/; s/n_embd: 8/n_embd: 32/; s/0.03/0.015/' "$cfg"

# ---- runs ----

arm() { # NAME KEYS...: a sweep of three seeds
    local name=$1
    shift
    reproduce_sweep "$name" "$cfg" "$@"
}
values() { # ARM KEY LEAF=VALUE...: one number a seed
    local key=$2
    reproduce_runs "$1" "${@:3}"
    reproduce_values "$key" "${runs[@]}"
}
gains() { # ARM EPOCHS EPOCHS: per cent that the longer runs hold more, by seed
    paste <(values "$1" memorized_bits "max_steps=$2") <(values "$1" memorized_bits "max_steps=$3") | awk '{print 100 * ($2 / $1 - 1)}'
}
longest() { cat "$out/$1"/runs/*/config.yaml | sed -n 's/^  max_steps: //p' | sort -n | tail -n 1; } # ARM
budgets() { cat "$out/$1"/runs/*/config.yaml | sed -n 's/^  max_steps: //p' | sort -nu; }            # ARM
doubled() {                                                                                         # ARM KEYS...
    local at=$1 steps=$first all=$first
    while :; do
        steps=$((2 * steps))
        all+=,$steps
        arm "$@" train.max_steps=$all
        awk -v gain="$(gains "$at" $((steps / 2)) $steps | reproduce_summary 6)" 'BEGIN {exit !(gain + 0 < 1)}' && break
    done
}
# Eight epochs of the full base on one thread: what three seeds of each doubling will take.
full_cost() {
    local seconds
    sed '/^sweep:/,$d' "$cfg" >"$out/rate.yaml"
    "$rote" train "$out/rate.yaml" train.max_steps=8 --threads 1 --quiet --out "$out/rate" --resume >/dev/null
    seconds=$(awk -F'[:,]' '/"seconds"/ {print $2 / 8}' "$out/rate/timing.json")
    awk -v s="$seconds" -v first=$first 'BEGIN {
        printf "an epoch at load 6: %.2f seconds of one core; three seeds, hours:\nepochs  load 6  load 24  load 96\n", s
        for (t = first; t <= 128 * first; t *= 2) {
            h = 3 * s * t / 3600
            printf "%6d %7.0f %8.0f %8.0f\n", t, h, 4 * h, 16 * h
        } }' >&2
}

# ---- what is changed: sweep | words | keys of its runs | keys of the sweep, where it is not the one of the row before ----

adamw='train.optimizer=adamw train.schedule=cosine train.beta2=0.99'
same_everywhere() { # RATES [KEYS [KEYS]]: three pairs, of AdamW, Muon, SOAP; more keys of two heads and of AdamW
    changes+=('heads1|one head||model.n_head=1' "heads2|two heads||model.n_head=2 ${7:-}" 'heads8|eight heads||model.n_head=8'
        'L2|two layers||model.n_layer=2' 'rope|rotary positions||model.pos=rope' 'nopos|no positions||model.pos=none'
        "adamw|AdamW, rate $1|learning_rate=$1|$adamw train.learning_rate=$1,$2 ${8:-}" "adamw|AdamW, rate $2|learning_rate=$2|"
        "muon|Muon, rate $3|learning_rate=$3|train.optimizer=muon train.learning_rate=$3,$4" "muon|Muon, rate $4|learning_rate=$4|"
        "rates|half the rate|learning_rate=$5|train.learning_rate=$5,$6" "rates|twice the rate|learning_rate=$6|"
        'bf16|weights of bfloat16||train.quantize=bf16')
}
if [ "$form" = quick ]; then
    usual=4000 words='L1 d8 V64 S16, four heads, load 5' published=3.83 whose='mean over d 32 to 256, L 1 to 8'
    changes=('S4|S 4||facts.seq_len=4' 'S64|S 64||facts.seq_len=64' 'V256|V 256||facts.vocab_size=256'
        'd16|d 16||model.n_embd=16 train.learning_rate=0.015')
    same_everywhere 0.04 0.08 0.04 0.08 0.015 0.06 train.max_steps=1000,4000 train.max_steps=4000,16000
    changes+=('adamw|AdamW, rate 0.04|learning_rate=0.04 max_steps=16000|' 'adamw|AdamW, rate 0.08|learning_rate=0.08 max_steps=16000|')
    path=('two heads, d 8, S 16, V 64, 1,000 epochs (as in the [ladder](ladder-quick.md))|heads2|1000' 'epochs 1,000 → 4,000|heads2|4000'
        'heads 2 → 4|base|4000' 'S 16 → 64|S64|4000' 'V 64 → 256|S64V256|4000' 'd 8 → 16|path|4000' 'epochs 4,000 → 8,000|path|8000')
    load_rows=('base|5|1000' 'load20|20|1000' 'load80|80|1000' 'base|5|2000' 'load20|20|2000')
else
    words='L1 d32 V2048 S64, four heads, load 6' published=4.23 whose='L1 d32'
    changes=('S16|S 16||facts.seq_len=16' 'V256|V 256||facts.vocab_size=256' 'd16|d 16||model.n_embd=16 train.learning_rate=0.03'
        'd64|d 64||model.n_embd=64 train.learning_rate=0.0075')
    same_everywhere 0.005 0.01 0.02 0.04 0.0075 0.03
fi
run_changes() {
    local row name keys
    for row in "${changes[@]}"; do
        IFS='|' read -r name _ _ keys <<<"$row"
        # shellcheck disable=SC2086 # words
        case $keys in
        '') ;;
        *max_steps*) arm "$name" $keys ;;
        *) arm "$name" train.max_steps=$usual $keys ;;
        esac
    done
}
quick() {
    arm base train.max_steps=500,1000,2000,4000,8000
    arm S64V256 facts.seq_len=64 facts.vocab_size=256
    arm path facts.seq_len=64 facts.vocab_size=256 model.n_embd=16 train.learning_rate=0.015 train.max_steps=2000,4000,8000
    arm load20 facts.load=20 train.max_steps=1000,2000
    arm load80 facts.load=80 train.max_steps=1000
    run_changes
}
if [ "$form" = quick ]; then
    reproduce_all quick
else
    full_cost
    arm short model.n_head=1 train.max_steps=400
    doubled base
    usual=$(longest base)
    reproduce_all run_changes
    for load in 24 96; do doubled load$load facts.load=$load; done
    path=('one head, 400 epochs (as in [morris](morris-quick.md))|short|400' 'heads 1 → 4|base|400' "epochs 400 → $usual|base|$usual"
        "load 6 → 24|load24|$(longest load24)" "load 24 → 96|load96|$(longest load96)")
    load_rows=("base|6|$usual" "load24|24|$(longest load24)" "load96|96|$(longest load96)")
fi

# ---- the page ----

less() { paste "$1" "$2" | awk '{print $1 - $2}'; }
summary() { reproduce_summary 3; }
point() { awk '{sum += $1} END {printf "%.2f", sum / NR}'; }
signed() { sed -E 's/^([0-9])/+\1/'; }
paper() { # ARM EPOCHS: bits per parameter in the convention of the paper's code
    paste <(values "$1" mem_hfshift "max_steps=$2") <(values "$1" params "max_steps=$2") | awk '{print $1 / $2}'
}
bits() { values "$1" bits_per_param "max_steps=$2"; } # ARM EPOCHS
steps_of() { sed -nE 's/.*max_steps=([0-9]+).*/\1/p' <<<"$1"; }

change_row() { # SWEEP|WORDS|KEYS|...
    local name label where steps words
    IFS='|' read -r name label where _ <<<"$1"
    steps=$(steps_of "$where")
    steps=${steps:-$usual}
    read -r -a words <<<"$where"
    reproduce_runs "$name" "max_steps=$steps" "${words[@]}"
    printf '| %s | %s | %s | %s | %s | %s |\n' "$label" "$(reproduce_values params "${runs[0]}")" "$steps" \
        "$(reproduce_values bits_per_param "${runs[@]}" | summary)" \
        "$(less <(reproduce_values bits_per_param "${runs[@]}") <(bits base "$usual") | summary | signed)" \
        "$(less <(reproduce_values bits_per_param "${runs[@]}") <(bits base "$usual") | verdict)"
}
# Of differences on stdin: is their interval on one side of 0?
verdict() {
    reproduce_summary 6 | awk '{print ($1 - $3 > 0 ? "more" : $1 + $3 < 0 ? "less" : "not shown")}'
}
share_rows() {
    local row label name steps before='' last
    for row in "${path[@]}"; do
        IFS='|' read -r label name steps <<<"$row"
        if [ -z "$before" ]; then
            printf '| %s | %s | |\n' "$label" "$(bits "$name" "$steps" | summary)"
        else
            # shellcheck disable=SC2086
            printf '| %s | %s | %s |\n' "$label" "$(less <(bits "$name" "$steps") <(bits $before) | summary | signed)" \
                "$(less <(bits "$name" "$steps") <(bits $before) | verdict)"
        fi
        before="$name $steps"
    done
    read -r last steps <<<"$before"
    printf '| the paper'"'"'s convention: the first token is not coded | %s | %s |\n' \
        "$(less <(paper "$last" "$steps") <(bits "$last" "$steps") | summary | signed)" \
        "$(less <(paper "$last" "$steps") <(bits "$last" "$steps") | verdict)"
    printf '| **reached here** | **%s** | |\n' "$(paper "$last" "$steps" | summary)"
    printf '| not explained by these runs | %s | |\n' "$(paper "$last" "$steps" | awk -v p=$published '{print p - $1}' | summary | signed)"
    printf '| **published: %s, fp32** | **%s** | |\n' "$whose" "$published"
}
budget_rows() {
    local steps before=''
    for steps in $(budgets base); do
        printf '| %s | %s | %s |\n' "$steps" "$(bits base "$steps" | summary)" \
            "$([ -z "$before" ] && echo – || gains base "$before" "$steps" | reproduce_summary 2 | signed)"
        before=$steps
    done
}
# What the single changes say about the rest: nothing of this is in the shares.
rest() {
    printf '\nWhat these runs say of the rest: four times the facts (load 20, 2,000 epochs) %s, two layers %s, rotary\n' \
        "$(less <(bits load20 2000) <(bits base 2000) | summary | signed)" "$(less <(bits L2 "$usual") <(bits base "$usual") | summary | signed)"
    printf 'positions %s, AdamW with 16,000 epochs %s (its rates below) instead of SOAP with 4,000. Not tried in this form: d 32 to 256,\n' \
        "$(less <(bits rope "$usual") <(bits base "$usual") | summary | signed)" \
        "$(less <(values adamw bits_per_param max_steps=16000 learning_rate=0.08) <(bits base "$usual") | summary | signed)"
    printf 'V 2048, 10⁶ steps of Adam.\n'
}
load_row() { # ARM|LOAD|EPOCHS
    local name load steps
    IFS='|' read -r name load steps <<<"$1"
    printf '| %s | %s | %s | %s |\n' "$load" "$(values "$name" facts "max_steps=$steps" | head -n 1)" "$steps" "$(bits "$name" "$steps" | summary)"
}
IFS='|' read -r _ start start_steps <<<"${path[0]}"
IFS='|' read -r _ end end_steps <<<"${path[-1]}"
{
    printf '# Why 2.9 bits per parameter and not 3.6 to 3.8? %s form\n\n' "${form^}"
    printf 'Morris et al. 2025 report 3.83 bits per parameter (mean over their models in fp32, table 1; L1 d32: 4.23; headline 3.64, bf16).\n'
    printf 'The [ladder](ladder-quick.md) reaches 2.43, the scaled-down models of [morris](morris-quick.md) 2.9. Which differences of the\n'
    printf 'setting make up the gap?\n\n'
    printf 'Base: %s, SOAP at the rate law of the other pages, random facts drawn\n' "$words"
    printf 'without replacement, every token coded, full batch (a step is an epoch). Three seeds of facts and of weights; ± is half of the\n'
    printf '95 %% interval (Student'"'"'s t, two degrees of freedom). Differences are paired by seed. *More*, *less*: the whole interval is on\n'
    printf 'one side of 0. None of the values is a capacity unless a doubled budget gains less than 1 %% and larger fact sets hold no more:\n'
    printf 'see the two tables on epochs and loads.\n\n'
    printf '## Shares\n\n'
    printf 'One change after the other, each on top of those above. Shares depend on this order; the next table has most of them alone.\n\n'
    printf '| | bits/param | verdict |\n|---|---|---|\n'
    share_rows
    printf '\nFrom %s to %s by what was changed, to %s in the paper'"'"'s convention.\n' "$(bits "$start" "$start_steps" | point)" \
        "$(bits "$end" "$end_steps" | point)" "$(paper "$end" "$end_steps" | point)"
    [ "$form" = full ] || rest
    printf '\n## One thing at a time\n\n'
    printf 'Differences from the base, in bits per parameter, at equal epochs unless the row says otherwise.\n\n'
    printf '| | P | epochs | bits/param | difference | verdict |\n|---|---|---|---|---|---|\n'
    printf '| base | %s | %s | %s | | |\n' "$(values base params "max_steps=$usual" | head -n 1)" "$usual" "$(bits base "$usual" | summary)"
    for row in "${changes[@]}"; do change_row "$row"; done
    printf '| base, in the paper'"'"'s convention | | %s | %s | %s | %s |\n' "$usual" "$(paper base "$usual" | summary)" \
        "$(less <(paper base "$usual") <(bits base "$usual") | summary | signed)" "$(less <(paper base "$usual") <(bits base "$usual") | verdict)"
    printf '\n## Epochs\n\nThe base.\n\n| epochs | bits/param | gain of the doubling, %% |\n|---|---|---|\n'
    budget_rows
    printf '\n## Load\n\nThe base with more facts. Load: bits of data per parameter.\n\n| load | facts | epochs | bits/param |\n|---|---|---|---|\n'
    for row in "${load_rows[@]}"; do load_row "$row"; done
    certified=("base|base")
    [ "$form" = full ] || certified+=('S 64|S64' 'S 64, V 256|S64V256')
    reproduce_certified "${certified[@]}" "the last of the shares|$end"
    printf '\nThe share that survives rounding to 8 bits falls with longer training: it is 96 %% after 1,000 epochs ([ladder](ladder-quick.md)).\n'
    reproduce_block "$(reproduce_capacity base)"
    # shellcheck disable=SC2046
    reproduce_footer $(cd "$out" && for at in */; do [ -d "$at/runs" ] && echo "${at%/}"; done)
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
