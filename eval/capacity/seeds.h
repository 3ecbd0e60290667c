/* Comparison of seeds: an outlying seed, and effects of a seed that all architectures share. Definitions:
 * docs/math.md, "Capacity". */
#ifndef ROTE_EVAL_CAPACITY_SEEDS_H
#define ROTE_EVAL_CAPACITY_SEEDS_H

#include "eval/capacity/series.h"

#define ODD_LEVEL 0.05 /* the probability that a series of equal seeds names an outlier is at most this, */
#define ODD_MIN   0.03 /* and a seed within 3 % of the others is never named */

/* Whether a run is in the plateau's mean: its size is beyond the transition, and its budget is the longest of its
 * architecture. */
bool makes_plateau(const Series *s, const SeriesRun *run);

/* Keeps plateau.odd if the seed is an outlier after Bonferroni correction over the architectures, else sets its
 * column to -1. Fills odd_excess and odd_seed of the architectures, and replaces the interval of such a plateau by
 * one over seeds. */
void seeds_judge(Series *s);

/* The mean over the m architectures with a plateau of their mean bits per parameter (`ratio`, m of them, in order).
 * Its interval is that of a two-way table of architectures and seeds, both random: the variance of the mean over
 * architectures, plus that of the effects of seeds on all architectures alike (Searle, Casella & McCulloch 1992,
 * chapter 4), with Satterthwaite's degrees of freedom (1946). set: bits coded as a set. m < 2: no interval.
 * ERR_NOMEM. */
Status mean_over_architectures(Interval *out, const Series *s, const double *ratio, int m, bool set,
                               Err *err);

#endif
