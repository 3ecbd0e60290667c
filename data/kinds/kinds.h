/* The kinds of facts that are drawn. Each is one file that ends in its row <word>_kind, and a row of FACTS_KINDS
 * (base/config/config.h), which gives it its value and its word of facts.kind and its place in the table. */
#ifndef ROTE_DATA_KINDS_KINDS_H
#define ROTE_DATA_KINDS_KINDS_H

#include "data/facts.h"

/* A kind makes facts only. data/pool.c makes the rest of the pool (held-out facts, junk, marks, variants) from more
 * facts of the same draw. data/kinds/plan.h has what plans share. */
typedef struct Kind {
    /* Sets the sizes and bit counts of config->n facts, without arrays: n, max_len (where lengths differ, that of the
     * longest fact possible), vocab, n_fields, field_name, the entropies and their derivation. out is zeroed except for
     * kind, seed and config. ERR_INPUT: impossible. ERR_NOMEM. */
    Status (*plan)(const FactsConfig *config, FactSet *out, Err *err);
    /* Fills a planned set: calls facts_allocate, then makes facts->n facts of facts->config from the seed alone, so
     * that a set is the beginning of every larger one with its seed. The caller checks the memory before and hashes the
     * set afterwards. ERR_NOMEM. */
    Status (*draw)(FactSet *facts, Err *err);
    /* NULL: the kind has no templates for paraphrases. Else renders fact i of a drawn set again and returns the number
     * of tokens.
     *   m            number of the rendering, 1 .. config.paraphrases - 1
     *   tokens       at most max_len, which plan has set large enough
     *   field        of each token; may be NULL where the set has no fields
     *   prompt_len   tokens of the prompt */
    int (*vary)(const FactSet *drawn, int i, int m, int32_t *tokens, uint8_t *field, int32_t *prompt_len);
} Kind;

/* NULL: a kind that is read and not drawn (file, text); a name that is not a drawn kind's. */
const Kind *kind_row(FactsKind kind);
const Kind *kind_named(const char *name);

/* random_kind, triples_kind, .. */
#define FACTS_KIND_EXTERN(name, word) extern const Kind word##_kind;
FACTS_KINDS(FACTS_KIND_EXTERN, FACTS_KIND_NOT)

#endif
