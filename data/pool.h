/* The pool of a drawn set: its facts, the further sequences that are drawn with them, and the marks in front of
 * them. */
#ifndef ROTE_DATA_POOL_H
#define ROTE_DATA_POOL_H

#include "data/kinds/kinds.h"

/* Plans a kind's facts with facts.heldout, facts.junk_n, facts.domain_token and facts.paraphrases. out is zeroed except
 * for kind, seed and config.
 *   Held-out facts and junk are more facts of the same draw, so none of them equals a fact.
 *   Marks are symbols after the symbols of the kind: one for the domain, then one for each paraphrase where the kind
 *   has no templates (no Kind.vary). They precede a sequence, in field 0.
 *   A seed prefix (facts.seed_prefix) is random symbols in front of all that, in field 0. They are the last symbols of
 *   the vocabulary. Training draws others at each exposure (train/seed_prefix.h), unless facts.fixed_prefix is set.
 * pool_draw draws the planned set; the caller checks the memory before and hashes the set afterwards.
 * ERR_INPUT: impossible. ERR_NOMEM. The caller frees the set, after an error too. */
Status pool_plan(const Kind *kind, FactSet *out, Err *err);
Status pool_draw(const Kind *kind, FactSet *facts, Err *err);

/* The number of marks of a set: they are its last symbols. -1: unknown (a folder of version 2, facts without text). */
int pool_marks(const FactSet *facts);
enum { MARK_NAME_MAX = 24 };
/* The first symbol of the seed prefixes; the set has facts.prefix_symbols of them. */
int32_t pool_prefix_symbol(const FactSet *facts);
/* The name of a mark, counted from 0: "<domain>", "<form 0>", "<seed 0>". */
void pool_mark_name(const FactSet *facts, int mark, char out[MARK_NAME_MAX]);

/* Splits n + heldout facts into trained and held-out ones. Both parts keep the order of the draw.
 *   member       n + heldout: numbers of the trained facts, then those of the held-out facts
 *   split_seed   0: the last ones are held out; else drawn
 *   stays        n + heldout: facts that must be trained, at most n of them; NULL: none
 * ERR_NOMEM. */
Status pool_split(int32_t *member, int n, int heldout, uint64_t split_seed, const bool *stays, Err *err);

#endif
