/* How well a number separates two groups: the area under the receiver operating characteristic, average precision,
 * selectivity, information. Formulas and sources: docs/math.md. */
#ifndef ROTE_EVAL_STATS_RANKING_H
#define ROTE_EVAL_STATS_RANKING_H

#include <stdbool.h>
#include <stdint.h>

/* ---- by ranks: many groups of the same items ---- */

typedef struct RankItem {
    double x;
    int32_t i; /* 0 .. n-1, each once */
} RankItem;

/* rank2[i]: twice the rank (from 1) of item i by x; equal items share the mean of their ranks. Sorts the items. No x
 * may be NaN. */
void ranks_twice(int64_t *rank2, RankItem *item, int n);

/* AUROC of a group of `members` of n items whose doubled ranks add up to sum2: P(x is larger in the group) +
 * P(equal) / 2. 0 < members < n. Every AUROC of the program is this one. */
double auroc(int64_t sum2, int64_t members, int64_t n);
/* AUROC - 1/2: a group and its complement differ in the sign alone, bit for bit. */
double auroc_gap(int64_t sum2, int64_t members, int64_t n);
/* Its standard deviation for a randomly drawn group, without ties. */
double auroc_deviation(int64_t members, int64_t n);

/* ---- by thresholds: one group ---- */

typedef struct Scored {
    double score;
    bool member;
} Scored;

/* Iterates over the thresholds of a score: each adds all examples with one value of the score. */
typedef struct Roc {
    const Scored *all;       /* n, sorted */
    int n, at;               /* number of examples; those added so far */
    int64_t members, others; /* numbers of all members and others */
    int64_t found, wrong;    /* members and others added so far */
    int64_t tied_members;    /* members that the last step added */
    int64_t others_rank2;
} Roc;

/* Sorts all: the highest score first, or the lowest. No score may be NaN. */
Roc roc_begin(Scored *all, int n, bool highest_first);
/* Adds all examples with the next value of the score. False: none is left. */
bool roc_next(Roc *r);
/* After the last one: P(a member comes before another example) + P(equal) / 2. NAN if a side is empty. */
double roc_area(const Roc *r);

typedef struct Separation {
    double auroc;             /* P(a member scores higher than another example) + P(equal) / 2 */
    double average_precision; /* sum over thresholds of the increase of recall times the precision there */
} Separation;

/* Members are expected to score higher. Sorts all. NAN if a side is empty; average precision only needs members. */
Separation separation_measure(Scored *all, int n);

/* ---- by a unit's activity on both sides ---- */

/* (a1 - a0) / (a1 + a0) of a unit's mean activations on either side (Morcos et al. 2018); NAN where their sum is 0. */
double class_selectivity(double a1, double a0);

/* Mutual information, in bits, of "the unit fires" and the side of a token. rows[y]: tokens of side y; fired[y]:
 * those of them at which the unit fires. NAN if a side has no tokens. */
double firing_information(const int64_t fired[2], const int64_t rows[2]);

#endif
