/* Kernels for several models of one shape, side by side: as many as a machine vector has lanes.
 *
 * An element is VL reals next to each other, one for each model. Every operation is one on a vector, the same scalar
 * operation in each model: no vector is partly empty, no row has a tail, and nothing is summed across lanes. A lane
 * makes the chain of operations that the kernels of ops.h make for one model, so it has the same bits.
 *
 * Sizes and strides count elements; a View's strides do too. Where lanes differ in a number (a target, a learning
 * rate), it is an array with one entry a lane. Otherwise the contracts are those of ops.h. Once a lane has a number
 * that is not finite, its further bits are not defined; the other lanes keep theirs. */
#ifndef ROTE_MODEL_KERNELS_LANES_H
#define ROTE_MODEL_KERNELS_LANES_H

#include "model/kernels/ops.h"

/* c (M,N) = init + a (M,K) b (K,N), as gemm. Where a's or b's element is known to be +0, the caller may leave the term
 * out if the chain cannot be -0 there. */
void FN(lane_gemm)(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M, int N,
                   int K);
/* y = x + b for rows of C elements, as add_rows; b NULL: y = x. y may be x. */
void FN(lane_add_rows)(real *y, const real *x, const real *b, int N, int C);
void FN(lane_columns_add)(real *db, const real *dy, int N, int C, ptrdiff_t ld);

/* x[t,:] = wte[row,:] + wpe[t,:] for each lane's own row of wte. row (N, lanes); wpe NULL: none; N tokens, the first at
 * position 0. */
void FN(lane_embed)(real *x, const real *wte, const real *wpe, const int32_t *row, int N, int C);
/* dwte[row,:] += dx[t,:], dwpe[t,:] += dx[t,:] (dwpe may be NULL), in token order. */
void FN(lane_embed_backward)(real *dwte, real *dwpe, const real *dx, const int32_t *row, int N, int C);

void FN(lane_norm_forward)(real *y, real *mean, real *rstd, const real *x, const real *gain, const real *bias,
                           Norm kind, double eps, int N, int C);
void FN(lane_norm_backward)(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                            const real *gain, Norm kind, int N, int C);
void FN(lane_norm_param_backward)(real *dgain, real *dbias, const real *dy, const real *x, const real *mean,
                                  const real *rstd, Norm kind, int N, int C);

/* post = phi(pre) for n elements. sigmoid: what the backward pass would otherwise compute again (relu: unused). */
void FN(lane_act_forward)(real *post, real *sigmoid, const real *pre, Act kind, int64_t n);
/* dpre = dpost phi'(pre); dpre may be dpost. */
void FN(lane_act_backward)(real *dpre, const real *dpost, const real *pre, const real *sigmoid, Act kind,
                           int64_t n);

void FN(lane_softmax)(real *x, real scale, int R, int first, int width, ptrdiff_t ld);
void FN(lane_softmax_backward)(real *dp, const real *p, real scale, int R, int first, int width,
                               ptrdiff_t ld);
/* targets (N, lanes), scale (lanes). Adds -ln p of the targets to nats (lanes), row after row. */
void FN(lane_cross_entropy)(real *logits, double *nats, const int32_t *targets, const real *scale, int N,
                            int V, ptrdiff_t ld);

/* sum (lanes): of the squares of n elements, as sum_squares. */
void FN(lane_sum_squares)(double *sum, const real *x, int64_t n);
/* step: one a lane. */
void FN(lane_adamw)(real *p, real *m, real *v, const real *g, const AdamWStep *step, int64_t n);

#define LANE_OPS(X)                                                                                          \
    X(lane_gemm)                                                                                             \
    X(lane_add_rows)                                                                                         \
    X(lane_columns_add)                                                                                      \
    X(lane_embed)                                                                                            \
    X(lane_embed_backward)                                                                                   \
    X(lane_norm_forward)                                                                                     \
    X(lane_norm_backward)                                                                                    \
    X(lane_norm_param_backward)                                                                              \
    X(lane_act_forward)                                                                                      \
    X(lane_act_backward)                                                                                     \
    X(lane_softmax)                                                                                          \
    X(lane_softmax_backward)                                                                                 \
    X(lane_cross_entropy)                                                                                    \
    X(lane_sum_squares)                                                                                      \
    X(lane_adamw)

typedef struct LaneOps {
    int lanes; /* models side by side */
#define LANE_OPS_FIELD(name) __typeof__(FN(name)) *name;
    LANE_OPS(LANE_OPS_FIELD)
#undef LANE_OPS_FIELD
} LaneOps;
enum { LANES_MAX = 16 };

/* The table with the instruction set of these kernels. */
const LaneOps *lane_ops(const Ops *ops);
/* The time of a step of models side by side, of so many channels, in steps of one of them alone with these kernels: it
 * is the same however many lanes have a model. As measured, for up to LANES_CHANNELS. */
enum { LANES_CHANNELS = 12 };
double lane_step_cost(const Ops *ops, const LaneOps *lanes, int channels);
/* The table for a step of so many of them on the machine of these kernels, by that cost; it may have fewer lanes than
 * there are models. NULL: alone they take less time. */
const LaneOps *lane_ops_for(const Ops *ops, int channels, int models);

#endif
