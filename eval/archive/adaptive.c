#include "eval/archive/adaptive.h"

#include "base/err.h"

enum { STEP = 2, TOTAL_MAX = 1 << 16 };

void adaptive_begin(Adaptive *a, int n) {
    CHECK(n >= 1 && n <= ADAPTIVE_MAX);
    a->n = n;
    a->total = (uint32_t)n;
    for (int i = 0; i < n; i++) a->count[i] = 1;
}

static void learn(Adaptive *a, int symbol) {
    a->count[symbol] += STEP;
    a->total += STEP;
    if (a->total <= TOTAL_MAX) return;
    a->total = 0;
    for (int i = 0; i < a->n; i++) a->total += a->count[i] = (a->count[i] + 1) / 2;
}

void adaptive_encode(Adaptive *a, RangeEncoder *e, int symbol) {
    CHECK(symbol >= 0 && symbol < a->n);
    uint32_t start = 0;
    for (int i = 0; i < symbol; i++) start += a->count[i];
    range_encode(e, start, a->count[symbol], a->total);
    learn(a, symbol);
}

int adaptive_decode(Adaptive *a, RangeDecoder *d) {
    uint64_t target = range_decode_target(d, a->total);
    uint32_t start = 0;
    int symbol = 0;
    while (start + a->count[symbol] <= target) start += a->count[symbol++];
    range_decode(d, start, a->count[symbol], a->total);
    learn(a, symbol);
    return symbol;
}

/* ---- whole numbers ---- */

void adaptive_int_begin(AdaptiveInt *a) {
    adaptive_begin(&a->bits, 33);
    for (int i = 0; i <= 32; i++) adaptive_begin(&a->high[i], i < 2 ? 1 : i == 2 ? 2 : 4);
}

void adaptive_int_encode(AdaptiveInt *a, RangeEncoder *e, uint32_t value) {
    int bits = value ? 32 - __builtin_clz(value) : 0, rest = bits - 1;
    adaptive_encode(&a->bits, e, bits);
    if (rest < 1) return;
    int high = rest < 2 ? rest : 2, low = rest - high;
    uint32_t below = value - (1u << rest); /* the first bit is known */
    adaptive_encode(&a->high[bits], e, (int)(below >> low));
    range_encode_bits(e, below & ((1u << low) - 1), low);
}

uint32_t adaptive_int_decode(AdaptiveInt *a, RangeDecoder *d) {
    int bits = adaptive_decode(&a->bits, d), rest = bits - 1;
    if (rest < 1) return (uint32_t)bits;
    int high = rest < 2 ? rest : 2, low = rest - high;
    uint32_t top = (uint32_t)adaptive_decode(&a->high[bits], d);
    return (1u << rest) + (top << low) + (uint32_t)range_decode_bits(d, low);
}
