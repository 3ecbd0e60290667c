/* Seed prefixes of a training batch (facts.seed_prefix; Nagarajan et al. 2025, arXiv 2504.15266, section 5). */
#ifndef ROTE_TRAIN_SEED_PREFIX_H
#define ROTE_TRAIN_SEED_PREFIX_H

#include "data/facts.h"
#include "eval/fact_batch.h"

/* Gives each sequence of the batch other prefix symbols (facts.fixed_prefix: leaves them), and no target to predict
 * them.
 *   position   of the batch's first sequence in the stream of training: the symbols depend on (seed, position) alone
 * Does nothing where the facts have no prefix. */
void seed_prefix_draw(FactBatch *batch, const FactSet *facts, uint64_t seed, int64_t position);

#endif
