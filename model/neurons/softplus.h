/* ln(1 + e^x) and its slope, the logistic function, from e = exp(-|x|), which a kernel makes for many x at once
 * (Ops.exp_vector). Plain operations, each rounded by itself, so that any compiler may vectorize them and none changes
 * a bit. */
#ifndef ROTE_MODEL_NEURONS_SOFTPLUS_H
#define ROTE_MODEL_NEURONS_SOFTPLUS_H

#include "base/real.h"

/* ln(1 + e) for 0 <= e <= 1: 2 atanh(s), s = e / (2 + e) <= 1/3, by its series to s^25: below 2e-14 of what is left
 * out. */
static inline real log_1_plus(real e) {
    real s = e / (2 + e), q = s * s, sum = (real)(1.0 / 25);
    for (int k = 23; k >= 1; k -= 2) sum = sum * q + (real)(1.0 / k);
    return 2 * s * sum;
}

static inline real softplus(real x, real e) { return (x > 0 ? x : 0) + log_1_plus(e); }
static inline real logistic(real x, real e) { return (x > 0 ? 1 : e) / (1 + e); }

/* What exp_vector is to be given. */
static inline real minus_size(real x) { return x > 0 ? -x : x; }

#endif
