/* Normalization of rows, forward and backward.
 *
 *   y = xhat gain + bias,   xhat = (x - mean) rstd,   rstd = 1 / sqrt(var + eps)
 *
 * Backward, with g = dy gain and means over the C channels (layernorm; rmsnorm drops mean(g)):
 *   dx = rstd (g - mean(g) - xhat mean(g xhat))       dgain = sum_rows dy xhat      dbias = sum_rows dy */
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

void FN(norm_forward)(real *y, real *mean, real *rstd, const real *x, const real *gain, const real *bias,
                      Norm kind, double eps, int N, int C) {
    const real size = (real)C, epsilon = (real)eps;
    for (int i = 0; i < N; i++, x += C, y += C) {
        real mu = 0;
        if (kind == NORM_LAYERNORM) {
            v16 sum = v16_set(0);
            for (int j = 0; j < C; j += 16) sum = v16_add(sum, v16_load_n(x + j, C - j, 0));
            mu = v16_sum(sum) / size;
        }
        v16 shift = v16_set(mu), squares = v16_set(0);
        for (int j = 0; j < C; j += 16) {
            v16 d = v16_sub(v16_load_n(x + j, C - j, mu), shift); /* +0 past the end */
            squares = v16_fma(d, d, squares);
        }
        real root = v16_sum(squares) / size + epsilon;
        rstd[i] = 1 / real_sqrt(root);
        if (mean) mean[i] = mu;
        v16 r16 = v16_set(rstd[i]);
        for (int j = 0; j < C; j += 16) {
            v16 xhat = v16_mul(v16_sub(v16_load_n(x + j, C - j, 0), shift), r16);
            if (gain) xhat = v16_mul(xhat, v16_load_n(gain + j, C - j, 0));
            if (bias) xhat = v16_add(xhat, v16_load_n(bias + j, C - j, 0));
            v16_store_n(y + j, xhat, C - j);
        }
    }
}

void FN(norm_backward)(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                       const real *gain, Norm kind, int N, int C) {
    const real size = (real)C;
    for (int i = 0; i < N; i++, dx += C, dy += C, x += C) {
        v16 shift = v16_set(kind == NORM_LAYERNORM ? mean[i] : 0), r = v16_set(rstd[i]);
        v16 sum_g = v16_set(0), sum_gx = v16_set(0);
        for (int j = 0; j < C; j += 16) {
            v16 g = v16_load_n(dy + j, C - j, 0);
            if (gain) g = v16_mul(g, v16_load_n(gain + j, C - j, 0));
            v16 xhat = v16_mul(v16_sub(v16_load_n(x + j, C - j, 0), shift), r);
            sum_g = v16_add(sum_g, g);
            sum_gx = v16_fma(g, xhat, sum_gx); /* g is +0 past the end */
        }
        v16 mean_g = v16_set(kind == NORM_LAYERNORM ? v16_sum(sum_g) / size : 0);
        v16 mean_gx = v16_set(v16_sum(sum_gx) / size), zero = v16_set(0);
        for (int j = 0; j < C; j += 16) {
            v16 g = v16_load_n(dy + j, C - j, 0);
            if (gain) g = v16_mul(g, v16_load_n(gain + j, C - j, 0));
            v16 xhat = v16_mul(v16_sub(v16_load_n(x + j, C - j, 0), shift), r);
            v16 t = v16_fma(v16_sub(zero, xhat), mean_gx, v16_sub(g, mean_g));
            v16_store_n(dx + j, v16_fma(t, r, v16_load_n(dx + j, C - j, 0)), C - j);
        }
    }
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
