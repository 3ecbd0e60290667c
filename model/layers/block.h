/* A block: the sub-layers that the config asks for, each of which adds to the residual stream.
 *
 *   mid = x + attention(norm1(x))      model.attn: causal, mean, none
 *   next = mid + mlp(norm2(mid))       model.mlp: plain, none
 *
 * A further sub-layer is a file of its own and one line in each of these three. */
#ifndef ROTE_MODEL_LAYERS_BLOCK_H
#define ROTE_MODEL_LAYERS_BLOCK_H

#include "model/layers/sublayer.h"

/* All rows of a block, behind a->x, which is there. g: gradients, or NULL. */
void block_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g);
/* Hooks: resid_pre, resid_mid, resid_post, and those of the sub-layers. */
void block_forward(const Block *b);
/* b->g->dx holds the gradient of the stream after the block, and afterwards that of the stream before it. */
void block_backward(const Block *b);

#endif
