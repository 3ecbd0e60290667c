/* records.tsv of a set that is more than plain facts: sequences of a pool with their roles, prompts, tags and
 * fields, as token numbers, and as text for the reader (docs/formats.md). */
#ifndef ROTE_DATA_FOLDER_POOL_RECORDS_H
#define ROTE_DATA_FOLDER_POOL_RECORDS_H

#include <stdio.h>

#include "data/facts.h"
#include "data/import/rows.h"

void pool_records_write(FILE *stream, const FactSet *facts);

/* Fills a set whose counts, max_len, n_fields, tag_names, vocab and kind stand, of `tokens` tokens in all.
 * ERR_FORMAT: "file:line: what". */
Status pool_records_read(FactSet *facts, Rows *rows, int64_t tokens, Err *err);

#endif
