/* An adaptive probability map (secondary symbol estimation; Mahoney 2005, PAQ): per context, the observed
 * frequency of a 1 as a function of the predicted logit, at 33 logits with linear interpolation. */
#ifndef ROTE_TRAIN_ONLINE_APM_H
#define ROTE_TRAIN_ONLINE_APM_H

#include "base/err.h"
#include "train/online/logistic.h"

enum { APM_STEPS = 33 };

typedef struct Apm {
    float (*p)[APM_STEPS];
    float *at;  /* the last prediction used at[0] and at[1] */
    float part; /* weight of at[1], 0 to 1 */
} Apm;

double apm_bytes(int contexts);
/* ERR_NOMEM. */
Status apm_create(Apm *a, int contexts, const Logistic *l, Err *err);
void apm_free(Apm *a);

/* The corrected probability of a 1; logit between -SQUASH_LIMIT and SQUASH_LIMIT. Then apm_learn with the
 * bit. */
float apm_refine(Apm *a, float logit, int context);
void apm_learn(Apm *a, int bit);

#endif
