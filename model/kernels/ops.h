/* The kernels: one table of functions for each instruction set.
 *
 * The files of model/kernels/ are compiled once for each instruction set, under different names: FN(gemm) is gemm_avx2
 * in the AVX2 objects. The rest of the program is compiled once and calls the kernels through an Ops table that is
 * chosen at start. So the contracts of all kernels are here. All tables give the same bits (tests/test_kernels.c,
 * tests/test_invariance.c).
 *
 * Conventions: outputs first, then inputs, sizes last; matrices are row-major, shapes are (rows,cols). Arguments must
 * not alias, and a backward kernel adds to its gradients, except where the contract says otherwise. */
#ifndef ROTE_MODEL_KERNELS_OPS_H
#define ROTE_MODEL_KERNELS_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/real.h"

#define FN_PASTE_(name, isa) name##_##isa
#define FN_PASTE(name, isa)  FN_PASTE_(name, isa)
#ifdef ISA
#define FN(name) FN_PASTE(name, ISA)
#else
#define FN(name) name
#endif

/* A matrix with strides, so that a product can read a transposed one: element (i, j) is p[i * row + j * col]. */
typedef struct View {
    const real *p;
    ptrdiff_t row, col;
} View;

enum GemmInit { GEMM_ZERO, GEMM_ADD, GEMM_BIAS };

/* c (M,N) = init + a (M,K) b (K,N). Each output is one chain of fused multiply-adds in k order, and starts
 *   GEMM_ZERO  at +0
 *   GEMM_ADD   at the value that c has
 *   GEMM_BIAS  at bias[j]
 * ldc: reals from one row of c to the next. scratch: GEMM_SCRATCH_REALS reals, 64-byte aligned, of this thread alone.
 * Several calls over parts of k, the later ones with GEMM_ADD, give the same bits as one call. */
void FN(gemm)(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M, int N,
              int K, real *scratch);
enum { GEMM_SCRATCH_REALS = 192 * 1024 };

/* Copies b (K,N) into the layout in which a product reads it fastest: gemm_packed(..., packed, ...) gives the same bits
 * as gemm(..., b, ...). packed has PACKED_REALS(K, N) reals, 64-byte aligned; each table has its own layout. */
#define PACKED_REALS(K, N) ((size_t)(K) * (((size_t)(N) + 15) / 16 * 16))
void FN(pack)(real *packed, View b, int K, int N);
void FN(gemm_packed)(real *c, ptrdiff_t ldc, View a, const real *packed, enum GemmInit init, const real *bias,
                     int M, int N, int K, real *scratch);

/* db[j] += sum over i of dy[i,j], one chain in row order. dy (N,C), ld reals from one row to the next. */
void FN(columns_add)(real *db, const real *dy, int N, int C, ptrdiff_t ld);
/* y[i,j] = x[i,j] + b[j]; x, y (N,C) dense, y may be x. */
void FN(add_rows)(real *y, const real *x, const real *b, int N, int C);
/* y += x, n reals. */
void FN(add)(real *y, const real *x, int64_t n);
/* y *= s. */
void FN(scale)(real *y, real s, int64_t n);
/* The sum of squares of n reals, in double: 16 interleaved partial sums, combined 8-4-2-1. */
double FN(sum_squares)(const real *x, int64_t n);
/* Index of the first value that is NaN or Inf, or -1. */
int64_t FN(first_nonfinite)(const real *x, int64_t n);

/* ---- norm: layernorm (Ba et al. 2016) and rmsnorm (Zhang & Sennrich 2019) ----
 * y = xhat * gain + bias,  xhat = (x - mean) * rstd  (rmsnorm: mean = 0)
 *   x, y (N,C)  gain (C)  bias (C) or NULL  mean, rstd (N) for the backward pass (rmsnorm: mean may be NULL)
 * y may be x. */
void FN(norm_forward)(real *y, real *mean, real *rstd, const real *x, const real *gain, const real *bias,
                      Norm kind, double eps, int N, int C);
/* dx += rstd (g - mean(g) - xhat mean(g xhat)) with g = dy gain; means over the C channels (rmsnorm: no mean(g), mean
 * may be NULL). */
void FN(norm_backward)(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                       const real *gain, Norm kind, int N, int C);
/* dgain[j] += sum over rows of dy xhat, dbias[j] += sum of dy: chains in row order, for the columns j0 <= j < j1. */
void FN(norm_param_backward)(real *dgain, real *dbias, const real *dy, const real *x, const real *mean,
                             const real *rstd, Norm kind, int N, int C, int j0, int j1);

/* ---- activation: post = phi(pre), gated: post = phi(pre) * linear ----
 * pre (N,I), ld reals from one row to the next; linear the same, or NULL; post (N,I) dense.
 * gelu is the tanh form (Hendrycks & Gimpel 2016): x * sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3)).
 * relu has derivative 0 at 0. */
void FN(act_forward)(real *post, const real *pre, const real *linear, Act kind, int N, int I, ptrdiff_t ld);
/* dpre, dlinear (layout of pre and linear) are written, not added to. dpre may be the buffer of pre. */
void FN(act_backward)(real *dpre, real *dlinear, const real *dpost, const real *pre, const real *linear,
                      Act kind, int N, int I, ptrdiff_t ld);

/* ---- softmax over the causal prefix ----
 * Row i of x (R rows, ld reals from one to the next) has the scores of keys 0 .. first+i. In place they become
 * softmax(x * scale), and the keys after them up to `width` become +0. Two passes: the maximum, then the sum of
 * exponentials, 16 interleaved partial sums by key index, combined 8-4-2-1. */
