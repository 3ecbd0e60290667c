/* Values that units can be clamped to, row by row: the mean of a place (eval/neurons/places.h), over all trained
 * rows or over those of the class, and the values in single facts of the class (donors). One mean over all rows
 * would be a value that occurs in no row: training by interchange interventions (train/neurons/causal.h) clamps each
 * row to the donor's own value. */
#ifndef ROTE_EVAL_NEURONS_CLAMP_VALUES_H
#define ROTE_EVAL_NEURONS_CLAMP_VALUES_H

#include "base/random.h"
#include "eval/fact_batch.h"
#include "model/gpt.h"

/* The part that is the same for all units of a layer. Rows of the class are the rows of trained facts with label 1;
 * donors are the trained facts that have such a row. */
typedef struct ClampPlan {
    const Gpt *g;
    const FactSet *facts;
    const FactBatch *all; /* the pool */
    const int8_t *label;  /* of the pool's tokens */
    int layer;
    int n_places;
    int32_t *place;      /* the place of each token of the pool */
    int64_t *class_rows; /* n_places: number of the class's rows at the place */
    int n_donors;
    int *donor;       /* n_donors, sorted by prompt_len, length, number */
    int64_t *act_row; /* of each trained fact: its first row in ClampValues.act; -1: not a donor */
    int64_t act_rows; /* number of rows of all donors */
} ClampPlan;

/* The values of n units. */
typedef struct ClampValues {
    int n;
    double *
        /* (n_places, n) mean over all trained rows of the place; for a place without rows, over those of all places */
        mean;
    double *class_mean; /* (n_places, n) mean over rows of the class; NAN without one */
    real *act;          /* (act_rows, n) of donors */
} ClampValues;

/* g, facts, all and label must outlive it. ERR_NOMEM. Free with clamp_plan_free, after a failure too. */
Status clamp_plan_create(ClampPlan *out, const Gpt *g, const FactSet *facts, const FactBatch *all,
                         const int8_t *label, int layer, Err *err);
void clamp_plan_free(ClampPlan *plan);

/* ERR_NOMEM. Free with clamp_values_free. */
Status clamp_values_collect(ClampValues *out, const ClampPlan *plan, const int32_t *unit, int n, Err *err);
void clamp_values_free(ClampValues *values);

/* Draws a donor for a fact of the class, or for the source of a pair: uniformly, as number `at` of that stream,
 * among the other donors with equally long prompt and answer. -1: there is none. */
int clamp_donor(const ClampPlan *plan, int source, Stream stream, uint64_t at);

#endif
