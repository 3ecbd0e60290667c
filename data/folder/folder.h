/* A fact set as a folder that a person can read: records.tsv, vocab.json where there is text, manifest.json
 * (docs/formats.md). */
#ifndef ROTE_DATA_FOLDER_FOLDER_H
#define ROTE_DATA_FOLDER_FOLDER_H

#include <stdio.h>

#include "data/facts.h"

/* Makes the folder and writes the set into it, the manifest last. When that fails, what was written is removed again.
 * ERR_INPUT: the folder is not empty, or its name is empty or too long. ERR_IO. ERR_NOMEM. */
Status facts_save(const FactSet *facts, const char *dir, Err *err);

/* Reads a folder: every field of the set is as it was saved. The tokens are derived from the records again, and the
 * hash and the figures must be those of the manifest. Free with facts_free; after an error nothing is left to free.
 * ERR_INPUT: there is no fact set. ERR_FORMAT: a file is torn or was altered. ERR_IO. ERR_NOMEM. */
Status facts_load(const char *dir, FactSet *out, Err *err);

/* The facts alone, in order, as records.tsv has them in a set of plain random or imported facts.
 *   path    for the messages
 *   table   true: a table of texts; false: token numbers, a fact a line
 * ERR_NOMEM. A failed write shows in the stream. */
Status facts_write_records(FILE *stream, const char *path, const FactSet *facts, bool table, Err *err);

#endif
