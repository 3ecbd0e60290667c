/* A linear probe: can a class of facts be read from a layer? Logistic regression with an L2 penalty (Alain & Bengio
 * 2017, arXiv 1610.01644, for probes). */
#ifndef ROTE_EVAL_NEURONS_PROBE_H
#define ROTE_EVAL_NEURONS_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*   score    n: the probe's logit for every row, those it was fitted to included
 *   x        (n, d)
 *   y        n: 1 or 0
 *   fitted   n: the rows to fit to, at least one; columns are standardized by their mean and deviation there
 *   threads  changes no bit
 * ERR_NOMEM. */
Status probe_score(double *score, const float *x, int n, int d, const int8_t *y, const bool *fitted,
                   int threads, Err *err);

#endif
