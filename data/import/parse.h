/* The records of an opened file, in the file's order; columns: names and header, the rest is as it was. */
#ifndef ROTE_DATA_IMPORT_PARSE_H
#define ROTE_DATA_IMPORT_PARSE_H

#include "data/import/import.h"
#include "data/import/rows.h"
#include "data/records.h"

Status parse_tsv(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err);
Status parse_csv(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err);
Status parse_text(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err);
Status parse_jsonl(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err);

#endif
