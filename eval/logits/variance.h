/* What a logit is determined by: its variance over inputs and seeds, divided between the token alone, the class of the
 * input, the position, the input, and the seed; and the tokens that are always at the top.
 *
 * y(s, i, v): logit of token v for input i by the model of seed s, minus the mean of its row (it moves no probability).
 * Means over ever smaller sets, each within the one before it:
 *   m(v)        over all inputs and seeds           TOKEN     sum m(v)^2
 *   m(c, v)     of a class                          CLASS     sum (m(c, v) - m(v))^2
 *   m(c, p, v)  of a class at a position            POSITION  sum (m(c, p, v) - m(c, v))^2
 *   m(i, v)     of an input, over seeds             INPUT     sum (m(i, v) - m(c, p, v))^2
 *   y(s, i, v)                                      SEED      sum (y(s, i, v) - m(i, v))^2
 * The sets are nested, so the parts add up to sum y^2 whatever the numbers of inputs are. A mean of few values follows
 * their noise: where a set explains nothing, its share is df / (all df behind TOKEN) of what lies behind TOKEN; df
 * are given with the parts. One pass; memory is (classes x positions + 5) V numbers, whatever the number of inputs. */
#ifndef ROTE_EVAL_LOGITS_VARIANCE_H
#define ROTE_EVAL_LOGITS_VARIANCE_H

#include <stdint.h>

#include "base/err.h"

typedef enum VariancePart {
    VARIANCE_TOKEN,
    VARIANCE_CLASS,
    VARIANCE_POSITION,
    VARIANCE_INPUT,
    VARIANCE_SEED,
    VARIANCE_PARTS
} VariancePart;

typedef struct VarianceTable {
    int V, seeds, classes, positions;
    int64_t n;                   /* inputs */
    int64_t *cell_inputs;        /* classes x positions */
    double *cell;                /* classes x positions x V: sums over inputs and seeds of y - first */
    double *first;               /* V: m(i, v) of the first input; sums of squares about it lose nothing */
    double *inputs;              /* V: seeds times the sum over inputs of (m(i, v) - first)^2 */
    double *all;                 /* V: sum of (y - first)^2 */
    double *mean, *y;            /* V each: of one input, of one row */
    double level, level_squares; /* row means minus the first, summed over rows */
    double first_level;
} VarianceTable;

/* All counts >= 1. ERR_NOMEM. */
Status variance_create(VarianceTable *out, int V, int seeds, int classes, int positions, Err *err);
void variance_free(VarianceTable *table);

/* rows: seeds x V logits of one input, the seeds always in one order. */
void variance_add(VarianceTable *table, const double *rows, int class, int position);

typedef struct VarianceShares {
    double part[VARIANCE_PARTS];  /* per logit: sums of squares / (n seeds V) */
    double share[VARIANCE_PARTS]; /* of their sum; NAN where it is 0 */
    double df[VARIANCE_PARTS];    /* of one token */
    double total;                 /* their sum: mean of y^2 */
    double level;                 /* variance of the row means, which is in no part */
} VarianceShares;

/* by_token: VARIANCE_PARTS x V, the parts of each token (their mean over tokens is part); NULL: not wanted. One input
 * or more. */
VarianceShares variance_shares(const VarianceTable *table, double *by_token);

/* ---- tokens at the top ---- */

/* The k largest of row, largest first, of equals the lowest token first; 1 <= k <= V. A heap of k: O(V log k) at most,
 * O(V) for rows in no order and small k. */
void top_tokens(int32_t *out, const double *row, int V, int k);

/* How often each token is among the k largest of a row of a class. */
typedef struct TopCounts {
    int V, classes, k;
    int64_t *rows;  /* classes */
    int64_t *count; /* classes x V; count == rows: always */
    int32_t *top;   /* k */
} TopCounts;

/* ERR_NOMEM. */
Status top_counts_create(TopCounts *out, int V, int classes, int k, Err *err);
void top_counts_free(TopCounts *counts);
void top_counts_add(TopCounts *counts, const double *row, int class);
/* Tokens that are in the top k of every row of the class; a class without rows has none. */
int top_counts_always(const TopCounts *counts, int class);

#endif
