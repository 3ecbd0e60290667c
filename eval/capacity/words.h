/* The results of a series in words, for the terminal and the report. All texts are malloc'd; NULL: no memory. */
#ifndef ROTE_EVAL_CAPACITY_WORDS_H
#define ROTE_EVAL_CAPACITY_WORDS_H

#include "eval/capacity/series.h"

/* "converged and saturated", or "lower bound only: doubling the budget still gains 2.1 %; ..." */
char *architecture_verdict(const Architecture *a);
char *series_verdict(const Series *s);
/* "2.31 bits/param, 95 % interval 2.26 to 2.36 (12 architectures, 3 seeds, ...)"; where the facts' entropy is
 * unknown, which model holds them all. */
char *series_statement(const Series *s);
/* How to get nearer to the plateau, from what docs/results/optimizer.md measured: where the sizes suffice and
 * training has not converged, with another optimizer than SOAP. Empty elsewhere. */
char *series_advice(const Series *s);

/* The smallest architecture whose every run at the longest budget for so many facts recalls at least the share `min`
 * (0 .. 1) of them; NULL: none. */
const Architecture *smallest_recall(const Series *s, double facts, double min);

#endif
