/* The GPT: parameters, forward, backward. Everything about its structure is a config key.
 *
 * The model knows no facts: it takes integer arrays. Sequences of any lengths lie one after the other without
 * padding, so nothing about a sequence's numbers depends on its neighbours.
 *
 *   h = wte[input] + wpe[position]
 *   each block:  h += o(attention(norm1(h)))     h += out(act(in(norm2(h))))
 *   logits = norm_f(h) head^T   (head = wte when tied)
 *
 * (Radford et al. 2019; the variants are named in docs/math.md.) */
#ifndef ROTE_MODEL_GPT_H
#define ROTE_MODEL_GPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/err.h"
#include "base/memory.h"
#include "model/kernels/ops.h"
#include "model/neurons/edits.h"
#include "model/params.h"
#include "model/team.h"

/* Where a block's tensors begin in the parameter vector (and in a gradient), -1 where it has none. qkv is q,
 * k and v side by side, in is gate and up side by side when gated. */
typedef struct BlockPlaces {
    int64_t norm1, norm1_bias, qkv, qkv_bias, o, o_bias;
    int64_t norm2, norm2_bias, in, in_bias, out, out_bias;
} BlockPlaces;

typedef struct Places {
    int64_t wte, wpe, norm_f, norm_f_bias, head; /* head == wte when tied */
    BlockPlaces *block;                          /* n_layer */
} Places;

typedef struct Gpt {
    ModelConfig config; /* resolved */
    ParamTable table;
    Places at;
    real *params; /* table.total reals */
    const Ops *ops;
    Ops own_ops;      /* ops with another gemm, when train.gemm=openblas */
    real *rope_table; /* (block_size, hd/2, 2) cos, sin; NULL without rope */
} Gpt;

/* Parameters are zero until gpt_init or a checkpoint fills them. ERR_NOMEM, ERR_INPUT. */
Status gpt_create(Gpt *g, const ModelConfig *config, const Ops *ops, GemmKind gemm, Err *err);
void gpt_init(Gpt *g, uint64_t seed);
void gpt_free(Gpt *g);

struct Rules; /* model/neurons/rules.h */

/* Sequences, one after the other. Sequence s owns tokens start[s] .. start[s+1]-1.
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

/* Activations of one chunk of sequences. */
typedef struct GptWork GptWork;
struct Weights; /* model/weights.h */
/* Room for chunks of at most max_tokens tokens and max_seq sequences of at most max_len tokens; backward
 * false: forward only (far smaller). team_size: threads that will share it. shared: g's weights, packed
 * before each pass by weights_pack; NULL: products pack for themselves. */
size_t gpt_work_bytes(const ModelConfig *config, int max_tokens, int max_seq, int max_len, bool backward,
                      int team_size);
Status gpt_work_create(GptWork **out, const Gpt *g, int max_tokens, int max_seq, int max_len, bool backward,
                       int team_size, const struct Weights *shared, Err *err);
void gpt_work_free(GptWork *work);
/* From now on passes through this work edit activations (NULL: no more); edits must outlive that. Not for gradients,
 * which do not know of them. An edited attn_out or mlp_out is added to the stream as a sum of its own, which rounds
 * otherwise than the product that adds itself. */
void gpt_work_edit(GptWork *work, const Edits *edits);

/* A gradient vector has the parameters' layout and, when the head is tied, wte's (V,d) once more at its end:
 * what wte earns as the input embedding is a chain of its own, so that cutting a leaf into chunks changes no
 * bit. gpt_gradient_fold adds it to wte's; call it once, when all leaves are added up. */
int64_t gpt_gradient_reals(const Gpt *g);
void gpt_gradient_fold(const Gpt *g, real *grad);

/* Adds to grad (gpt_gradient_reals) the gradient of scale * sum over the targets of sequences seq0 <= s <
 * seq1 of -ln p(target), each weight's contributions one chain in token order, and returns the sum of -ln p
 * in nats. Every member of the team calls it with the same arguments but its own team->rank. */
double gpt_gradient(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, real scale,
                    real *grad, const Team *team);

/* The residual stream before block `layer` (n_layer: after the last one), (tokens, d), as the gradient of the last
 * chunk left it. work was made with backward. */
const real *gpt_stream(const GptWork *work, int layer);

/* Code lengths without gradients: for every token of sequences seq0 <= s < seq1, indexed as in the batch,
 * nats[token] = -ln p(target) in double and best[token] = arg-max, ties to the lowest. best may be NULL. */
void gpt_code_lengths(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, double *nats,
                      int32_t *best);

/* Logits (tokens, V) of sequences seq0 <= s < seq1 (small cases: tests, exports, logit studies). */
void gpt_logits(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, real *logits);

/* What stands at the hooks of `sites` (1 << HookSite), for sequences seq0 <= s < seq1, chunk by chunk in token order
 * and within a chunk in the order of the pass; after the work's edits. It changes no bit of the pass.
 *   x       (rows, width), ld reals a row; good for the length of the call
 *   token   of the batch: that of row 0
 *   column  of the hook: that of x's first (a pattern comes by sequence and head; row i holds keys 0 .. i, and what
 *           is behind them means nothing)
 * The work must be of a team of one; where a pattern is asked for one with backward, which keeps it. */
typedef struct HookSeen {
    Hook hook;
    int token, column, rows, width;
    ptrdiff_t ld;
    const real *x;
} HookSeen;
typedef void SeeHook(void *user, const HookSeen *seen);
void gpt_observe(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, unsigned sites,
                 SeeHook *see, void *user);

/* Floating-point operations of one training step on `tokens` tokens in sequences of length T, counted as the
 * bench README counts: per token 6 * (matrix parameters + V d) + 6 L T d. */
double gpt_flops(const ModelConfig *config, const ParamTable *table, double tokens, double T);

#endif
