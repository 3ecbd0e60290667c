#include "model/layers/attention.h"

#include <string.h>

/* Rows are computed in blocks. A block of rows i0 .. i0+R-1 reads only keys 0 .. i0+R-1. So the masked half is computed
 * in the diagonal blocks only, where it is an exact +0. */
typedef struct Heads {
    const real *q, *k, *v;
    ptrdiff_t ld;
} Heads;

static int group_of(int h, int H, int KV) { return h / (H / KV); }

static Heads heads_at(const real *qkv, int h, int H, int KV, int hd) {
    int group = group_of(h, H, KV);
    return (Heads){qkv + h * hd, qkv + (H + group) * hd, qkv + (H + KV + group) * hd,
                   (ptrdiff_t)(H + 2 * KV) * hd};
}

void attention_forward(const Exec *e, real *y, real *p, const real *qkv, int T, int H, int KV, int hd) {
    for (int h = 0; h < H; h++) {
        Heads x = heads_at(qkv, h, H, KV, hd);
        for (int i0 = 0; i0 < T; i0 += ATTENTION_ROWS) {
            int R = T - i0 < ATTENTION_ROWS ? T - i0 : ATTENTION_ROWS, width = i0 + R;
            real *s = p ? p + ((ptrdiff_t)h * T + i0) * T : e->scores;
            e->ops->gemm(s, T, (View){x.q + i0 * x.ld, x.ld, 1}, (View){x.k, 1, x.ld}, GEMM_ZERO, NULL, R,
                         width, hd, e->gemm);
            e->ops->softmax_causal(s, attention_scale(hd), R, i0, width, T);
            e->ops->gemm(y + (ptrdiff_t)i0 * H * hd + h * hd, (ptrdiff_t)H * hd, (View){s, T, 1},
                         (View){x.v, x.ld, 1}, GEMM_ZERO, NULL, R, hd, width, e->gemm);
        }
    }
}

void attention_cached_forward(const Exec *e, real *y, const KvCache *cache, const real *qkv, int before,
                              int n, int H, int KV, int hd) {
    int T = cache->T, all = before + n, kv = KV * hd;
    real scale = attention_scale(hd);
    ptrdiff_t ld = (ptrdiff_t)(H + 2 * KV) * hd, ldy = (ptrdiff_t)H * hd;
    for (int i = 0; i < n; i++) {
        real *column = cache->keys + before + i;
        const real *key = qkv + i * ld + ldy, *value = key + kv;
        for (; key < value; key++, column += T) *column = *key;
        memcpy(cache->values + (ptrdiff_t)(before + i) * kv, value, (size_t)kv * sizeof(real));
    }
    for (int h = 0; h < H; h++) {
        int group = group_of(h, H, KV);
        View q = {qkv + h * hd, ld, 1}, keys = {cache->keys + (ptrdiff_t)group * hd * T, T, 1};
        e->ops->gemm(e->scores, T, q, keys, GEMM_ZERO, NULL, n, all, hd, e->gemm);
        e->ops->softmax_causal(e->scores, scale, n, before, all, T);
        e->ops->gemm(y + h * hd, ldy, (View){e->scores, T, 1}, (View){cache->values + group * hd, kv, 1},
                     GEMM_ZERO, NULL, n, hd, all, e->gemm);
    }
}

/* ds contains the factor 1 / sqrt(hd). dk and dv are chains over the queries i, one head of the group after another. */
void attention_backward(const Exec *e, real *dqkv, const real *dy, const real *p, const real *qkv, int T,
                        int H, int KV, int hd) {
    ptrdiff_t ld = (ptrdiff_t)(H + 2 * KV) * hd, ldy = (ptrdiff_t)H * hd;
    memset(dqkv, 0, (size_t)T * (size_t)ld * sizeof(real));
    for (int h = 0; h < H; h++) {
        Heads x = heads_at(qkv, h, H, KV, hd);
        ptrdiff_t q_at = x.q - qkv, k_at = x.k - qkv, v_at = x.v - qkv;
        for (int i0 = 0; i0 < T; i0 += ATTENTION_ROWS) {
            int R = T - i0 < ATTENTION_ROWS ? T - i0 : ATTENTION_ROWS, width = i0 + R;
            const real *rows_p = p + ((ptrdiff_t)h * T + i0) * T, *rows_dy = dy + i0 * ldy + h * hd;
            real *ds = e->scores;
            e->ops->gemm(ds, T, (View){rows_dy, ldy, 1}, (View){x.v, 1, ld}, GEMM_ZERO, NULL, R, width, hd,
                         e->gemm);
            e->ops->softmax_causal_backward(ds, rows_p, attention_scale(hd), R, i0, width, T);
            e->ops->gemm(dqkv + q_at + i0 * ld, ld, (View){ds, T, 1}, (View){x.k, ld, 1}, GEMM_ZERO, NULL, R,
                         hd, width, e->gemm);
            e->ops->gemm(dqkv + k_at, ld, (View){ds, 1, T}, (View){x.q + i0 * ld, ld, 1}, GEMM_ADD, NULL,
                         width, hd, R, e->gemm);
            e->ops->gemm(dqkv + v_at, ld, (View){rows_p, 1, T}, (View){rows_dy, ldy, 1}, GEMM_ADD, NULL,
                         width, hd, R, e->gemm);
        }
    }
}
