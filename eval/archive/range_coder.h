/* The range coder: a message of symbols with given probabilities, as integers, in as many bits as they are worth
 * (Martin 1979, "Range encoding"; Schindler 1998). It knows no model: a symbol is an interval start .. start +
 * size - 1 of `total`, size at least 1, total at most 2^32. The range has 64 bits and never falls below 2^56, so a
 * symbol costs at most 1e-7 bits more than -log2(size / total); what the division leaves goes to the interval
 * that ends at `total`. The end costs at most 8 bytes, and there is one way to write a message: a decoder that
 * has read it knows each byte. Only integers: the same bytes everywhere. */
#ifndef ROTE_EVAL_ARCHIVE_RANGE_CODER_H
#define ROTE_EVAL_ARCHIVE_RANGE_CODER_H

#include "base/bytes.h"

#define RANGE_TOTAL ((uint64_t)1 << 32)

typedef struct RangeEncoder {
    Bytes *out;
    uint64_t low, range;
} RangeEncoder;

/* Appends to out, which nobody else touches until range_end. */
RangeEncoder range_begin(Bytes *out);
void range_encode(RangeEncoder *e, uint64_t start, uint64_t size, uint64_t total);
/* Bits that all say the same to the model: value below 2^bits, bits 0 to 32. */
void range_encode_bits(RangeEncoder *e, uint64_t value, int bits);
void range_end(RangeEncoder *e);

/* Past the end it reads zeros: a message that is not one decodes to something, and range_decode_end says no. */
typedef struct RangeDecoder {
    const uint8_t *data;
    size_t size, at;
    uint64_t low, range, offset, unit;
    bool outside; /* a message that begins beyond the first range: no encoder writes it */
} RangeDecoder;

RangeDecoder range_decode_begin(const uint8_t *data, size_t size);
/* A number below total that lies in the symbol's interval; the symbol found, range_decode takes it out. */
uint64_t range_decode_target(RangeDecoder *d, uint64_t total);
void range_decode(RangeDecoder *d, uint64_t start, uint64_t size, uint64_t total);
uint64_t range_decode_bits(RangeDecoder *d, int bits);
/* Whether the message was exactly these bytes: none missing, none left, the last ones as an encoder writes them. */
bool range_decode_end(const RangeDecoder *d);

#endif
