/* Texts of a file, one a line, as words. */
#ifndef ROTE_CLI_CREATIVITY_TEXTS_FILE_H
#define ROTE_CLI_CREATIVITY_TEXTS_FILE_H

#include "base/err.h"
#include "eval/creativity/texts.h"

/* A word is the text between blanks, and its token the lower 31 bits of its hash: among 10^4 different words two are
 * taken for one with probability .02. Lines end in LF, CRLF or CR; empty ones are left out. ERR_IO. ERR_INPUT: a NUL
 * byte, or no text. ERR_NOMEM. Free out->start and out->token, after an error too. */
Status texts_read(const char *path, Texts *out, Err *err);

#endif
