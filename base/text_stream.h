/* A text in memory that is written like a file. glibc's open_memstream forgets what it had no memory for, and hands out
 * a shorter text or NULL without an error; here the first failure is kept and named at the end. */
#ifndef ROTE_BASE_TEXT_STREAM_H
#define ROTE_BASE_TEXT_STREAM_H

#include <stdio.h>

#include "base/err.h"

typedef struct TextStream TextStream;

/* A new empty text. ERR_NOMEM. End it with text_end or text_abort. */
Status text_begin(TextStream **out, Err *err);
/* Where to write; fprintf and the like. Errors may be ignored: text_end knows them. */
FILE *text_file(TextStream *text);
/* The text, ended by a NUL that *size (may be NULL) does not count; free it. ERR_NOMEM: some of it was lost, *out
 * NULL. */
Status text_end(TextStream *text, char **out, size_t *size, Err *err);
/* Drops it; NULL does nothing. */
void text_abort(TextStream *text);

#endif
