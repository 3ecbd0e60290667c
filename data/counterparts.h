/* Facts that say the same of another thing: a fact of one side and one of the other whose prompts are equally long and
 * differ in one token. What an interchange intervention swaps (Geiger et al. 2022, arXiv 2112.00826). */
#ifndef ROTE_DATA_COUNTERPARTS_H
#define ROTE_DATA_COUNTERPARTS_H

#include "data/facts.h"

enum { SIDE_BASE = 0, SIDE_SOURCE = 1 };

/*   side  n_pool: SIDE_SOURCE, SIDE_BASE, or anything else: neither
 *   out   n_pool: of a base, the source that differs from it so, of several the first; else -1
 * Facts without a prompt have none. ERR_NOMEM. Returns how many were found in *found. */
Status counterparts_find(int32_t *out, int *found, const FactSet *facts, const int8_t *side, Err *err);

#endif
