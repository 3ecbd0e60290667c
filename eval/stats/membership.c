#include "eval/stats/membership.h"

#include <math.h>

#include "base/exact.h"

Membership membership_measure(Scored *all, int n) {
    Membership out = {NAN, NAN, NAN};
    for (int i = 0; i < n; i++)
        if (all[i].score != all[i].score) return out;
    Roc r = roc_begin(all, n, false);
    if (r.members == 0 || r.others == 0) return out;
    out.f1 = out.tpr_low = 0;
    while (roc_next(&r)) {
        double tpr = (double)r.found / (double)r.members, fpr = (double)r.wrong / (double)r.others;
        double f1 = 2 * tpr / (1 + tpr + fpr);
        if (f1 > out.f1) out.f1 = f1;
        if ((double)r.wrong <= 0.01 * (double)r.others) out.tpr_low = tpr;
    }
    out.auc = roc_area(&r);
    return out;
}

static const double PAPER_SEQUENCE_BITS = 704; /* 64 tokens of 2048 symbols: 64 * 11 */

double membership_law(double data_bits, double params) {
    double sequences = data_bits / PAPER_SEQUENCE_BITS, x = -33.14 * (sequences / params - 0.034);
    return 0.5 * (1 + 1.34 / (1 + exact_exp(-x)));
}
