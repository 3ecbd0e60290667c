/* The input of the model: a batch of sequences, and a chunk, the part of it that a team of threads computes at once. */
#ifndef ROTE_MODEL_BATCH_H
#define ROTE_MODEL_BATCH_H

#include <stdint.h>

struct Rules; /* model/neurons/rules.h */

/* Sequences laid end to end, without padding. Sequence s has the tokens start[s] .. start[s+1]-1.
 *   inputs   tokens that the model reads: 0 (BOS, which reads row model.bos of wte) at position 0, then
 *            x1 .. x(S-1); token v reads row v
 *   targets  tokens that it must predict: x1 .. xS; below 0: no target, so no loss
 *   tags     one per sequence, or NULL
 *   rules    neuron rules, for the gradient (model/neurons/rules.h), or NULL */
typedef struct Batch {
    int n_seq;
    const int32_t *start; /* n_seq + 1 */
    const int32_t *inputs, *targets, *tags;
    const struct Rules *rules;
} Batch;

/* Sequences s0 <= s < s1 of a batch, whose activations are in memory at the same time. Every matrix of activations has
 * one row for each token; row 0 is the first token of the chunk. Each member of a team computes the rows of its own
 * sequences, own_s0 <= s < own_s1. */
typedef struct Chunk {
    const Batch *batch;
    int s0, s1;
    int first; /* row 0 is this token of the batch */
    int rows;  /* tokens of the chunk */
    int own_s0, own_s1;
    int r0, n; /* this member's rows: r0 .. r0+n-1 */
    int position; /* of row 0 in its sequence; above 0 only in a decoder, after tokens that it has read earlier */
} Chunk;

/* The first row of sequence s, and its number of tokens. */
static inline int chunk_row(const Chunk *k, int s) { return k->batch->start[s] - k->first; }
static inline int chunk_length(const Chunk *k, int s) { return k->batch->start[s + 1] - k->batch->start[s]; }

#endif
