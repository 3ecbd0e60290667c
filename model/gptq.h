/* GPTQ (Frantar, Ashkboos, Hoefler & Alistarh 2022, arXiv 2210.17323): codes are chosen column by column, and
 * what a column loses is made good by the weights of the columns that follow, so that the layer's outputs on
 * given inputs change as little as possible.
 *
 * With inputs X (tokens, C) and H = X^T X, a row's loss is (w - q)^T H (w - q). Once column i is fixed, the
 * best answer of the later columns is w_j -= (w_i - q_i) U_ij / U_ii, with U the upper triangular factor of
 * the inverse, H^-1 = U^T U. Derivation: docs/math.md. All in double, every sum in one order. */
#ifndef ROTE_MODEL_GPTQ_H
#define ROTE_MODEL_GPTQ_H

#include "model/batch.h"
#include "model/gpt.h"
#include "model/quantize.h"

/* Quantizes all of g in place, in the order of the forward pass, each layer on the inputs that it has once
 * the layers before it are quantized. The embeddings' inputs are one-hot, which leaves nothing to make good:
 * they are rounded to nearest, and a tied head with them.
 *   kind         one with codes
 *   calibration  sequences of at most max_len tokens
 * ERR_NOMEM. ERR_NUMERIC: inputs that are NaN or Inf. g is then in part quantized. */
Status gptq_quantize(Gpt *g, Quantize kind, const Batch *calibration, int max_len, int threads, Err *err);

/* ---- what it is made of ---- */

/* h (C,C): the upper triangle is H and becomes U; what is below the diagonal is neither read nor written. To
 * the diagonal comes a hundredth of its mean first (the paper's damping); a zero H counts as the identity.
 *   column  scratch (C)
 * False: H is not finite. */
bool gptq_factor(double *h, double *column, int C, int threads);
/* w (rows,C) is quantized in place.
 *   left  scratch (rows,C) */
void gptq_rows(real *w, const double *u, int rows, int C, Quantize kind, double *left, int threads);

#endif
