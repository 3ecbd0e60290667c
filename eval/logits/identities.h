/* What must hold of a model's logits exactly, whatever it has learned, since logits are a matrix times a normalized
 * vector:
 *
 *   l = W h,  h = g * xhat + b,  xhat = (x - mean) / sqrt(var + eps)   (RMSNorm: no mean, no b)
 *
 * - over the tokens, mean l = wbar^T h and variance l = h^T Cov(W) h, with wbar the mean row of W;
 * - logits of many inputs, minus their mean over inputs, have rank d - 1 (LayerNorm: xhat adds up to 0) or d (RMSNorm);
 * - xhat, which W g gives back from l where V > d, lies on a sphere: |xhat|^2 / d = var / (var + eps), 1 but for eps.
 *   So the logits lie on an ellipsoid that is the model's own: logits of another model have no such xhat.
 *
 * Float logits hold these to some 1e-6. Derivations and sources: docs/math.md, Logits. */
#ifndef ROTE_EVAL_LOGITS_IDENTITIES_H
#define ROTE_EVAL_LOGITS_IDENTITIES_H

#include <stdbool.h>

#include "base/err.h"
#include "model/gpt.h"

/* The last norm and the head, and what follows from them. */
typedef struct LogitHead {
    int V, d;
    bool layernorm;
    double eps;
    const real *weight;  /* V x d: W, the model's */
    double *gain, *bias; /* d each */
    double *mean;        /* d: wbar */
    double *covariance;  /* d x d: of the rows of W, over V */
    /* W diag(g) = Q R by columns: Q (d x V) and R (d x d, upper); all 0 where V <= d */
    double *q, *r;
} LogitHead;

/* g must outlive it. ERR_NOMEM. O(V d^2). */
Status logit_head_create(LogitHead *out, const Gpt *g, Err *err);
void logit_head_free(LogitHead *head);

typedef struct LogitMoments {
    double mean, variance; /* variance: over V */
} LogitMoments;

/* By the identity, from h (d), the output of the last norm (hook ln_final.hook_normalized). */
LogitMoments logit_moments_of(const LogitHead *head, const double *h);
/* By definition, from V logits. */
LogitMoments logit_moments(const double *row, int V);

typedef struct LogitRank {
    int expected;  /* d - 1 or d */
    int rank;      /* where the largest gap is */
    double gap;    /* singular value number `expected` over the next one; INFINITY: the next one is 0 */
    double *value; /* n_values singular values, the largest first */
    int n_values;
} LogitRank;

/* logits: n x V, n >= 2; singular values of the rows minus their mean row, by one-sided Jacobi rotations (Hestenes
 * 1958; Demmel & Veselic 1992: small values keep their digits). ERR_INPUT: n - 1 or V is not above d, so that no rank
 * would show; take 2 d rows or more. ERR_NOMEM. O(n^2 V) for each of some ten sweeps. */
Status logit_rank(LogitRank *out, const LogitHead *head, const double *logits, int n, Err *err);
void logit_rank_free(LogitRank *rank);

typedef struct Ellipsoid {
    double residual; /* |l - W h| / |l|, h the nearest that the head can give; worst row */
    double error;    /* | |xhat|^2 / d - var / (var + eps) |, worst row */
    double centre;   /* LayerNorm: |sum xhat| / d, worst row; else 0 */
} Ellipsoid;

/* How far n rows of V logits are from the head's ellipsoid: some 1e-6 for its own, of order 1 for another model's.
 * variance: n, of the stream before the last norm (RMSNorm: its mean square); NULL: logits alone, var / (var + eps) is
 * taken for 1, and the error is eps / var (1e-3 at eps 1e-5 and var .01). ERR_INPUT: V is not above d, or a channel of
 * the last norm reaches no logit. ERR_NOMEM. */
Status logit_ellipsoid(Ellipsoid *out, const LogitHead *head, const double *logits, const double *variance,
                       int n, Err *err);

#endif
