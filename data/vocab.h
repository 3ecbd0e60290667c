/* The symbols of facts that are text: collected, compared, looked up. */
#ifndef ROTE_DATA_VOCAB_H
#define ROTE_DATA_VOCAB_H

#include "data/facts.h"
#include "data/records.h"

/* The symbols that occur in the records, and EOS. bytes: each symbol is one byte, and the TAB between prompt and answer
 * is one; else whitespace-separated words. ERR_NOMEM. */
Status vocab_of_records(Vocab *out, const Records *records, bool bytes, Err *err);
/* Copies n symbols, which must be sorted and distinct, and appends EOS, an empty text. ERR_NOMEM. */
Status vocab_of_symbols(Vocab *out, const Text *symbol, int n, bool bytes, Err *err);
/* The tokens of a tokenizer, and symbols without text up to `rows`, the rows of an embedding. Takes the tokenizer, and
 * its malloc'd tokenizer.json, after an error too. ERR_NOMEM. */
Status vocab_of_tokenizer(Vocab *out, struct Tokenizer *t, char *json, int rows, int eos, Err *err);
/* Appends a mark: a symbol behind EOS that no text spells. Its name is for readers. ERR_NOMEM. */
Status vocab_add_mark(Vocab *vocab, const char *name, Err *err);
/* Leaves an empty vocabulary without EOS. */
void vocab_free(Vocab *vocab);
/* Whether the facts in folder `dir` have the symbols of a run's facts: numbers, bytes or words, and the text of each;
 * or the same tokenizer. ERR_INPUT: they have not; names the first symbol that differs. */
Status vocab_same(const Vocab *vocab, const Vocab *run, const char *dir, Err *err);
/* Index of a symbol, or -1; of a tokenizer: of the token with just these bytes. Binary search, or a hash table. */
int32_t vocab_find(const Vocab *vocab, Text symbol);

#endif
