#include "eval/result_figures.h"

#include <string.h>

#include "eval/capacity/ratio.h"

static void facts_figures(double *x, const FactSet *facts) {
    x[FIG_FACTS] = facts->n;
    if (facts->entropy_known) {
        x[FIG_DATA_BITS] = facts->data_bits;
        x[FIG_DATA_BITS_SET] = facts->data_bits_set;
        x[FIG_CEILING_BITS] = facts->ceiling_bits;
    }
    x[FIG_ANSWER_BITS] = facts->answer_bits;
    x[FIG_ZLIB_BYTES] = (double)facts->zlib_bytes;
    for (int i = 0; i < TEXT_ORDERS; i++) x[FIG_ORDER0_BITS + i] = facts->order_bits[i];
}

static void evaluation_figures(double *x, const Evaluation *e) {
    x[FIG_CODE_BITS] = e->code_bits;
    x[FIG_MEMORIZED_BITS] = e->memorized_bits;
    x[FIG_MEMORIZED_BITS_CLIPPED] = e->memorized_bits_clipped;
    x[FIG_MEM_HFSHIFT] = e->mem_hfshift;
    x[FIG_RECALL] = e->recall;
    x[FIG_LOSS_NATS] = e->loss_nats;
    x[FIG_HELDOUT] = e->heldout;
    x[FIG_HELDOUT_CODE_BITS] = e->heldout_code_bits;
    x[FIG_HELDOUT_LOSS_NATS] = e->heldout_loss_nats;
    x[FIG_MIA_AUC] = e->membership.auc;
    x[FIG_MIA_F1] = e->membership.f1;
}

static void training_figures(double *x, const RunCounts *counts) {
    x[FIG_EXPOSURES] = counts->exposures;
    x[FIG_EXPOSURES_LEAST] = (double)counts->exposures_least;
    x[FIG_EXPOSURES_MOST] = (double)counts->exposures_most;
    x[FIG_STEPS] = (double)counts->steps;
    x[FIG_TOKENS] = (double)counts->tokens;
}

void result_figures(RunFigures *out, const FigureSources *from) {
    const FactSet *facts = from->facts;
    const Evaluation *e = from->evaluation;
    double *x = out->value, params = (double)from->params, weight_bits = (double)from->weight_bits;
    unsigned holds = 0;
    figures_init(out);
    facts_figures(x, facts);
    evaluation_figures(x, e);
    x[FIG_PARAMS] = params;
    x[FIG_BITS_PER_PARAM] = e->memorized_bits / params;
    x[FIG_WEIGHT_BITS] = weight_bits;
    x[FIG_BITS_PER_WEIGHT_BIT] = e->memorized_bits / weight_bits;
    if (!facts->entropy_known) holds |= WITH_UNKNOWN_ENTROPY | WITH_ANSWERS;
    if (facts->answer_bits > 0) holds |= WITH_ANSWERS;
    if (!strcmp(facts->kind, "text")) holds |= WITH_TEXT;
    if (from->config->train.quantize != QUANTIZE_NONE) holds |= WITH_QUANTIZED;
    CapacityRatio ratio;
    if (capacity_ratio(&ratio, facts, e, from->params)) {
        holds |= WITH_BIOGRAPHIES;
        x[FIG_R] = ratio.r;
        x[FIG_R_MAX] = ratio.r_max;
    }
    if (e->heldout) {
        holds |= WITH_HELDOUT;
        x[FIG_MIA_F1_LAW] = membership_law(facts->data_bits, params);
    }
    if (from->counts) {
        holds |= WITH_TRAINING;
        if (from->config->facts.zipf > 0) holds |= WITH_ZIPF;
        training_figures(x, from->counts);
    }
    figures_keep(out, holds);
}
