/* Paths that the user names: what may be read, and what may be replaced. */
#ifndef ROTE_CLI_COMMON_OUTPUT_H
#define ROTE_CLI_COMMON_OUTPUT_H

#include <stdbool.h>

#include "base/err.h"

/* Whether an output file may be written to path: nothing exists there, or force (--force), or a file that rote wrote.
 *   mark  a text in the first 4096 bytes of such a file; NULL: no existing file may be replaced
 *   what  the file's kind, for the message: "a report of rote's"
 * A folder is never replaced. ERR_INPUT otherwise. */
Status output_check(const char *path, const char *mark, const char *what, bool force, Err *err);

/* ERR_INPUT: there is no such file. */
Status input_check(const char *path, Err *err);

#endif
