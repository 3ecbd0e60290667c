/* Causal multi-head attention of one sequence, grouped queries (Vaswani et al. 2017; Ainslie et al. 2023).
 *
 *   qkv (T, ld)    q (H heads), k and v (KV heads each) side by side, hd channels a head, ld = (H + 2 KV) hd
 *   p   (H,T,T)    attention weights, for the backward pass; NULL: not stored. Rows come in blocks of ATTENTION_ROWS;
 *                  row i is defined up to the end of its block (keys after i: +0)
 *   y   (T, H hd)  p = softmax(q k^T / sqrt(hd)) over the keys j <= i,  y = p v
 *
 * Query head h reads key/value head h / (H/KV). */
#ifndef ROTE_MODEL_LAYERS_ATTENTION_H
#define ROTE_MODEL_LAYERS_ATTENTION_H

#include "model/exec.h"

enum { ATTENTION_ROWS = 64 };

/* 1 / sqrt(hd), the factor of the scores. */
static inline real attention_scale(int hd) { return (real)(1 / __builtin_sqrt((double)hd)); }

void attention_forward(const Exec *e, real *y, real *p, const real *qkv, int T, int H, int KV, int hd);
/* Writes dqkv. With s = q k^T / sqrt(hd),
 *   dp = dy v^T    ds = p (dp - sum_j p dp)    dq = ds k / sqrt(hd)    dk = ds^T q / sqrt(hd)    dv = p^T dy
 * (docs/math.md, "The model"). */
void attention_backward(const Exec *e, real *dqkv, const real *dy, const real *p, const real *qkv, int T,
                        int H, int KV, int hd);

/* The keys and values of a sequence of at most T tokens that a decoder reads step by step. */
typedef struct KvCache {
    real *keys;   /* (KV hd,T) one column for each token */
    real *values; /* (T,KV hd) one row for each token */
    int T;
} KvCache;
/* attention_forward with the same bits for n tokens that follow `before` other tokens of their sequence. Adds their
 * keys and values to the cache. e->scores: n x T. */
void attention_cached_forward(const Exec *e, real *y, const KvCache *cache, const real *qkv, int before,
                              int n, int H, int KV, int hd);

#endif
