/* Records: facts as a person wrote them (prompt, answer, tag), before they are tokens. Parsers fill them; one place
 * (data/import/encode.h) makes tokens of them, for imports and for folders that are read back. */
#ifndef ROTE_DATA_RECORDS_H
#define ROTE_DATA_RECORDS_H

#include "base/file.h"
#include "base/text.h"

typedef struct Record {
    Text prompt, answer, tag; /* prompt.data or tag.data NULL: there is none */
    int32_t line;             /* of the file where the record begins, from 1 */
} Record;

typedef struct Records {
    Record *item;
    int32_t n, capacity;
    Buffer file; /* owns the bytes that the texts point into; parsers remove escapes in place */
} Records;

/* Appends a record; a zeroed Records is empty. ERR_NOMEM. */
Status records_add(Records *records, Record record, Err *err);
void records_free(Records *records);

#endif
