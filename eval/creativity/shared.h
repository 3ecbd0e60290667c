/* The longest n-grams that texts share with the training data, by a suffix array (Manber and Myers 1993). */
#ifndef ROTE_EVAL_CREATIVITY_SHARED_H
#define ROTE_EVAL_CREATIVITY_SHARED_H

#include "base/err.h"
#include "eval/creativity/texts.h"

typedef struct SuffixArray {
    int32_t n; /* positions: all tokens */
    /* n positions, in the order of the suffixes that begin there, up to the end of their text */
    int32_t *suffix;
    int32_t *end;   /* n: where the text of a position ends */
    int32_t *token; /* n */
} SuffixArray;

/* A suffix ends with its text, so no n-gram spans two. Time N (log N)^2 for N tokens. ERR_INPUT: more than 2^30 tokens.
 * ERR_NOMEM. Free with suffix_array_free, after an error too. */
Status suffix_array_create(SuffixArray *out, const Texts *texts, Err *err);
void suffix_array_free(SuffixArray *array);

/* The length of the longest prefix of a sequence that occurs in the array. */
int suffix_array_match(const SuffixArray *array, const int32_t *tokens, int n);
/* The longest n-gram of the sequence that occurs in the array: its number of tokens. */
int suffix_array_longest(const SuffixArray *array, const int32_t *tokens, int n);

#endif
