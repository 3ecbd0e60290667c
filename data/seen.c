#include "data/seen.h"

#include <stdlib.h>
#include <string.h>

Status seen_init(Seen *seen, int64_t max_items, bool (*equal)(const void *items, int32_t a, int32_t b),
                 const void *items, Err *err) {
    uint64_t slots = 16;
    while (slots < 2 * (uint64_t)max_items) slots *= 2;
    *seen = (Seen){malloc(slots * sizeof(int32_t)), slots - 1, equal, items};
    if (!seen->slot)
        return err_set(err, ERR_NOMEM, "no memory to tell %lld facts apart", (long long)max_items);
    memset(seen->slot, 0xff, slots * sizeof(int32_t)); /* -1 everywhere */
    return OK;
}

int32_t seen_enter(Seen *seen, uint64_t hash, int32_t item) {
    uint64_t i = hash & seen->mask;
    for (; seen->slot[i] >= 0; i = (i + 1) & seen->mask)
        if (seen->equal(seen->items, seen->slot[i], item)) return seen->slot[i];
    seen->slot[i] = item;
    return -1;
}

void seen_free(Seen *seen) {
    free(seen->slot);
    seen->slot = NULL;
}
