/* A user's own facts, from tables, JSON lines or text. */
#ifndef ROTE_DATA_IMPORT_H
#define ROTE_DATA_IMPORT_H

#include <stdbool.h>

#include "data/facts.h"

typedef enum ImportFormat { IMPORT_AUTO, IMPORT_TSV, IMPORT_CSV, IMPORT_JSONL, IMPORT_TEXT } ImportFormat;
typedef struct ImportOptions {
    ImportFormat format;
    bool bytes;           /* byte vocabulary (default); else symbols: whitespace-separated words */
    bool allow_conflicts; /* one prompt, two answers */
    const char *prompt, *answer,
        *tag; /* field names; NULL: prompt/answer/tag where the header has them, else columns 1, 2, 3 */
} ImportOptions;
/* A user's own facts. Errors are ERR_INPUT, "file:line: what". Duplicates are dropped and counted;
 * conflicting facts are refused with the first five shown. */
Status facts_import(const char *path, const ImportOptions *options, FactSet *out, Err *err);

#endif
