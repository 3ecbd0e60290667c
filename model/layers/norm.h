/* The norm in front of a sub-layer: y = xhat gain + bias, xhat = (x - mean) rstd, over the d channels of each row;
 * rmsnorm: mean = 0 (Ba et al. 2016; Zhang & Sennrich 2019). All matrices begin at the chunk's row 0; rows r0 .. r0+n-1
 * are computed. Derivation: docs/math.md, "The model". */
#ifndef ROTE_MODEL_LAYERS_NORM_H
#define ROTE_MODEL_LAYERS_NORM_H

#include "model/exec.h"
#include "model/weights.h"

/* y (n,d), mean (n), rstd (n): the results of a norm that its backward pass needs. */
typedef struct NormRows {
    real *y, *mean, *rstd;
} NormRows;

/* Places `rows` rows in the arena. */
void norm_rows_place(Arena *arena, NormRows *norm, int rows, int d);

/* w: gain and bias (d), each NULL where there is none. */
void norm_rows_forward(const Exec *e, const ModelConfig *c, const NormRows *out, const real *x,
                       const Weight *w, int r0, int n);
/* dx += rstd (g - mean(g) - xhat mean(g xhat)),  g = dy gain */
void norm_rows_backward(const Exec *e, const ModelConfig *c, real *dx, const real *dy, const real *x,
                        const NormRows *out, const Weight *w, int r0, int n);
/* dgain += column sums of dy xhat, dbias += column sums of dy (dbias may be NULL), over all `rows` rows of the chunk.
 * Only this member's share of the columns. */
void norm_rows_backward_weight(const Exec *e, const ModelConfig *c, real *dgain, real *dbias, const real *dy,
                               const real *x, const NormRows *out, int rows);

#endif
