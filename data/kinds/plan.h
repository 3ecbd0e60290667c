/* What the plans of the kinds have in common: sizes, names of fields, bit counts. */
#ifndef ROTE_DATA_KINDS_PLAN_H
#define ROTE_DATA_KINDS_PLAN_H

#include "data/facts.h"

/* All facts that are drawn: those counted, and more of the same draw. Lists and shares are of all of them. */
static inline int kind_total(const FactsConfig *config) {
    int64_t total = (int64_t)config->n + config->heldout + config->junk_n;
    return total > INT32_MAX ? INT32_MAX : (int)total; /* more are refused where the pool is planned */
}

/* For those who plan a set of sequences of one length: its sizes; the names of fields 1, 2, .., ended by NULL; and its
 * bit counts, of distinct facts with entropy data_bits as they were drawn, in order, of which answer_bits given the
 * prompts. ERR_INPUT: more than 2^31 - 1 tokens, or more symbols than model.vocab_size may have. */
enum { KIND_LEN_MAX = 1 << 20, KIND_SYMBOLS_MAX = 16777216 };
Status kind_sizes(FactSet *facts, int n, int len, int vocab_size, Err *err);
void kind_fields(FactSet *facts, const char *const *names);
void kind_bits(FactSet *facts, double data_bits, double answer_bits);

#endif
