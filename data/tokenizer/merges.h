/* The merges of byte-level BPE: which two neighbouring tokens become one, and in which order. */
#ifndef ROTE_DATA_TOKENIZER_MERGES_H
#define ROTE_DATA_TOKENIZER_MERGES_H

#include <stdint.h>

#include "base/err.h"
#include "data/tokenizer/tokenizer.h"

/* A place of a hash table; left -1: empty. */
typedef struct MergeSlot {
    int32_t left, right, rank, token; /* the pair, its place in the list, what it becomes */
} MergeSlot;

typedef struct Merges {
    MergeSlot *slot;
    uint32_t mask; /* slots - 1, and slots is a power of 2 */
} Merges;

/* Room for n merges. ERR_NOMEM. */
Status merges_create(Merges *out, int n, Err *err);
void merges_free(Merges *m);
/* false: the pair is in the list already. */
bool merges_add(Merges *m, Merge pair, int32_t rank, int32_t token);

/* Memory that merging needs, kept from piece to piece; zeroed it is empty. */
typedef struct MergeRoom {
    struct Symbol *symbol;
    struct Candidate *heap;
    int64_t room;
} MergeRoom;
void merge_room_free(MergeRoom *room);

/* Replaces the n tokens of a piece (one a byte) by what the merges make of them; returns how many are left.
 * O(n log n): candidates wait in a heap, by rank, then by place. -1: no memory. */
int64_t merges_apply(const Merges *m, MergeRoom *room, int32_t *token, int64_t n);

#endif
