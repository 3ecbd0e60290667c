/* A user's own facts, from tables, JSON lines or text. */
#ifndef ROTE_DATA_IMPORT_IMPORT_H
#define ROTE_DATA_IMPORT_IMPORT_H

#include <stdbool.h>

#include "data/facts.h"

typedef enum ImportFormat { IMPORT_AUTO, IMPORT_TSV, IMPORT_CSV, IMPORT_JSONL, IMPORT_TEXT } ImportFormat;
/* Of a table: whether the first line names the columns. AUTO: where it has the names that are asked for, or answer and
 * prompt. */
typedef enum ImportHeader { HEADER_AUTO, HEADER_YES, HEADER_NO } ImportHeader;
typedef struct ImportOptions {
    ImportFormat format;
    ImportHeader header;
    bool bytes;           /* byte vocabulary (default); else symbols: whitespace-separated words */
    bool allow_conflicts; /* one prompt, two answers */
    const char *prompt, *answer,
        *tag; /* field names, numbers of columns with HEADER_NO; NULL: prompt/answer/tag where the header has them,
                 else columns 1, 2, 3 */
} ImportOptions;

/* What was read from where, for the reader to check. */
enum { IMPORT_NAME_MAX = 64 };
typedef struct ImportColumns {
    char prompt[IMPORT_NAME_MAX], answer[IMPORT_NAME_MAX],
        tag[IMPORT_NAME_MAX]; /* "column 1 (country)"; empty: none */
    bool header;              /* a first line of names was skipped */
    bool suspected;           /* none was, but the first fact looks like one */
    int32_t line;             /* of the first fact */
} ImportColumns;

/* A user's own facts. columns may be NULL. Errors are ERR_INPUT, "file:line: what". Duplicates are dropped and counted;
 * conflicting facts are refused with the first five shown. */
Status facts_import(const char *path, const ImportOptions *options, FactSet *out, ImportColumns *columns,
                    Err *err);

#endif
