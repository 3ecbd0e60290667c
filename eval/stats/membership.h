/* Membership inference by code length: does a fact's code length show whether it was trained? Members are facts, the
 * others held-out facts of the same draw. */
#ifndef ROTE_EVAL_STATS_MEMBERSHIP_H
#define ROTE_EVAL_STATS_MEMBERSHIP_H

#include "eval/stats/ranking.h"

/* Every figure is a share, 0 .. 1. */
typedef struct Membership {
    double auc; /* P(a member's score is lower than another's) + P(equal) / 2 */
    double f1;  /* of the rule "score <= threshold: a member", at the best threshold */
    /* share of members found at the largest threshold with a false positive rate of at most 1 % */
    double tpr_low;
} Membership;

/* Members are expected to score lower. Sorts all. Both sides have equal weight, however many examples each has: F1 =
 * 2 TPR / (1 + TPR + FPR), which is the plain F1 for sides of equal size; "always yes" has 2/3. All figures are NAN
 * if a side is empty or a score is NAN. */
Membership membership_measure(Scored *all, int n);

/* The law of F1 over facts and parameters that Morris et al. 2025 (2505.24832) fit, as repaired in docs/math.md. The
 * paper counts its own sequences; data_bits is converted to the number of such sequences. NAN if data_bits is. */
double membership_law(double data_bits, double params);

#endif
