/* Pre-tokenization: regular expressions that divide a text into pieces, within which tokens are merged. */
#ifndef ROTE_DATA_TOKENIZER_PATTERNS_H
#define ROTE_DATA_TOKENIZER_PATTERNS_H

#include "base/pattern.h"
#include "data/tokenizer/tokenizer.h"

typedef struct Patterns {
    int n;
    Pattern *pattern[TOKENIZER_PATTERNS_MAX];
    char *text[TOKENIZER_PATTERNS_MAX]; /* as given */
} Patterns;

/* Compiles them. ERR_INPUT: one is no regular expression; the message begins with `where`. ERR_NOMEM. Free with
 * patterns_free, after an error too. */
Status patterns_create(Patterns *out, int n, const char *const *text, const char *where, Err *err);
void patterns_free(Patterns *p);

/* The first known name of these patterns; NULL: they have none. */
const char *patterns_name(const Patterns *p, bool whole_pieces);

/* Calls `each` for the pieces of a text, in their order. Matches of the first pattern and what is between them are
 * pieces, which the next pattern divides further. Bytes that are not UTF-8 are pieces of their own. Stops at the first
 * error, of `each` or of pattern_next. */
typedef Status PieceFunction(void *user, Text piece, Err *err);
Status patterns_split(const Patterns *p, Text text, PieceFunction *each, void *user, Err *err);

#endif
