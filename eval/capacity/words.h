/* The results of a series as text, for the terminal and the report. All texts are malloc'd; NULL: no memory. */
#ifndef ROTE_EVAL_CAPACITY_WORDS_H
#define ROTE_EVAL_CAPACITY_WORDS_H

#include "eval/capacity/series.h"

/* "converged and saturated", or "lower bound only: doubling the budget still gains 2.1 %; ..." */
char *architecture_verdict(const Architecture *a);
char *series_verdict(const Series *s);
/* "2.31 bits/param, 95 % interval 2.26 to 2.36 (12 architectures, 3 seeds, ...)"; if the entropy of the facts is
 * unknown, the smallest model that recalls them all. */
char *series_statement(const Series *s);
/* Advice on the optimizer, from the measurements in docs/results/optimizer.md, if there are enough sizes but
 * training with an optimizer other than SOAP has not converged. Else empty. */
char *series_advice(const Series *s);

/* SOAP's learning rate times n_embd: best at n_embd 8, 16 and 24 (scripts/experiments/ladder.yaml). */
#define SOAP_RATE 0.24

/* The smallest architecture of which every run on so many facts, at the longest budget, recalls at least the share
 * `min` (0 .. 1) of them; NULL: there is none. */
const Architecture *smallest_recall(const Series *s, double facts, double min);

#endif
