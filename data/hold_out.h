/* Facts that were read and not drawn, imported ones or text: some are kept back from training. */
#ifndef ROTE_DATA_HOLD_OUT_H
#define ROTE_DATA_HOLD_OUT_H

#include "data/facts.h"

/* config->heldout of the set's facts become its held-out ones, which ones by config->split_seed (0: the last), the others
 * are its facts. Both keep the order that they had, and source says where that was. Vocabulary and max_len stay those of
 * the whole, the baselines are of what is trained. A fact whose tokens another one has, too, is never
 * held out: it would be trained all the same.
 * ERR_INPUT names both figures: nothing is left to train, or too few facts stand once; or the set was drawn (its
 * entropy is that of the draw), or holds some out already. The set is the caller's to free, after a failure too. */
Status facts_hold_out(FactSet *facts, const FactsConfig *config, Err *err);

#endif