void FN(softmax_causal)(real *x, real scale, int R, int first, int width, ptrdiff_t ld);
/* ds = p * (dp - sum_j p dp) * scale, in place in dp, over the same prefixes; +0 after them up to `width`. */
void FN(softmax_causal_backward)(real *dp, const real *p, real scale, int R, int first, int width,
                                 ptrdiff_t ld);

/* ---- rotary positions (Su et al. 2021): channels (2i, 2i+1) of each head are rotated by pos * theta^(-2i/hd) ----
 * x (N, H hd), H heads side by side, ld reals from one row to the next. Row r is rotated by the angles in row pos[r] of
 * table (positions, hd/2, 2): cos and sin. With an odd hd the last channel is unchanged. inverse: the transposed
 * rotation, for the backward pass. */
void FN(rope)(real *x, const real *table, const int32_t *pos, int N, int H, int hd, ptrdiff_t ld,
              bool inverse);

/* ---- cross-entropy ----
 * logits (N,V), ld reals from one row to the next, become dlogits = (softmax - onehot(target)) * scale in place.
 * nats[i] = -ln p(target_i). A target below 0: no target, a row of +0 and 0 nats. */
void FN(cross_entropy)(real *logits, double *nats, const int32_t *targets, real scale, int N, int V,
                       ptrdiff_t ld);
/* nats[i] = -ln p(target_i) from the logits (log-sum-exp in double, 16 interleaved partial sums), 0 without a target;
 * best[i] = index of the largest logit, the first one of several (best may be NULL). */
void FN(code_lengths)(double *nats, int32_t *best, const real *logits, const int32_t *targets, int N, int V,
                      ptrdiff_t ld);

/* ---- optimizers, element by element; they multiply g by gscale (clipping) ---- */
typedef struct AdamWStep {
    real lr, eps, decay;             /* decay: lr * weight_decay, 0 for a tensor without weight decay */
    real beta1, beta2, rest1, rest2; /* rest: 1 - beta, computed in double */
    real correct1, correct2;         /* 1/(1-beta1^t), 1/(1-beta2^t) */
    real gscale;
} AdamWStep;
/* Loshchilov & Hutter 2019, algorithm 2: p -= decay p; m, v; p -= lr m^ / (sqrt(v^) + eps). */
void FN(adamw)(real *p, real *m, real *v, const real *g, const AdamWStep *s, int64_t n);
/* m = momentum m + g;  p = p - decay p - lr m  (PyTorch's SGD form, decay decoupled) */
void FN(sgd)(real *p, real *m, const real *g, real lr, real momentum, real decay, real gscale, int64_t n);

/* q (n,n) = the orthogonal factor of a = q r, a (n,n). If a column of a depends on those before it, its column of q is
 * some direction orthogonal to them. Overwrites a. scratch: 2 n reals. */
void FN(qr)(real *q, real *a, int n, real *scratch);

/* y = exp(x), as softmax and the activations compute it; for neuron rules, the benchmark and the error bounds. */
void FN(exp_vector)(real *y, const real *x, int64_t n);
/* r = fma(a, b, c), element by element, by the fused multiply-add of this table; for the self-test. */
void FN(fma_vector)(real *r, const real *a, const real *b, const real *c, int64_t n);
/* Runs n rounds of independent multiply-adds and returns how many floating-point operations they are. The benchmark
 * measures the machine's peak with it. */
double FN(fma_peak)(int64_t n, real *sink);

/* Reads n reals as fast as the machine can; returns their sum, in no defined order. The benchmark measures with it the
 * limit of decoding. */
real FN(read_all)(const real *x, int64_t n);

#define OPS(X)                                                                                               \
    X(gemm)                                                                                                  \
    X(pack)                                                                                                  \
    X(gemm_packed)                                                                                           \
    X(columns_add)                                                                                           \
    X(add_rows)                                                                                              \
    X(add)                                                                                                   \
    X(scale)                                                                                                 \
    X(sum_squares)                                                                                           \
    X(first_nonfinite)                                                                                       \
    X(norm_forward)                                                                                          \
    X(norm_backward)                                                                                         \
    X(norm_param_backward)                                                                                   \
    X(act_forward)                                                                                           \
    X(act_backward)                                                                                          \
    X(softmax_causal)                                                                                        \
    X(softmax_causal_backward)                                                                               \
    X(rope)                                                                                                  \
    X(cross_entropy)                                                                                         \
    X(code_lengths)                                                                                          \
    X(adamw)                                                                                                 \
    X(sgd)                                                                                                   \
    X(qr)                                                                                                    \
    X(exp_vector)                                                                                            \
    X(fma_vector)                                                                                            \
    X(fma_peak)                                                                                              \
    X(read_all)

typedef struct Ops {
    const char *isa; /* "portable", "avx2", "avx512", "neon" */
    bool exact;      /* false when gemm is OpenBLAS's */
#define OPS_FIELD(name) __typeof__(FN(name)) *name;
    OPS(OPS_FIELD)
#undef OPS_FIELD
} Ops;

/* The tables that this build contains and this CPU can run, the fastest first, ended by NULL. */
const Ops *const *ops_available(void);
/* The table named by the environment variable ROTE_ISA, else the fastest. ERR_INPUT: ROTE_ISA is unknown, or the CPU
 * lacks the instruction set. */
Status ops_select(const Ops **out, Err *err);
/* Self-test in the calling thread: rounding mode, no flush to zero, a fused fma; then gemm and exp against the portable
 * ones on a small case. ERR_NUMERIC: something differs; the message names it. */
Status ops_self_test(const Ops *ops, Err *err);

#endif
