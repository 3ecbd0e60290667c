#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/exact.h"

void bytes_add(Bytes *b, const void *data, size_t size) {
    if (b->failed || !size) return;
    if (size > b->capacity - b->size) {
        size_t capacity = b->capacity < 256 ? 256 : b->capacity;
        while (capacity - b->size < size && capacity <= SIZE_MAX / 2) capacity *= 2;
        uint8_t *grown = capacity - b->size < size ? NULL : realloc(b->data, capacity);
        if (!grown) {
            b->failed = true;
            return;
        }
        b->data = grown;
        b->capacity = capacity;
    }
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

void bytes_byte(Bytes *b, uint8_t value) { bytes_add(b, &value, 1); }

static void add_little(Bytes *b, uint64_t value, int n) {
    for (int i = 0; i < n; i++) bytes_byte(b, (uint8_t)(value >> 8 * i));
}

void bytes_u32(Bytes *b, uint32_t value) { add_little(b, value, 4); }
void bytes_u64(Bytes *b, uint64_t value) { add_little(b, value, 8); }
void bytes_f64(Bytes *b, double value) { bytes_u64(b, exact_bits(value)); }

void bytes_varint(Bytes *b, uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_byte(b, (uint8_t)(value | 128));
    bytes_byte(b, (uint8_t)value);
}

void bytes_free(Bytes *b) {
    free(b->data);
    memset(b, 0, sizeof *b);
}

/* ---- reading ---- */

const uint8_t *read_bytes(ByteReader *r, size_t size) {
    if (r->failed || (size_t)(r->end - r->at) < size) {
        r->failed = true;
        return NULL;
    }
    const uint8_t *here = r->at;
    r->at += size;
    return here;
}

static uint64_t read_little(ByteReader *r, int n) {
    const uint8_t *bytes = read_bytes(r, (size_t)n);
    uint64_t value = 0;
    for (int i = 0; bytes && i < n; i++) value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

uint8_t read_byte(ByteReader *r) { return (uint8_t)read_little(r, 1); }
uint32_t read_u32(ByteReader *r) { return (uint32_t)read_little(r, 4); }
uint64_t read_u64(ByteReader *r) { return read_little(r, 8); }
double read_f64(ByteReader *r) { return exact_from_bits(read_u64(r)); }

uint64_t read_varint(ByteReader *r, uint64_t max) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        uint8_t byte = read_byte(r);
        uint64_t part = byte & 127;
        if (r->failed || (shift == 63 && part > 1)) break;
        value |= part << shift;
        if (byte & 128) continue;
        if ((byte == 0 && shift > 0) || value > max) break;
        return value;
    }
    r->failed = true;
    return 0;
}

bool read_whole(const ByteReader *r) { return !r->failed && r->at == r->end; }
