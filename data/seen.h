/* Which items of a growing list stood before: a hash set of indices that compares whole items, so
 * that no hash collision ever drops a fact. */
#ifndef ROTE_DATA_SEEN_H
#define ROTE_DATA_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

typedef struct Seen {
    int32_t *slot; /* index of an item, or -1 */
    uint64_t mask;
    bool (*equal)(const void *items, int32_t a, int32_t b);
    const void *items;
} Seen;

/* Room for max_items; items is handed to equal. ERR_NOMEM. */
Status seen_init(Seen *seen, int64_t max_items, bool (*equal)(const void *items, int32_t a, int32_t b),
                 const void *items, Err *err);
/* The earlier item that equals `item`; or -1, and then item has been entered. */
int32_t seen_enter(Seen *seen, uint64_t hash, int32_t item);
void seen_free(Seen *seen);

#endif
