/* How many of V independent normal logits a sampling chain keeps: exact where there is a closed form, and by simulation
 * through the stages that generation itself runs (eval/sampling/stage.h). Derivations: docs/math.md, Logits. */
#ifndef ROTE_EVAL_LOGITS_NULL_KEPT_H
#define ROTE_EVAL_LOGITS_NULL_KEPT_H

#include <stdint.h>

#include "base/err.h"
#include "eval/sampling/chain.h"

enum { NULL_KEPT_VOCABULARY_MAX = 1 << 20, NULL_KEPT_DRAWS_MIN = 16, NULL_KEPT_DRAWS_MAX = 1000000 };

typedef struct NullKept {
    double mean, deviation; /* of the tokens kept, over draws of the logits */
    double error;           /* standard error of the mean */
} NullKept;

/* Draws that take about a twentieth of a second for a dozen of chains. */
int null_kept_draws(int V);

/* Logits s z with z standard normal, of `draws` draws, each through all of the n chains.
 *   threads  0: one per core; changes no bit
 * ERR_INPUT: V is not 1 to NULL_KEPT_VOCABULARY_MAX; a chain names a token that is not below V,
 * or looks ahead (contrastive). ERR_NOMEM. */
Status null_kept(NullKept *out, const Chain *chain, int n, int V, double s, int draws, uint64_t seed,
                 int threads, Err *err);

/* The mean for a chain of one stage (or none): top_k, min_p, and top_n_sigma with the true standard deviation instead
 * of the sample's. NAN: no closed form is known. s > 0. */
double null_kept_exact(const Chain *chain, int V, double s);
/* The limit of V -> infinity, for a chain of one stage; NAN: none is known. It errs where e^(s^2) / V is not small. */
double null_kept_formula(const Chain *chain, int V, double s);

#endif
