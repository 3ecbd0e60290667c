/* y = x w^T + b
 *   x (N,C)  w (O,C)  b (O) or NULL  y (N,O)          N = tokens
 * Rows are each member's own; weight gradients are shared out by output, so they want all N rows of the
 * chunk. */
#ifndef ROTE_MODEL_LINEAR_H
#define ROTE_MODEL_LINEAR_H

#include "model/exec.h"

void linear_forward(const Exec *e, real *y, const real *x, const real *w, const real *b, int N, int C, int O);
/* y += x w^T + b: onto the residual stream */
void linear_forward_add(const Exec *e, real *y, const real *x, const real *w, const real *b, int N, int C,
                        int O);
/* dx = dy w (written) */
void linear_backward_input(const Exec *e, real *dx, const real *dy, const real *w, int N, int C, int O);
/* dw += dy^T x     db += column sums of dy       this member's share of the O outputs */
void linear_backward_weight(const Exec *e, real *dw, real *db, const real *dy, const real *x, int N, int C,
                            int O);

#endif
