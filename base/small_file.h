/* Small text files of the kernel (/proc, /sys), read without allocating: where memory runs out, what they say must not
 * turn into "unknown". */
#ifndef ROTE_BASE_SMALL_FILE_H
#define ROTE_BASE_SMALL_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum { SMALL_FILE_MAX = 8192 };

/* The file's first bytes, ended by a NUL, in `out` of SMALL_FILE_MAX bytes; false: it cannot be read, out is empty. */
bool small_file_read(const char *path, char *out);
/* Goes through the lines of such a text: the line that begins at *at, its end replaced by a NUL; *at moves behind it.
 * NULL: there is none. */
char *small_file_line(char **at);

#endif
