/* Holds out some of the facts that were read and not drawn (imported facts, text). */
#ifndef ROTE_DATA_HOLD_OUT_H
#define ROTE_DATA_HOLD_OUT_H

#include "data/facts.h"

/* Splits the set into config->heldout held-out facts and the facts that are left; config->split_seed selects them (0:
 * the last ones). Both parts keep the order of the file, and facts->source has the position of each fact in it. The
 * vocabulary and max_len remain those of the file; the baselines are counted again for the facts that are trained. A
 * fact whose tokens occur more than once is never held out: its copy would be trained. ERR_INPUT, with both figures: no
 * fact is left to train, or too few facts occur only once; the set was drawn (its entropy is that of the draw); some
 * facts are held out already. ERR_NOMEM. The caller frees the set, after an error too. */
Status facts_hold_out(FactSet *facts, const FactsConfig *config, Err *err);

#endif
