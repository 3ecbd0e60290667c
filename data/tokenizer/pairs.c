#include "data/tokenizer/pairs.h"

#include <stdlib.h>
#include <string.h>

void pairs_free(Pairs *p) {
    for (int32_t i = 0; i < p->n; i++) free(p->pair[i].piece);
    free(p->pair);
    free(p->slot);
    free(p->raised);
    free(p->heap);
    *p = (Pairs){.n = 0};
}

/* ---- the table ---- */

/* The slot of a pair, or the empty one where it belongs. */
static int32_t *find(const Pairs *p, Merge of) {
    uint64_t mixed = ((uint64_t)(uint32_t)of.left << 32 | (uint32_t)of.right) * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t i = mixed >> 32 & p->mask;
    for (; p->slot[i] >= 0; i = (i + 1) & p->mask) {
        Merge other = p->pair[p->slot[i]].of;
        if (other.left == of.left && other.right == of.right) break;
    }
    return &p->slot[i];
}

/* Room for one more pair; at most half of the slots are used. */
static bool make_room(Pairs *p) {
    if (p->n < p->room) return true;
    if (p->room > INT32_MAX / 4) return false;
    int32_t room = p->room ? 2 * p->room : 1024;
    Pair *pair = realloc(p->pair, (size_t)room * sizeof *pair);
    if (pair) p->pair = pair;
    int32_t *raised = realloc(p->raised, (size_t)room * sizeof *raised);
    if (raised) p->raised = raised;
    int32_t *slot = pair && raised ? malloc(2 * (size_t)room * sizeof *slot) : NULL;
    if (!slot) return false;
    free(p->slot);
    p->slot = slot;
    p->room = room;
    p->mask = 2 * (uint64_t)room - 1;
    memset(slot, 0xff, 2 * (size_t)room * sizeof *slot);
    for (int32_t i = 0; i < p->n; i++) *find(p, p->pair[i].of) = i;
    return true;
}

/* The piece is the last one of the list, or is added: pieces come one after the other. */
static bool note_piece(Pair *pair, int32_t piece) {
    if (pair->n && pair->piece[pair->n - 1] == piece) return true;
    if (pair->n == pair->room) {
        int32_t room = pair->room ? 2 * pair->room : 4;
        int32_t *grown = realloc(pair->piece, (size_t)room * sizeof *grown);
        if (!grown) return false;
        pair->piece = grown;
        pair->room = room;
    }
    pair->piece[pair->n++] = piece;
    return true;
}

bool pairs_count(Pairs *p, Merge of, int64_t times, int32_t piece) {
    if (!make_room(p)) return false;
    int32_t *slot = find(p, of);
    if (*slot < 0) {
        p->pair[p->n] = (Pair){.of = of};
        *slot = p->n++;
    }
    Pair *pair = &p->pair[*slot];
    pair->count += times;
    if (times < 0) return true;
    if (!pair->raised) p->raised[p->n_raised++] = *slot;
    pair->raised = true;
    return note_piece(pair, piece);
}

/* ---- the heap ---- */

static bool before(const PairRank *a, const PairRank *b) {
    if (a->count != b->count) return a->count > b->count;
    return a->of.left != b->of.left ? a->of.left < b->of.left : a->of.right < b->of.right;
}

static bool push(Pairs *p, int32_t number) {
    if (p->n_heap == p->heap_room) {
        int64_t room = p->heap_room ? 2 * p->heap_room : 1024;
        PairRank *grown = realloc(p->heap, (size_t)room * sizeof *grown);
        if (!grown) return false;
        p->heap = grown;
        p->heap_room = room;
    }
    const Pair *pair = &p->pair[number];
    PairRank rank = {pair->count, pair->of, number};
    int64_t i = p->n_heap++;
    for (; i > 0 && before(&rank, &p->heap[(i - 1) / 2]); i = (i - 1) / 2) p->heap[i] = p->heap[(i - 1) / 2];
    p->heap[i] = rank;
    return true;
}

static PairRank pop(Pairs *p) {
    PairRank top = p->heap[0], last = p->heap[--p->n_heap];
    int64_t i = 0;
    for (int64_t child; (child = 2 * i + 1) < p->n_heap; i = child) {
        if (child + 1 < p->n_heap && before(&p->heap[child + 1], &p->heap[child])) child++;
        if (!before(&p->heap[child], &last)) break;
        p->heap[i] = p->heap[child];
    }
    p->heap[i] = last;
    return top;
}

bool pairs_settle(Pairs *p) {
    bool whole = true;
    for (int32_t i = 0; i < p->n_raised; i++) {
        Pair *pair = &p->pair[p->raised[i]];
        pair->raised = false;
        if (pair->count > 1) whole = push(p, p->raised[i]) && whole;
    }
    p->n_raised = 0;
    return whole;
}

int32_t pairs_take(Pairs *p, bool *no_memory) {
    *no_memory = false;
    while (p->n_heap) {
        PairRank top = pop(p);
        int64_t count = p->pair[top.pair].count;
        if (count == top.count) return top.pair;
        /* It has changed since. Where it rose, it was pushed with its new count, too. */
        if (count < top.count && count > 1 && !push(p, top.pair)) {
            *no_memory = true;
            return -1;
        }
    }
    return -1;
}
