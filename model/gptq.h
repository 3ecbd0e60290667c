/* GPTQ (Frantar, Ashkboos, Hoefler & Alistarh 2022, arXiv 2210.17323): codes are chosen column by column, and the
 * weights of the following columns compensate for the rounding error of each column, so that the layer's outputs on
 * given inputs change as little as possible.
 *
 * With inputs X (tokens,C) and H = X^T X, the loss of a row is (w - q)^T H (w - q). Once column i is rounded, the best
 * compensation in the later columns is w_j -= (w_i - q_i) U_ij / U_ii, where U is the upper triangular factor of the
 * inverse, H^-1 = U^T U. Derivation: docs/math.md. Everything is in double, every sum in one fixed order. */
#ifndef ROTE_MODEL_GPTQ_H
#define ROTE_MODEL_GPTQ_H

#include "model/batch.h"
#include "model/gpt.h"
#include "model/quantize.h"

/* Quantizes all of g in place, in the order of the forward pass: each layer on the inputs that it gets from the
 * quantized layers before it. The inputs of the embeddings are one-hot, so H is diagonal and there is nothing to
 * compensate: they are rounded to nearest, and a tied head with them.
 *   kind         a format with codes
 *   calibration  sequences of at most max_len tokens
 * ERR_NOMEM. ERR_NUMERIC: inputs that are NaN or Inf. After an error g is partly quantized. */
Status gptq_quantize(Gpt *g, Quantize kind, const Batch *calibration, int max_len, int threads, Err *err);

/* ---- its parts, for tests ---- */

/* h (C,C): the upper triangle is H and becomes U; the part below the diagonal is neither read nor written. Before that,
 * 0.01 times the mean of the diagonal is added to it (the paper's damping); a zero H counts as the identity.
 *   column  scratch (C)
 * False: H is not finite. */
bool gptq_factor(double *h, double *column, int C, int threads);
/* w (rows,C) is quantized in place.
 *   scratch  (rows,C) */
void gptq_rows(real *w, const double *u, int rows, int C, Quantize kind, double *scratch, int threads);

#endif
