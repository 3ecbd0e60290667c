/* Whether a trained model's logits hold their identities (eval/logits/identities.h), on some of the inputs. */
#ifndef ROTE_EVAL_LOGITS_CHECKS_H
#define ROTE_EVAL_LOGITS_CHECKS_H

#include "eval/logits/inputs.h"
#include "model/gpt.h"

enum { CHECK_WIDTH_MAX = 256 }; /* wider: no rank, which takes d^2 V operations */

/* NAN where a figure cannot be had: too few inputs, too few tokens (V <= d), no other model. */
typedef struct LogitChecks {
    int rows; /* one of each of that many inputs, evenly chosen */
    /* worst row: | by the identity - by definition |, over 1 + the value */
    double mean_error, variance_error;
    int expected, rank; /* 0: not measured */
    double gap;
    double ellipsoid_error, residual;   /* of its own logits */
    double other_error, other_residual; /* of the other model's logits */
} LogitChecks;

/* other: a model of the same vocabulary and block size; NULL: none. n: inputs in all. ERR_NOMEM, and errors of the
 * inputs. */
Status logit_checks(LogitChecks *out, const Gpt *g, const Gpt *other, LogitInputs *inputs, int64_t n,
                    Err *err);

#endif
