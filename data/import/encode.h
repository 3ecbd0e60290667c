/* Records become tokens, and tokens records again. A fact is prompt, answer and EOS; in a vocabulary of bytes a TAB
 * ends the prompt. */
#ifndef ROTE_DATA_IMPORT_ENCODE_H
#define ROTE_DATA_IMPORT_ENCODE_H

#include "data/facts.h"
#include "data/records.h"

/* Fills n, max_len, the arrays, the tags and data_hash of a set whose kind and vocab are set. path is for the messages.
 * ERR_FORMAT, which names path and line: a symbol that the vocabulary has not. ERR_INPUT: more than 2^31 - 1 tokens.
 * ERR_NOMEM. The caller frees the set, on an error too. */
Status facts_of_records(FactSet *facts, const Records *records, const char *path, Err *err);

/* Sets the figures of facts whose source is unknown: answer_bits, and the entropies NAN. ERR_NOMEM. */
Status facts_count_imported(FactSet *facts, Err *err);

/* Fact i as text again.
 *   facts_text_bytes   the bytes that `out` needs
 *   prompt, answer     end to end in out; prompt->data NULL: it has none */
size_t facts_text_bytes(const FactSet *facts, int i);
void facts_fields(const FactSet *facts, int i, char *out, Text *prompt, Text *answer);

#endif
