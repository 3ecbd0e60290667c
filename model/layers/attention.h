/* Causal multi-head attention of one sequence, grouped queries (Vaswani et al. 2017; Ainslie et al. 2023).
 *
 *   qkv (T, ld)    rows of q (H heads), k, v (KV heads each), hd channels a head, ld = (H + 2 KV) hd
 *   p   (H,T,T)    attention weights, kept for backward, NULL: not kept; row i is valid up to the end of its
 *                  block of ATTENTION_ROWS
 *   y   (T, H hd)  p = softmax(q k^T / sqrt(hd)) over the keys j <= i,  y = p v
 *
 * Query head h reads key/value head h / (H/KV). */
#ifndef ROTE_MODEL_LAYERS_ATTENTION_H
#define ROTE_MODEL_LAYERS_ATTENTION_H

#include "model/exec.h"

enum { ATTENTION_ROWS = 64 };

/* 1 / sqrt(hd), which scores are multiplied by. */
static inline real attention_scale(int hd) { return (real)(1 / __builtin_sqrt((double)hd)); }

void attention_forward(const Exec *e, real *y, real *p, const real *qkv, int T, int H, int KV, int hd);
/* dqkv is written: with s = q k^T / sqrt(hd),
 *   dp = dy v^T    ds = p (dp - sum_j p dp)    dq = ds k / sqrt(hd)    dk = ds^T q / sqrt(hd)    dv = p^T dy
 * (docs/math.md, "The model"). */
void attention_backward(const Exec *e, real *dqkv, const real *dy, const real *p, const real *qkv, int T,
                        int H, int KV, int hd);

/* The keys and values of a sequence that is read bit by bit, at most T tokens. */
typedef struct KvCache {
    real *keys;   /* (KV hd,T): a key is a column */
    real *values; /* (T, KV hd) */
    int T;
} KvCache;
/* The same, with the same bits, for n tokens that come after `before` others of their sequence: their keys and values
 * are added to the cache. e->scores: n x T. */
void attention_cached_forward(const Exec *e, real *y, const KvCache *cache, const real *qkv, int before,
                              int n, int H, int KV, int hd);

#endif
