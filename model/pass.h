/* Forward and backward pass of a batch by one team of threads: gradients, code lengths, logits, and the activations at
 * the hooks. Every function computes sequences seq0 <= s < seq1 of the batch, in chunks as large as the work memory
 * allows; no bit depends on the chunks. Matrices have one row for each token. V symbols. ln is the natural logarithm,
 * so code lengths are in nats. */
#ifndef ROTE_MODEL_PASS_H
#define ROTE_MODEL_PASS_H

#include "model/batch.h"
#include "model/neurons/observe.h"
#include "model/weights.h"

/* ---- memory: activations of one chunk of sequences (model/work.c) ---- */

typedef struct GptWork GptWork;
/* Work memory for chunks of at most max_tokens tokens, in at most max_seq sequences of at most max_len tokens.
 *   backward   false: forward passes only, which need far less memory
 *   team_size  threads that will share it
 *   shared     g's weights, which the caller packs before each pass (weights_pack); NULL: every product packs its own
 * ERR_NOMEM. */
size_t gpt_work_bytes(const ModelConfig *config, int max_tokens, int max_seq, int max_len, bool backward,
                      int team_size);
Status gpt_work_create(GptWork **out, const Gpt *g, int max_tokens, int max_seq, int max_len, bool backward,
                       int team_size, const Weights *shared, Err *err);
void gpt_work_free(GptWork *work);
/* From now on, passes with this work memory edit activations (NULL: no edits). edits must outlive their use. Gradients
 * do not support edits (CHECK). An edited attn_out or mlp_out is computed first and then added to the stream, which
 * rounds differently from a product that starts its chain at the stream. */
void gpt_work_edit(GptWork *work, const Edits *edits);

/* ---- passes ---- */

/* Adds to grad (gpt_gradient_reals) the gradient of scale * (sum over the targets of -ln p(target)), and, for each
 * rule of batch->rules, lambda times the gradient of the rule's loss, as far as its scope lets it reach
 * (model/neurons/rules.h); scale does not multiply it. With batch->tools also scale times the gradient of the weighted
 * cross-entropy of calls and pointers (model/layers/tool.h). For each weight, the terms are one chain in token order.
 * Returns the sum of -ln p in nats, without the rules' losses, which are in the rules' sums, and without those of calls
 * and pointers, which are in call_nats and point_nats. The work memory was
 * created with backward and has no edits (CHECK). Every member of the team calls it with the same arguments, except
 * for team->rank. */
double gpt_gradient(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, real scale,
                    real *grad, const Team *team);

/* The residual stream (tokens,d) before block `layer` (n_layer: after the last block), of the last chunk of the last
 * gradient. The work memory was created with backward. */
const real *gpt_stream(const GptWork *work, int layer);

/* Code lengths without gradients. For every token, indexed as in the batch: nats[token] = -ln p(target) in double, 0
 * without a target; best[token] = the symbol with the largest logit, the lowest of several (best may be NULL). */
void gpt_code_lengths(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, double *nats,
                      int32_t *best);

/* Logits (tokens,V); row 0 is the first token of sequence seq0. For small cases: tests, exports, studies of logits. */
void gpt_logits(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, real *logits);

/* The logits of the tokens with chosen[token] != 0, indexed as in the batch, one row (V) after the other in token
 * order: head(norm_f(h)), h the residual stream after `layer` blocks. With layer < n_layer that is the logit lens
 * (nostalgebraist 2020); with layer = n_layer the logits of the model, bit for bit. The memory that it needs does not
 * depend on the number of tokens. The work memory is for a team of one. */
typedef void LogitsObserver(void *user, const real *logits);
void gpt_lens(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, int layer,
              const uint8_t *chosen, LogitsObserver *observe, void *user);

/* What the read-outs of the stage of tools choose at each token, indexed as in the batch (model/layers/tool.h).
 * Computes the blocks before the stage and nothing else: nothing that is written changes a choice.
 *   call   0 (no call) or 1 .. n: the largest logit, the first of several
 *   point  (tokens,P) at a token with a call, of every pointer, those of other tools too: the place with the largest
 *          score, the first of several, or -1 if no place is allowed; -1 at a token without a call
 * Of batch->tools only symbol_class and draw are read. The model has such a stage (CHECK). */
void gpt_tool_choices(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, int32_t *call,
                      int32_t *point);

/* Runs a forward pass and calls `observe` at the hooks of `sites` (1 << HookSite): chunk by chunk in token order,
 * within a chunk in the order of the pass, after the edits of the work memory. Observing changes no bit. The work
 * memory is for a team of one; for attention patterns it was created with backward, which stores them. */
void gpt_observe(const Gpt *g, GptWork *work, const Batch *batch, int seq0, int seq1, unsigned sites,
                 HookObserver *observe, void *user);

#endif
