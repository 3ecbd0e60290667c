/* Pairs of facts (counterparts) whose prompts have the same length and differ in one token. An interchange intervention
 * exchanges activations within such a pair (Geiger et al. 2022, arXiv 2112.00826). */
#ifndef ROTE_DATA_COUNTERPARTS_H
#define ROTE_DATA_COUNTERPARTS_H

#include "data/facts.h"

enum { SIDE_BASE = 0, SIDE_SOURCE = 1 };

/* For every base the first source whose prompt differs from the base's in one token.
 *   out    n_pool: index of that source in the pool; -1: none, or the sequence is no base
 *   found  number of bases that have one
 *   side   n_pool: SIDE_BASE, SIDE_SOURCE, or any other value: the sequence takes no part
 * A sequence without a prompt has no counterpart. ERR_NOMEM. */
Status counterparts_find(int32_t *out, int *found, const FactSet *facts, const int8_t *side, Err *err);

#endif
