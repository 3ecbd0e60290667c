/* Lines about an evaluated model that `rote train` and `rote eval` both print. */
#include "cli/eval/lines.h"

#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "cli/common/show.h"
#include "data/entropy.h"
#include "eval/capacity/ratio.h"

/* H - n log2 n is below 0 where the facts fill nearly all of their space, such as the complete table of a function:
 * to say which fact it is then costs more bits than the facts contain. */
const char *show_ceiling(const FactSet *facts, int digits) {
    if (facts->ceiling_bits <= 0) return "ceiling 0: naming the facts costs more than H";
    static char out[40];
    snprintf(out, sizeof out, "ceiling %.*f", digits, facts->ceiling_bits);
    return out;
}

void show_ratio(const FactSet *facts, const Evaluation *e, int64_t params) {
    CapacityRatio ratio;
    if (capacity_ratio(&ratio, facts, e, params))
        printf("knowledge   R %.4f of R_max %.4f bits/param\n", ratio.r, ratio.r_max);
}

void show_kept(const FactSet *facts, int kept, double recall, double code_bits, double memorized_bits) {
    printf("kept        %s of %s facts, recall %.4f; code %.1f bits", show_int(kept), show_int(facts->n),
           recall, code_bits);
    if (facts->entropy_known)
        printf(", memorized %.1f of %.1f bits (%.1f subtracted to name them)", memorized_bits,
               facts->data_bits * kept / facts->n, choose_bits(facts->n, kept));
    putchar('\n');
}

void show_heldout(const Evaluation *e, const FactSet *facts, int64_t params) {
    if (!e->heldout) return;
    printf("held out    %s facts, %.6f bits/token; membership AUC %.4f, F1 %.4f", show_int(e->heldout),
           bits_of_nats(e->heldout_loss_nats), e->membership.auc, e->membership.f1);
    if (e->entropy_known) printf(" (law %.4f)", membership_law(facts->data_bits, (double)params));
    putchar('\n');
}

void show_weights(Quantize kind, int64_t weight_bits, double memorized_bits) {
    printf("weights     %s, %s bits", config_choice("train.quantize", (int)kind), show_int(weight_bits));
    if (isfinite(memorized_bits))
        printf(", %.4f memorized bits per bit", memorized_bits / (double)weight_bits);
    putchar('\n');
}
