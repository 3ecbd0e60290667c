/* Activations and their gates, forward and backward.
 *
 *   gelu (tanh form)  phi(x) = x s(u),  u = a x + b x^3,  a = 2 sqrt(2/pi),  b = 0.044715 a
 *                     since (1 + tanh(u/2)) / 2 = s(u)
 *   silu              phi(x) = x s(x),  u = x
 *   both              phi'(x) = s + x s (1 - s) u'(x)
 *
 * with s the logistic function (Hendrycks & Gimpel 2016; Ramachandran et al. 2017; gates: Shazeer 2020). */
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

#define GELU_A ((real)1.5957691216057308)
#define GELU_B ((real)0.071354816272600260)

INLINE v16 gelu_argument(v16 x) {
    v16 cubic = v16_fma(v16_mul(x, x), v16_set(GELU_B), v16_set(GELU_A));
    return v16_mul(x, cubic);
}

INLINE v16 phi(v16 x, Act kind) {
    if (kind == ACT_RELU) return v16_where_positive(x, x, v16_set(0));
    return v16_mul(x, v16_sigmoid(kind == ACT_GELU ? gelu_argument(x) : x));
}

/* value = phi(x), slope = phi'(x) */
INLINE void phi_and_slope(v16 x, Act kind, v16 *value, v16 *slope) {
    v16 one = v16_set(1);
    if (kind == ACT_RELU) {
        *value = v16_where_positive(x, x, v16_set(0));
        *slope = v16_where_positive(x, one, v16_set(0));
        return;
    }
    v16 s = v16_sigmoid(kind == ACT_GELU ? gelu_argument(x) : x);
    v16 du = one;
    if (kind == ACT_GELU) du = v16_fma(v16_mul(x, x), v16_set(3 * GELU_B), v16_set(GELU_A));
    *value = v16_mul(x, s);
    *slope = v16_fma(v16_mul(*value, v16_sub(one, s)), du, s);
}

INLINE void forward(real *post, const real *pre, const real *linear, Act kind, int N, int I, ptrdiff_t ld) {
    for (int i = 0; i < N; i++, post += I, pre += ld) {
        for (int j = 0; j < I; j += 16) {
            v16 y = phi(v16_load_n(pre + j, I - j, 0), kind);
            if (linear) y = v16_mul(y, v16_load_n(linear + j, I - j, 0));
            v16_store_n(post + j, y, I - j);
        }
        if (linear) linear += ld;
    }
}

void FN(act_forward)(real *post, const real *pre, const real *linear, Act kind, int N, int I, ptrdiff_t ld) {
    switch (kind) {
    case ACT_GELU: forward(post, pre, linear, ACT_GELU, N, I, ld); break;
    case ACT_RELU: forward(post, pre, linear, ACT_RELU, N, I, ld); break;
    case ACT_SILU: forward(post, pre, linear, ACT_SILU, N, I, ld); break;
    case ACT_COUNT: break;
    }
}

INLINE void backward(real *dpre, real *dlinear, const real *dpost, const real *pre, const real *linear,
                     Act kind, int N, int I, ptrdiff_t ld) {
    for (int i = 0; i < N; i++, dpost += I, pre += ld, dpre += ld) {
        for (int j = 0; j < I; j += 16) {
            v16 value, slope, d = v16_load_n(dpost + j, I - j, 0);
            phi_and_slope(v16_load_n(pre + j, I - j, 0), kind, &value, &slope);
            v16 dgate = d;
            if (linear) {
                dgate = v16_mul(d, v16_load_n(linear + j, I - j, 0));
                v16_store_n(dlinear + j, v16_mul(d, value), I - j);
            }
            v16_store_n(dpre + j, v16_mul(dgate, slope), I - j);
        }
        if (linear) {
            linear += ld;
            dlinear += ld;
        }
    }
}

void FN(act_backward)(real *dpre, real *dlinear, const real *dpost, const real *pre, const real *linear,
                      Act kind, int N, int I, ptrdiff_t ld) {
    switch (kind) {
    case ACT_GELU: backward(dpre, dlinear, dpost, pre, linear, ACT_GELU, N, I, ld); break;
    case ACT_RELU: backward(dpre, dlinear, dpost, pre, linear, ACT_RELU, N, I, ld); break;
    case ACT_SILU: backward(dpre, dlinear, dpost, pre, linear, ACT_SILU, N, I, ld); break;
    case ACT_COUNT: break;
    }
}
