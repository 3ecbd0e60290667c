/* How well a number tells two groups apart: the area under the receiver operating characteristic, average precision,
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

/* rank2[i]: twice the rank (from 1) of item i by x; equal items share the mean of their ranks. Sorts the items.
 * No x is NaN. */
void ranks_twice(int64_t *rank2, RankItem *item, int n);

/* AUROC of a group of `members` of n items whose doubled ranks add up to sum2: P(x is larger in the group) +
 * P(equal) / 2. 0 < members < n. Every AUROC of the program is this one. */
double auroc(int64_t sum2, int64_t members, int64_t n);
/* AUROC - 1/2: a group and its complement differ in the sign alone, bit for bit. */
double auroc_gap(int64_t sum2, int64_t members, int64_t n);
/* Its standard deviation where the group is drawn at random, ties apart. */
double auroc_deviation(int64_t members, int64_t n);

/* ---- by thresholds: one group ---- */

typedef struct Scored {
    double score;
    bool member;
} Scored;

/* A walk over the thresholds of a score: each takes in all examples up to and with one value of the score. */
typedef struct Roc {
    const Scored *all;       /* n, sorted */
    int n, at;               /* examples taken in so far */
    int64_t members, others; /* in all */
    int64_t found, wrong;    /* members and others taken in so far */
    int64_t tied_members;    /* members that the last step took in */
    int64_t others_rank2;
} Roc;

/* Sorts all: the highest score first, or the lowest. No score is NaN. */
Roc roc_begin(Scored *all, int n, bool highest_first);
/* Takes in the next value of the score. False: none is left. */
bool roc_next(Roc *r);
/* Once all are taken in: P(a member comes before another example) + P(equal) / 2. NAN where a side is empty. */
double roc_area(const Roc *r);

typedef struct Separation {
    double auroc;             /* P(a member scores higher than another one) + P(equal) / 2 */
    double average_precision; /* sum over thresholds of the rise of recall times the precision there */
} Separation;

/* Members are expected to score higher. Sorts all. NAN where a side is empty; average precision needs members alone. */
Separation separation_measure(Scored *all, int n);

/* ---- by what a unit does on either side ---- */

/* (a1 - a0) / (a1 + a0) of a unit's mean activations on either side (Morcos et al. 2018); NAN where their sum is 0. */
double class_selectivity(double a1, double a0);

/* Mutual information, in bits, of "the unit fires" and the side of a token: of rows[y] tokens it fires at fired[y].
 * NAN where a side has no token. */
double firing_information(const int64_t fired[2], const int64_t rows[2]);

#endif
