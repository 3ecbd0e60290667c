/* A replacement for attention without parameters (model.attn=mean): every token reads the mean of all tokens so far.
 *
 *   u = norm1(x), without gain and bias            (n,d)
 *   mid_t = x_t + (u_0 + .. + u_t) / (t + 1)       (n,d), over the tokens of the row's sequence
 *
 * Hooks: ln1, attn_out. */
#ifndef ROTE_MODEL_LAYERS_CAUSAL_MEAN_H
#define ROTE_MODEL_LAYERS_CAUSAL_MEAN_H

#include "model/layers/sublayer.h"

/* a->x is placed before. Places a->mid; without a backward pass, mid is x. g: gradients, or NULL. */
void mean_attention_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g);
void mean_attention_forward(const Block *b);
void mean_attention_backward(const Block *b);

/* ---- its parts, for one sequence ---- */

/* y_t = mean of x_0 .. x_t  (T,C): a running sum in token order, divided by the number of tokens. `before` tokens of
 * the sequence precede the first row.
 *   sum  (C): on entry their sum, on return the sum with all T rows
 * y may be x. */
void causal_mean_forward(real *y, const real *x, real *sum, int before, int T, int C);
/* Writes dx_s = sum over t >= s of dy_t / (t+1), from the last token back. sum (C): scratch. */
void causal_mean_backward(real *dx, const real *dy, real *sum, int T, int C);

#endif
