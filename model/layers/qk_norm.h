/* The norm of each head's query and key (model.qk_norm; Dehghani et al. 2023, arXiv 2302.05442, section 2.1; as in
 * Qwen3, Yang et al. 2025, arXiv 2505.09388): RMSNorm over the hd channels of a head, between projection and rotation.
 *
 *   q_h = q_h / sqrt(mean of q_h^2 + eps) * gain of q_norm     for each head of queries, eps = model.norm_eps
 *   k_h = the same with the gain of k_norm                     for each head of keys
 *
 * All heads of a layer share the two gains (hd). With gains of 1 the scores of a head are then at most sqrt(hd),
 * however large the weights grow.
 *
 * Hooks: q_normed, k_normed. */
#ifndef ROTE_MODEL_LAYERS_QK_NORM_H
#define ROTE_MODEL_LAYERS_QK_NORM_H

#include "model/layers/sublayer.h"

/* Places a->qk, if the room is for a backward pass, and a->qk_rstd; g: gradients, or NULL. */
void qk_norm_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g);
/* Normalizes q and k in this member's rows of a->qkv. */
void qk_norm_forward(const Block *b);
/* This member's rows of g->dqkv: on entry the gradients of the norms' outputs, which are kept in g->dqk, on return
 * those of their inputs. */
void qk_norm_backward(const Block *b);
/* Adds to the gradients of the gains over all rows of the chunk; after qk_norm_backward of all members. */
void qk_norm_gradient(const Block *b);

#endif
