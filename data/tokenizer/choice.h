/* Facts of one's own in the tokens of a tokenizer: that of a file, or one that is trained on the facts. */
#ifndef ROTE_DATA_TOKENIZER_CHOICE_H
#define ROTE_DATA_TOKENIZER_CHOICE_H

#include "data/facts.h"

/* Which tokenizer; all zero: none, and facts keep their symbols. */
typedef struct TokenChoice {
    const char *file; /* its tokenizer.json or GGUF file; NULL: trained on the facts */
    int trained;      /* tokens of the one that is trained (data/tokenizer/train.h) */
} TokenChoice;

/* From words: "tokenizer" with a file, or "bpe:N" without one.
 *   vocab, file              the values; NULL or "": not given
 *   vocab_name, file_name    what the user calls them, for messages: "--vocab", "facts.vocab"
 *   other                    further words that vocab may be, for the message: "bytes, words, "; they are not read here
 * ERR_INPUT: another word, an N out of range, or the one without the other. */
Status token_choice_read(TokenChoice *out, const char *vocab, const char *vocab_name, const char *file,
                         const char *file_name, const char *other, Err *err);

/* Replaces the symbols of facts that are imported, or of kind text, by the tokens of a tokenizer, which the set then
 * owns. A fact is the tokens of its prompt, of a space and its answer, and EOS; every one of them is coded. EOS is the
 * token that ends a text (data/tokenizer/open.h), or a special token that is added behind the others. Baselines of the
 * facts' text stay; data_hash is of the tokens. A tokenizer is trained on all facts of the set, held-out ones, too: so
 * they are alike in every way but the training of the model.
 * ERR_INPUT: facts of another kind, a file that is no tokenizer, fewer merges than are wanted. ERR_IO, ERR_NOMEM. The
 * set stays the caller's to free, after an error too. */
Status facts_tokenize(FactSet *facts, const TokenChoice *choice, Err *err);

#endif
