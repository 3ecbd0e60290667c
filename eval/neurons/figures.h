/* The figures of a neuron rule's effect on a model; docs/math.md, "What rules did", defines each. */
#ifndef ROTE_EVAL_NEURONS_FIGURES_H
#define ROTE_EVAL_NEURONS_FIGURES_H

#include "eval/neurons/facts.h"

enum { NEURON_DOSES = 4, NEURON_DONORS = 10 }; /* number of donors drawn for each pair */
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
    /* the first of four figures: bits of class and others, recall of class and others */
    FIGURE_AS_IT_IS,
    FIGURE_ZERO = FIGURE_AS_IT_IS + 4,
    FIGURE_MEAN = FIGURE_ZERO + 4,
    FIGURE_DOSE_BITS = FIGURE_MEAN + 4, /* from here on one figure per dose */
    FIGURE_DOSE_RECALL = FIGURE_DOSE_BITS + NEURON_DOSES,
    FIGURE_PAIRS = FIGURE_DOSE_RECALL + NEURON_DOSES,
    FIGURE_FLIP_BASE,
    FIGURE_DOSE_FLIP,
    FIGURE_DONOR_PAIRS = FIGURE_DOSE_FLIP + NEURON_DOSES,
    FIGURE_DONOR_FLIP,
    FIGURE_TAG_PAIRS = FIGURE_DONOR_FLIP + NEURON_DOSES,
    FIGURE_TAG_FLIP_BASE,
    FIGURE_DOSE_TAG_FLIP,
    FIGURE_DONOR_TAG_PAIRS = FIGURE_DOSE_TAG_FLIP + NEURON_DOSES,
    FIGURE_DONOR_TAG_FLIP,
    FIGURE_LEAK_WITHOUT = FIGURE_DONOR_TAG_FLIP + NEURON_DOSES,
    FIGURE_LEAK_WITH,
    NEURON_FIGURES
} NeuronFigure;

/* Its key in JSON (docs/formats.md). */
extern const char *const neuron_figure_key[NEURON_FIGURES];

/* NAN: not measured, or no facts to measure it on */
typedef struct NeuronFigures {
    double of[NEURON_GROUPS][NEURON_FIGURES];
} NeuronFigures;
void neuron_figures_clear(NeuronFigures *x); /* all NAN */

#endif
