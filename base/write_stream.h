/* A stream to a descriptor that keeps the reason of its first failing write. One of fdopen keeps only that a write has
 * failed: where later writes succeed, errno at the end of a long file tells of something else. */
#ifndef ROTE_BASE_WRITE_STREAM_H
#define ROTE_BASE_WRITE_STREAM_H

#include <stdio.h>

typedef struct WriteStream {
    FILE *file; /* write here; fclose closes the descriptor */
    int fd;     /* for calls that take one: a file of this kind has no fileno */
    int failed; /* errno of the first write that failed; 0: none */
} WriteStream;

/* Takes the descriptor over. The stream refers to *out, which must stay where it is. Returns 0, or an errno; the
 * descriptor is then left open. */
int write_stream_open(WriteStream *out, int fd);

/* Writes what is buffered. Returns 0, or the reason of the first write that failed, now or before. */
int write_stream_flush(WriteStream *stream);

#endif
