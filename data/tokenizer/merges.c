#include "data/tokenizer/merges.h"

#include <stdlib.h>
#include <string.h>

Status merges_create(Merges *out, int n, Err *err) {
    uint32_t slots = 16;
    while (slots < 2 * (uint32_t)n) slots *= 2;
    *out = (Merges){malloc(slots * sizeof *out->slot), slots - 1};
    if (!out->slot) return err_set(err, ERR_NOMEM, "no memory for %d merges", n);
    memset(out->slot, 0xff, slots * sizeof *out->slot); /* -1 everywhere */
    return OK;
}

void merges_free(Merges *m) {
    free(m->slot);
    m->slot = NULL;
}

/* The slot of a pair, or the empty one where it belongs. */
static MergeSlot *find(const Merges *m, int32_t left, int32_t right) {
    uint64_t mixed = ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t i = (uint32_t)(mixed >> 32) & m->mask;
    while (m->slot[i].left >= 0 && (m->slot[i].left != left || m->slot[i].right != right))
        i = (i + 1) & m->mask;
    return &m->slot[i];
}

bool merges_add(Merges *m, Merge pair, int32_t rank, int32_t token) {
    MergeSlot *slot = find(m, pair.left, pair.right);
    if (slot->left >= 0) return false;
    *slot = (MergeSlot){pair.left, pair.right, rank, token};
    return true;
}

/* ---- merging ---- */

/* A token of the piece, and its neighbours; -1: none. One that was merged into its left neighbour has token -1. */
typedef struct Symbol {
    int32_t token, before, after;
} Symbol;

/* The symbol at `at` and the one after it can become `token`. The lowest key comes first: rank, then place. */
typedef struct Candidate {
    uint64_t key;
    int32_t at, token;
} Candidate;

void merge_room_free(MergeRoom *room) {
    free(room->symbol);
    free(room->heap);
    *room = (MergeRoom){0};
}

/* Each merge makes at most two candidates, and there are n - 1 to begin with and at most n - 1 merges. */
static bool make_room(MergeRoom *room, int64_t n) {
    if (n <= room->room) return true;
    int64_t wanted = n < 64 ? 64 : n + n / 2;
    Symbol *symbol = realloc(room->symbol, (size_t)wanted * sizeof *symbol);
    if (symbol) room->symbol = symbol;
    Candidate *heap = realloc(room->heap, 3 * (size_t)wanted * sizeof *heap);
    if (heap) room->heap = heap;
    if (symbol && heap) room->room = wanted;
    return symbol && heap;
}

typedef struct Heap {
    Candidate *item;
    int64_t n;
} Heap;

static void heap_push(Heap *h, Candidate c) {
    int64_t i = h->n++;
    for (; i > 0 && h->item[(i - 1) / 2].key > c.key; i = (i - 1) / 2) h->item[i] = h->item[(i - 1) / 2];
    h->item[i] = c;
}

static Candidate heap_pop(Heap *h) {
    Candidate top = h->item[0], last = h->item[--h->n];
    int64_t i = 0;
    for (int64_t child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && h->item[child + 1].key < h->item[child].key) child++;
        if (h->item[child].key >= last.key) break;
        h->item[i] = h->item[child];
    }
    h->item[i] = last;
    return top;
}

/* Adds the pair that begins at symbol `at`, if it is in the list. */
static void consider(const Merges *m, Heap *h, const Symbol *s, int32_t at) {
    if (at < 0 || s[at].after < 0) return;
    const MergeSlot *slot = find(m, s[at].token, s[s[at].after].token);
    if (slot->left >= 0)
        heap_push(h, (Candidate){(uint64_t)(uint32_t)slot->rank << 32 | (uint32_t)at, at, slot->token});
}

int64_t merges_apply(const Merges *m, MergeRoom *room, int32_t *token, int64_t n) {
    if (n < 2) return n;
    if (n > INT32_MAX / 4 || !make_room(room, n)) return -1;
    Symbol *s = room->symbol;
    Heap heap = {room->heap, 0};
    for (int32_t i = 0; i < (int32_t)n; i++) s[i] = (Symbol){token[i], i - 1, i + 1 < n ? i + 1 : -1};
    for (int32_t i = 0; i < (int32_t)n; i++) consider(m, &heap, s, i);
    while (heap.n) {
        Candidate c = heap_pop(&heap);
        Symbol *left = &s[c.at];
        if (left->token < 0 || left->after < 0) continue;
        Symbol *right = &s[left->after];
        const MergeSlot *slot = find(m, left->token, right->token);
        if (slot->left < 0 || slot->token != c.token) continue; /* a neighbour has changed since */
        left->token = c.token;
        left->after = right->after;
        right->token = -1;
        if (left->after >= 0) s[left->after].before = c.at;
        consider(m, &heap, s, left->before);
        consider(m, &heap, s, c.at);
    }
    int64_t kept = 0;
    for (int32_t i = 0; i >= 0; i = s[i].after) token[kept++] = s[i].token;
    return kept;
}
