/* Sums, embeddings, norms and activations of several models side by side (lanes.h). The formulas are those of norm.c,
 * activation.c and elementwise.c. A row's sum has the order of vec.h: sixteen interleaved partial sums, combined
 * 8-4-2-1. In a short row the partial sums past its end, +0 there, are left out; to add +0 changes a sum only if it is
 * -0, so one +0 is added at the end. */
#include "model/kernels/lane_sum.h"
#include "model/kernels/lanes.h"
#include "model/kernels/vec.h"

void FN(lane_add_rows)(real *y, const real *x, const real *b, int N, int C) {
    for (int i = 0; i < N; i++, x += (ptrdiff_t)C * VL, y += (ptrdiff_t)C * VL)
        for (int j = 0; j < C; j++) put(y, j, b ? at(x, j) + at(b, j) : at(x, j));
}

void FN(lane_columns_add)(real *db, const real *dy, int N, int C, ptrdiff_t ld) {
    for (int j = 0; j < C; j++) {
        vec sum = at(db, j);
        for (int i = 0; i < N; i++) sum += at(dy, i * ld + j);
        put(db, j, sum);
    }
}

void FN(lane_embed)(real *x, const real *wte, const real *wpe, const int32_t *row, int N, int C) {
    for (int t = 0; t < N; t++, row += VL, x += (ptrdiff_t)C * VL) {
        const real *from[VL];
        for (int l = 0; l < VL; l++) from[l] = wte + (ptrdiff_t)row[l] * C * VL + l;
        for (int j = 0; j < C; j++) {
            real own[VL];
            for (int l = 0; l < VL; l++) own[l] = from[l][(ptrdiff_t)j * VL];
            put(x, j, wpe ? vec_load(own) + at(wpe, (ptrdiff_t)t * C + j) : vec_load(own));
        }
    }
}

void FN(lane_embed_backward)(real *dwte, real *dwpe, const real *dx, const int32_t *row, int N, int C) {
    for (int t = 0; t < N; t++, row += VL, dx += (ptrdiff_t)C * VL) {
        for (int l = 0; l < VL; l++) {
            real *to = dwte + (ptrdiff_t)row[l] * C * VL + l;
            for (int j = 0; j < C; j++) to[(ptrdiff_t)j * VL] += dx[(ptrdiff_t)j * VL + l];
        }
        if (!dwpe) continue;
        real *to = dwpe + (ptrdiff_t)t * C * VL;
        for (int j = 0; j < C; j++) put(to, j, at(to, j) + at(dx, j));
    }
}

/* ---- norm ---- */

INLINE void norm_row(real *y, real *mean, real *rstd, const real *x, const real *gain, const real *bias,
                     Norm kind, real epsilon, int C) {
    vec size = vec_set((real)C), part[16] = {vec_set(0)}, mu = part[0];
    if (kind == NORM_LAYERNORM) {
        EACH_PART(C, part[i] = at(x, j), part[i] += at(x, j));
        mu = (parts_sum(part, C) + vec_set(0)) / size;
    }
    EACH_PART(C, vec d = at(x, j) - mu; part[i] = d * d, vec d = at(x, j) - mu;
              part[i] = vec_fma(d, d, part[i]));
    vec root = parts_sum(part, C) / size + vec_set(epsilon);
    vec r = vec_set(1) / vec_sqrt(root);
    put(rstd, 0, r);
    put(mean, 0, mu);
    for (int j = 0; j < C; j++) {
        vec xhat = (at(x, j) - mu) * r;
        if (gain) xhat = xhat * at(gain, j);
        if (bias) xhat = xhat + at(bias, j);
        put(y, j, xhat);
    }
}

/* Common widths are constants, so that the loops over partial sums are unrolled. */
#define BY_WIDTH(C, call)                                                                                    \
    do {                                                                                                     \
        if ((C) == 8) {                                                                                      \
            enum { WIDTH = 8 };                                                                              \
            call;                                                                                            \
        } else if ((C) == 16) {                                                                              \
            enum { WIDTH = 16 };                                                                             \
            call;                                                                                            \
        } else {                                                                                             \
            const int WIDTH = (C);                                                                           \
            call;                                                                                            \
        }                                                                                                    \
    } while (0)

INLINE void norm_rows(real *y, real *mean, real *rstd, const real *x, const real *gain, const real *bias,
                      Norm kind, double eps, int N, int C) {
    ptrdiff_t row = (ptrdiff_t)C * VL;
    for (int i = 0; i < N; i++)
        norm_row(y + i * row, mean + i * VL, rstd + i * VL, x + i * row, gain, bias, kind, (real)eps, C);
}

void FN(lane_norm_forward)(real *y, real *mean, real *rstd, const real *x, const real *gain, const real *bias,
                           Norm kind, double eps, int N, int C) {
    BY_WIDTH(C, norm_rows(y, mean, rstd, x, gain, bias, kind, eps, N, WIDTH));
}

