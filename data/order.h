/* Which fact stands where in training: a pure function of (seed, position). */
#ifndef ROTE_DATA_ORDER_H
#define ROTE_DATA_ORDER_H

#include <stdint.h>

#include "base/err.h"
#include "base/random.h"

typedef struct Order {
    int n;
    uint64_t seed;
    Purpose purpose; /* RANDOM_ORDER, unless another order of the same seed is wanted */
    int64_t epoch;   /* the one that permutation holds, -1: none yet */
    int32_t *permutation;
} Order;
Status order_init(Order *order, int n, uint64_t seed, Err *err);
/* Fact at place `position` of the endless stream of shuffled epochs. Allocates nothing. */
int order_fact(Order *order, int64_t position);
void order_free(Order *order);

#endif
