/* Parts of the plans of all kinds: sizes, names of fields, bit counts. */
#ifndef ROTE_DATA_KINDS_PLAN_H
#define ROTE_DATA_KINDS_PLAN_H

#include "data/facts.h"

/* The number of facts that are drawn: facts.n, held-out facts and junk. Sizes of lists and shares refer to all of
 * them. */
static inline int kind_total(const FactsConfig *config) {
    int64_t total = (int64_t)config->n + config->heldout + config->junk_n;
    return total > INT32_MAX ? INT32_MAX : (int)total; /* pool_plan refuses more */
}

enum { KIND_LEN_MAX = 1 << 20, KIND_SYMBOLS_MAX = 16777216 };

/* Sets n, max_len and vocab.size of a set of n sequences of `len` tokens each, 1 <= len <= KIND_LEN_MAX.
 * ERR_INPUT: more than 2^31 - 1 tokens, or more symbols than model.vocab_size may have. */
Status kind_sizes(FactSet *facts, int n, int len, int vocab_size, Err *err);
/* Names fields 1, 2, ..; names is ended by NULL. Field 0 is "context". */
void kind_fields(FactSet *facts, const char *const *names);
/* Sets the bit counts of n distinct facts.
 *   data_bits     entropy of the facts in the order drawn
 *   answer_bits   the part of it that remains given the prompts */
void kind_bits(FactSet *facts, double data_bits, double answer_bits);

#endif
