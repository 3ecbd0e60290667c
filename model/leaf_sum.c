#include "model/leaf_sum.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { PIECE = 1 << 22, PART_UNIT = 64 }; /* reals; parts begin at cache lines, of float and of double */

static int min(int a, int b) { return a < b ? a : b; }

/* The node of the tree that begins at leaf l (a multiple of 2 stride) with stride leaves and its neighbour: whether a
 * rank with the leaves first .. end-1 has both whole. */
static bool whole(const LeafSum *s, int l, int stride, int first, int end) {
    return l >= first && min(l + 2 * stride, s->leaves) <= end;
}

/* Whether the sum that begins at leaf l is left when its rank has added what it has whole: leaf l is the right one of a
 * pair only at the stride that is its lowest bit. */
static bool is_left(const LeafSum *s, int l, int first, int end) {
    int stride = l & -l;
    return l == 0 || !whole(s, l - stride, stride, first, end);
}

static int first_leaf(const LeafSum *s, int rank) { return share(s->leaves, rank, s->ranks->count); }

/* Where rank's part of a piece of n reals begins. */
static int64_t part_begin(const LeafSum *s, int64_t n, int rank) {
    int64_t units = (n + PART_UNIT - 1) / PART_UNIT, at = units * rank / s->ranks->count * PART_UNIT;
    return at < n ? at : n;
}

Status leaf_sum_create(LeafSum *s, Err *err) {
    if (ranks_alone(s->ranks)) return OK;
    int count = s->ranks->count, left = 0, own = 0;
    for (int r = 0; r < count; r++)
        for (int l = first_leaf(s, r); l < first_leaf(s, r + 1); l++) {
            bool is = is_left(s, l, first_leaf(s, r), first_leaf(s, r + 1));
            left += is;
            own += is && r == s->ranks->rank;
        }
    s->piece = s->n < PIECE ? s->n : PIECE;
    s->part = 0;
    for (int r = 0; r < count; r++) {
        int64_t n = part_begin(s, s->piece, r + 1) - part_begin(s, s->piece, r);
        if (n > s->part) s->part = n;
    }
    s->part = (s->part + PART_UNIT - 1) / PART_UNIT * PART_UNIT;
    size_t messages = (size_t)own * (size_t)(count - 1) + (size_t)(left - own);
    s->received = memory_alloc((size_t)(left - own) * (size_t)s->part * sizeof(real));
    s->left = calloc((size_t)s->leaves, sizeof *s->left);
    s->parts = calloc(messages, sizeof *s->parts);
    s->requests = calloc(messages, RANKS_REQUEST);
    if (s->received && s->left && s->parts && s->requests) return OK;
    return err_set(err, ERR_NOMEM, "no memory to add the gradients of %d processes", count);
}

void leaf_sum_free(LeafSum *s) {
    memory_free(s->received);
    free(s->left);
    free(s->parts);
    free(s->requests);
}

void leaf_sum_own(const LeafSum *s, int64_t from, int64_t n) {
    for (int stride = 1; stride < s->leaves; stride *= 2)
        for (int l = 0; l + stride < s->leaves; l += 2 * stride)
            if (whole(s, l, stride, s->first, s->end))
                s->ops->add(s->grad[l - s->first] + from, s->grad[l + stride - s->first] + from, n);
}

/* Sends what is left of this rank's leaves to the ranks whose parts they are, and receives what is left of others' for
 * its own part, of a piece of n reals at `from`. */
static void trade(LeafSum *s, int64_t from, int64_t n) {
    int count = s->ranks->count, rank = s->ranks->rank, sent = 0, received = 0;
    int64_t own = part_begin(s, n, rank);
    size_t own_bytes = (size_t)(part_begin(s, n, rank + 1) - own) * sizeof(real);
    for (int l = s->first; l < s->end; l++) {
        if (!is_left(s, l, s->first, s->end)) continue;
        s->left[l] = s->grad[l - s->first] + from + own;
        for (int r = 0; r < count; r++) {
            if (r == rank) continue;
            int64_t begin = part_begin(s, n, r);
            s->parts[sent++] = (RanksPart){r, s->grad[l - s->first] + from + begin,
                                           (size_t)(part_begin(s, n, r + 1) - begin) * sizeof(real)};
        }
    }
    for (int r = 0; r < count; r++)
        for (int l = first_leaf(s, r); r != rank && l < first_leaf(s, r + 1); l++) {
            if (!is_left(s, l, first_leaf(s, r), first_leaf(s, r + 1))) continue;
            s->left[l] = s->received + received * s->part;
            s->parts[sent + received++] = (RanksPart){r, s->left[l], own_bytes};
        }
    ranks_trade(s->ranks, s->parts, sent, received, s->requests);
}

/* Adds what is left of all ranks, n reals from `from` on in this rank's part: the rest of the tree. */
static void add_left(const LeafSum *s, int64_t from, int64_t n) {
    for (int stride = 1; stride < s->leaves; stride *= 2)
        for (int l = 0, r = 0; l + stride < s->leaves; l += 2 * stride) {
            while (l >= first_leaf(s, r + 1)) r++;
            if (!whole(s, l, stride, first_leaf(s, r), first_leaf(s, r + 1)))
                s->ops->add(s->left[l] + from, s->left[l + stride] + from, n);
        }
}

/* A piece of n reals at `from` of the sum, to all ranks. */
static void sum_piece(LeafSum *s, int64_t from, int64_t n, int threads) {
    int64_t at[RANKS_MAX + 1], begin = part_begin(s, n, s->ranks->rank),
                               length = part_begin(s, n, s->ranks->rank + 1) - begin;
    trade(s, from, n);
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t block = 0; block < length; block += SUM_BLOCK)
        add_left(s, block, length - block < SUM_BLOCK ? length - block : SUM_BLOCK);
    real *sum = s->grad[0] + from;
    if (s->left[0] != sum + begin) memcpy(sum + begin, s->left[0], (size_t)length * sizeof(real));
    for (int r = 0; r <= s->ranks->count; r++) at[r] = part_begin(s, n, r) * (int64_t)sizeof(real);
    ranks_collect(s->ranks, sum, at);
}

void leaf_sum_ranks(LeafSum *s, int threads) {
    if (ranks_alone(s->ranks)) return;
    for (int64_t from = 0; from < s->n; from += s->piece)
        sum_piece(s, from, s->n - from < s->piece ? s->n - from : s->piece, threads);
}
