/* Which class an input has, read from its logits alone: a linear pattern that is learned on some inputs and judged on
 * others, pair of classes by pair, with labels that are permuted as the control. */
#ifndef ROTE_EVAL_LOGITS_PATTERN_H
#define ROTE_EVAL_LOGITS_PATTERN_H

#include <stdint.h>

#include "base/err.h"
#include "eval/stats/stats.h"

/* Fisher's linear discriminant with a diagonal covariance (Bickel & Levina 2004: with more tokens than inputs a full
 * one cannot be had), on logits minus the mean of their row. One pass; memory is 2 classes x V numbers. */
typedef struct ClassPattern {
    int V, classes;
    int64_t n;
    int64_t *inputs;             /* classes */
    double *mean;                /* classes x V: sums of y - first until class_pattern_fit, then means */
    double *weight;              /* classes x V: of the score */
    double *offset;              /* classes */
    double *first, *squares, *y; /* V each: first row, squares about it, room */
} ClassPattern;

/* ERR_NOMEM. */
Status class_pattern_create(ClassPattern *out, int V, int classes, Err *err);
void class_pattern_free(ClassPattern *pattern);
void class_pattern_add(ClassPattern *pattern, const double *row, int class);
/* After the last row. A token's variance within classes counts as at least a thousandth of the mean token's. */
void class_pattern_fit(ClassPattern *pattern);
/* out: classes scores of a row, NAN for a class without inputs; of two classes, the one with the larger score is the
 * likelier. */
void class_pattern_score(ClassPattern *pattern, double *out, const double *row);

/* The area under the curve: P(a number of `upper` is above one of `lower`) + P(equal) / 2, with DeLong's interval
 * (DeLong, DeLong & Clarke-Pearson 1988), cut at 0 and 1. Where the sides do not overlap, the interval has no width: it
 * says nothing then. Interval NAN where a side has fewer than two; value NAN where one is empty. No number is NaN.
 * ERR_NOMEM. */
Status pair_auc(Interval *out, const double *upper, int n_upper, const double *lower, int n_lower, Err *err);

/* The AUC of classes a and b by a pattern: of score[a] - score[b], over the inputs of a against those of b.
 *   score  n x classes, class_pattern_score of held-out inputs
 *   class  n
 * As pair_auc; NAN where a class had no inputs to learn from. ERR_NOMEM. */
Status pattern_auc(Interval *out, const double *score, const int32_t *class, int n, int classes, int a, int b,
                   Err *err);

/* The control: the same labels in random order. Number `sub` of a seed. ERR_NOMEM. */
Status permuted_classes(int32_t *out, const int32_t *class, int n, uint64_t seed, uint32_t sub, Err *err);

#endif
