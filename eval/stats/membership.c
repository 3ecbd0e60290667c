#include "eval/stats/membership.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

static int by_score(const void *a, const void *b) {
    double x = ((const Scored *)a)->score, y = ((const Scored *)b)->score;
    return (x > y) - (x < y);
}

Membership membership_measure(Scored *all, int n) {
    Membership out = {NAN, NAN, NAN};
    double members = 0, others = 0;
    for (int i = 0; i < n; i++) {
        if (all[i].score != all[i].score) return out;
        members += all[i].member;
        others += !all[i].member;
    }
    if (members == 0 || others == 0) return out;
    qsort(all, (size_t)n, sizeof *all, by_score);

    double found = 0, wrong = 0, pairs = 0; /* at a threshold that takes in all scores so far */
    out.f1 = out.tpr_low = 0;
    for (int i = 0; i < n;) {
        double tied_members = 0, tied_others = 0, score = all[i].score;
        for (; i < n && all[i].score == score; i++) {
            tied_members += all[i].member;
            tied_others += !all[i].member;
        }
        pairs += tied_others * (found + tied_members / 2);
        found += tied_members;
        wrong += tied_others;
        double tpr = found / members, fpr = wrong / others, f1 = 2 * tpr / (1 + tpr + fpr);
        if (f1 > out.f1) out.f1 = f1;
        if (wrong <= 0.01 * others) out.tpr_low = tpr;
    }
    out.auc = pairs / (members * others);
    return out;
}

static const double PAPER_SEQUENCE_BITS = 704; /* 64 tokens of 2048 symbols: 64 * 11 */

double membership_law(double data_bits, double params) {
    double sequences = data_bits / PAPER_SEQUENCE_BITS, x = -33.14 * (sequences / params - 0.034);
    return 0.5 * (1 + 1.34 / (1 + exact_exp(-x)));
}
