/* The rules with `loss: rank`, whose gradient looks at the neurons of a whole batch (model/neurons/rank.h): a pass to see them,
 * before the one that takes the gradient. */
#ifndef ROTE_TRAIN_RANKING_H
#define ROTE_TRAIN_RANKING_H

#include "train/neurons/rules.h"

typedef struct Ranking Ranking;

/* *out NULL without such a rule. */
Status ranking_create(Ranking **out, const NeuronRules *neurons, Err *err);
void ranking_free(Ranking *ranking);

/* Gives the rules their slopes for this batch; the losses go into neurons->loss. */
void ranking_look(Ranking *ranking, NeuronRules *neurons, Parallel *parallel, const FactBatch *batch);

#endif
