/* softplus(x) = ln(1 + e^x) and its derivative, the logistic function, from e = exp(-|x|), which a kernel computes for
 * many x at once (Ops.exp_vector). These are plain operations, each rounded separately, so any compiler may vectorize
 * them without changing a bit. */
#ifndef ROTE_MODEL_NEURONS_SOFTPLUS_H
#define ROTE_MODEL_NEURONS_SOFTPLUS_H

#include "base/real.h"

/* ln(1 + e) for 0 <= e <= 1: 2 atanh(s), s = e / (2 + e) <= 1/3, by its series to s^25. The omitted terms are below
 * 2e-14. */
static inline real log_1_plus(real e) {
    real s = e / (2 + e), q = s * s, sum = (real)(1.0 / 25);
    for (int k = 23; k >= 1; k -= 2) sum = sum * q + (real)(1.0 / k);
    return 2 * s * sum;
}

static inline real softplus(real x, real e) { return (x > 0 ? x : 0) + log_1_plus(e); }
static inline real logistic(real x, real e) { return (x > 0 ? 1 : e) / (1 + e); }

/* -|x|, the argument of exp_vector. */
static inline real minus_size(real x) { return x > 0 ? -x : x; }

#endif
