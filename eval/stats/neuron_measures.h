/* Statistics of how neurons tell one class of facts from the others. Formulas and sources: docs/math.md. */
#ifndef ROTE_EVAL_NEURON_MEASURES_H
#define ROTE_EVAL_NEURON_MEASURES_H

#include <stdint.h>

#include "base/err.h"

/* A fact with a score that is higher for the class, if it tells anything. */
typedef struct RankedFact {
    double score;
    int side; /* 1: the class, 0: the others */
} RankedFact;

typedef struct Ranking {
    double auroc;             /* P(a class fact scores higher than another one) + half of P(equal) */
    double average_precision; /* sum over thresholds of the rise of recall times the precision there */
} Ranking;

/* Sorts all. NAN where a side is empty; average precision needs the class alone. */
Ranking ranking_measure(RankedFact *all, int n);

/* (a1 - a0) / (a1 + a0) of a unit's mean activations on either side (Morcos et al. 2018); NAN where their sum is 0. */
double class_selectivity(double a1, double a0);

/* Bits that "the unit fires" tells about the side of a token: of rows[y] tokens it fires at fired[y]. NAN where a side
 * has no token. */
double firing_information(const int64_t fired[2], const int64_t rows[2]);

#endif
