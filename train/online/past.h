/* The part of a file that encoder and decoder both know: the bytes before `at`, and the first bits of the
 * byte there. */
#ifndef ROTE_TRAIN_ONLINE_PAST_H
#define ROTE_TRAIN_ONLINE_PAST_H

#include <stddef.h>
#include <stdint.h>

typedef struct Past {
    const uint8_t *data; /* the first `at` bytes are known */
    size_t at;
    int bits;    /* known bits of the byte at `at`, 0 to 7 */
    int partial; /* a 1, then those bits: 1 to 255 */
} Past;

/* The byte `back` positions before `at` (1: the last one); 0 before the beginning. */
static inline uint32_t past_byte(const Past *p, size_t back) {
    return back <= p->at ? p->data[p->at - back] : 0;
}

#endif
