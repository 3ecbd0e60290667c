/* records.tsv of a set that is not plain: the sequences of the pool with their roles, prompts, tags and fields, as
 * token numbers, and as text for the reader (docs/formats.md). Internal to data/folder/. */
#ifndef ROTE_DATA_FOLDER_POOL_RECORDS_H
#define ROTE_DATA_FOLDER_POOL_RECORDS_H

#include <stdio.h>

#include "data/facts.h"
#include "data/import/rows.h"

/* A failed write shows in the stream. */
void pool_records_write(FILE *stream, const FactSet *facts);

/* Fills the arrays of a set whose counts, max_len, n_fields, tag_names, vocab and kind are set.
 *   tokens   in all, from the manifest
 * ERR_FORMAT: "file:line: what". ERR_NOMEM. */
Status pool_records_read(FactSet *facts, Rows *rows, int64_t tokens, Err *err);

#endif
