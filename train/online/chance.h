/* An adaptive probability of a 1: the mean of the bits at first, later an exponentially decaying mean. */
#ifndef ROTE_TRAIN_ONLINE_CHANCE_H
#define ROTE_TRAIN_ONLINE_CHANCE_H

#include <stdint.h>

typedef struct Chance {
    uint32_t p; /* of a 1, in 2^-32 */
    uint32_t n; /* bits observed, up to the limit */
} Chance;

/* In units of 2^-16, as stretch() takes it. */
static inline uint32_t chance_p16(const Chance *c) { return c->p >> 16; }

/* The n-th bit (from 1) moves p by a share of 1 / (n + 0.6) of the error, never by less than 1 / (limit +
 * 1.6). */
static inline void chance_learn(Chance *c, int bit, uint32_t limit) {
    uint64_t rate = 655360 / (10 * c->n + 16);
    if (bit) c->p += (uint32_t)((UINT32_MAX - c->p) * rate >> 16);
    else c->p -= (uint32_t)(c->p * rate >> 16);
    if (c->n < limit) c->n++;
}

#endif
