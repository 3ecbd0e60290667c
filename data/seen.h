/* Finds equal items in a growing list: a hash set of indices that compares whole items, so that no collision of hashes
 * ever drops a fact. */
#ifndef ROTE_DATA_SEEN_H
#define ROTE_DATA_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

typedef struct Seen {
    int32_t *slot; /* mask + 1 slots: index of an item, or -1 */
    uint64_t mask; /* slots - 1, and slots is a power of 2 */
    bool (*equal)(const void *items, int32_t a, int32_t b);
    const void *items;
} Seen;

/* Room for max_items items; `items` is handed to `equal` and stays the caller's. ERR_NOMEM. Free with seen_free. */
Status seen_init(Seen *seen, int64_t max_items, bool (*equal)(const void *items, int32_t a, int32_t b),
                 const void *items, Err *err);
/* The index of an earlier item that equals `item`; -1: there is none, and now item is in the set.
 *   hash   of the item's content: equal items must have equal hashes */
int32_t seen_enter(Seen *seen, uint64_t hash, int32_t item);
void seen_free(Seen *seen);

#endif
