/* Which fact stands where in training: a pure function of (seed, position). */
#ifndef ROTE_DATA_ORDER_H
#define ROTE_DATA_ORDER_H

#include <stdint.h>

#include "base/err.h"

typedef struct Order {
    int n;
    uint64_t seed;
    int64_t epoch; /* the one that permutation holds, -1: none yet */
    int32_t *permutation;
} Order;
Status order_init(Order *order, int n, uint64_t seed, Err *err);
/* Fact at place `position` of the endless stream of shuffled epochs. Allocates nothing. */
int order_fact(Order *order, int64_t position);
void order_free(Order *order);

#endif
