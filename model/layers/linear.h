/* y = x w^T + b
 *   x (N,C)  w (O,C)  b (O) or none  y (N,O)          N = tokens
 * Rows are each member's own; weight gradients are shared out by output, so they want all N rows of the
 * chunk. */
#ifndef ROTE_MODEL_LAYERS_LINEAR_H
#define ROTE_MODEL_LAYERS_LINEAR_H

#include "model/exec.h"
#include "model/weights.h"

/* ldy: reals between the rows of y. */
void linear_forward(const Exec *e, real *y, ptrdiff_t ldy, const real *x, const Weight *w, int N);
/* y = before + b + x w^T: onto the residual stream, dense; y may be before */
void linear_forward_add(const Exec *e, real *y, const real *before, const real *x, const Weight *w, int N);
/* dx = dy w (written), dx dense, ldy reals between the rows of dy */
void linear_backward_input(const Exec *e, real *dx, const real *dy, ptrdiff_t ldy, const Weight *w, int N);
/* dw (O,C) += dy^T x     db += column sums of dy, or NULL       this member's share of the O outputs */
void linear_backward_weight(const Exec *e, real *dw, real *db, const real *dy, ptrdiff_t ldy, const real *x,
                            int N, int C, int O);

#endif
