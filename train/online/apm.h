/* An adaptive probability map (secondary estimation; Mahoney's PAQ): what a predicted probability turned out to be
 * worth in each context, at 33 logits with interpolation between them. */
#ifndef ROTE_EVAL_APM_H
#define ROTE_EVAL_APM_H

#include "base/err.h"
#include "train/online/logistic.h"

enum { APM_STEPS = 33 };

typedef struct Apm {
    float (*p)[APM_STEPS];
    float *at, part; /* where the last prediction fell */
} Apm;

double apm_bytes(int contexts);
Status apm_create(Apm *a, int contexts, const Logistic *l, Err *err);
void apm_free(Apm *a);

/* logit between -SQUASH_LIMIT and SQUASH_LIMIT. */
float apm_refine(Apm *a, float logit, int context);
void apm_learn(Apm *a, int bit);

#endif
