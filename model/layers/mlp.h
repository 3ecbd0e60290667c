/* The MLP sub-layer: a hidden layer of I neurons, for each token separately (Radford et al. 2019; gated: Shazeer 2020,
 * arXiv 2002.05202).
 *
 *   u = norm2(mid)                                  (n,d)
 *   pre = u Win^T + b                               (n,in); gated: gate (n,I) and up (n,I) side by side
 *   post = phi(pre), gated: phi(gate) up            (n,I)
 *   next = mid + post Wout^T + b                    (n,d)
 *
 * Hooks: hook_pre is pre (gated: gate), which docs/math.md and neuron rules call z; hook_pre_linear is up; hook_post is
 * post, called a there; ln2 is u, and mlp_out is post Wout^T + b. Neuron rules (model/neurons/rules.h) read z and a.
 * They can change a and the gradients of both. */
#ifndef ROTE_MODEL_LAYERS_MLP_H
#define ROTE_MODEL_LAYERS_MLP_H

#include "model/layers/sublayer.h"

/* a->mid is placed before. Places a->next; without a backward pass, next is mid. g: gradients, or NULL. */
void mlp_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g);
void mlp_forward(const Block *b);
void mlp_backward(const Block *b);

#endif
