/* Philox 4x32-10 as a function of (seed, purpose, sub, index, attempt); docs/math.md shows the layout. */
#include "base/random.h"

#include "base/err.h"
#include "base/exact.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

enum { ATTEMPT_SHIFT = 8 }; /* the purpose has 8 bits of counter word 3, the attempt 24 */

Stream random_stream(uint64_t seed, Purpose purpose, uint32_t sub) {
    CHECK(purpose >= 0 && (uint32_t)purpose < (1u << ATTEMPT_SHIFT));
    return (Stream){{(uint32_t)seed, (uint32_t)(seed >> 32)}, (uint32_t)purpose, sub};
}

static void block(uint32_t out[4], Stream s, uint64_t index, uint32_t attempt) {
    philox4x32_key_t key = {{s.key[0], s.key[1]}};
    philox4x32_ctr_t counter = {
        {(uint32_t)index, (uint32_t)(index >> 32), s.sub, s.purpose | attempt << ATTEMPT_SHIFT}};
    philox4x32_ctr_t r = philox4x32_R(10, counter, key);
    for (int i = 0; i < 4; i++) out[i] = r.v[i];
}

static uint64_t join(uint32_t low, uint32_t high) { return (uint64_t)high << 32 | low; }

void random_block(uint32_t out[4], Stream s, uint64_t index) { block(out, s, index, 0); }

uint64_t random_bits(Stream s, uint64_t index) {
    uint32_t w[4];
    block(w, s, index, 0);
    return join(w[0], w[1]);
}

double random_unit(Stream s, uint64_t index) { return (double)(random_bits(s, index) >> 11) * 0x1p-53; }

uint64_t random_below(Stream s, uint64_t index, uint64_t n) {
    CHECK(n >= 1);
    uint64_t excess = (0 - n) % n; /* 2^64 mod n: this many of the 2^64 values are rejected */
    for (uint32_t attempt = 0;; attempt++) {
        CHECK(attempt < 1u << (32 - ATTEMPT_SHIFT)); /* each attempt fails with probability below 1/2 */
        uint32_t w[4];
        block(w, s, index, attempt);
        uint64_t bits = join(w[0], w[1]);
        if (bits >= excess) return bits % n;
    }
}

double random_normal(Stream s, uint64_t index) {
    uint32_t w[4];
    block(w, s, index, 0);
    double radius = (double)((join(w[0], w[1]) >> 11) + 1) * 0x1p-53; /* (0, 1]: its logarithm is finite */
    double turn = (double)(join(w[2], w[3]) >> 11) * 0x1p-53;
    return __builtin_sqrt(-2.0 * exact_log(radius)) * exact_cos(0x1.921fb54442d18p+2 * turn); /* 2 pi */
}

void random_permutation(int32_t *out, int32_t n, Stream s) {
    for (int32_t i = 0; i < n; i++) {
        int32_t j = (int32_t)random_below(s, (uint64_t)i, (uint64_t)i + 1);
        out[i] = out[j];
        out[j] = i;
    }
}
