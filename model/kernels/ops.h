/* Every kernel, one table per instruction set.
 *
 * The files of model/kernels/ are compiled once per instruction set under names
 * of their own: FN(gemm) is gemm_avx2 in the AVX2 objects. The rest of the program is
 * compiled once and calls through an Ops table chosen at start, so a kernel's contract stands
 * here and nowhere else. All tables give the same bits (tests/test_kernels.c, tests/test_invariance.c).
 *
 * Conventions: outputs first, then inputs, sizes last; matrices are row-major, shapes as (rows, cols);
 * no aliasing unless said; a backward kernel adds into its gradients unless said. */
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

/* A matrix as the product sees it: element (i, j) is at p[i * row + j * col]. */
typedef struct View {
    const real *p;
    ptrdiff_t row, col;
} View;

enum GemmInit { GEMM_ZERO, GEMM_ADD, GEMM_BIAS };

/* c (M,N) = init + a (M,K) b (K,N), each output one chain of fused multiply-adds in k order:
 *   GEMM_ZERO  starts at +0,  GEMM_ADD  at what c holds,  GEMM_BIAS  at bias[j].
 * ldc: reals between the rows of c. scratch: GEMM_SCRATCH_REALS reals, 64-byte aligned, one per thread. A k
 * cut into several calls with GEMM_ADD gives the same bits as one call. */
void FN(gemm)(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M, int N,
              int K, real *scratch);
enum { GEMM_SCRATCH_REALS = 192 * 1024 };

/* b (K,N), laid out as products want it: gemm_packed(..., packed, ...) = gemm(..., b, ...), bit for bit. What
 * lies where in packed (PACKED_REALS(K, N) reals, 64-byte aligned) is the table's own affair. */
#define PACKED_REALS(K, N) ((size_t)(K) * (((size_t)(N) + 15) / 16 * 16))
void FN(pack)(real *packed, View b, int K, int N);
void FN(gemm_packed)(real *c, ptrdiff_t ldc, View a, const real *packed, enum GemmInit init, const real *bias,
                     int M, int N, int K, real *scratch);

/* db[j] += sum over i of dy[i,j], one chain in row order.  dy (N,C) with ld reals a row. */
void FN(columns_add)(real *db, const real *dy, int N, int C, ptrdiff_t ld);
/* y[i,j] = x[i,j] + b[j]; x, y (N,C) dense, y may be x. */
void FN(add_rows)(real *y, const real *x, const real *b, int N, int C);
/* y += x, n reals. */
void FN(add)(real *y, const real *x, int64_t n);
/* y *= s. */
void FN(scale)(real *y, real s, int64_t n);
/* sum of squares of n reals, in double, 16 interleaved partial sums combined 8-4-2-1. */
double FN(sum_squares)(const real *x, int64_t n);
/* Index of the first value that is NaN or Inf, or -1. */
int64_t FN(first_nonfinite)(const real *x, int64_t n);

/* ---- norm: layernorm (Ba et al. 2016) and rmsnorm (Zhang & Sennrich 2019) ----
 * y = xhat * gain + bias,  xhat = (x - mean) * rstd  (rmsnorm: mean = 0)
 *   x, y (N,C)  gain (C)  bias (C) or NULL  mean, rstd (N) kept for backward (mean unused by rmsnorm) */
void FN(norm_forward)(real *y, real *mean, real *rstd, const real *x, const real *gain, const real *bias,
                      Norm kind, double eps, int N, int C);
/* dx += ...  */
void FN(norm_backward)(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                       const real *gain, Norm kind, int N, int C);
/* dgain[j] += sum_i dy*xhat, dbias[j] += sum_i dy, chains in row order, for the columns j0 <= j < j1. */
void FN(norm_param_backward)(real *dgain, real *dbias, const real *dy, const real *x, const real *mean,
                             const real *rstd, Norm kind, int N, int C, int j0, int j1);

/* ---- activation: post = phi(pre), gated: post = phi(pre) * linear ----
 * pre (N,I) with ld reals a row; linear likewise or NULL; post (N,I) dense.
 * gelu is the tanh form (Hendrycks & Gimpel 2016): x * sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3)).
 * relu: derivative 0 at 0. */
void FN(act_forward)(real *post, const real *pre, const real *linear, Act kind, int N, int I, ptrdiff_t ld);
/* dpre, dlinear (same layout as pre, linear) = gradients: written, not added. dpre may be pre's own buffer.
 */
