/* The lines of a text file, and the rows of fields in them. Errors are `bad`, "path:line: what". */
#ifndef ROTE_DATA_IMPORT_ROWS_H
#define ROTE_DATA_IMPORT_ROWS_H

#include "base/file.h"
#include "data/text.h"

enum { ROW_FIELDS_MAX = 256 };
typedef struct Rows {
    const char *path;
    Status bad; /* what a wrong line is: ERR_INPUT in a user's file, ERR_FORMAT in one of ours */
    size_t max_bytes, max_line; /* of the file, of a line */
    char *at, *end;
    int32_t line; /* the one that `at` stands in, from 1 */
    Text field[ROW_FIELDS_MAX];
    int n_fields;
    int32_t row_line; /* where the row begins */
} Rows;

/* Reads the file into buffer: path, bad and the limits stand. Skips a UTF-8 byte-order mark, refuses NUL
 * bytes, long lines and an empty file. */
Status rows_open(Rows *rows, Buffer *buffer, Err *err);
/* The next line that is not empty, without its LF or CRLF, as a row of one field; false at the end. */
bool rows_line(Rows *rows);
/* The next row, of fields parted by tabs or by the commas of CSV (RFC 4180: unescaped in place). more is
 * false at the end. Lines without any byte are skipped. */
Status rows_tsv(Rows *rows, bool *more, Err *err);
Status rows_csv(Rows *rows, bool *more, Err *err);

#endif
