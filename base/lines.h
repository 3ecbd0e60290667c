/* The lines of a text that people write: each ends in LF, CR LF or CR, mixed as they come, and the last may have no
 * end. A byte order mark before the first is left out. */
#ifndef ROTE_BASE_LINES_H
#define ROTE_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/file.h"

typedef struct Lines {
    const char *line; /* without its end; a line end or a NUL follows */
    size_t size;      /* bytes of it */
    int number;       /* from 1 */
    bool ended;       /* false: the last one, without a line end, or cut there */
    const char *next;
} Lines;

/* Before the first line of a text that ends in NUL. */
Lines lines_of(const char *text);
/* Goes to the next line; false: there is none. A line end at the end of the text begins no further line. */
bool lines_next(Lines *lines);

/* Reads a file of lines as file_read_stream does. ERR_INPUT: also where it contains a NUL byte; the message has its
 * line. Free with buffer_free. */
Status lines_read(const char *path, size_t max_bytes, Buffer *out, Err *err);

#endif
