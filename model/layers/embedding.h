/* The start of the residual stream: x_t = wte[token_t] + wpe[position_t]
 * At position 0 the token is BOS, whatever number it has: it reads row model.bos.
 *   wte (V,d)  wpe (T,d), only with learned positions  x (n,d)  pos (n)       n = tokens */
#ifndef ROTE_MODEL_LAYERS_EMBEDDING_H
#define ROTE_MODEL_LAYERS_EMBEDDING_H

#include "model/gpt.h"

/* For n tokens of one sequence, the first at `position`; writes their positions to pos. */
void embedding_forward(const Gpt *g, real *x, int32_t *pos, const int32_t *token, int position, int n);
/* dwte[token_t] += dx_t, dwpe[pos_t] += dx_t (dwpe may be NULL), in token order, for tokens of any sequences. Only this
 * member's share of the columns. */
void embedding_backward(const Gpt *g, real *dwte, real *dwpe, const real *dx, const int32_t *token,
                        const int32_t *pos, int n, const Team *team);

#endif
