/* How small deflate -9 makes texts, end to end: a baseline where nobody knows the entropy. */
#ifndef ROTE_DATA_IMPORT_DEFLATED_H
#define ROTE_DATA_IMPORT_DEFLATED_H

#include <stdint.h>

#include <zlib.h>

#include "base/err.h"
#include "data/text.h"

typedef struct Deflated {
    z_stream z;
    int64_t bytes;
} Deflated;

/* ERR_NOMEM; after OK, deflated_end frees what is held and returns the size. */
Status deflated_begin(Deflated *out, Err *err);
void deflated_add(Deflated *d, Text text);
void deflated_add_char(Deflated *d, char c);
int64_t deflated_end(Deflated *d);

#endif
