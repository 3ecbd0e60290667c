/* A block: the sub-layers of the config, each of which adds its output to the residual stream.
 *
 *   mid = x + attention(norm1(x))      model.attn: causal, mean, none
 *   next = mid + mlp(norm2(mid))       model.mlp: plain, none
 *
 * To add a sub-layer: its file, and one line in each of these three functions (CONTRIBUTING.md). */
#ifndef ROTE_MODEL_LAYERS_BLOCK_H
#define ROTE_MODEL_LAYERS_BLOCK_H

#include "model/layers/sublayer.h"

/* Places all rows of a block in the arena; a->x is placed before. g: gradients, or NULL. */
void block_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g);
/* Hooks: resid_pre, resid_mid, resid_post, and those of the sub-layers. */
void block_forward(const Block *b);
/* b->g->dx (n,d): on entry the gradient of the stream after the block, on return that of the stream before it. */
void block_backward(const Block *b);

#endif
