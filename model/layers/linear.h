/* y = x w^T + b
 *   x (N,C)  w (O,C)  b (O) or none  y (N,O)          N = tokens
 * Each member of a team computes its own rows. Weight gradients are divided among the members by output, so they need
 * all N rows of the chunk. */
#ifndef ROTE_MODEL_LAYERS_LINEAR_H
#define ROTE_MODEL_LAYERS_LINEAR_H

#include "model/exec.h"
#include "model/weights.h"

/* ldy: reals from one row of y to the next. */
void linear_forward(const Exec *e, real *y, ptrdiff_t ldy, const real *x, const Weight *w, int N);
/* y = before + b + x w^T: adds to the residual stream. Both are dense; y may be `before`. */
void linear_forward_add(const Exec *e, real *y, const real *before, const real *x, const Weight *w, int N);
/* Writes dx = dy w. dx is dense; ldy: reals from one row of dy to the next. */
void linear_backward_input(const Exec *e, real *dx, const real *dy, ptrdiff_t ldy, const Weight *w, int N);
/* The same, added to dx. */
void linear_backward_input_add(const Exec *e, real *dx, const real *dy, ptrdiff_t ldy, const Weight *w,
                               int N);
/* dw (O,C) += dy^T x, db (O) += column sums of dy (db may be NULL). Only this member's share of the O outputs. */
void linear_backward_weight(const Exec *e, real *dw, real *db, const real *dy, ptrdiff_t ldy, const real *x,
                            int N, int C, int O);

#endif
