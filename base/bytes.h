/* A byte buffer that grows as it is written, and a reader that checks every bound: the sections of an archive
 * consist of such bytes (docs/formats.md). Numbers are little-endian; a varint has seven bits a byte, least
 * significant first, the top bit set where more follow, and no unnecessary last byte. */
#ifndef ROTE_BASE_BYTES_H
#define ROTE_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed one is empty. When an allocation fails, `failed` is set and later bytes are dropped, so the caller checks
 * once, at the end. Free with bytes_free, after an error too. */
typedef struct Bytes {
    uint8_t *data;
    size_t size, capacity; /* bytes written, bytes allocated */
    bool failed;
} Bytes;

void bytes_add(Bytes *b, const void *data, size_t size);
void bytes_byte(Bytes *b, uint8_t value);
void bytes_u32(Bytes *b, uint32_t value);
void bytes_u64(Bytes *b, uint64_t value);
void bytes_f64(Bytes *b, double value);
void bytes_varint(Bytes *b, uint64_t value);
void bytes_free(Bytes *b);

/* Reads bytes of another owner, from `at` up to `end`. A read past the end, or of a malformed varint, sets `failed`;
 * after that every value is 0, so the caller checks once, at the end. */
typedef struct ByteReader {
    const uint8_t *at, *end;
    bool failed;
} ByteReader;

/* The next `size` bytes, in place; NULL (and failed): fewer are left. */
const uint8_t *read_bytes(ByteReader *r, size_t size);
uint8_t read_byte(ByteReader *r);
uint32_t read_u32(ByteReader *r);
uint64_t read_u64(ByteReader *r);
double read_f64(ByteReader *r);
/* A value above `max` is malformed. */
uint64_t read_varint(ByteReader *r, uint64_t max);
/* Whether no read failed and no byte is left. */
bool read_whole(const ByteReader *r);

#endif
