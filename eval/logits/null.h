/* What V independent normal logits would give: the null that a model's logits are compared with. All of it is exact
 * (quadrature), not the large-V formulas, which are wrong at the sizes in use: see null_mass_formula.
 *
 * Logits are s z, z standard normal, s = sigma / T: their standard deviation over the temperature. z_(k) is the k-th
 * largest of V. Derivations: docs/math.md, Logits. */
#ifndef ROTE_EVAL_LOGITS_NULL_H
#define ROTE_EVAL_LOGITS_NULL_H

#include <stdint.h>

#include "base/err.h"

enum { NULL_VOCABULARY_MAX = 1 << 24 };
#define NULL_S_MAX 20.0

/* ---- order statistics: Phi(z_(k)) ~ Beta(V - k + 1, k); 1 <= k <= V ---- */

typedef struct OrderStatistic {
    double mean, deviation;
} OrderStatistic;

OrderStatistic order_statistic(int V, int k);
/* z with P(z_(k) <= z) = p, 0 < p < 1. */
double order_quantile(int V, int k, double p);
/* Blom's approximation of the mean (1958), Phi^-1((V - k + 5/8) / (V + 1/4)). */
double order_blom(int V, int k);

/* ---- the softmax of V normal logits ---- */

typedef struct NullLaw {
    int V, k_max;
    double s;
    double entropy; /* E H, nats */
    double sum_p2;  /* E sum p^2: the chance that two draws agree */
    double log_z;   /* E ln sum e^(s z) */
    double *mass;   /* k_max: E of the probability of the k largest tokens together */
} NullLaw;

/* ERR_INPUT: V is not 1 to NULL_VOCABULARY_MAX, s not 0 to NULL_S_MAX, k_max not 1 to V. ERR_NOMEM. Absolute errors
 * below 1e-6. O(range of s) * 10^5 operations, and k_max * 10^5. */
Status null_law(NullLaw *out, int V, double s, int k_max, Err *err);
void null_law_free(NullLaw *law);

/* Mean and standard deviation, over draws of the logits, of the probability of the k largest tokens together.
 * ERR_INPUT as null_law. ERR_NOMEM. */
Status null_mass(OrderStatistic *out, int V, double s, int k, Err *err);

/* The formulas for V -> infinity, which are in use and err upwards where e^(s^2) / V is not small:
 * M(k) = Phi(s - Phi^-1(1 - k/V)), H = ln V - s^2/2, and the temperature of freezing s_c = sqrt(2 ln V), beyond which
 * few tokens hold the mass (the random energy model, Derrida 1981). */
double null_mass_formula(int V, double s, int k);
double null_entropy_formula(int V, double s);
double null_freezing(int V);

/* E of the tokens that min-p keeps: those with s z >= s z_(1) + ln p. 0 < p <= 1, s > 0. */
double null_kept_min_p(int V, double s, double p);

#endif
