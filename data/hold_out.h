/* Facts that were read and not drawn (imported facts, text): some of them are kept back from training. */
#ifndef ROTE_DATA_HOLD_OUT_H
#define ROTE_DATA_HOLD_OUT_H

#include "data/facts.h"

/* Splits the set into config->heldout held-out facts and the facts that are left; config->split_seed chooses which ones
 * (0: the last). Both parts keep the order of the file, and facts->source says where each fact was. The vocabulary and
 * max_len stay those of the whole file; the baselines are counted again for the facts that are trained.
 * A fact whose tokens occur more than once is never held out: the model would train on it all the same.
 * ERR_INPUT, with both figures: no fact is left to train, or too few facts occur only once; the set was drawn (its
 * entropy is that of the draw); some facts are held out already. ERR_NOMEM.
 * The caller frees the set, on an error too. */
Status facts_hold_out(FactSet *facts, const FactsConfig *config, Err *err);

#endif
