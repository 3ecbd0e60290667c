/* The lines of a text file, and the rows of fields in them. Errors have the status `bad` and begin with "path:line:
 * ". */
#ifndef ROTE_DATA_IMPORT_ROWS_H
#define ROTE_DATA_IMPORT_ROWS_H

#include "base/file.h"
#include "base/text.h"

enum { ROW_FIELDS_MAX = 256 };
typedef struct Rows {
    const char *path;
    Status bad; /* what a wrong line is: ERR_INPUT in a user's file, ERR_FORMAT in a file of ours */
    size_t max_bytes, max_line;  /* bytes: of the file, of a line */
    bool stream;                 /* path may be a pipe, or "-": file_read_stream */
    char delimiter;              /* of the fields of CSV; 0: a comma */
    char *at, *end;              /* what is not read yet */
    int32_t line;                /* of `at`, from 1 */
    Text field[ROW_FIELDS_MAX];  /* of the row read last */
    bool quoted[ROW_FIELDS_MAX]; /* CSV: whether the field had quotes around it */
    int n_fields;
    int32_t row_line; /* where that row begins */
} Rows;

/* LF, CR LF and CR end a line, in any mixture. */

/* Reads the file into buffer, which the caller frees; path, bad and the limits must be set. Skips a UTF-8 byte-order
 * mark. bad: UTF-16, a NUL byte, a line that is too long, an empty file. Also the errors of file_read. */
Status rows_open(Rows *rows, Buffer *buffer, Err *err);
/* The next line that is not empty, without its end, as a row of one field; false: the file ends. */
bool rows_line(Rows *rows);
/* The next row, its fields separated by tabs, or by the delimiter as in CSV (RFC 4180; quotes are removed in place).
 * Empty lines are skipped. more: false, the file ends. Returns rows->bad: a malformed
 * row, or more than ROW_FIELDS_MAX fields. */
Status rows_tsv(Rows *rows, bool *more, Err *err);
Status rows_csv(Rows *rows, bool *more, Err *err);

#endif
