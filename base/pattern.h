/* Regular expressions over characters: PCRE2, in UTF-8 where the expression is UTF-8. */
#ifndef ROTE_BASE_PATTERN_H
#define ROTE_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

typedef struct Pattern Pattern;

/* Compiles `regex`; *out may be NULL to only check it. Free it with pattern_free. Sizes and steps are bounded, so an
 * expression that explodes is refused here, or by pattern_matches, instead of taking memory and time without end.
 * ERR_INPUT: not a regular expression, or too large a one; the message names the place and begins with `what`.
 * ERR_NOMEM. */
Status pattern_create(Pattern **out, const char *regex, const char *what, Err *err);
void pattern_free(Pattern *pattern);

/* *out: whether it matches anywhere in the text of `size` bytes; bytes that are not UTF-8 match nothing.
 * ERR_INPUT: the expression needs more steps on this text than PATTERN_STEPS, or calls itself without end.
 * ERR_NOMEM. */
Status pattern_matches(const Pattern *pattern, const char *text, size_t size, bool *out, Err *err);

/* An expression for pattern_next. Errors as pattern_create. */
Status pattern_create_next(Pattern **out, const char *regex, const char *what, Err *err);
/* The first match that begins at byte `from` or later: bytes *begin up to *end. The text must be UTF-8: this is not
 * checked, so that a long text with many matches takes linear time. One thread at a time may use a pattern.
 *   *found  false: there is none
 * Errors as pattern_matches. */
Status pattern_next(const Pattern *pattern, const char *text, size_t size, size_t from, bool *found,
                    size_t *begin, size_t *end, Err *err);

/* What a match may take: steps of the matcher, KiB of its memory, and bytes of a compiled expression. */
enum { PATTERN_STEPS = 1000000, PATTERN_HEAP_KIB = 16 * 1024, PATTERN_BYTES = 64 * 1024 };

#endif
