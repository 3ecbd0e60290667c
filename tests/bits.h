/* Arrays compared bit for bit; for one test program to include, after cmocka.h. */
#ifndef ROTE_TESTS_BITS_H
#define ROTE_TESTS_BITS_H

#include <stdlib.h>
#include <string.h>

static void *zeroed(size_t bytes) {
    void *p = calloc(1, bytes + 1);
    assert_non_null(p);
    return p;
}

static void same_bits(const void *a, const void *b, size_t bytes, const char *what) {
    if (memcmp(a, b, bytes) != 0) fail_msg("%s: other bits (the seed stands at the top)", what);
}

#endif
