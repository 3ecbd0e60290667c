/* A block: the sub-layers that the config asks for, each of which adds to the residual stream.
 *
 *   mid = x + attention(norm1(x))      model.attn: causal, mean, none
 *   next = mid + mlp(norm2(mid))       model.mlp: plain, none
 *
 * A further sub-layer is a pair of functions of its own file and one line in each of these two. */
#ifndef ROTE_MODEL_LAYERS_BLOCK_H
#define ROTE_MODEL_LAYERS_BLOCK_H

#include "model/layers/sublayer.h"

/* Hooks: resid_pre, resid_mid, resid_post, and those of the sub-layers. */
void block_forward(const Block *b);
/* b->g->dx holds the gradient of the stream after the block, and afterwards that of the stream before it. */
void block_backward(const Block *b);

#endif