INLINE void norm_row_backward(real *dx, const real *dy, const real *x, vec mean, vec r, const real *gain,
                              Norm kind, int C) {
    vec size = vec_set((real)C), zero = vec_set(0), shift = kind == NORM_LAYERNORM ? mean : zero;
    vec sum_g[16] = {zero}, sum_gx[16] = {zero};
#define G(j)    (gain ? at(dy, j) * at(gain, j) : at(dy, j))
#define XHAT(j) ((at(x, j) - shift) * r)
    EACH_PART(C, sum_g[i] = G(j); sum_gx[i] = vec_fma(sum_g[i], XHAT(j), zero), vec g = G(j); sum_g[i] += g;
              sum_gx[i] = vec_fma(g, XHAT(j), sum_gx[i]));
    /* past the end of a long row, g is +0 and x is 0 */
    for (int i = C % 16; C > 16 && C % 16 && i < 16; i++)
        sum_gx[i] = vec_fma(zero, (zero - shift) * r, sum_gx[i]);
    vec total_gx = parts_sum(sum_gx, C);
    if (C < 16) total_gx += zero;
    vec mean_g = kind == NORM_LAYERNORM ? (parts_sum(sum_g, C) + zero) / size : zero;
    vec mean_gx = total_gx / size;
    for (int j = 0; j < C; j++) {
        vec t = vec_fma(zero - XHAT(j), mean_gx, G(j) - mean_g);
        put(dx, j, vec_fma(t, r, at(dx, j)));
    }
#undef G
#undef XHAT
}

INLINE void norm_rows_backward(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                               const real *gain, Norm kind, int N, int C) {
    ptrdiff_t row = (ptrdiff_t)C * VL;
    for (int i = 0; i < N; i++)
        norm_row_backward(dx + i * row, dy + i * row, x + i * row, at(mean, i), at(rstd, i), gain, kind, C);
}

void FN(lane_norm_backward)(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                            const real *gain, Norm kind, int N, int C) {
    BY_WIDTH(C, norm_rows_backward(dx, dy, x, mean, rstd, gain, kind, N, WIDTH));
}

void FN(lane_norm_param_backward)(real *dgain, real *dbias, const real *dy, const real *x, const real *mean,
                                  const real *rstd, Norm kind, int N, int C) {
    for (int j = 0; j < C; j++) {
        vec dg = at(dgain, j), db = dbias ? at(dbias, j) : vec_set(0);
        for (int i = 0; i < N; i++) {
            vec d = at(dy, (ptrdiff_t)i * C + j), xhat = at(x, (ptrdiff_t)i * C + j);
            if (kind == NORM_LAYERNORM) xhat -= at(mean, i);
            dg = vec_fma(d, xhat * at(rstd, i), dg);
            db += d;
        }
        put(dgain, j, dg);
        if (dbias) put(dbias, j, db);
    }
}

/* ---- activation ---- */

/* as in activation.c */
#define GELU_A ((real)1.5957691216057308)
#define GELU_B ((real)0.071354816272600260)

INLINE void act_forward(real *post, real *sigmoid, const real *pre, Act kind, int64_t n) {
    vec one = vec_set(1), zero = vec_set(0);
    for (int64_t i = 0; i < n; i++) {
        vec x = at(pre, i), u = x;
        if (kind == ACT_RELU) {
            put(post, i, vec_select(x > zero, x, zero));
            continue;
        }
        if (kind == ACT_GELU) u = x * vec_fma(x * x, vec_set(GELU_B), vec_set(GELU_A));
        vec s = one / (one + vec_exp(zero - u));
        put(sigmoid, i, s);
        put(post, i, x * s);
    }
}

void FN(lane_act_forward)(real *post, real *sigmoid, const real *pre, Act kind, int64_t n) {
    switch (kind) {
    case ACT_GELU: act_forward(post, sigmoid, pre, ACT_GELU, n); break;
    case ACT_RELU: act_forward(post, sigmoid, pre, ACT_RELU, n); break;
    case ACT_SILU: act_forward(post, sigmoid, pre, ACT_SILU, n); break;
    case ACT_COUNT: break;
    }
}

INLINE void act_backward(real *dpre, const real *dpost, const real *pre, const real *sigmoid, Act kind,
                         int64_t n) {
    vec one = vec_set(1), zero = vec_set(0);
    for (int64_t i = 0; i < n; i++) {
        vec x = at(pre, i), slope;
        if (kind == ACT_RELU) slope = vec_select(x > zero, one, zero);
        else {
            vec s = at(sigmoid, i), du = one;
            if (kind == ACT_GELU) du = vec_fma(x * x, vec_set(3 * GELU_B), vec_set(GELU_A));
            slope = vec_fma((x * s) * (one - s), du, s);
        }
        put(dpre, i, at(dpost, i) * slope);
    }
}

void FN(lane_act_backward)(real *dpre, const real *dpost, const real *pre, const real *sigmoid, Act kind,
                           int64_t n) {
    switch (kind) {
    case ACT_GELU: act_backward(dpre, dpost, pre, sigmoid, ACT_GELU, n); break;
    case ACT_RELU: act_backward(dpre, dpost, pre, sigmoid, ACT_RELU, n); break;
    case ACT_SILU: act_backward(dpre, dpost, pre, sigmoid, ACT_SILU, n); break;
    case ACT_COUNT: break;
    }
}
