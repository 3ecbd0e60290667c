/* Records become tokens, and tokens records again. */
#ifndef ROTE_DATA_IMPORT_ENCODE_H
#define ROTE_DATA_IMPORT_ENCODE_H

#include "data/facts.h"
#include "data/records.h"

/* Fills tokens, starts, prompts, tags and the data hash of a set whose kind and vocab stand.
 * A symbol that the vocabulary lacks is an ERR_FORMAT that names path and line. */
Status facts_of_records(FactSet *facts, const Records *records, const char *path, Err *err);

/* The baselines of a set whose tokens stand. */
Status facts_count_imported(FactSet *facts, Err *err);

/* The texts of fact i back from its tokens, as words or bytes: prompt and answer end to end in out
 * (facts_text_bytes(i) bytes). Prompt data NULL: none. */
size_t facts_text_bytes(const FactSet *facts, int i);
void facts_fields(const FactSet *facts, int i, char *out, Text *prompt, Text *answer);

#endif
