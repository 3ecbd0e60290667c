/* The symbols of facts that are text: found, compared, looked up. */
#ifndef ROTE_DATA_VOCAB_H
#define ROTE_DATA_VOCAB_H

#include "data/facts.h"
#include "data/records.h"

/* The symbols that occur in records. Byte vocabularies count the TAB between prompt and answer. */
Status vocab_of_records(Vocab *out, const Records *records, bool bytes, Err *err);
/* Copies n symbols, which must be sorted and distinct, and appends EOS, an empty text. */
Status vocab_of_symbols(Vocab *out, const Text *symbol, int n, bool bytes, Err *err);
/* Appends a symbol that no text spells, behind EOS; its name is for readers. */
Status vocab_add_mark(Vocab *vocab, const char *name, Err *err);
void vocab_free(Vocab *vocab);
/* Whether the facts of `dir` speak a run's language: numbers, bytes or words, and each symbol's text.
 * ERR_INPUT names the first symbol that differs. */
Status vocab_same(const Vocab *vocab, const Vocab *run, const char *dir, Err *err);
/* Index of a symbol, or -1. */
int32_t vocab_find(const Vocab *vocab, Text symbol);

#endif
