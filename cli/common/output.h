/* Paths that the user names: what may be read, and what may be replaced. */
#ifndef ROTE_CLI_COMMON_OUTPUT_H
#define ROTE_CLI_COMMON_OUTPUT_H

#include <stdbool.h>

#include "base/err.h"

/* ERR_INPUT: path is "-", for a command that does not write to standard output. For files output_check asks it. */
Status output_named(const char *path, Err *err);

/* Whether an output file may be written to path, before the work begins: its folder is there and takes new files, and
 * nothing exists at path, or force (--force), or a file that rote wrote. A link counts as the file that it leads to.
 *   mark  a text in the first 4096 bytes of such a file; NULL: no existing file may be replaced
 *   what  the file's kind, for the message: "a report of rote's"
 * A folder, a device, a pipe and a link that leads nowhere are never replaced. ERR_INPUT otherwise. */
Status output_check(const char *path, const char *mark, const char *what, bool force, Err *err);

/* ERR_INPUT: both are the same file, by device and inode. what: the rest of the message. */
Status output_not_input(const char *path, const char *input, const char *what, Err *err);

/* Where to write what the user calls path, once output_check has passed: path, or where the link of that name leads.
 * The text is in one of four static buffers. */
const char *output_target(const char *path);

bool folder_exists(const char *path);

#endif
