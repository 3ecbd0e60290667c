/* The pairs of neighbouring tokens while merges are chosen: how often each occurs, in which pieces, and which of them
 * is the most frequent. */
#ifndef ROTE_DATA_TOKENIZER_PAIRS_H
#define ROTE_DATA_TOKENIZER_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

#include "data/tokenizer/tokenizer.h"

typedef struct Pair {
    Merge of;
    int64_t count;  /* of all occurrences */
    int32_t *piece; /* those in which it has occurred; it may be gone from some */
    int32_t n, room;
    bool raised; /* since pairs_settle */
} Pair;

/* How a pair stood when it was put into the heap. */
typedef struct PairRank {
    int64_t count;
    Merge of;
    int32_t pair;
} PairRank;

/* A zeroed one is empty. */
typedef struct Pairs {
    Pair *pair;
    int32_t n, room;
    int32_t *slot; /* hash table of pair numbers; -1: empty */
    uint64_t mask;
    int32_t *raised; /* the pairs whose count rose since pairs_settle */
    int32_t n_raised;
    PairRank *heap;
    int64_t n_heap, heap_room;
} Pairs;

void pairs_free(Pairs *p);

/* `times` more occurrences in a piece; negative: fewer. false: no memory. */
bool pairs_count(Pairs *p, Merge of, int64_t times, int32_t piece);
/* Between merges: pairs whose counts rose can be the most frequent again. false: no memory. */
bool pairs_settle(Pairs *p);
/* Takes the most frequent pair; equal counts: the lower left token, then the lower right one. -1: none occurs twice.
 * The pair may not come again unless its count rises. *no_memory: why there is none. */
int32_t pairs_take(Pairs *p, bool *no_memory);

#endif
