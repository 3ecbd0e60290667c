/* The order of the facts in training: every epoch is another permutation, drawn from (seed, epoch), so a resumed run
 * needs only its position. */
#include <stdlib.h>

#include "data/facts.h"
#include "data/order.h"

Status order_init(Order *order, int n, uint64_t seed, Err *err) {
    CHECK(n >= 1);
    *order = (Order){n, seed, RANDOM_ORDER, -1, malloc((size_t)n * sizeof(int32_t))};
    if (!order->permutation) return err_set(err, ERR_NOMEM, "no memory for the order of %d facts", n);
    return OK;
}

int order_fact(Order *order, int64_t position) {
    CHECK(position >= 0);
    int64_t epoch = position / order->n;
    if (epoch != order->epoch) {
        random_permutation(order->permutation, order->n,
                           random_stream(order->seed, order->purpose, (uint32_t)epoch));
        order->epoch = epoch;
    }
    return order->permutation[position % order->n];
}

void order_free(Order *order) {
    free(order->permutation);
    *order = (Order){0};
}
