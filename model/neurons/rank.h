/* The rank loss of a neuron rule (model/neurons/rules.h): every token of the class above every other one, unit by unit.
 * It looks at pairs of tokens of a whole batch, so it comes after a pass that has seen all of them:
 *
 *     mean over units and pairs (p of y = 1, n of y = 0) of  S softplus((m - z_p + z_n) / S),    m = on - off
 *
 * with a small pre_hinge beside it, since pairs say nothing of where 0 is (docs/math.md, "Neuron rules"). */
#ifndef ROTE_MODEL_NEURONS_RANK_H
#define ROTE_MODEL_NEURONS_RANK_H

#include "model/neurons/rules.h"

/* Of pre_hinge, beside the pairs. */
#define RANK_ANCHOR 0.1

/* Room for tokens times K of each. */
typedef struct RankScratch {
    real *z, *x; /* x: twice that */
    double *slope;
} RankScratch;

/*   z       (tokens, K): the units of rule
 *   label   tokens: y
 *   slope   (tokens, K): out, d loss / d z
 * Returns the loss. Without a token on each side loss and slopes are 0. Pairs are added in token order: K n+ n- of
 * them, some nanoseconds each. */
double rank_loss(const Rule *rule, const Ops *ops, const real *z, const int8_t *label, int64_t tokens,
                 double *slope, RankScratch *scratch);

#endif
