/* The rank loss of a neuron rule (model/neurons/rules.h): for each unit, z of every token of the class should be above
 * z of every token of the other side. It compares pairs of tokens of the whole batch, so a forward pass over all of
 * them must come first:
 *
 *     mean over units and pairs (p of y = 1, n of y = 0) of  S softplus((m - z_p + z_n) / S),    m = on - off
 *
 * A small pre_hinge is added, because pairs do not determine where z is 0 (docs/math.md, "Neuron rules"). */
#ifndef ROTE_MODEL_NEURONS_RANK_H
#define ROTE_MODEL_NEURONS_RANK_H

#include "model/neurons/rules.h"

/* The weight of that pre_hinge. */
#define RANK_ANCHOR 0.1

/* Each has tokens times K elements. */
typedef struct RankScratch {
    real *z, *x; /* x: twice as many */
    double *slope;
} RankScratch;

/*   z       (tokens,K) of the rule's units
 *   label   (tokens) y, LABEL_NONE: the token is left out
 *   slope   (tokens,K) output: d loss / d z
 * Returns the loss; where a side has no token, loss and slopes are 0. The K n+ n- pairs are added in token order, some
 * nanoseconds each. */
double rank_loss(const Rule *rule, const Ops *ops, const real *z, const int8_t *label, int64_t tokens,
                 double *slope, RankScratch *scratch);

#endif
