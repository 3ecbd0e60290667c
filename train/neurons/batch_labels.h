/* Labels of a batch's tokens (model/neurons/rules.h: LABEL_CLASS, LABEL_OTHER, LABEL_NONE), from those of the
 * pool's. */
#ifndef ROTE_TRAIN_NEURONS_BATCH_LABELS_H
#define ROTE_TRAIN_NEURONS_BATCH_LABELS_H

#include "data/facts.h"
#include "eval/evaluate.h"
#include "model/neurons/rules.h"

/* The labels of every sequence of the batch, each from its place in the pool.
 *   label       one per token of the batch
 *   pool_label  one per token of the facts (data/labels.h) */
void batch_labels(int8_t *label, const int8_t *pool_label, const FactSet *facts, const FactBatch *batch);

/* The side of a sequence whose tokens are from .. to - 1: LABEL_CLASS where a token has that label, else
 * LABEL_OTHER where one has that, else LABEL_NONE. */
int8_t batch_labels_side(const int8_t *label, int64_t from, int64_t to);

#endif
