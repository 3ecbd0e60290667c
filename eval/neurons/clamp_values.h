/* What units can be held at, row by row: the mean of a place (eval/neurons/places.h), over all trained rows or over the
 * class's, and what they are in single facts of the class (donors). One number for all rows would be the value of no
 * row: training by interchange interventions (train/neurons/causal.h) holds a donor's own value at each row. */
#ifndef ROTE_EVAL_NEURONS_CLAMP_VALUES_H
#define ROTE_EVAL_NEURONS_CLAMP_VALUES_H

#include "base/random.h"
#include "eval/fact_batch.h"
#include "model/gpt.h"

/* What is the same for all units of a layer. Rows of the class are those with label 1, of trained facts; donors are
 * trained facts that have one. */
typedef struct HeldPlan {
    const Gpt *g;
    const FactSet *facts;
    const FactBatch *all; /* the pool */
    const int8_t *label;  /* of its tokens */
    int layer;
    int n_places;
    int32_t *place;      /* of each token of the pool */
    int64_t *class_rows; /* n_places: rows of the class that stand there */
    int n_donors;
    int *donor;        /* n_donors, by prompt_len, length, number */
    int64_t *kept;     /* of each trained fact: its first row in Held.act; -1: no donor */
    int64_t kept_rows; /* of all donors */
} HeldPlan;

/* Of n units. */
typedef struct Held {
    int n;
    double *
        mean; /* (n_places, n) over all trained rows of the place; without such a row over those of all places */
    double *class_mean; /* (n_places, n) over rows of the class; NAN without one */
    real *act;          /* (kept_rows, n) of donors */
} Held;

/* g, facts, all and label must outlive it. ERR_NOMEM. Free with held_plan_free, after a failure too. */
Status held_plan_create(HeldPlan *out, const Gpt *g, const FactSet *facts, const FactBatch *all,
                        const int8_t *label, int layer, Err *err);
void held_plan_free(HeldPlan *plan);

/* ERR_NOMEM. Free with held_free. */
Status held_collect(Held *out, const HeldPlan *plan, const int32_t *unit, int n, Err *err);
void held_free(Held *held);

/* A donor for a fact of the class (or one that stands for it): drawn evenly, as number `at` of that stream, among the
 * other donors with as long a prompt and answer. -1: there is none. */
int held_donor(const HeldPlan *plan, int source, Stream stream, uint64_t at);

#endif
