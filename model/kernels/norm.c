/* Normalization of rows, forward and backward.
 *
 *   y = xhat gain + bias,   xhat = (x - mean) rstd,   rstd = 1 / sqrt(var + eps)
 *
 * Backward, with g = dy gain and means over the C channels (layernorm; rmsnorm drops mean(g)):
 *   dx = rstd (g - mean(g) - xhat mean(g xhat))       dgain = sum_rows dy xhat      dbias = sum_rows dy */
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

INLINE void store_rows(int R, real *p, const vec4 *x) {
    if (R == FOUR_ROWS) *(uvec4 *)p = *x;
    else *p = (*x)[0];
}

INLINE void forward_rows(int R, real *y, real *mean, real *rstd, const real *x, const real *gain,
                         const real *bias, Norm kind, double eps, int C) {
    const real size = (real)C, epsilon = (real)eps;
    v16 sum[FOUR_ROWS], shift[FOUR_ROWS], scale[FOUR_ROWS];
    vec4 mu = {0};
    EACH_ROW sum[r] = v16_set(0);
    if (kind == NORM_LAYERNORM) {
        for (int j = 0; j < C; j += 16)
            EACH_ROW sum[r] = v16_add(sum[r], v16_load_n(x + r * C + j, C - j, 0));
        mu = v16_sums(R, sum) / size;
        EACH_ROW sum[r] = v16_set(0);
    }
    EACH_ROW shift[r] = v16_set(mu[r]);
    for (int j = 0; j < C; j += 16) EACH_ROW {
            v16 d = v16_sub(v16_load_n(x + r * C + j, C - j, mu[r]), shift[r]); /* +0 past the end */
            sum[r] = v16_fma(d, d, sum[r]);
        }
    vec4 variance = v16_sums(R, sum) / size + epsilon, inverse = vec4_inverse_sqrt(&variance);
    store_rows(R, rstd, &inverse);
    if (mean) store_rows(R, mean, &mu);
    EACH_ROW scale[r] = v16_set(inverse[r]);
    for (int j = 0; j < C; j += 16) {
        v16 g = gain ? v16_load_n(gain + j, C - j, 0) : v16_set(1);
        v16 b = bias ? v16_load_n(bias + j, C - j, 0) : v16_set(0);
        EACH_ROW {
            v16 xhat = v16_mul(v16_sub(v16_load_n(x + r * C + j, C - j, 0), shift[r]), scale[r]);
            if (gain) xhat = v16_mul(xhat, g);
            if (bias) xhat = v16_add(xhat, b);
            v16_store_n(y + r * C + j, xhat, C - j);
        }
    }
}

void FN(norm_forward)(real *y, real *mean, real *rstd, const real *x, const real *gain, const real *bias,
                      Norm kind, double eps, int N, int C) {
    int i = 0;
    for (; i + FOUR_ROWS <= N; i += FOUR_ROWS, x += FOUR_ROWS * C, y += FOUR_ROWS * C)
        forward_rows(FOUR_ROWS, y, mean ? mean + i : NULL, rstd + i, x, gain, bias, kind, eps, C);
    for (; i < N; i++, x += C, y += C)
        forward_rows(1, y, mean ? mean + i : NULL, rstd + i, x, gain, bias, kind, eps, C);
}

INLINE void backward_rows(int R, real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                          const real *gain, Norm kind, int C) {
    const real size = (real)C;
    v16 shift[FOUR_ROWS], scale[FOUR_ROWS], sum_g[FOUR_ROWS], sum_gx[FOUR_ROWS], zero = v16_set(0);
    EACH_ROW {
        shift[r] = v16_set(kind == NORM_LAYERNORM ? mean[r] : 0);
        scale[r] = v16_set(rstd[r]);
        sum_g[r] = sum_gx[r] = zero;
    }
    for (int j = 0; j < C; j += 16) {
        v16 weight = gain ? v16_load_n(gain + j, C - j, 0) : zero;
        EACH_ROW {
            v16 g = v16_load_n(dy + r * C + j, C - j, 0);
            if (gain) g = v16_mul(g, weight);
            v16 xhat = v16_mul(v16_sub(v16_load_n(x + r * C + j, C - j, 0), shift[r]), scale[r]);
            sum_g[r] = v16_add(sum_g[r], g);
            sum_gx[r] = v16_fma(g, xhat, sum_gx[r]); /* g is +0 past the end */
        }
    }
    vec4 mean_g = {0}, mean_gx = v16_sums(R, sum_gx) / size;
    if (kind == NORM_LAYERNORM) mean_g = v16_sums(R, sum_g) / size;
    for (int j = 0; j < C; j += 16) {
        v16 weight = gain ? v16_load_n(gain + j, C - j, 0) : zero;
        EACH_ROW {
            real *to = dx + r * C + j;
            v16 g = v16_load_n(dy + r * C + j, C - j, 0);
            if (gain) g = v16_mul(g, weight);
            v16 xhat = v16_mul(v16_sub(v16_load_n(x + r * C + j, C - j, 0), shift[r]), scale[r]);
            v16 t = v16_fma(v16_sub(zero, xhat), v16_set(mean_gx[r]), v16_sub(g, v16_set(mean_g[r])));
            v16_store_n(to, v16_fma(t, scale[r], v16_load_n(to, C - j, 0)), C - j);
        }
    }
}

void FN(norm_backward)(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                       const real *gain, Norm kind, int N, int C) {
    int i = 0;
    for (; i + FOUR_ROWS <= N; i += FOUR_ROWS, dx += FOUR_ROWS * C, dy += FOUR_ROWS * C, x += FOUR_ROWS * C)
        backward_rows(FOUR_ROWS, dx, dy, x, mean ? mean + i : NULL, rstd + i, gain, kind, C);
    for (; i < N; i++, dx += C, dy += C, x += C)
        backward_rows(1, dx, dy, x, mean ? mean + i : NULL, rstd + i, gain, kind, C);
}

void FN(norm_param_backward)(real *dgain, real *dbias, const real *dy, const real *x, const real *mean,
                             const real *rstd, Norm kind, int N, int C, int j0, int j1) {
    for (int j = j0; j < j1; j += 16) {
        int n = j1 - j;
        v16 dg = v16_load_n(dgain + j, n, 0), db = dbias ? v16_load_n(dbias + j, n, 0) : v16_set(0);
        for (int i = 0; i < N; i++) {
            v16 d = v16_load_n(dy + (ptrdiff_t)i * C + j, n, 0);
            v16 xhat = v16_load_n(x + (ptrdiff_t)i * C + j, n, 0);
            if (kind == NORM_LAYERNORM) xhat = v16_sub(xhat, v16_set(mean[i]));
            dg = v16_fma(d, v16_mul(xhat, v16_set(rstd[i])), dg);
            db = v16_add(db, d);
        }
        v16_store_n(dgain + j, dg, n);
        if (dbias) v16_store_n(dbias + j, db, n);
    }
}
