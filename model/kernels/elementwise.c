/* Kernels that work element by element or column by column: sums, rotary positions, optimizer updates, and the probes
 * of the self-test and the benchmark. */
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

void FN(columns_add)(real *db, const real *dy, int N, int C, ptrdiff_t ld) {
    for (int j = 0; j < C; j += 16) {
        v16 sum = v16_load_n(db + j, C - j, 0);
        for (int i = 0; i < N; i++) sum = v16_add(sum, v16_load_n(dy + i * ld + j, C - j, 0));
        v16_store_n(db + j, sum, C - j);
    }
}

void FN(add_rows)(real *y, const real *x, const real *b, int N, int C) {
    for (int i = 0; i < N; i++, x += C, y += C)
        for (int j = 0; j < C; j += 16)
            v16_store_n(y + j, v16_add(v16_load_n(x + j, C - j, 0), v16_load_n(b + j, C - j, 0)), C - j);
}

void FN(add)(real *y, const real *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] += x[i];
}

void FN(scale)(real *y, real s, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] *= s;
}

double FN(sum_squares)(const real *x, int64_t n) {
    double part[16] = {0};
    int64_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (int lane = 0; lane < 16; lane++) part[lane] += (double)x[i + lane] * (double)x[i + lane];
    for (int lane = 0; i + lane < n; lane++) part[lane] += (double)x[i + lane] * (double)x[i + lane];
    for (int half = 8; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) part[lane] += part[lane + half];
    return part[0];
}

int64_t FN(first_nonfinite)(const real *x, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (!(x[i] - x[i] == 0)) return i;
    return -1;
}

/* (a, b) -> (a cos - b sin, a sin + b cos); the inverse rotates back. Both are written as sums, because gcc 12 fuses a
 * sum and a difference into one instruction, even with -ffp-contract=off (scripts/check_arrows.sh checks this). */
void FN(rope)(real *x, const real *table, const int32_t *pos, int N, int H, int hd, ptrdiff_t ld,
              bool inverse) {
    int pairs = hd / 2;
    for (int i = 0; i < N; i++, x += ld) {
        const real *angle = table + (ptrdiff_t)pos[i] * pairs * 2;
        for (int h = 0; h < H; h++) {
            real *head = x + h * hd;
            for (int j = 0; j < pairs; j++) {
                real a = head[2 * j], b = head[2 * j + 1];
                real c = angle[2 * j], s = inverse ? -angle[2 * j + 1] : angle[2 * j + 1], minus_s = -s;
                head[2 * j] = a * c + b * minus_s;
                head[2 * j + 1] = b * c + a * s;
            }
        }
    }
}

void FN(adamw)(real *p, real *m, real *v, const real *g, const AdamWStep *s, int64_t n) {
    v16 beta1 = v16_set(s->beta1), beta2 = v16_set(s->beta2), rest1 = v16_set(s->rest1);
    v16 rest2 = v16_set(s->rest2), gscale = v16_set(s->gscale), lr = v16_set(s->lr);
    v16 correct1 = v16_set(s->correct1), correct2 = v16_set(s->correct2), eps = v16_set(s->eps);
    v16 keep = v16_set(1 - s->decay);
    for (int64_t i = 0; i < n; i += 16) {
        int left = n - i < 16 ? (int)(n - i) : 16;
        v16 grad = v16_mul(v16_load_n(g + i, left, 0), gscale);
        v16 m1 = v16_fma(v16_load_n(m + i, left, 0), beta1, v16_mul(grad, rest1));
        v16 v1 = v16_fma(v16_load_n(v + i, left, 0), beta2, v16_mul(v16_mul(grad, grad), rest2));
        v16 root = v16_add(v16_sqrt(v16_mul(v1, correct2)), eps);
        v16 step = v16_div(v16_mul(v16_mul(m1, correct1), lr), root);
        v16_store_n(m + i, m1, left);
        v16_store_n(v + i, v1, left);
        v16_store_n(p + i, v16_sub(v16_mul(v16_load_n(p + i, left, 0), keep), step), left);
    }
}

void FN(sgd)(real *p, real *m, const real *g, real lr, real momentum, real decay, real gscale, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        m[i] = m[i] * momentum + g[i] * gscale;
        p[i] = p[i] * (1 - decay) - lr * m[i];
    }
}

void FN(exp_vector)(real *y, const real *x, int64_t n) {
    for (int64_t i = 0; i < n; i += 16) {
        int left = n - i < 16 ? (int)(n - i) : 16;
        v16_store_n(y + i, v16_exp(v16_load_n(x + i, left, 0)), left);
    }
}

void FN(fma_vector)(real *r, const real *a, const real *b, const real *c, int64_t n) {
    for (int64_t i = 0; i < n; i += 16) {
        int left = n - i < 16 ? (int)(n - i) : 16;
        v16_store_n(
            r + i,
            v16_fma(v16_load_n(a + i, left, 0), v16_load_n(b + i, left, 0), v16_load_n(c + i, left, 0)),
            left);
    }
}

double FN(fma_peak)(int64_t n, real *sink) {
    enum { CHAINS = VL >= 16 ? 24 : 12 }; /* enough to hide the latency, few enough for the registers */
    vec sum[CHAINS], a = vec_set((real)1.0001), b = vec_set((real)0.0001);
#pragma GCC unroll 24
    for (int i = 0; i < CHAINS; i++) sum[i] = vec_set((real)i * (real)0.1);
    for (int64_t k = 0; k < n; k++) {
#pragma GCC unroll 24
        for (int i = 0; i < CHAINS; i++) sum[i] = vec_fma(a, b, sum[i]);
        __asm__ volatile("" : "+m"(n)); /* the loop stays a loop */
    }
    vec total = sum[0];
#pragma GCC unroll 24
    for (int i = 1; i < CHAINS; i++) total += sum[i];
    vec_store(sink, total);
    return (double)n * CHAINS * VL * 2;
}

real FN(read_all)(const real *x, int64_t n) {
    vec sum
        [8]; /* two vectors at a time from each of four regions: more loads are in flight than from one region */
    int64_t stretch = n / 4 / (2 * VL) * (2 * VL);
#pragma GCC unroll 8
    for (int j = 0; j < 8; j++) sum[j] = vec_set(0);
    for (int64_t i = 0; i < stretch; i += 2 * VL)
#pragma GCC unroll 8
        for (int j = 0; j < 8; j++) sum[j] += vec_load(x + j / 2 * stretch + i + j % 2 * VL);
    for (int j = 1; j < 8; j++) sum[0] += sum[j];
    real t[VL], total = 0;
    vec_store(t, sum[0]);
    for (int j = 0; j < VL; j++) total += t[j];
    for (int64_t i = 4 * stretch; i < n; i++) total += x[i];
    return total;
}
