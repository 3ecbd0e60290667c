#include "train/online/logistic.h"

#include "base/exact.h"

static float logit(double p) { return (float)(exact_log(p) - exact_log(1 - p)); }

void logistic_begin(Logistic *l) {
    enum { N = 2 * SQUASH_LIMIT * SQUASH_STEPS };
    for (int i = 0; i <= N; i++) {
        int below = N / 2 - i; /* the middle, in steps */
        l->squash[i] = (float)(1 / (1 + exact_exp((double)below / SQUASH_STEPS)));
    }
    l->squash[N + 1] = l->squash[N];
    for (int i = 0; i < STRETCH_FINE; i++) {
        l->middle[i] = logit((i + 0.5) / STRETCH_FINE);
        l->low[i] = logit((i + 0.5) / 65536);
    }
}
