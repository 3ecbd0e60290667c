/* What a neuron rule did to a model: how its units fire, what is lost without them, what they bring about when they are
 * held, whether the rest of the layer knows the class too, and what random units do in their place. Definitions:
 * docs/math.md, "What rules did". */
#ifndef ROTE_EVAL_NEURONS_H
#define ROTE_EVAL_NEURONS_H

#include "eval/evaluate.h"
#include "eval/neurons/facts.h"

enum { NEURON_DOSES = 4 };
extern const double neuron_dose[NEURON_DOSES];

typedef enum NeuronFigure {
    FIGURE_CLASS_FACTS,
    FIGURE_OTHER_FACTS,
    FIGURE_CLASS_ROWS,
    FIGURE_OTHER_ROWS,
    FIGURE_PRIOR,
    FIGURE_HIT,
    FIGURE_FAR,
    FIGURE_AUROC,
    FIGURE_PRECISION,
    FIGURE_SELECTIVITY,
    FIGURE_SELECTIVE,
    FIGURE_INFORMATION,
    FIGURE_INFORMATION_MAX,
    /* of the four figures of knowledge: bits of class and others, recall of class and others */
    FIGURE_AS_IT_IS,
    FIGURE_ZERO = FIGURE_AS_IT_IS + 4,
    FIGURE_MEAN = FIGURE_ZERO + 4,
    FIGURE_DOSE_BITS = FIGURE_MEAN + 4, /* from here on one a dose */
    FIGURE_DOSE_RECALL = FIGURE_DOSE_BITS + NEURON_DOSES,
    FIGURE_PAIRS = FIGURE_DOSE_RECALL + NEURON_DOSES,
    FIGURE_FLIP_BASE,
    FIGURE_DOSE_FLIP,
    FIGURE_TAG_PAIRS = FIGURE_DOSE_FLIP + NEURON_DOSES,
    FIGURE_TAG_FLIP_BASE,
    FIGURE_DOSE_TAG_FLIP,
    FIGURE_LEAK_WITHOUT = FIGURE_DOSE_TAG_FLIP + NEURON_DOSES,
    FIGURE_LEAK_WITH,
    NEURON_FIGURES
} NeuronFigure;

/* Its key in JSON (docs/formats.md). */
extern const char *const neuron_figure_key[NEURON_FIGURES];

/* NAN: not measured, or nothing to measure it on. */
typedef struct NeuronFigures {
    double of[NEURON_GROUPS][NEURON_FIGURES];
} NeuronFigures;

typedef struct NeuronQuestion {
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
} NeuronQuestion;

typedef struct NeuronAnswer {
    NeuronFigures own;
    NeuronFigures shuffled;   /* HIT, FAR, AUROC with sides permuted among the facts */
    int n_random;             /* as many as were asked for, or 0: the layer has too few other units */
    NeuronFigures *random;    /* of each set HIT, FAR, AUROC, zero-ablation, flips at dose 1 */
    double code_bits, recall; /* of all trained facts, for the price */
} NeuronAnswer;

/* ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Free with neurons_answer_free. */
Status neurons_measure(NeuronAnswer *out, const Gpt *g, const FactSet *facts, const NeuronQuestion *question,
                       Err *err);
void neurons_answer_free(NeuronAnswer *x);

#endif
