/* What the units of an MLP's hidden layer do on each fact, at the tokens that a neuron rule is about. */
#ifndef ROTE_EVAL_NEURONS_FACTS_H
#define ROTE_EVAL_NEURONS_FACTS_H

#include "data/facts.h"
#include "eval/stats/ranking.h"
#include "model/gpt.h"

enum { GROUP_TRAINED, GROUP_HELDOUT, NEURON_GROUPS };

/* Of facts, then held-out ones: n + n_heldout of the pool. */
typedef struct NeuronFacts {
    int n, n_trained, width;
    int8_t *side;      /* n: 1 the class, 0 the other side, -1: left out */
    int32_t *rows;     /* n: tokens that the rule is about */
    double *pre, *act; /* (n, width): sums of z and of a over them */
    int32_t *fired;    /* (n, width): how many of them have z > 0 */
    double *mean;      /* width: of a, over all tokens of the trained facts */
} NeuronFacts;

/*   label  of the whole pool (data/labels.h)
 * ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Free with neuron_facts_free. */
Status neuron_facts_collect(NeuronFacts *out, const Gpt *g, const FactSet *facts, int layer,
                            const int8_t *label, Err *err);
void neuron_facts_free(NeuronFacts *x);

static inline bool neuron_fact_in(const NeuronFacts *x, int i, int group) {
    return (i >= x->n_trained) == (group == GROUP_HELDOUT);
}

/* How units answer to sides: HIT and FAR over tokens times units, the others of eval/stats/ranking.h. A unit fires
 * where the argument of its activation does, z > 0: the sign of a gated unit's a is that of what the gate is multiplied
 * by. */
typedef struct Firing {
    int64_t facts[2], rows[2];
    double hit, far;
    Separation separation; /* facts by mean z over tokens of the rule and units */
    double selectivity;    /* mean over selective units: those that have one */
    int selective;
    double information, information_max;
} Firing;
/*   side  n: 1, 0, or -1 (left out), which need not be x->side
 * ERR_NOMEM. */
Status neuron_firing(Firing *out, const NeuronFacts *x, int group, const int8_t *side, const int32_t *unit,
                     int n_units, Err *err);

#endif
