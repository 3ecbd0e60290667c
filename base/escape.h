/* Escapes by which any bytes fit into a line that a person can read: \t \n \r \\, and \xHH for every other control byte
 * and for bytes that are not UTF-8. All other text is unchanged. */
#ifndef ROTE_BASE_ESCAPE_H
#define ROTE_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

enum { ESCAPED_MAX = 4 }; /* bytes that one byte can become */

/* Writes the escaped form of the character at the front of *size > 0 bytes, which are passed over; returns the bytes
 * written. */
size_t escape_next(char out[ESCAPED_MAX], const char **at, size_t *size);
/* The byte at the front of *size > 0 bytes, maybe escaped, which are passed over; -1: the escape is malformed. */
int unescape_next(const char **at, size_t *size);

/* A NUL-ended text, escaped, in size > 0 bytes with a NUL; false: they do not suffice, and out is cut. */
bool escape(char *out, size_t size, const char *text);
/* Undoes it in place; false: an escape is malformed, or is that of a NUL, and text is as it was. */
bool unescape(char *text);

#endif
