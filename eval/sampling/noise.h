/* The stage kstar measures a row of logits against noise: which logits are outliers of a normal law (k*, eval/logits/
 * kstar.h), and where none does, how many tokens normal logits of that spread would need (eval/logits/null.h). */
#ifndef ROTE_EVAL_SAMPLING_NOISE_H
#define ROTE_EVAL_SAMPLING_NOISE_H

#include "eval/logits/kstar.h"
#include "eval/sampling/candidates.h"

/* The null is computed at s = 0, 1/4, 2/4, .. and ln k is linear in between (measured: k within 2 % or 1 token). At
 * s = 10 few tokens hold all the mass at any vocabulary (null_freezing): larger s count as 10. */
enum { NOISE_NODES = 41, NOISE_NODES_PER_S = 4 };

typedef struct Noise {
    KStarTable table;
    int vocab_size;
    double *sorted; /* vocab_size */
    /* The result of null_law for `tokens` logits and this mass: ln k at each node, below 0: not computed yet. */
    int tokens;
    double mass, ln_count[NOISE_NODES];
    Status status; /* ERR_NOMEM: a count could not be computed */
} Noise;

/* ERR_INPUT: vocab_size is below KSTAR_VOCABULARY_MIN. ERR_NOMEM. */
Status noise_create(Noise *out, int vocab_size, Err *err);
void noise_free(Noise *noise);

/* k* of the candidates; at least KSTAR_VOCABULARY_MIN. O(n log n). */
KStar noise_kstar(Noise *noise, const Candidates *c);
/* The smallest k whose k largest of `tokens` normal logits of standard deviation s hold the mass on average, 0 < mass
 * <= 1. The first call for an s takes 10 to 100 ms. Without memory: tokens, and noise->status says so. */
int noise_count(Noise *noise, int tokens, double s, double mass);

#endif
