/* Probabilities of a bit and their logits: stretch(p) = ln(p / (1-p)), squash(x) = 1 / (1 + e^-x), from
 * tables made with base/exact.h. Float additions and multiplications, never fused: the same bits on every
 * machine. */
#ifndef ROTE_TRAIN_ONLINE_LOGISTIC_H
#define ROTE_TRAIN_ONLINE_LOGISTIC_H

#include <stdint.h>

enum { SQUASH_LIMIT = 12, SQUASH_STEPS = 64, STRETCH_FINE = 4096 };

typedef struct Logistic {
    float squash[2 * SQUASH_LIMIT * SQUASH_STEPS + 2];
    float middle[STRETCH_FINE]; /* of p in steps of 2^-12 */
    float low[STRETCH_FINE];    /* of p below 1/16 in steps of 2^-16 */
} Logistic;

void logistic_begin(Logistic *l);

/* x is clamped to +-12: the result is between 6e-6 and 1 - 6e-6. */
static inline float squash(const Logistic *l, float x) {
    x = x > SQUASH_LIMIT ? SQUASH_LIMIT : x < -SQUASH_LIMIT ? -SQUASH_LIMIT : x;
    float at = (x + SQUASH_LIMIT) * SQUASH_STEPS;
    int i = (int)at;
    return l->squash[i] + (at - (float)i) * (l->squash[i + 1] - l->squash[i]);
}

/* p16: p in units of 2^-16, 0 to 65535. */
static inline float stretch(const Logistic *l, uint32_t p16) {
    if (p16 < STRETCH_FINE) return l->low[p16];
    if (p16 >= 65536 - STRETCH_FINE) return -l->low[65535 - p16];
    return l->middle[p16 >> 4];
}

#endif
