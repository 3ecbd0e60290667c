#include "model/neurons/rank.h"

#include <string.h>

#include "model/neurons/softplus.h"

/* RANK_ANCHOR times pre_hinge of one unit. */
/* RANK_ANCHOR times pre_hinge of one unit. */
static double anchor(const Rule *r, double z, int y, double c, double *slope) {
    double miss = y ? (double)r->on - z : z - (double)r->off;
    if (!(miss > 0)) return 0;
    *slope += RANK_ANCHOR * c * (y ? -miss : miss);
    return RANK_ANCHOR * c * 0.5 * miss * miss;
}

/* The pairs of one token of the class (z, slope) and all n tokens of the other side (other_z, other_slope: (n,K)).
 * scratch: 2 n K reals. */
static double against_others(const Rule *r, const Ops *ops, const real *z, double *slope, const real *other_z,
                             double *other_slope, int64_t n, double c, real *scratch) {
    int K = r->n_units;
    real S = r->temperature, margin = r->on - r->off, *x = scratch, *e = scratch + n * K;
    double loss = 0;
    for (int64_t i = 0; i < n; i++)
        for (int j = 0; j < K; j++) {
            x[i * K + j] = (margin - z[j] + other_z[i * K + j]) / S;
            e[i * K + j] = minus_size(x[i * K + j]);
        }
    ops->exp_vector(e, e, n * K);
    for (int64_t i = 0; i < n; i++)
        for (int j = 0; j < K; j++) {
            double s = c * (double)logistic(x[i * K + j], e[i * K + j]);
            loss += (double)(S * softplus(x[i * K + j], e[i * K + j]));
            slope[j] -= s;
            other_slope[i * K + j] += s;
        }
    return c * loss;
}

double rank_loss(const Rule *r, const Ops *ops, const real *z, const int8_t *label, int64_t tokens,
                 double *slope, RankScratch *scratch) {
    int64_t count[2] = {0};
    int K = r->n_units;
    size_t row = (size_t)K * sizeof(real);
    double loss = 0, *other = scratch->slope;
    memset(slope, 0, (size_t)tokens * (size_t)K * sizeof *slope);
    for (int64_t t = 0; t < tokens; t++) {
        if (label[t] < 0) continue;
        if (label[t] == LABEL_OTHER) memcpy(scratch->z + count[0] * K, z + t * K, row);
        count[label[t]]++;
    }
    if (count[0] == 0 || count[1] == 0) return 0;
    double pairs = 1 / ((double)K * (double)count[0] * (double)count[1]);
    memset(other, 0, (size_t)count[0] * (size_t)K * sizeof *other);
    for (int64_t t = 0; t < tokens; t++)
        if (label[t] == LABEL_CLASS)
            loss += against_others(r, ops, z + t * K, slope + t * K, scratch->z, other, count[0], pairs,
                                   scratch->x);
    for (int64_t t = 0, n = 0; t < tokens; t++) {
        int y = label[t];
        if (y < 0) continue;
        for (int j = 0; j < K; j++) {
            if (y == LABEL_OTHER) slope[t * K + j] = other[n * K + j];
            loss += anchor(r, (double)z[t * K + j], y, 1 / (2.0 * K * (double)count[y]), &slope[t * K + j]);
        }
        n += y == LABEL_OTHER;
    }
    return loss;
}
