/* The parsers of data/import/import.h. Internal to data/import/. */
#ifndef ROTE_DATA_IMPORT_PARSE_H
#define ROTE_DATA_IMPORT_PARSE_H

#include "data/import/import.h"
#include "data/import/rows.h"
#include "data/records.h"

/* The records of an opened file, in the order of the file.
 *   out       the texts point into the file's buffer
 *   columns   names and header are filled in; suspected and line are not changed
 * ERR_INPUT: "file:line: what". ERR_NOMEM. */
Status parse_tsv(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err);
Status parse_csv(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err);
Status parse_text(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err);
Status parse_jsonl(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err);

#endif
