/* Forward and backward of a batch by one team of threads: gradients, code lengths, logits, and what stands at the
 * hooks. Every function takes sequences seq0 <= s < seq1 of the batch, in as many chunks as the work has room for;
 * chunks change no bit. Numbers are one row a token, V symbols; ln is natural, so a code length is in nats. */
#ifndef ROTE_MODEL_PASS_H
#define ROTE_MODEL_PASS_H

#include "model/batch.h"
#include "model/neurons/observe.h"
#include "model/weights.h"

/* ---- memory: activations of one chunk of sequences (model/work.c) ---- */

typedef struct GptWork GptWork;
/* Room for chunks of at most max_tokens tokens and max_seq sequences of at most max_len tokens; backward
 * false: forward only (far smaller). team_size: threads that will share it. shared: g's weights, packed
 * before each pass by weights_pack; NULL: products pack for themselves. ERR_NOMEM. */
size_t gpt_work_bytes(const ModelConfig *config, int max_tokens, int max_seq, int max_len, bool backward,
                      int team_size);
Status gpt_work_create(GptWork **out, const Gpt *g, int max_tokens, int max_seq, int max_len, bool backward,
                       int team_size, const Weights *shared, Err *err);
void gpt_work_free(GptWork *work);
/* From now on passes through this work edit activations (NULL: no more); edits must outlive that. Not for gradients,
 * which do not know of them. An edited attn_out or mlp_out is added to the stream as a sum of its own, which rounds
 * otherwise than the product that adds itself. */
void gpt_work_edit(GptWork *work, const Edits *edits);

/* ---- passes ---- */

/* Adds to grad (gpt_gradient_reals) the gradient of scale * sum over the targets of -ln p(target), each weight's
 * contributions one chain in token order, and returns the sum of -ln p in nats. The work was made with backward and
 * has no edits (CHECK). Every member of the team calls it with the same arguments but its own team->rank. */
double gpt_gradient(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, real scale,
                    real *grad, const Team *team);

/* The residual stream before block `layer` (n_layer: after the last one), (tokens, d), as the gradient of the last
 * chunk left it. work was made with backward. */
const real *gpt_stream(const GptWork *work, int layer);

/* Code lengths without gradients: for every token, indexed as in the batch, nats[token] = -ln p(target) in double and
 * best[token] = arg-max, ties to the lowest. best may be NULL. */
void gpt_code_lengths(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, double *nats,
                      int32_t *best);

/* Logits (tokens, V), the first row that of the first token of seq0 (small cases: tests, exports, logit studies). */
void gpt_logits(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, real *logits);

/* What stands at the hooks of `sites` (1 << HookSite), chunk by chunk in token order and within a chunk in the order of
 * the pass; after the work's edits. It changes no bit of the pass. The work must be of a team of one; where a pattern
 * is asked for, one with backward, which keeps it. */
void gpt_observe(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, unsigned sites,
                 HookObserver *observe, void *user);

#endif
