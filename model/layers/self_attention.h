/* The attention sub-layer: every token reads itself and the tokens before it (Vaswani et al. 2017; Ainslie et al. 2023
 * for fewer heads of keys and values; Su et al. 2021 for the rotation).
 *
 *   u = norm1(x)                     (n,d)
 *   q, k, v = u Wqkv^T + b           (n,ld)
 *   q, k                             normalized where model.qk_norm (model/layers/qk_norm.h), then rotated by their
 *                                    positions where model.pos=rope
 *   z = softmax(q k^T / sqrt(hd)) v  (n,zw), over the tokens of the sequence up to the row's token
 *   mid = x + z Wo^T + b             (n,d)
 *
 * Hooks: ln1, q, k, v, q_normed, k_normed, pattern, z, attn_out. */
#ifndef ROTE_MODEL_LAYERS_SELF_ATTENTION_H
#define ROTE_MODEL_LAYERS_SELF_ATTENTION_H

#include "model/layers/sublayer.h"

/* a->x is placed before. Places a->mid; without a backward pass, mid is x. g: gradients, or NULL. */
void self_attention_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g);
void self_attention_forward(const Block *b);
void self_attention_backward(const Block *b);

#endif
