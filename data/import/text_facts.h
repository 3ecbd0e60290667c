/* Any file: its bytes, cut into chunks. Its entropy is unknown. */
#ifndef ROTE_DATA_IMPORT_TEXT_FACTS_H
#define ROTE_DATA_IMPORT_TEXT_FACTS_H

#include "data/facts.h"

/* Fact i is the bytes i * seq_len .. (i + 1) * seq_len - 1 of the file, fewer in the last one, and EOS. The symbols are
 * the bytes that occur. Equal chunks all stay. Free with facts_free; after an error nothing is left to free.
 * ERR_INPUT: an empty file, a NUL byte. ERR_IO: missing, or more than 2^28 bytes. ERR_NOMEM. */
Status text_facts_read(const char *path, int seq_len, FactSet *out, Err *err);

/* Sets order_bits: empirical entropies of the bytes, in bits for all of them. ERR_NOMEM. */
Status text_facts_count(FactSet *facts, Err *err);

#endif
