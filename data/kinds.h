/* The kinds of facts that are generated: a row each, under its value of facts.kind. */
#ifndef ROTE_DATA_KINDS_H
#define ROTE_DATA_KINDS_H

#include "data/facts.h"

typedef struct Kind {
    const char *name; /* as facts.kind spells it */
    /* Sizes and bit counts of config->n facts, without arrays: n, max_len, vocab, n_fields and field_name, the
     * entropies and their derivation. out is zeroed, kind, seed and config stand. ERR_INPUT: impossible. */
    Status (*plan)(const FactsConfig *config, FactSet *out, Err *err);
    /* Fills a planned set (facts->config): facts_allocate, then facts->n facts from the seed alone, in an order
     * in which a set begins every larger one. The caller has looked whether there is memory, and hashes. */
    Status (*draw)(FactSet *facts, Err *err);
} Kind;

/* NULL for a value that is not generated (file), for a name that is none. */
const Kind *kind_row(FactsKind kind);
const Kind *kind_named(const char *name);

extern const Kind random_kind; /* data/random_facts.c */

#endif
