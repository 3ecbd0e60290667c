/* Draws without replacement. */
#ifndef ROTE_DATA_KINDS_DISTINCT_H
#define ROTE_DATA_KINDS_DISTINCT_H

#include <stdint.h>

#include "base/err.h"

/* n distinct numbers below `space`, uniform, in the order drawn. Up to half of the space a number that stood before is
 * drawn again (stream (seed, facts, sub)), so a draw begins every larger one; above that they are the first n of a
 * shuffled list (stream sub + 1). n <= space. ERR_NOMEM. */
Status draw_distinct(uint64_t *out, int n, uint64_t space, uint64_t seed, uint32_t sub, Err *err);

#endif
