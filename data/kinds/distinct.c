#include "data/kinds/distinct.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/random.h"
#include "data/seen.h"

static bool same_number(const void *items, int32_t a, int32_t b) {
    const uint64_t *number = items;
    return number[a] == number[b];
}

static Status draw_until_distinct(uint64_t *out, int n, uint64_t space, Stream stream, Err *err) {
    Seen seen;
    TRY(seen_init(&seen, n, same_number, out, err));
    uint64_t index = 0;
    for (int32_t i = 0; i < n;) {
        out[i] = random_below(stream, index++, space);
        if (seen_enter(&seen, XXH3_64bits(&out[i], sizeof out[i]), i) < 0) i++;
    }
    seen_free(&seen);
    return OK;
}

static Status draw_by_shuffle(uint64_t *out, int n, uint64_t space, Stream stream, Err *err) {
    uint64_t *number = malloc(space * sizeof *number); /* space < 2 n */
    if (!number)
        return err_set(err, ERR_NOMEM, "no memory to shuffle %llu numbers", (unsigned long long)space);
    for (uint64_t i = 0; i < space; i++) number[i] = i;
    for (uint64_t i = 0; i < (uint64_t)n; i++) {
        uint64_t j = i + random_below(stream, i, space - i);
        out[i] = number[j];
        number[j] = number[i];
    }
    free(number);
    return OK;
}

Status draw_distinct(uint64_t *out, int n, uint64_t space, uint64_t seed, uint32_t sub, Err *err) {
    CHECK(n >= 0 && (uint64_t)n <= space);
    if ((uint64_t)n > space / 2)
        return draw_by_shuffle(out, n, space, random_stream(seed, RANDOM_FACTS, sub + 1), err);
    return draw_until_distinct(out, n, space, random_stream(seed, RANDOM_FACTS, sub), err);
}
