#!/usr/bin/env bash
# Does one learning rate serve all widths? Loss after a fixed number of steps by rate and width, in the standard parametrization and in mup
# (Yang et al. 2022, Tensor Programs V), with the narrowest width or a wide one as base; and the slopes of the coordinate check.
#   scripts/reproduce_mup.sh [--quick | --full] [--out DIR] [--jobs N]
# Writes docs/results/mup-quick.md (mup.md). Finished runs are skipped; stopped runs continue.
#
# Cost: a step of 64 facts of 8 tokens and L2 d128, P = 406,000, is 1.2 G operations. Quick: 2
# optimizers, 3 ways, 4 widths, 7 rates, 3 seeds: 504 runs. Full: widths to 512, 1,000 steps, 5 seeds. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"
widths=16,32,64,128 steps=200 seeds=0,1,2
[ "$form" = quick ] || { widths=16,32,64,128,256,512 steps=1000 seeds=0,1,2,3,4; }
rates=0.001,0.002,0.004,0.008,0.016,0.032,0.064
narrowest=16 wide=64
task=(model.n_layer=2 model.n_head=2 facts.n=256 facts.seq_len=8 facts.vocab_size=64 train.batch_size=64)

sweeps() {
    local optimizer way bases
    for optimizer in adamw soap; do
        for way in standard mup; do
            bases=$narrowest
            [ $way = standard ] || bases=$narrowest,$wide
            reproduce_sweep "$optimizer-$way" "${task[@]}" train.max_steps=$steps train.beta2=0.99 train.optimizer=$optimizer \
                train.parametrization=$way train.mup_base_width=$bases model.n_embd=$widths train.learning_rate=$rates train.seed=$seeds
        done
    done
}
reproduce_all sweeps

