/* The sum of the leaves of a gradient (model/parallel.h): pairwise by index, (0+1) + (2+3) ..., over the leaves of all
 * ranks. A rank has a contiguous share of the leaves. It adds those pairs of the tree that it has whole; then each
 * rank receives what is left of all ranks for its part of the vector, adds it in the order of the tree, and the parts
 * of the sum go to all (a reduce-scatter and an allgather; Rabenseifner 2004). So the same numbers are added in the
 * same order for any number of ranks and threads. */
#ifndef ROTE_MODEL_LEAF_SUM_H
#define ROTE_MODEL_LEAF_SUM_H

#include "base/ranks.h"
#include "model/kernels/ops.h"

enum { SUM_BLOCK = 4096 }; /* reals that a thread adds at a time */

typedef struct LeafSum {
    const Ops *ops;
    Ranks *ranks;   /* may be NULL */
    int leaves;     /* of all ranks */
    int first, end; /* this rank's */
    real **grad;    /* end - first: each of n reals */
    int64_t n;
    /* only with several ranks */
    real *received; /* what other ranks have left, for this rank's part of a piece: `part` reals each */
    real **left; /* leaves: this rank's part of the piece, where what is left of a rank begins at that leaf */
    RanksPart *parts;
    void *requests;
    int64_t piece, part;
} LeafSum;

/* Part `part` of n things that are divided into `parts` begins at this one. */
static inline int share(long long n, int part, int parts) { return (int)(n * part / parts); }

/* The contents of ops, ranks, leaves, first, end, grad and n are set. Allocates what several ranks need. ERR_NOMEM;
 * leaf_sum_free, after an error too. */
Status leaf_sum_create(LeafSum *s, Err *err);
void leaf_sum_free(LeafSum *s);

/* Adds this rank's own leaves in [from, from + n): the first step, of any thread. */
void leaf_sum_own(const LeafSum *s, int64_t from, int64_t n);
/* The second step, of one thread: the sum over all ranks is then in grad[0]. */
void leaf_sum_ranks(LeafSum *s, int threads);

#endif
