/* Chooses among facts that were read and not drawn (imported facts, text): which are trained, which are held out, and
 * which are left out. */
#ifndef ROTE_DATA_HOLD_OUT_H
#define ROTE_DATA_HOLD_OUT_H

#include "data/facts.h"

/* Leaves config->n facts (config->n_given; else all) to train and config->heldout held-out ones.
 *
 * First config->split_seed selects those that are held out (0: the last ones), then config->seed those that are
 * trained: the first n that are not held out in a permutation of all facts of the file, stream (seed, facts, 0). So
 * the facts of a smaller n are among those of a larger one, and the same facts are held out for every n. Both parts
 * keep the order of the file; facts->source, where facts are held out, has the position of each fact in it. The
 * vocabulary and max_len remain those of the file, so that each n trains the same model; the baselines are counted
 * again for the facts that are trained, and data_hash is of the facts that were chosen. A fact whose tokens occur more
 * than once is never held out: its copy could be trained.
 *
 * ERR_INPUT, with both figures: more facts than there are, no fact is left to train, or too few facts occur only once;
 * the set was drawn (its entropy is that of the draw); some facts are held out already. ERR_NOMEM. The caller frees the
 * set, after an error too. */
Status facts_choose(FactSet *facts, const FactsConfig *config, Err *err);

#endif
