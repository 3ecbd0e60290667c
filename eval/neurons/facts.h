/* Activations of the units of an MLP's hidden layer on each fact, at the tokens of a neuron rule. */
#ifndef ROTE_EVAL_NEURONS_FACTS_H
#define ROTE_EVAL_NEURONS_FACTS_H

#include "data/facts.h"
#include "eval/stats/ranking.h"
#include "model/gpt.h"

enum { GROUP_TRAINED, GROUP_HELDOUT, NEURON_GROUPS };

/* Facts, then held-out facts: n + n_heldout of the pool. */
typedef struct NeuronFacts {
    int n, n_trained, width;
    int8_t *side;      /* n: 1 the class, 0 the other side, -1: neither */
    int32_t *rows;     /* n: number of the fact's tokens with a label */
    double *pre, *act; /* (n, width): sums of z and of a over them */
    int32_t *fired;    /* (n, width): number of these tokens with z > 0 */
    double *mean;      /* width: mean of a over all tokens of the trained facts */
} NeuronFacts;

/*   label  of the whole pool (data/labels.h)
 * ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Free with neuron_facts_free. */
Status neuron_facts_collect(NeuronFacts *out, const Gpt *g, const FactSet *facts, int layer,
                            const int8_t *label, Err *err);
void neuron_facts_free(NeuronFacts *x);

static inline bool neuron_fact_in(const NeuronFacts *x, int i, int group) {
    return (i >= x->n_trained) == (group == GROUP_HELDOUT);
}

/* How units separate the sides: HIT and FAR over tokens and units, the others by eval/stats/ranking.h. A unit fires
 * if the argument of its activation is above 0 (z > 0); in a gated MLP, that is the sign of the gate's input. */
typedef struct Firing {
    int64_t facts[2], rows[2];
    double hit, far;
    Separation separation; /* facts ranked by mean z over the rule's tokens and units */
    double selectivity;    /* mean over the units that have a selectivity; their number is `selective` */
    int selective;
    double information, information_max;
} Firing;
/* side  n: 1, 0, or -1 (neither); need not be x->side
 * ERR_NOMEM. */
Status neuron_firing(Firing *out, const NeuronFacts *x, int group, const int8_t *side, const int32_t *unit,
                     int n_units, Err *err);

#endif
