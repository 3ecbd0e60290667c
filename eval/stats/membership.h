/* Membership inference by code length: does a fact's code length tell whether it was trained on? Members are facts, the
 * others held-out facts of the same draw. */
#ifndef ROTE_EVAL_STATS_MEMBERSHIP_H
#define ROTE_EVAL_STATS_MEMBERSHIP_H

#include "eval/stats/ranking.h"

/* Every figure is a share, 0 .. 1. */
typedef struct Membership {
    double auc; /* P(a member's score is lower than another's) + P(equal) / 2 */
    double f1;  /* of "score <= threshold: a member", at the best threshold */
    /* share of members found at the threshold that takes at most 1 % of the others for members */
    double tpr_low;
} Membership;

/* Members are expected to score lower. Sorts all. Both sides count the same, however many examples each has: F1 =
 * 2 TPR / (1 + TPR + FPR), which is the plain F1 where they are equally many; "always yes" has 2/3. All figures are NAN
 * where a side is empty or a score is NAN. */
Membership membership_measure(Scored *all, int n);

/* The F1 that Morris et al. 2025 (2505.24832) fit over facts and parameters, as repaired in docs/math.md. The paper
 * counts its sequences; here as many of them are counted as hold data_bits bits. NAN where data_bits is. */
double membership_law(double data_bits, double params);

#endif
