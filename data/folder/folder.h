/* The fact set as a folder that a person can read (docs/formats.md). */
#ifndef ROTE_DATA_FOLDER_FOLDER_H
#define ROTE_DATA_FOLDER_FOLDER_H

#include <stdio.h>

#include "data/facts.h"

/* A fact set as a folder: records.tsv, vocab.json where there is text, manifest.json (docs/formats.md).
 * facts_save makes the folder; one that is not empty is ERR_INPUT. A set that failed half-way is removed
 * again. facts_load gives back what was saved, every field. ERR_INPUT: no fact set there. ERR_FORMAT: torn or
 * altered. */
Status facts_save(const FactSet *facts, const char *dir, Err *err);
Status facts_load(const char *dir, FactSet *out, Err *err);

/* The facts alone, in order, as records.tsv of plain random or imported facts has them: a table of texts, or token
 * numbers. path is for the messages. ERR_NOMEM; a failed write shows in the stream. */
Status facts_write_records(FILE *stream, const char *path, const FactSet *facts, bool table, Err *err);

#endif
