/* The place of a row in its fact, so that rows with the same role can be averaged and exchanged between facts. Row
 * 0, which reads BOS, is a place of its own; the others are counted from the first row of the answer. If all prompts
 * have the same length, the place is the position. */
#ifndef ROTE_EVAL_NEURONS_PLACES_H
#define ROTE_EVAL_NEURONS_PLACES_H

#include "data/facts.h"

/* The number of places in facts of up to max_len tokens; the last one is for rows that occur in no such fact. */
static inline int places_count(int max_len) { return 2 * max_len + 1; }

/* The place of a row after so many tokens, given the length of the prompt. */
static inline int place_of(int max_len, int prompt_len, int row) {
    int at = max_len + row - prompt_len, none = 2 * max_len;
    if (row == 0) return 0;
    return at < 1 || at > none ? none : at;
}

/* The place of each token of the pool. ERR_NOMEM. free() it. */
Status places_of_pool(int32_t **out, const FactSet *facts, Err *err);

#endif
