/* Causal multi-head attention of one sequence, grouped queries (Vaswani et al. 2017; Ainslie et al. 2023),
 * and the causal mean that may stand in its place.
 *
 *   qkv (T, ld)    rows of q (H heads), k, v (KV heads each), hd channels a head, ld = (H + 2 KV) hd
 *   p   (H,T,T)    attention weights, kept for backward, NULL: not kept; row i is valid up to the end of its
 *                  block of ATTENTION_ROWS
 *   y   (T, H hd)  p = softmax(q k^T / sqrt(hd)) over the keys j <= i,  y = p v
 *
 * Query head h reads key/value head h / (H/KV). */
#ifndef ROTE_MODEL_ATTENTION_H
#define ROTE_MODEL_ATTENTION_H

#include "model/exec.h"

enum { ATTENTION_ROWS = 64 };

/* 1 / sqrt(hd), which scores are multiplied by. */
static inline real attention_scale(int hd) { return (real)(1 / __builtin_sqrt((double)hd)); }

void attention_forward(const Exec *e, real *y, real *p, const real *qkv, int T, int H, int KV, int hd);
/* dqkv is written. */
void attention_backward(const Exec *e, real *dqkv, const real *dy, const real *p, const real *qkv, int T,
                        int H, int KV, int hd);

/* y_t += mean of x_0 .. x_t  (T,C): a running sum in token order, divided. */
void causal_mean_forward(real *y, const real *x, real *sum, int T, int C);
/* dx_s = sum over t >= s of dy_t / (t+1), from the last token back (written). sum (C): scratch */
void causal_mean_backward(real *dx, const real *dy, real *sum, int T, int C);

#endif
