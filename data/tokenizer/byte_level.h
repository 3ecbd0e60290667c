/* The alphabet in which vocabularies of byte-level BPE write bytes, so that every token is visible text: byte b is
 * character b where that is printable (! to ~, U+00A1 to U+00AC, U+00AE to U+00FF), and the others, in their order, are
 * U+0100 and up: a space is U+0120. Source: bytes_to_unicode() of GPT-2's encoder.py. */
#ifndef ROTE_DATA_TOKENIZER_BYTE_LEVEL_H
#define ROTE_DATA_TOKENIZER_BYTE_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Writes the bytes that the text spells, at most text.size, and their number; false: a character is not of the
 * alphabet, and `out` holds those before it. */
bool byte_level_read(Text text, char *out, size_t *size);
/* The character of a byte, as UTF-8: 1 or 2 bytes; returns their number. */
int byte_level_write(char out[2], uint8_t byte);

#endif
