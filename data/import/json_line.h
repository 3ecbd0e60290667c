/* Chosen fields of a line that holds one JSON object. All others are only skipped, whatever they hold: numbers of any
 * size, NaN, any nesting, texts that are not UTF-8. */
#ifndef ROTE_DATA_IMPORT_JSON_LINE_H
#define ROTE_DATA_IMPORT_JSON_LINE_H

#include <stdbool.h>

#include "data/import/rows.h"

typedef struct JsonField {
    Text text; /* data NULL: there is no such field, or it is null */
    bool null;
} JsonField;

/* Takes the fields of those names out of the line that rows_line read last. Texts are unescaped in place; numbers, true
 * and false keep their spelling. Needs no memory that grows with the line, but for escapes.
 *   name, out   n of each; the texts point into the line
 * rows->bad: not an object, cut off, or malformed; a wanted field occurs twice, is a list, an object, no JSON number,
 * or a text that is not UTF-8 or has a NUL. ERR_NOMEM. */
Status json_line_read(const Rows *rows, const char *const *name, int n, JsonField *out, Err *err);

#endif
