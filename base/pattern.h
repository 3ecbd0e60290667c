/* Regular expressions over characters: PCRE2, in UTF-8 where the expression is UTF-8. */
#ifndef ROTE_BASE_PATTERN_H
#define ROTE_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

typedef struct Pattern Pattern;

/* Compiles `regex`; out NULL: only checks it. Free with pattern_free. Sizes and steps are bounded: an expression
 * that would need too much memory or time is an error here or in pattern_matches. ERR_INPUT: not a regular
 * expression, or too large; the message names the place and begins with `what`. ERR_NOMEM. */
Status pattern_create(Pattern **out, const char *regex, const char *what, Err *err);
void pattern_free(Pattern *pattern);

/* *out: whether it matches anywhere in the text of `size` bytes; bytes that are not UTF-8 match nothing. ERR_INPUT:
 * the expression needs more than PATTERN_STEPS steps on this text. ERR_NOMEM. */
Status pattern_matches(const Pattern *pattern, const char *text, size_t size, bool *out, Err *err);

/* Bounds: steps of a match, KiB of its memory, and bytes of a compiled expression. */
enum { PATTERN_STEPS = 1000000, PATTERN_HEAP_KIB = 16 * 1024, PATTERN_BYTES = 64 * 1024 };

#endif
