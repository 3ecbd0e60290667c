/* The order of training: an endless stream of epochs, each a permutation of the facts drawn from (seed, epoch). A pure
 * function of (seed, position), so a resumed run needs only its position. */
#ifndef ROTE_DATA_ORDER_H
#define ROTE_DATA_ORDER_H

#include <stdint.h>

#include "base/err.h"
#include "base/random.h"

typedef struct Order {
    int n; /* facts */
    uint64_t seed;
    Purpose purpose;      /* RANDOM_ORDER, or another order of the same seed */
    int64_t epoch;        /* of the permutation below; -1: none yet */
    int32_t *permutation; /* n */
} Order;

/* n >= 1. ERR_NOMEM. Free with order_free. */
Status order_init(Order *order, int n, uint64_t seed, Err *err);
/* The fact at `position` (from 0) of the stream. Allocates nothing. */
int order_fact(Order *order, int64_t position);
void order_free(Order *order);

#endif
