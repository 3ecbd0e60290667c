/* Well-formed UTF-8 (Unicode 15, table 3-7): no overlong sequence, no surrogate, nothing beyond U+10FFFF. */
#ifndef ROTE_BASE_UTF8_H
#define ROTE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character at the front of left > 0 bytes, 1 to 4; 0: there is none. A control character, NUL too, is
 * one. */
size_t utf8_character(const char *text, size_t left);

/* Whether the bytes are UTF-8 as a whole, and hold no NUL. */
bool utf8_text(const char *text, size_t size);

#endif
