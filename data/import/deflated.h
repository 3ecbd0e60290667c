/* The size of texts, end to end, after deflate at level 9: a baseline where the entropy is unknown. */
#ifndef ROTE_DATA_IMPORT_DEFLATED_H
#define ROTE_DATA_IMPORT_DEFLATED_H

#include <stdint.h>

#include <zlib.h>

#include "base/err.h"
#include "base/text.h"

typedef struct Deflated {
    z_stream z;
    int64_t bytes; /* of output so far */
} Deflated;

/* ERR_NOMEM. After OK, deflated_end must follow: it frees the stream and returns the size in bytes. */
Status deflated_begin(Deflated *out, Err *err);
void deflated_add(Deflated *d, Text text);
void deflated_add_char(Deflated *d, char c);
int64_t deflated_end(Deflated *d);

#endif
