/* What the model reads: sequences of symbols, and the part of them that a team of threads works on at once. */
#ifndef ROTE_MODEL_BATCH_H
#define ROTE_MODEL_BATCH_H

#include <stdint.h>

struct Rules; /* model/neurons/rules.h */

/* Sequences, one after the other without padding. Sequence s owns tokens start[s] .. start[s+1]-1.
 *   inputs   what the model reads: row 0 of wte for BOS at position 0, then x1 .. x(S-1)
 *   targets  what it must say: x1 .. xS; < 0: not asked
 *   tags     one per sequence, or NULL
 *   rules    on neurons, for the gradient (model/neurons/rules.h), or NULL */
typedef struct Batch {
    int n_seq;
    const int32_t *start; /* n_seq + 1 */
    const int32_t *inputs, *targets, *tags;
    const struct Rules *rules;
} Batch;

/* A chunk: sequences s0 <= s < s1 of a batch, whose activations are in memory at the same time. A row is a token,
 * counted from the chunk's first; every matrix of activations has one row a token. Each member of a team computes the
 * rows of its own sequences, own_s0 <= s < own_s1. */
typedef struct Chunk {
    const Batch *batch;
    int s0, s1;
    int first; /* token of the batch that is row 0 */
    int rows;  /* of the chunk */
    int own_s0, own_s1;
    int r0, n;    /* this member's rows: r0 .. r0+n-1 */
    int position; /* of row 0 in its sequence: 0, but for a decoder that has read tokens before */
} Chunk;

/* The first row of sequence s, and its tokens. */
static inline int chunk_row(const Chunk *k, int s) { return k->batch->start[s] - k->first; }
static inline int chunk_length(const Chunk *k, int s) { return k->batch->start[s + 1] - k->batch->start[s]; }

#endif
