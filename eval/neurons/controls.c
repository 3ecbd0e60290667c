/* Controls by chance: permuted sides, and random units instead of the rule's. */
#include "eval/neurons/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

static const double NEAREST = 0.1; /* number of the other units that a random one is drawn from */

/* Permutes the sides among the facts that have one, within their group. */
Status study_shuffled(const Study *s, NeuronFigures *to, Err *err) {
    const NeuronFacts *x = &s->facts;
    size_t room = (size_t)x->n + 1;
    Status status = OK;
    int8_t *side = malloc(room);
    int32_t *fact = malloc(room * sizeof *fact), *order = malloc(room * sizeof *order);
    if (!side || !fact || !order) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to shuffle %d facts", x->n));
    memcpy(side, x->side, (size_t)x->n);
    for (int g = 0; g < NEURON_GROUPS; g++) {
        int n = 0;
        for (int i = 0; i < x->n; i++)
            if (x->side[i] >= 0 && neuron_fact_in(x, i, g)) fact[n++] = i;
        random_permutation(order, n, random_stream(CONTROL_SEED, RANDOM_CONTROL, (uint32_t)(SUB_SIDES + g)));
        for (int k = 0; k < n; k++) side[fact[k]] = x->side[fact[order[k]]];
    }
    TRY_GOTO(study_fire(s, to, side, s->plan->unit, false, err));
done:
    free(side);
    free(fact);
    free(order);
    return status;
}

/* ---- random sets of units ---- */

typedef struct Candidate {
    double distance; /* sorted by mean a */
    int32_t unit;
} Candidate;

static int nearest_first(const void *left, const void *right) {
    const Candidate *a = left, *b = right;
    if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
    return a->unit - b->unit;
}

/* For each unit of the rule, draws one of the NEAREST share of the other units by mean a, without replacement. */
static void draw_set(const Study *s, int set, int32_t *unit, Candidate *candidate) {
    const double *mean = s->facts.mean;
    int width = s->facts.width, n_units = s->plan->n_units;
    int nearest = (int)ceil(NEAREST * (width - n_units));
    Stream stream = random_stream(CONTROL_SEED, RANDOM_CONTROL, (uint32_t)(SUB_SETS + set));
    for (int j = 0; j < n_units; j++) {
        int n = 0;
        for (int32_t u = 0; u < width; u++) {
            bool out = false;
            for (int k = 0; k < n_units; k++) out |= s->plan->unit[k] == u || (k < j && unit[k] == u);
            if (!out) candidate[n++] = (Candidate){fabs(mean[u] - mean[s->plan->unit[j]]), u};
        }
        qsort(candidate, (size_t)n, sizeof *candidate, nearest_first);
        unit[j] = candidate[random_below(stream, (uint64_t)j, (uint64_t)(nearest < n ? nearest : n))].unit;
    }
}

Status study_random_sets(Study *s, NeuronMeasures *out, const GroupKnowledge *as_it_is, Err *err) {
    if (s->facts.width < 2 * s->plan->n_units) return OK;
    Status status = OK;
    int32_t *unit = malloc((size_t)s->plan->n_units * sizeof *unit);
    Candidate *candidate = malloc((size_t)s->facts.width * sizeof *candidate);
    out->random = calloc((size_t)s->plan->random_sets + 1, sizeof *out->random);
    if (!unit || !candidate || !out->random)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d sets of units", s->plan->random_sets));
    for (int i = 0; i < s->plan->random_sets; i++) {
        NeuronFigures *to = &out->random[out->n_random++];
        neuron_figures_clear(to);
        draw_set(s, i, unit, candidate);
        TRY_GOTO(study_fire(s, to, s->facts.side, unit, false, err));
        TRY_GOTO(study_ablate(s, to, as_it_is, unit, false, err));
    }
done:
    free(unit);
    free(candidate);
    return status;
}
