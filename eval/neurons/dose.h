/* The dose curves of a neuron rule: what a model answers while the rule's units are held at a dose times their values
 * in the class. */
#ifndef ROTE_EVAL_NEURONS_DOSE_H
#define ROTE_EVAL_NEURONS_DOSE_H

#include "eval/neurons/over_runs.h"
#include "eval/plot/plot.h"

/* A plot over the doses, and the numbers that it points to. */
typedef struct DoseCurves {
    Plot plot; /* no series: nothing was measured */
    double flip[NEURON_DOSES], donor[NEURON_DOSES], tag[NEURON_DOSES], recall[NEURON_DOSES];
    double random[1], random_at[1];
    char title[96];
} DoseCurves;

/* Means over the runs, of trained facts. out must stay where it is, as its plot points into it. */
void dose_curves(DoseCurves *out, const RuleOverRuns *x);

#endif
