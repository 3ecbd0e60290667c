/* A model's logits as the integer intervals that a range coder takes. */
#ifndef ROTE_EVAL_ARCHIVE_SYMBOL_SIZES_H
#define ROTE_EVAL_ARCHIVE_SYMBOL_SIZES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/real.h"

/* start (V+1): symbol v has the interval start[v] .. start[v+1]-1 of RANGE_TOTAL = 2^32. Every symbol has 1 plus a
 * share of the rest by its probability, rounded down; the remainder goes to the arg-max, the lowest index among
 * equals. A symbol costs at most V / 2^32 * 1.45 bits more than its information content, a rare one less.
 * Exponentials and sums are in double by base/exact.h, in index order: the same integers on every machine. Returns
 * false if a logit is NaN or infinite. */
bool symbol_sizes(uint64_t *start, const real *logits, int V);
/* The symbol whose interval contains target; target is below 2^32. */
int symbol_find(const uint64_t *start, int V, uint64_t target);

#endif
