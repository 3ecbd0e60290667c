/* The kinds of facts that are drawn. Each is one file that ends in its row <word>_kind, and a row of FACTS_KINDS
 * (base/config/config.h), which gives it its value and its word of facts.kind and its place in the table. */
#ifndef ROTE_DATA_KINDS_KINDS_H
#define ROTE_DATA_KINDS_KINDS_H

#include "data/facts.h"

/* A kind knows facts only. The rest of the pool (held-out facts, junk, marks, variants) is made of more facts of the
 * same draw by data/pool.c. What plans have in common: data/kinds/plan.h. */
typedef struct Kind {
    /* Sets the sizes and bit counts of config->n facts, without arrays: n, max_len, vocab, n_fields, field_name, the
     * entropies and their derivation. out is zeroed but for kind, seed and config. ERR_INPUT: impossible. ERR_NOMEM. */
    Status (*plan)(const FactsConfig *config, FactSet *out, Err *err);
    /* Fills a planned set: calls facts_allocate, then makes facts->n facts of facts->config from the seed alone, so
     * that a set is the beginning of every larger one of its seed. The caller has checked the memory, and hashes.
     * ERR_NOMEM. */
    Status (*draw)(FactSet *facts, Err *err);
    /* NULL: the kind has no language to paraphrase in. Else renders fact i of a drawn set anew and returns its tokens.
     *   m            number of the rendering, 1 .. config.paraphrases - 1
     *   tokens       at most max_len, which plan has made large enough
     *   field        of each token; may be NULL where the set has no fields
     *   prompt_len   tokens of the prompt */
    int (*vary)(const FactSet *drawn, int i, int m, int32_t *tokens, uint8_t *field, int32_t *prompt_len);
} Kind;

/* NULL: a value that is read and not drawn (file, text); a name that is no drawn kind's. */
const Kind *kind_row(FactsKind kind);
const Kind *kind_named(const char *name);

/* random_kind, triples_kind, .. */
#define FACTS_KIND_EXTERN(name, word) extern const Kind word##_kind;
FACTS_KINDS(FACTS_KIND_EXTERN, FACTS_KIND_NOT)

#endif
