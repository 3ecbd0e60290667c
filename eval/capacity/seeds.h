/* Seeds beside each other: the one that stands out, and what all architectures of one seed share. Definitions: docs/math.md,
 * "Capacity". */
#ifndef ROTE_EVAL_CAPACITY_SEEDS_H
#define ROTE_EVAL_CAPACITY_SEEDS_H

#include "eval/capacity/series.h"

#define ODD_LEVEL 0.05 /* a series of equal seeds names one with at most this probability, */
#define ODD_MIN   0.03 /* and never one whose bits are within 3 % of the others' */

/* Runs whose bits make the plateau: of sizes beyond the transition, at the longest budget of their architecture. */
bool makes_plateau(const Series *s, const SeriesRun *run);

/* Keeps plateau.odd where the seed stands out, after Bonferroni over the architectures, else sets its column to -1; fills
 * odd_share and odd_seed of the architectures, and makes the interval of such a plateau one over seeds. */
void seeds_judge(Series *s);

/* The mean over the m architectures with a plateau of their mean bits per parameter (`ratio`, m of them, in their order), as a
 * two-way table of architectures and seeds, both random: variance of the mean over architectures, plus that of what seeds
 * do to all architectures alike (Searle, Casella & McCulloch 1992, chapter 4), Satterthwaite's degrees of freedom (1946).
 * set: bits coded as a set. m < 2: no interval. ERR_NOMEM. */
Status mean_over_architectures(Interval *out, const Series *s, const double *ratio, int m, bool set,
                               Err *err);

#endif
