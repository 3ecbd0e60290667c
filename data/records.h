/* Records: facts as a person wrote them, prompt, answer and tag, before they are tokens. Parsers fill them,
 * records become tokens in one place, and a folder is read back through the same door. */
#ifndef ROTE_DATA_RECORDS_H
#define ROTE_DATA_RECORDS_H

#include "base/file.h"
#include "data/text.h"

typedef struct Record {
    Text prompt, answer, tag; /* data NULL: no prompt, no tag */
    int32_t line;             /* where it begins */
} Record;

typedef struct Records {
    Record *item;
    int32_t n, capacity;
    Buffer file; /* what the texts point into; parsers unescape in place */
} Records;

Status records_add(Records *records, Record record, Err *err);
void records_free(Records *records);

#endif
