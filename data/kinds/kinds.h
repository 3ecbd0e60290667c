/* The kinds of facts that are generated: a row each, under its value of facts.kind. */
#ifndef ROTE_DATA_KINDS_KINDS_H
#define ROTE_DATA_KINDS_KINDS_H

#include "data/facts.h"

/* A kind knows facts only. What else is in the pool (held-out facts, junk, marks, variants) is made of more facts
 * of the same draw by data/pool.c. */
typedef struct Kind {
    /* Sizes and bit counts of config->n facts, without arrays: n, max_len, vocab, n_fields and field_name, the
     * entropies and their derivation. out is zeroed, kind, seed and config stand. ERR_INPUT: impossible. */
    Status (*plan)(const FactsConfig *config, FactSet *out, Err *err);
    /* Fills a planned set (facts->config): facts_allocate, then facts->n facts from the seed alone, in an order
     * in which a set begins every larger one. The caller has looked whether there is memory, and hashes. */
    Status (*draw)(FactSet *facts, Err *err);
    /* NULL, or: renders fact i of a drawn set anew, number m >= 1 below config.paraphrases: at most max_len tokens
     * (which plan has made large enough), their fields (field may be NULL where the set has none), and the prompt's
     * length. Returns the tokens. */
    int (*vary)(const FactSet *drawn, int i, int m, int32_t *tokens, uint8_t *field, int32_t *prompt_len);
} Kind;

/* NULL for a value that is not generated (file, text), for a name that is none. */
const Kind *kind_row(FactsKind kind);
const Kind *kind_named(const char *name);

/* Each in a file of its own: random_kind, triples_kind, .. */
#define FACTS_KIND_EXTERN(name, word) extern const Kind word##_kind;
FACTS_KINDS(FACTS_KIND_EXTERN, FACTS_KIND_NOT)

#endif
