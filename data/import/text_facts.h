/* A file as it is: its bytes, cut into chunks. Nobody knows its entropy. */
#ifndef ROTE_DATA_IMPORT_TEXT_FACTS_H
#define ROTE_DATA_IMPORT_TEXT_FACTS_H

#include "data/facts.h"

/* Fact i is bytes i * seq_len .. of the file (the last one may be shorter) and EOS; the symbols are the bytes that
 * occur. Chunks that are equal stay. ERR_INPUT: an empty file, a NUL byte, more than 2^28 bytes. ERR_IO. */
Status text_facts_read(const char *path, int seq_len, FactSet *out, Err *err);

/* Baselines of such a set: order_bits. ERR_NOMEM. */
Status text_facts_count(FactSet *facts, Err *err);

#endif
