/* The pool of a drawn set: what else is drawn beside its facts, and the marks in front of them. */
#ifndef ROTE_DATA_POOL_H
#define ROTE_DATA_POOL_H

#include "data/kinds/kinds.h"

/* Plans a kind's facts with everything that config asks for: facts.heldout, facts.junk_n, facts.domain_token,
 * facts.paraphrases. out is zeroed but for kind, seed and config.
 *   Held-out facts and junk are more facts of the same draw, so none of them equals a fact.
 *   Marks are symbols behind the symbols of the kind: one for the domain, then one for each paraphrase where the kind
 *   has no language to paraphrase in (no Kind.vary). They stand in front of a sequence, in field 0.
 * pool_draw draws what is planned; the caller has checked the memory and hashes the set.
 * ERR_INPUT: impossible. ERR_NOMEM. The caller frees the set, on an error too. */
Status pool_plan(const Kind *kind, FactSet *out, Err *err);
Status pool_draw(const Kind *kind, FactSet *facts, Err *err);

/* How many marks a set has: they are its last symbols. -1: unknown (a folder of version 2, facts without text). */
int pool_marks(const FactSet *facts);
enum { MARK_NAME_MAX = 24 };
/* The name of a mark, counted from 0: "<domain>", "<form 0>". */
void pool_mark_name(const FactSet *facts, int mark, char out[MARK_NAME_MAX]);

/* Which of n + heldout facts are trained and which are held out. Both parts keep the order of the draw.
 *   member       n + heldout: numbers of the trained facts, then those of the held-out facts
 *   split_seed   0: the last ones are held out; else drawn
 *   stays        n + heldout: facts that must be trained, at most n of them; NULL: there are none
 * ERR_NOMEM. */
Status pool_split(int32_t *member, int n, int heldout, uint64_t split_seed, const bool *stays, Err *err);

#endif
