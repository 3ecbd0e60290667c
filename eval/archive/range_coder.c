#include "eval/archive/range_coder.h"

#include "base/err.h"

#define RANGE_MIN ((uint64_t)1 << 56)

/* ---- both sides ---- */

/* The interval of a symbol within the range; unit = range / total. */
static uint64_t interval(uint64_t *range, uint64_t unit, uint64_t start, uint64_t size, uint64_t total) {
    uint64_t add = unit * start;
    *range = start + size < total ? unit * size : *range - add;
    return add;
}

/* The smallest number of bytes k whose value, followed by zeros, lies in low .. low + range - 1: they end the
 * message.
 *   value   the 64 bits of that number; where it has passed 2^64, the carry is then propagated */
static int last_bytes(uint64_t low, uint64_t range, uint64_t *value) {
    int k = 0;
    for (; k < 8; k++) {
        uint64_t below = UINT64_MAX >> 8 * k,
                 up = -low & below; /* from low to the next multiple of 2^(64 - 8k) */
        if (up < range) {
            *value = low + up;
            return k;
        }
    }
    *value = low;
    return k;
}

/* ---- encoder ---- */

RangeEncoder range_begin(Bytes *out) { return (RangeEncoder){out, 0, UINT64_MAX}; }

static void advance(RangeEncoder *e, uint64_t add) {
    e->low += add;
    if (e->low >= add || e->out->failed) return;
    for (size_t i = e->out->size; i > 0 && ++e->out->data[i - 1] == 0;) i--; /* the carry */
}

void range_encode(RangeEncoder *e, uint64_t start, uint64_t size, uint64_t total) {
    CHECK(size > 0 && start + size <= total && total <= RANGE_TOTAL);
    advance(e, interval(&e->range, e->range / total, start, size, total));
    for (; e->range < RANGE_MIN; e->range <<= 8, e->low <<= 8) bytes_byte(e->out, (uint8_t)(e->low >> 56));
}

void range_encode_bits(RangeEncoder *e, uint64_t value, int bits) {
    range_encode(e, value, 1, (uint64_t)1 << bits);
}

void range_end(RangeEncoder *e) {
    uint64_t value;
    int k = last_bytes(e->low, e->range, &value);
    advance(e, value - e->low);
    for (; k > 0; k--, value <<= 8) bytes_byte(e->out, (uint8_t)(value >> 56));
}

/* ---- decoder ---- */

static uint64_t next_byte(RangeDecoder *d) {
    uint64_t byte = d->at < d->size ? d->data[d->at] : 0;
    d->at++;
    return byte;
}

RangeDecoder range_decode_begin(const uint8_t *data, size_t size) {
    RangeDecoder d = {.data = data, .size = size, .range = UINT64_MAX};
    for (int i = 0; i < 8; i++) d.offset = d.offset << 8 | next_byte(&d);
    d.outside = d.offset >= d.range; /* from then on it would stay outside until it wraps around */
    return d;
}

uint64_t range_decode_target(RangeDecoder *d, uint64_t total) {
    CHECK(total > 0 && total <= RANGE_TOTAL);
    d->unit = d->range / total;
    uint64_t target = d->offset / d->unit;
    return target < total ? target : total - 1;
}

void range_decode(RangeDecoder *d, uint64_t start, uint64_t size, uint64_t total) {
    uint64_t add = interval(&d->range, d->unit, start, size, total);
    d->low += add;
    d->offset -= add;
    for (; d->range < RANGE_MIN; d->range <<= 8, d->low <<= 8) d->offset = d->offset << 8 | next_byte(d);
}

uint64_t range_decode_bits(RangeDecoder *d, int bits) {
    uint64_t total = (uint64_t)1 << bits, value = range_decode_target(d, total);
    range_decode(d, value, 1, total);
    return value;
}

bool range_decode_end(const RangeDecoder *d) {
    uint64_t value;
    size_t k = (size_t)last_bytes(d->low, d->range, &value);
    return !d->outside && d->offset == value - d->low && d->at + k == d->size + 8;
}
