/* A text in memory that is written like a file. After a failed allocation glibc's open_memstream may return a
 * shorter text or NULL without an error; here the first failure is kept, and text_end returns it. */
#ifndef ROTE_BASE_TEXT_STREAM_H
#define ROTE_BASE_TEXT_STREAM_H

#include <stdio.h>

#include "base/err.h"

typedef struct TextStream TextStream;

/* A new empty text. ERR_NOMEM. End it with text_end or text_abort. */
Status text_begin(TextStream **out, Err *err);
/* The stream to write to, with fprintf and so on. Errors may be ignored: text_end returns them. */
FILE *text_file(TextStream *text);
/* The text, ended by a NUL that *size (may be NULL) does not count; free it. ERR_NOMEM: part of the text was lost;
 * *out is NULL. */
Status text_end(TextStream *text, char **out, size_t *size, Err *err);
/* Frees it; NULL does nothing. */
void text_abort(TextStream *text);

#endif
