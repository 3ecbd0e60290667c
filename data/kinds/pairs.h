/* Pairs 0 <= low < high as numbers: (0,1) (0,2) (1,2) (0,3) .., so that the pairs of n things are the first C(n, 2). */
#ifndef ROTE_DATA_KINDS_PAIRS_H
#define ROTE_DATA_KINDS_PAIRS_H

#include <stdint.h>

/* C(n, 2), n < 2^32. */
static inline uint64_t pairs_of(uint64_t n) { return n < 2 ? 0 : n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1); }

/* The number of the pair of two different things, in either order. */
static inline uint64_t pair_number(uint64_t a, uint64_t b) {
    return a < b ? pairs_of(b) + a : pairs_of(a) + b;
}

/* The pair of that number, below 2^53. */
static inline void pair_at(uint64_t number, uint64_t *low, uint64_t *high) {
    uint64_t from = 1, to = (uint64_t)1 << 28; /* the largest high with C(high, 2) <= number */
    while (to - from > 1) {
        uint64_t middle = from + (to - from) / 2;
        if (pairs_of(middle) <= number) from = middle;
        else to = middle;
    }
    *high = from;
    *low = number - pairs_of(from);
}

#endif
