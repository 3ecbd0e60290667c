/* A range coder: codes a message of symbols with given integer probabilities in as many bits as their information
 * content (Martin 1979, "Range encoding"; Schindler 1998). It knows no model. A symbol is an interval start .. start
 * + size - 1 of `total`, with size at least 1 and total at most 2^32. The range has 64 bits and never falls below
 * 2^56, so a symbol costs at most 1e-7 bits more than -log2(size / total); the remainder of the division belongs to
 * the interval that ends at `total`. The end of a message costs at most 8 bytes. Every message has exactly one
 * encoding, so a decoder that has read it can check every byte. Only integers are used: the same bytes on every
 * machine. */
#ifndef ROTE_EVAL_ARCHIVE_RANGE_CODER_H
#define ROTE_EVAL_ARCHIVE_RANGE_CODER_H

#include "base/bytes.h"

#define RANGE_TOTAL ((uint64_t)1 << 32)

typedef struct RangeEncoder {
    Bytes *out;
    uint64_t low, range;
} RangeEncoder;

/* Appends to out, which no one else may write to until range_end. */
RangeEncoder range_begin(Bytes *out);
void range_encode(RangeEncoder *e, uint64_t start, uint64_t size, uint64_t total);
/* Bits that are equally likely under every model: value below 2^bits, bits 0 to 32. */
void range_encode_bits(RangeEncoder *e, uint64_t value, int bits);
void range_end(RangeEncoder *e);

/* Behind the end it reads zeros. Bytes that are not a message decode to something; range_decode_end then returns
 * false. */
typedef struct RangeDecoder {
    const uint8_t *data;
    size_t size, at;
    uint64_t low, range, offset, unit;
    bool outside; /* the message begins outside the first range, which no encoder writes */
} RangeDecoder;

RangeDecoder range_decode_begin(const uint8_t *data, size_t size);
/* Returns a number below total that lies in the symbol's interval. Having found the symbol, the caller removes it
 * with range_decode. */
uint64_t range_decode_target(RangeDecoder *d, uint64_t total);
void range_decode(RangeDecoder *d, uint64_t start, uint64_t size, uint64_t total);
uint64_t range_decode_bits(RangeDecoder *d, int bits);
/* Whether the message was exactly these bytes: none missing, none left over, the last ones as an encoder writes
 * them. */
bool range_decode_end(const RangeDecoder *d);

#endif
