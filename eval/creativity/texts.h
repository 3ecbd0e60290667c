/* Token sequences of any length, one after the other: samples of a model, or what it was trained on. */
#ifndef ROTE_EVAL_CREATIVITY_TEXTS_H
#define ROTE_EVAL_CREATIVITY_TEXTS_H

#include <stdint.h>

typedef struct Texts {
    int n;
    const int64_t *start; /* n + 1 */
    const int32_t *token; /* start[n] */
} Texts;

static inline const int32_t *text_of(const Texts *texts, int i) { return texts->token + texts->start[i]; }
static inline int text_length(const Texts *texts, int i) {
    return (int)(texts->start[i + 1] - texts->start[i]);
}

#endif
