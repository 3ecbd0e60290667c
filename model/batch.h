/* The input of the model: a batch of sequences, and a chunk, the part of it that a team of threads computes at once. */
#ifndef ROTE_MODEL_BATCH_H
#define ROTE_MODEL_BATCH_H

#include <stdint.h>

struct Rules; /* model/neurons/rules.h */

/* What a row's stage of tools adds to the stream instead of a symbol's embedding. */
enum { TOOL_NOTHING = -1, TOOL_NONE = -2, TOOL_END = -3 };

enum { TOOL_WAYS_MAX = 257 }; /* at a row: 256, and no call */

/* Rows of the stage of tools that are trained without labels (model/layers/tool_ways.h). A way of calling is 1 + P
 * numbers: the call, 1 .. n, and the place of each pointer, below 0 if the call does not use it.
 *   first, count  (tokens) the token has `count` ways, at most TOOL_WAYS_MAX, from number `first` of `way` on. 0: none.
 *                 A token with ways has no targets of calls and pointers
 *   nats          (tokens) receives -ln of the sum of their probabilities, 0 without ways, in a gradient's pass
 * The mixture (model/layers/tool_mixture.h) has all ways, with no call as one of them: call 0, no places.
 *   result        NULL: no mixture. Else the symbols that ways return, one result after the other
 *   result_first, result_count   of each way: its symbols in `result`. Count TOOL_NONE: no result; TOOL_NOTHING: no
 *                 call. No symbol is `written` from a token with ways on, up to the next one with ways */
typedef struct ToolWays {
    const int32_t *way, *first, *count;
    double weight; /* not of the mixture */
    double *nats;
    const int32_t *result, *result_first, *result_count;
} ToolWays;

/* What the stage of tools (model/layers/tool.h) does at each token of a batch, and what is asked of its read-outs. n
 * tools, P pointers, V symbols (ModelConfig.tool). Arrays with one entry for each token are indexed as the batch's
 * inputs.
 *   written       what is written at the token: a symbol (0 or above), TOOL_NOTHING, TOOL_NONE (a call without result),
 *                 TOOL_END (the result has ended); NULL: nothing anywhere
 *   symbol_class  (V) class of each symbol for pointers at runs, 0: of no run. BOS is of no run. NULL: no runs
 *   call          target of the call's read-out: 0 (no call) or 1 .. n (that tool); below 0: not asked. NULL: no row is
 *   point         (tokens,P) target of each pointer: a place in the token's own sequence, 0 (BOS) up to the token,
 *                 which the pointer's kind allows (CHECK); below 0: not asked. NULL: none is
 *   call_weight   (1+n) weight of the cross-entropy of a call, by its target; NULL: 1
 *   point_weight  (P) weight of the cross-entropy of each pointer; NULL: 1
 *   call_nats     receives -ln p of each target of call, 0 without one, in a gradient's pass; NULL: not wanted
 *   point_nats    (tokens,P) the same for point
 *   row_weight    (tokens) multiplies the weights of a token's targets, of any sign; NULL: 1
 *   ways          NULL: every token that is asked has a target
 *   call_cost     (1+n) nats that a call costs, by its tool, of no call 0; NULL: nothing. Part of the loss, where calls
 *                 are soft: by a gate, or in a mixture (model/layers/tool_gate.h)
 *   paid          the tool whose call was made at the token, 1 .. n, 0: none; NULL: none anywhere. 0 with a mixture
 *   expected      (tokens,n) receives the calls of each tool that are expected at the token, in a gradient's pass;
 *                 NULL: not wanted
 *   draw          read where choices are made (gpt_tool_choices) and nowhere else: (tokens,1+P) numbers in [0,1). The
 *                 call, and then the place of each pointer, is drawn from its probabilities, by its own number, in
 *                 place of the largest; no call at a token whose first number is below 0. NULL: the largest */
typedef struct ToolRows {
    const int32_t *written;
    const uint8_t *symbol_class;
    const int32_t *call, *point;
    const double *call_weight, *point_weight;
    double *call_nats, *point_nats;
    const double *row_weight;
    const ToolWays *ways;
    const double *call_cost;
    const int32_t *paid;
    double *expected;
    const double *draw;
} ToolRows;

/* Sequences laid end to end, without padding. Sequence s has the tokens start[s] .. start[s+1]-1.
 *   inputs   tokens that the model reads: 0 (BOS, which reads row model.bos of wte) at position 0, then
 *            x1 .. x(S-1); token v reads row v
 *   targets  tokens that it must predict: x1 .. xS; below 0: no target, so no loss
 *   tags     one per sequence, or NULL
 *   rules    neuron rules, for the gradient (model/neurons/rules.h), or NULL
 *   tools    what the stage of tools does, or NULL: nothing. A model without that stage ignores it */
typedef struct Batch {
    int n_seq;
    const int32_t *start; /* n_seq + 1 */
    const int32_t *inputs, *targets, *tags;
    const struct Rules *rules;
    const ToolRows *tools;
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
