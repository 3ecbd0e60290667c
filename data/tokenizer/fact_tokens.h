/* Facts in the tokens of a tokenizer. */
#ifndef ROTE_DATA_TOKENIZER_FACT_TOKENS_H
#define ROTE_DATA_TOKENIZER_FACT_TOKENS_H

#include "data/facts.h"

/* The facts and held-out facts of `from`, which must be text, in the symbols of `vocab` (vocab->tokenizer). A fact is
 * its prompt, a space and its answer, as a pretrained model has read such texts: "The capital of France is" and
 * " Paris" are encoded apart, so that prompts end where answers begin. Nothing ends a fact. Prompts are context: they
 * are given to the model, and only answers are coded. A fact without a prompt is coded whole. Tags, data_hash and the
 * baselines of the answers are those of `from`.
 *   out->vocab   is *vocab, which stays the caller's: take it out before facts_free
 * ERR_INPUT: the facts are no text, or a byte has no token. ERR_NOMEM. */
Status fact_tokens(const FactSet *from, const Vocab *vocab, FactSet *out, Err *err);

/* The same as facts of one's own: every token is coded, the prompts' too, and vocab->eos, a token, ends each fact.
 * data_hash is that of the tokens. */
Status own_tokens(const FactSet *from, const Vocab *vocab, FactSet *out, Err *err);

#endif
