/* The effect of a neuron rule on a model: when its units fire, the loss when they are ablated, the effect of
 * clamping them, whether the rest of the layer also encodes the class, and the same for random units. Definitions:
 * docs/math.md, "What rules did". */
#ifndef ROTE_EVAL_NEURONS_MEASURE_H
#define ROTE_EVAL_NEURONS_MEASURE_H

#include "eval/evaluate.h"
#include "eval/neurons/figures.h"

typedef struct NeuronPlan {
    int layer;
    const int32_t *unit; /* n_units, ascending */
    int n_units;
    const int8_t *label; /* of the rule, for the whole pool (data/labels.h) */
    int neutral_tag;     /* facts of that tag are the bases of pairs, in place of the other side; -1: none */
    int pairs_tag;       /* facts of that tag are the sources of more pairs; -1: none */
    int random_sets;
    int threads;                                       /* 0: one per core; changes no bit */
    void (*progress)(void *user, int done, int steps); /* may be NULL */
    void *user;
} NeuronPlan;

typedef struct NeuronMeasures {
    NeuronFigures own;
    NeuronFigures shuffled;   /* HIT, FAR, AUROC with sides permuted among the facts */
    int n_random;             /* random_sets of the plan; 0: the layer has too few other units */
    NeuronFigures *random;    /* of each set HIT, FAR, AUROC, zero-ablation, flips at dose 1 */
    double code_bits, recall; /* over all trained facts, for the price */
} NeuronMeasures;

/* ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Free with neuron_measures_free. */
Status neurons_measure(NeuronMeasures *out, const Gpt *g, const FactSet *facts, const NeuronPlan *plan,
                       Err *err);
void neuron_measures_free(NeuronMeasures *x);

#endif
