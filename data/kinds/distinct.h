/* Draws without replacement. */
#ifndef ROTE_DATA_KINDS_DISTINCT_H
#define ROTE_DATA_KINDS_DISTINCT_H

#include <stdint.h>

#include "base/err.h"

/* n distinct numbers below `space`, uniform, in the order drawn; n <= space. Up to half of the space: a number that
 * occurred before is replaced by the next draw (stream (seed, RANDOM_FACTS, sub)), so a draw is the beginning of every
 * larger one. Above that: the first n of a shuffled list (stream sub + 1). ERR_NOMEM. */
Status draw_distinct(uint64_t *out, int n, uint64_t space, uint64_t seed, uint32_t sub, Err *err);

#endif