# "way base width rate loss" a run: bits a token of the trained facts at the end; a diverged run counts as a uniform guess.
losses() { # optimizer
    local way dir
    for way in standard mup; do
        for dir in "$out/$1-$way"/runs/*/; do
            [ -e "$dir/DONE" ] || continue
            awk -v way=$way '
                FILENAME ~ /config.yaml$/ {x[$1] = $2; next}
                /"loss_nats":/ {gsub(",", "", $2); loss = $2}
                END {print way, x["mup_base_width:"], x["n_embd:"], x["learning_rate:"], loss == "null" ? 6 : loss / log(2)}' \
                "${dir}config.yaml" "${dir}result.json"
        done
    done
}

# Tables of one optimizer: best rate by width; the loss that the best single rate, and the narrowest width's best rate, add to it.
tables() { # optimizer
    losses "$1" | awk -v widths=$widths -v rates=$rates -v narrowest=$narrowest -v wide=$wide '
        {sum[$1, $2, $3, $4] += $5; n[$1, $2, $3, $4]++; squares[$1, $2, $3, $4] += $5 * $5}
        function loss(i, w, r) {return sum[way[i], base[i], w, r] / n[way[i], base[i], w, r]}
        function spread(i, w, r,    k, v) {
            k = n[way[i], base[i], w, r]
            v = (squares[way[i], base[i], w, r] - k * loss(i, w, r) ^ 2) / (k - 1)
            return t[k - 1] * sqrt((v > 0 ? v : 0) / k)
        }
        END { # for each way: best rates, their loss, and the loss added by other rates
            split("12.706 4.303 3.182 2.776", t, " ")
            nw = split(widths, w, ","); nr = split(rates, r, ",")
            way[1] = "standard"; base[1] = narrowest; name[1] = "standard"
            way[2] = "mup"; base[2] = narrowest; name[2] = "mup, base " narrowest
            way[3] = "mup"; base[3] = wide; name[3] = "mup, base " wide
            print "| | | " heads(w, nw) " |"
            printf "|---|---|"; for (j = 1; j <= nw; j++) printf "---|"; print ""
            for (i = 1; i <= 3; i++) {
                for (j = 1; j <= nw; j++) {
                    best[j] = 1
                    for (k = 2; k <= nr; k++) if (loss(i, w[j], r[k]) < loss(i, w[j], r[best[j]])) best[j] = k
                }
                one = 1; least = 1e9
                for (k = 1; k <= nr; k++) {
                    all = 0
                    for (j = 1; j <= nw; j++) all += loss(i, w[j], r[k]) - loss(i, w[j], r[best[j]])
                    if (all < least) {least = all; one = k}
                }
                row = "| " name[i] " | best rate |"
                for (j = 1; j <= nw; j++) row = row " " r[best[j]] (best[j] == 1 || best[j] == nr ? " (edge)" : "") " |"
                print row
                row = "| | loss at the best rate |"
                for (j = 1; j <= nw; j++) row = row sprintf(" %.3f ± %.3f |", loss(i, w[j], r[best[j]]), spread(i, w[j], r[best[j]]))
                print row
                low = high = best[1]; most = 0
                for (j = 1; j <= nw; j++) {
                    if (best[j] < low) low = best[j]
                    if (best[j] > high) high = best[j]
                    lost = loss(i, w[j], r[one]) - loss(i, w[j], r[best[j]])
                    if (lost > most) most = lost
                    least_loss[i, j] = loss(i, w[j], r[best[j]])
                }
                verdict[i] = sprintf("- %s: best rates from %s to %s; one rate for all, %s, adds at most %.2f bits a token", name[i], r[low], r[high], r[one], most)
                if (i > 1) {
                    verdict[i] = verdict[i] ";\n  at its own best rates, loss less that of the standard parametrization, by width:"
                    for (j = 1; j <= nw; j++) verdict[i] = verdict[i] sprintf(" %+.2f", least_loss[i, j] - least_loss[1, j])
                }
                row = "| | added loss at " r[one] ", the best single rate |"
                for (j = 1; j <= nw; j++) row = row sprintf(" %.3f |", loss(i, w[j], r[one]) - loss(i, w[j], r[best[j]]))
                print row
                row = "| | added loss at " r[best[1]] ", the best at " w[1] " |"
                for (j = 1; j <= nw; j++) row = row sprintf(" %.3f |", loss(i, w[j], r[best[1]]) - loss(i, w[j], r[best[j]]))
                print row
            }
            print "\nVerdict:\n"
            for (i = 1; i <= 3; i++) print verdict[i] "."
            print "\nAll losses, mean over seeds:\n"
            for (i = 1; i <= 3; i++) {
                print "| " name[i] " | " heads(w, nw) " |"
                printf "|---|"; for (j = 1; j <= nw; j++) printf "---|"; print ""
                for (k = 1; k <= nr; k++) {
                    row = "| " r[k] " |"
                    for (j = 1; j <= nw; j++) row = row sprintf(" %.3f |", loss(i, w[j], r[k]))
                    print row
                }
                print ""
            }
        }
        function heads(w, nw,    j, text) {
            for (j = 1; j <= nw; j++) text = text (j > 1 ? " | " : "") "d " w[j]
            return text
        }'
}

# Slopes "first / all steps" of the coordinate check, a row an optimizer, at three batches.
coordinates() { # optimizer, rate, facts
    "$rote" coordinates "${task[@]}" facts.n="$3" train.beta2=0.99 train.optimizer="$1" train.learning_rate="$2" \
        train.mup_base_width=$narrowest --widths $widths --threads 1
}
slopes() { # optimizer, rate, facts
    coordinates "$@" | awk -v head="| $1, $2 | $(($3 * 8)) |" '
        $1 == "standard" || $1 == "mup" {x[$1] = x[$1] " " $(NF - 2) " / " $(NF - 1) " |"}
        /^$/ {print head " standard |" x["standard"]; print head " mup |" x["mup"]; exit}'
}

{
    printf '# One learning rate for all widths, %s form\n\n' "$form"
    printf 'Does one learning rate serve all widths, in the standard parametrization and under mup? L2, two heads, tied head; 256\n'
    printf 'random facts of 8 tokens over 64 symbols, 12,288 bits; %s steps of 64 of them, cosine, beta2 0.99. Loss: bits a token\n' $steps
    printf 'of the trained facts at the end (a uniform guess: 6; a model that knows all facts: log2(256)/8 = 1), mean over seeds\n%s, ± half of the 95 %% interval.\n\n' $seeds
    printf 'A base of %s is the narrowest width: there mup equals the standard parametrization, and wider models are scaled from it.\n' $narrowest
    printf 'With a base of %s narrower models are scaled down from a wide one.\n\n' $wide
    printf 'Published: Yang et al. 2022 (Tensor Programs V, 2203.03466): under mup the best learning rate is constant as the width\n'
    printf 'grows, and wider is better at any rate; under the standard parametrization the best rate falls. Their widths are 128 to\n'
    printf '8192 and their base is the narrowest one.\n\n'
    for optimizer in adamw soap; do
        printf '\n## %s\n\n' $optimizer
        tables $optimizer
    done
    printf '## Coordinate check\n\n'
    printf 'Slopes of log change over log width, widths %s, base %s, three seeds: change by the first step that moves the\n' $widths $narrowest
    printf 'model / change by four steps. 0 is flat; logits may fall to -0.5 in the first steps ([math](../math.md)). Tokens: in the\n'
    printf 'batch.\n\n'
    printf '| optimizer, rate | tokens | | embedding | block 1 | block 2 | logits |\n|---|---|---|---|---|---|---|\n'
    for facts in 1 64; do
        slopes adamw 0.032 $facts
        slopes soap 0.032 $facts
    done
    reproduce_footer adamw-standard adamw-mup soap-standard soap-mup
} >"$page.new"
mv "$page.new" "$page"
cat "$page"
