#include "train/online/apm.h"

#include <string.h>

#include "base/memory.h"

static const float STEP = 2.0f * SQUASH_LIMIT / (APM_STEPS - 1), RATE = 0.02f;

double apm_bytes(int contexts) { return (double)sizeof(float[APM_STEPS]) * contexts; }

Status apm_create(Apm *a, int contexts, const Logistic *l, Err *err) {
    a->p = memory_alloc((size_t)contexts * sizeof *a->p);
    if (!a->p) return err_set(err, ERR_NOMEM, "no memory for %d contexts", contexts);
    for (int j = 0; j < APM_STEPS; j++) a->p[0][j] = squash(l, (float)j * STEP - SQUASH_LIMIT);
    for (int i = 1; i < contexts; i++) memcpy(a->p[i], a->p[0], sizeof a->p[0]);
    return OK;
}

void apm_free(Apm *a) { memory_free(a->p); }

float apm_refine(Apm *a, float logit, int context) {
    float place = (logit + SQUASH_LIMIT) * (1 / STEP);
    int i = (int)place < APM_STEPS - 2 ? (int)place : APM_STEPS - 2;
    a->part = place - (float)i;
    a->at = &a->p[context][i];
    return a->at[0] * (1 - a->part) + a->at[1] * a->part;
}

void apm_learn(Apm *a, int bit) {
    float y = (float)bit;
    a->at[0] += (y - a->at[0]) * (1 - a->part) * RATE;
    a->at[1] += (y - a->at[1]) * a->part * RATE;
}
