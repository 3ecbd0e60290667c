/* Paths in a file that is stored: a project that is moved or copied as a whole must find its parts again. A relative
 * path is stored as the same place seen from the folder of the file; an absolute one stays as the user wrote it. */
#ifndef ROTE_BASE_PLACES_H
#define ROTE_BASE_PLACES_H

#include <stddef.h>

#include "base/err.h"

/* Stands among the first comments of a file whose relative paths begin at its folder. In other files, those that a user
 * has written, they begin at the current folder. */
#define PLACES_LINE "# relative paths begin at the folder of this file\n"

/* Turns a path of the current folder into one of `folder`, which need not exist yet. A part that is a link stays, as
 * where it leads is the user's business. Where the two places have nothing in common but the root, the path becomes
 * absolute.
 *   size  of the buffer that holds the path
 * ERR_INPUT: the result is too long. ERR_IO: the current folder or `folder` cannot be resolved. The path is then as it
 * was. */
Status place_store(char *path, size_t size, const char *folder, Err *err);

/* The other direction: a path of `folder` becomes one of the current folder. A relative one stays relative. Errors as
 * place_store. */
Status place_open(char *path, size_t size, const char *folder, Err *err);

/* The folder that a file lies in, for place_open: "." where its path is a name alone. ERR_INPUT: too long. */
Status place_folder(char *out, size_t size, const char *file, Err *err);

#endif
