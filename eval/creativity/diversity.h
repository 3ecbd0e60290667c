/* How different the samples of a model are from each other. */
#ifndef ROTE_EVAL_CREATIVITY_DIVERSITY_H
#define ROTE_EVAL_CREATIVITY_DIVERSITY_H

#include "base/err.h"
#include "eval/creativity/texts.h"

enum { DISTINCT_N = 3, VENDI_MAX = 2000 };

/* distinct[n - 1]: different n-grams over all n-grams of the texts (Li et al. 2016, arXiv 1510.03055); NAN: no text has
 * that many tokens. ERR_NOMEM. */
Status distinct_ngrams(double distinct[DISTINCT_N], const Texts *texts, Err *err);

/* The entropy of a source, in nats, from how often each of its types came up in n independent draws. */
typedef struct TypeEntropy {
    int types, singletons; /* types that came up; types that came up once */
    double plugin;         /* of the observed shares: biased downwards by about (types - 1) / 2n */
    double miller_madow;   /* plugin + (types - 1) / 2n (Miller 1955) */
    /* coverage-adjusted (Chao and Shen 2003, equation 6); NAN where every draw is a singleton */
    double chao_shen;
} TypeEntropy;
/* type: n numbers; draws of one type have the same number. n >= 1. ERR_NOMEM. */
Status type_entropy(TypeEntropy *out, const int64_t *type, int n, Err *err);

/* The Vendi score (Friedman and Dieng 2023, arXiv 2210.02410, definition 3.1): exp of the entropy of the eigenvalues of
 * K / n. 1: all texts alike; n: no two share anything. K(a, b) is the cosine of the counts of all n-grams,
 * n = 1 .. DISTINCT_N. The first VENDI_MAX texts count. Exact: every eigenvalue. NAN for no text. ERR_NOMEM. */
Status vendi_score(double *out, const Texts *texts, Err *err);

/* Eigenvalues of a symmetric n x n matrix, by Householder's tridiagonal form and implicit QL steps (Wilkinson and
 * Reinsch 1971). a is overwritten; value: n, in no order. ERR_NUMERIC: no convergence. ERR_NOMEM. */
Status symmetric_eigenvalues(double *a, int n, double *value, Err *err);

#endif
