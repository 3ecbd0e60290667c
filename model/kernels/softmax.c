/* Softmax over causal prefixes, and cross-entropy over the vocabulary. Two passes: the maximum, then the sum
 * of exponentials in the one shape of a row sum. No online rescaling, so a key that is masked, or not there
 * yet, changes no bit. */
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

/* Four running maxima hide the latency of each; the maximum is the same in any order. */
INLINE real row_largest(const real *x, int n) {
    v16 a = v16_load_n(x, n, -INFINITY);
    if (n > 64) {
        v16 b = v16_load(x + 16), c = v16_load(x + 32), d = v16_load(x + 48);
        int j = 64;
        for (; j + 64 <= n; j += 64) {
            a = v16_max(v16_load(x + j), a);
            b = v16_max(v16_load(x + j + 16), b);
            c = v16_max(v16_load(x + j + 32), c);
            d = v16_max(v16_load(x + j + 48), d);
        }
        a = v16_max(v16_max(a, b), v16_max(c, d));
        x += j;
        n -= j;
        if (n > 0) a = v16_max(v16_load_n(x, n, -INFINITY), a);
    }
    for (int j = 16; j < n; j += 16) a = v16_max(v16_load_n(x + j, n - j, -INFINITY), a);
    return v16_largest(a);
}

/* x[j] = exp((x[j] - shift) scale), +0 past n up to the next multiple of 16 in the sum; returns the sum */
INLINE real row_exp(real *x, real shift, real scale, int n) {
    v16 sum = v16_set(0), s = v16_set(shift), f = v16_set(scale);
    for (int j = 0; j < n; j += 16) {
        v16 e = v16_exp(v16_mul(v16_sub(v16_load_n(x + j, n - j, -INFINITY), s), f)); /* exp(-Inf) is +0 */
        v16_store_n(x + j, e, n - j);
        sum = v16_add(sum, e);
    }
    return v16_sum(sum);
}

INLINE void row_scale(real *x, real factor, int n) {
    v16 f = v16_set(factor);
    for (int j = 0; j < n; j += 16) v16_store_n(x + j, v16_mul(v16_load_n(x + j, n - j, 0), f), n - j);
}

void FN(softmax_causal)(real *x, real scale, int R, int first, int width, ptrdiff_t ld) {
    for (int i = 0; i < R; i++, x += ld) {
        int n = first + i + 1;
        real sum = row_exp(x, row_largest(x, n), scale, n); /* scale > 0: the largest stays the largest */
        row_scale(x, 1 / sum, n);
        for (int j = n; j < width; j++) x[j] = 0;
    }
}

/* p = softmax(s scale): ds_j = p_j (dp_j - sum_k p_k dp_k) scale */
void FN(softmax_causal_backward)(real *dp, const real *p, real scale, int R, int first, int width,
                                 ptrdiff_t ld) {
    for (int i = 0; i < R; i++, dp += ld, p += ld) {
        int n = first + i + 1;
        v16 sum = v16_set(0);
        for (int j = 0; j < n; j += 16)
            sum = v16_fma(v16_load_n(dp + j, n - j, 0), v16_load_n(p + j, n - j, 0), sum);
        v16 dot = v16_set(v16_sum(sum)), f = v16_set(scale);
        for (int j = 0; j < n; j += 16) {
            v16 d = v16_sub(v16_load_n(dp + j, n - j, 0), dot);
            v16_store_n(dp + j, v16_mul(v16_mul(d, v16_load_n(p + j, n - j, 0)), f), n - j);
        }
        for (int j = n; j < width; j++) dp[j] = 0;
    }
}

/* dlogits = (softmax - onehot) scale;  -ln p = ln(sum of exp(l - max)) - (l_target - max) */
void FN(cross_entropy)(real *logits, double *nats, const int32_t *targets, real scale, int N, int V) {
    for (int i = 0; i < N; i++, logits += V) {
        int32_t target = targets[i];
        if (target < 0) {
            memset(logits, 0, (size_t)V * sizeof(real));
            nats[i] = 0;
            continue;
        }
        real largest = row_largest(logits, V);
        double shortfall = (double)largest - (double)logits[target];
        real sum = row_exp(logits, largest, 1, V);
        nats[i] = exact_log((double)sum) + shortfall;
        row_scale(logits, scale / sum, V);
        logits[target] -= scale;
    }
}

void FN(code_lengths)(double *nats, int32_t *best, const real *logits, const int32_t *targets, int N, int V) {
    for (int i = 0; i < N; i++, logits += V) {
        real largest = row_largest(logits, V);
        if (best) {
            int32_t j = 0;
            while (j < V - 1 && !(logits[j] == largest)) j++;
            best[i] = j;
        }
        if (targets[i] < 0) {
            nats[i] = 0;
            continue;
        }
        double part[16] = {0};
        int j = 0;
        for (; j + 16 <= V; j += 16)
            for (int lane = 0; lane < 16; lane++)
                part[lane] += exact_exp((double)logits[j + lane] - (double)largest);
        for (int lane = 0; j + lane < V; lane++)
            part[lane] += exact_exp((double)logits[j + lane] - (double)largest);
        for (int half = 8; half > 0; half /= 2)
            for (int lane = 0; lane < half; lane++) part[lane] += part[lane + half];
        nats[i] = exact_log(part[0]) + ((double)largest - (double)logits[targets[i]]);
    }
}