void FN(act_backward)(real *dpre, real *dlinear, const real *dpost, const real *pre, const real *linear,
                      Act kind, int N, int I, ptrdiff_t ld);

/* ---- softmax over the causal prefix ----
 * Row i of x (R rows, ld reals a row) holds scores for keys 0 .. first+i; in place it becomes
 * softmax(x * scale) over them, and +0 from there to `width`. Two passes: maximum, then the sum of
 * exponentials, 16 interleaved partial sums by key index combined 8-4-2-1. */
void FN(softmax_causal)(real *x, real scale, int R, int first, int width, ptrdiff_t ld);
/* ds = p * (dp - sum_j p dp) * scale, in place in dp, over the same prefixes, +0 from there to width. */
void FN(softmax_causal_backward)(real *dp, const real *p, real scale, int R, int first, int width,
                                 ptrdiff_t ld);

/* ---- rotary positions (Su et al. 2021): pairs (2i, 2i+1) of each head turn by pos * theta^(-2i/hd) ----
 * x (hd per head, H heads side by side, ld reals a row), row r turns by the angles of table row pos[r]; an
 * odd head size leaves the last channel as it is. table: cos and sin, (positions, hd/2, 2). inverse: the
 * transposed rotation (backward). */
void FN(rope)(real *x, const real *table, const int32_t *pos, int N, int H, int hd, ptrdiff_t ld,
              bool inverse);

/* ---- cross-entropy ---- logits (N,V) with ld reals a row become dlogits = (softmax - onehot(target)) *
 * scale in place; a target < 0 gives a row of +0. nats[i] = -ln p(target_i), 0 where there is none. */
void FN(cross_entropy)(real *logits, double *nats, const int32_t *targets, real scale, int N, int V,
                       ptrdiff_t ld);
/* nats[i] = -ln p(target_i) in double from the logits (log-sum-exp in double, 16 interleaved partial sums);
 * best[i] = first index of the largest logit (best may be NULL). target < 0: 0 nats. */
void FN(code_lengths)(double *nats, int32_t *best, const real *logits, const int32_t *targets, int N, int V,
                      ptrdiff_t ld);

/* ---- optimizers, element by element; g is multiplied by gscale (clipping) on the way ---- */
typedef struct AdamWStep {
    real lr, eps, decay;             /* decay: lr * weight_decay, or 0 for a tensor without */
    real beta1, beta2, rest1, rest2; /* rest: 1 - beta, subtracted in double */
    real correct1, correct2;         /* 1/(1-beta1^t), 1/(1-beta2^t) */
    real gscale;
} AdamWStep;
/* Loshchilov & Hutter 2019, algorithm 2: p -= decay p; m, v; p -= lr m^ / (sqrt(v^) + eps). */
void FN(adamw)(real *p, real *m, real *v, const real *g, const AdamWStep *s, int64_t n);
/* m = momentum m + g;  p = p - decay p - lr m  (PyTorch's SGD form, decay decoupled) */
void FN(sgd)(real *p, real *m, const real *g, real lr, real momentum, real decay, real gscale, int64_t n);

/* q (n,n) = the orthogonal factor of a (n,n) = q r; a column of a that depends on those before it gets some
 * direction orthogonal to them. a is destroyed; scratch: 2 n reals. */
void FN(qr)(real *q, real *a, int n, real *scratch);

/* y = exp(x), the kernels' own (bench and error bounds). */
void FN(exp_vector)(real *y, const real *x, int64_t n);
/* r = fma(a, b, c), element by element, by this table's own fused multiply-add (self-test). */
void FN(fma_vector)(real *r, const real *a, const real *b, const real *c, int64_t n);
/* Runs n rounds of independent multiply-adds; returns the floating-point operations done (bench: the
 * machine's peak). */
double FN(fma_peak)(int64_t n, real *sink);

/* Reads n reals as fast as this machine reads (bench: the limit of decoding); their sum, in no promised
 * order. */
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

/* The tables that this build has and this CPU can run, best first, ended by NULL. */
const Ops *const *ops_available(void);
/* The table that the environment's ROTE_ISA names, else the best. ERR_INPUT: unknown, or the CPU lacks it. */
Status ops_select(const Ops **out, Err *err);
/* Self-test: rounding mode, no flush to zero, fma really fused, in the calling thread; and gemm and exp
 * against the portable ones on a small case. ERR_NUMERIC names what differs. */
Status ops_self_test(const Ops *ops, Err *err);

#endif
