/* How well a number parts two groups: the area under the receiver operating characteristic, by ranks. Formula and
 * source: docs/math.md. */
#ifndef ROTE_EVAL_AUROC_H
#define ROTE_EVAL_AUROC_H

#include <stdint.h>

typedef struct RankItem {
    double x;
    int32_t i; /* 0 .. n-1, each once */
} RankItem;

/* rank2[i]: twice the rank (from 1) of item i by x, those that are equal sharing the mean of theirs. Sorts the items.
 * No x is NaN. */
void ranks_twice(int64_t *rank2, RankItem *item, int n);

/* AUROC - 1/2 of a group of `members` of n items whose doubled ranks add up to sum2: P(x is larger in the group)
 * + P(equal) / 2 - 1/2. A group and its complement differ in the sign alone, bit for bit. 0 < members < n. */
double auroc_gap(int64_t sum2, int64_t members, int64_t n);

/* Its standard deviation where the group is drawn at random, ties apart. */
double auroc_deviation(int64_t members, int64_t n);

#endif
