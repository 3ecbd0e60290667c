/* Does a fact's code length tell whether it was trained on? Members are facts, the others held-out facts of the same
 * draw. */
#ifndef ROTE_EVAL_MEMBERSHIP_H
#define ROTE_EVAL_MEMBERSHIP_H

#include <stdbool.h>

#include "base/err.h"

/* A score that is lower for members, if it tells anything. */
typedef struct Scored {
    double score;
    bool member;
} Scored;

typedef struct Membership {
    double auc; /* P(a member's score is lower than another's) + half of P(equal) */
    double f1;  /* of "score <= threshold: a member", at the best threshold */
    double
        tpr_low; /* share of members found at the threshold that takes at most 1 % of the others for members */
} Membership;

/* Sorts all. Both sides count the same, however many each has: F1 = 2 TPR / (1 + TPR + FPR), which is the plain F1
 * where they are equally many; "always yes" has 2/3. NAN where a side is empty or a score NAN. */
Membership membership_measure(Scored *all, int n);

/* What Morris et al. 2025 (2505.24832) fit to F1, as repaired in docs/math.md, for facts of data_bits bits: the paper
 * counts its sequences, here as many of them as hold so many bits. NAN where the entropy is (nobody knows it). */
double membership_law(double data_bits, double params);

#endif
