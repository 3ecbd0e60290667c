#include "eval/result_figures.h"

#include <stdio.h>
#include <string.h>

#include "data/mix.h"
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
    x[FIG_HELDOUT] = facts->n_heldout;
    for (int i = 0; i < TEXT_ORDERS; i++) x[FIG_ORDER0_BITS + i] = facts->order_bits[i];
}

static void evaluation_figures(double *x, const Evaluation *e, double params, double weight_bits) {
    x[FIG_CODE_BITS] = e->code_bits;
    x[FIG_MEMORIZED_BITS] = e->memorized_bits;
    x[FIG_MEMORIZED_BITS_CLIPPED] = e->memorized_bits_clipped;
    x[FIG_MEM_HFSHIFT] = e->mem_hfshift;
    x[FIG_RECALL] = e->recall;
    x[FIG_LOSS_NATS] = e->loss_nats;
    x[FIG_HELDOUT_CODE_BITS] = e->heldout_code_bits;
    x[FIG_HELDOUT_LOSS_NATS] = e->heldout_loss_nats;
    x[FIG_MIA_AUC] = e->membership.auc;
    x[FIG_MIA_F1] = e->membership.f1;
    x[FIG_BITS_PER_PARAM] = e->memorized_bits / params;
    x[FIG_BITS_PER_WEIGHT_BIT] = e->memorized_bits / weight_bits;
}

static void kept_figures(double *x, const Kept *kept, bool measured) {
    x[FIG_KEPT] = kept->facts;
    if (!measured) return;
    x[FIG_KEPT_RECALL] = kept->recall;
    x[FIG_KEPT_CODE_BITS] = kept->code_bits;
    x[FIG_KEPT_MEMORIZED_BITS] = kept->memorized_bits;
}

static void training_figures(double *x, const RunCounts *counts) {
    x[FIG_EXPOSURES] = counts->exposures;
    x[FIG_EXPOSURES_MIN] = (double)counts->exposures_min;
    x[FIG_EXPOSURES_MAX] = (double)counts->exposures_max;
    x[FIG_STEPS] = (double)counts->steps;
    x[FIG_TOKENS] = (double)counts->tokens;
}

/* The conditions of FigureWhen that hold, except those about biographies. */
static unsigned what_holds(const FigureSources *from) {
    const FactSet *facts = from->facts;
    unsigned holds = 0;
    if (!facts->entropy_known) holds |= WITH_UNKNOWN_ENTROPY | WITH_ANSWERS;
    if (facts->answer_bits > 0) holds |= WITH_ANSWERS;
    if (!strcmp(facts->kind, "text")) holds |= WITH_TEXT;
    if (from->config->train.quantize != QUANTIZE_NONE) holds |= WITH_QUANTIZED;
    if (facts->n_heldout) holds |= WITH_HELDOUT;
    if (from->counts) holds |= WITH_TRAINING;
    if (from->counts && exposures_uneven(from->config)) holds |= WITH_UNEVEN;
    if (from->kept) holds |= WITH_SELECTION;
    return holds;
}

void result_figures(RunFigures *out, const FigureSources *from) {
    static const Evaluation none = {.n_fields = 0};
    const Evaluation *e = from->evaluation;
    double *x = out->value, params = (double)from->params, weight_bits = (double)from->weight_bits;
    unsigned holds = what_holds(from);
    CapacityRatio ratio;
    figures_init(out);
    x[FIG_PARAMS] = params;
    x[FIG_WEIGHT_BITS] = weight_bits;
    x[FIG_MIA_F1_LAW] = membership_law(from->facts->data_bits, params);
    facts_figures(x, from->facts);
    if (e) evaluation_figures(x, e, params, weight_bits);
    if (from->kept) kept_figures(x, from->kept, e != NULL);
    if (from->counts) training_figures(x, from->counts);
    if (capacity_ratio(&ratio, from->facts, e ? e : &none, from->params)) {
        holds |= WITH_BIOGRAPHIES;
        x[FIG_R] = ratio.r;
        x[FIG_R_MAX] = ratio.r_max;
    }
    figures_keep(out, holds);
}

int result_fields(FieldBits out[FIELDS_MAX], const FactSet *facts, const Evaluation *evaluation) {
    int n = 0;
    for (int f = FIELD_CONTEXT + 1; f < facts->n_fields; f++, n++) {
        snprintf(out[n].name, sizeof out[n].name, "%s", facts->field_name[f]);
        out[n].code_bits = evaluation ? evaluation->by_field[n].code_bits : __builtin_nan("");
        out[n].heldout_bits = evaluation ? evaluation->by_field[n].heldout_bits : __builtin_nan("");
    }
    return n;
}
