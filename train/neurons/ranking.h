/* Rules with `loss: rank`. Their loss compares pairs of tokens of the whole batch (model/neurons/rank.h), so
 * the neurons' inputs z are read in a forward pass of their own, before the pass that computes the
 * gradient. */
#ifndef ROTE_TRAIN_NEURONS_RANKING_H
#define ROTE_TRAIN_NEURONS_RANKING_H

#include "model/parallel.h"
#include "train/neurons/rules.h"

typedef struct Ranking Ranking;

/* *out is NULL where no rule has this loss. ERR_NOMEM. Free with ranking_free, also after an error. */
Status ranking_create(Ranking **out, const NeuronRules *rules, Err *err);
void ranking_free(Ranking *ranking);
/* Bytes that ranking_create allocates. */
double ranking_bytes(const Config *config, const FactSet *facts);

/* Sets Rule.slope of every rule with this loss for the batch, and its loss in rules->extra_loss. ranking may
 * be NULL. */
void ranking_prepare(Ranking *ranking, NeuronRules *rules, Parallel *parallel, const FactBatch *batch);

#endif
