/* The pool: what stands beside the facts of a generated set, and in front of them. */
#ifndef ROTE_DATA_POOL_H
#define ROTE_DATA_POOL_H

#include "data/kinds/kinds.h"

/* Plans a kind's facts with all that config asks for: facts.heldout, facts.junk_n, facts.domain_token,
 * facts.paraphrases. out is zeroed, kind, seed and config stand.
 *   Held-out facts and junk are more facts of the same draw, so none of them equals a fact.
 *   Marks are symbols behind the kind's own: the domain's, then one a paraphrase where the kind has no language
 *   to paraphrase in (Kind.vary). They stand in front of a sequence, in field 0.
 * ERR_INPUT: impossible. */
Status pool_plan(const Kind *kind, FactSet *out, Err *err);
Status pool_draw(const Kind *kind, FactSet *facts, Err *err);

/* Marks of a set: its last symbols. -1: a folder that does not say (version 2, facts without text). */
int pool_marks(const FactSet *facts);
enum { MARK_NAME_MAX = 24 };
/* "<domain>", "<form 0>" */
void pool_mark_name(const FactSet *facts, int mark, char out[MARK_NAME_MAX]);

/* Which of n + heldout facts is the i-th of the pool, i < n: trained. Both parts keep the order of the draw.
 *   stays   facts that are not to be held out, at most n; NULL: any may be */
Status pool_split(int32_t *member, int n, int heldout, uint64_t split_seed, const bool *stays, Err *err);

#endif
