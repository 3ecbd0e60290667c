/* Softmax over causal prefixes and cross-entropy of several models side by side (lanes.h); the formulas are those of
 * softmax.c. */
#include "model/kernels/lane_sum.h"
#include "model/kernels/lanes.h"
#include "model/kernels/vec.h"

/* The maximum is the same in any order. */
INLINE vec row_largest(const real *x, int n) {
    vec a = at(x, 0), b = a, c = a, d = a;
    int j = 1;
    for (; j + 4 <= n; j += 4) {
        a = vec_max(at(x, j), a);
        b = vec_max(at(x, j + 1), b);
        c = vec_max(at(x, j + 2), c);
        d = vec_max(at(x, j + 3), d);
    }
    for (; j < n; j++) a = vec_max(at(x, j), a);
    return vec_max(vec_max(a, b), vec_max(c, d));
}

/* x[j] = exp((x[j] - shift) scale); returns the value. */
INLINE vec exp_at(real *x, int j, vec shift, vec scale, bool scaled) {
    vec d = at(x, j) - shift, e = vec_exp(scaled ? d * scale : d);
    put(x, j, e);
    return e;
}

/* exp_at for a row of n; returns the sum. An exponential is at least +0, so a sum that begins at +0 has the same bits
 * as one that begins at its first element. */
INLINE vec row_exp(real *x, vec shift, vec scale, bool scaled, int n) {
    vec part[16] = {vec_set(0)};
    int whole = n / 16 * 16;
    for (int i = 0; whole && i < 16; i += 4) { /* four at a time hide the latency */
        vec sum[4] = {vec_set(0), vec_set(0), vec_set(0), vec_set(0)};
        for (int from = 0; from < whole; from += 16) {
#pragma GCC unroll 4
            for (int k = 0; k < 4; k++) sum[k] += exp_at(x, from + i + k, shift, scale, scaled);
        }
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++) part[i + k] = sum[k];
    }
    for (int i = 0; whole + i < n; i++) {
        vec e = exp_at(x, whole + i, shift, scale, scaled);
        part[i] = whole ? part[i] + e : e;
    }
    return parts_sum(part, n);
}

void FN(lane_softmax)(real *x, real scale, int R, int first, int width, ptrdiff_t ld) {
    for (int i = 0; i < R; i++, x += ld * VL) {
        int n = first + i + 1;
        vec sum = row_exp(x, row_largest(x, n), vec_set(scale), true, n), factor = vec_set(1) / sum;
        for (int j = 0; j < n; j++) put(x, j, at(x, j) * factor);
        for (int j = n; j < width; j++) put(x, j, vec_set(0));
    }
}

void FN(lane_softmax_backward)(real *dp, const real *p, real scale, int R, int first, int width,
                               ptrdiff_t ld) {
    vec zero = vec_set(0), f = vec_set(scale);
    for (int i = 0; i < R; i++, dp += ld * VL, p += ld * VL) {
        int n = first + i + 1;
        vec part[16];
        for (int k = 0; k < 16; k++) part[k] = zero;
        for (int j = 0; j < n; j++) part[j % 16] = vec_fma(at(dp, j), at(p, j), part[j % 16]);
        vec dot = parts_sum(part, 16);
        for (int j = 0; j < n; j++) put(dp, j, ((at(dp, j) - dot) * at(p, j)) * f);
        for (int j = n; j < width; j++) put(dp, j, zero);
    }
}

void FN(lane_cross_entropy)(real *logits, double *nats, const int32_t *targets, const real *scale, int N,
                            int V, ptrdiff_t ld) {
    vec factor = vec_load(scale), one = vec_set(1);
    for (int i = 0; i < N; i++, logits += ld * VL, targets += VL) {
        vec largest = row_largest(logits, V);
        real top[VL], sums[VL];
        double shortfall[VL], total[VL];
        vec_store(top, largest);
        for (int l = 0; l < VL; l++)
            shortfall[l] =
                targets[l] < 0 ? 0 : (double)top[l] - (double)logits[(ptrdiff_t)targets[l] * VL + l];
        vec sum = row_exp(logits, largest, one, false, V), f = factor / sum;
        for (int j = 0; j < V; j++) put(logits, j, at(logits, j) * f);
        vec_store(sums, sum);
        for (int l = 0; l < VL; l++) total[l] = targets[l] < 0 ? 1 : (double)sums[l];
        for (int l = 0; l < VL; l++) total[l] = exact_log(total[l]) + shortfall[l];
        for (int l = 0; l < VL; l++) {
            nats[l] += total[l];
            if (targets[l] >= 0) logits[(ptrdiff_t)targets[l] * VL + l] -= scale[l];
            else
                for (int j = 0; j < V; j++) logits[(ptrdiff_t)j * VL + l] = 0;
        }
    }
}
