/* Symbols whose frequencies the encoder and the decoder learn alike while they run: the estimate of each is its
 * count plus a half (Krichevsky & Trofimov 1981), and old counts decay. For weights, lengths and tags, which no
 * model predicts. */
#ifndef ROTE_EVAL_ARCHIVE_ADAPTIVE_H
#define ROTE_EVAL_ARCHIVE_ADAPTIVE_H

#include "eval/archive/range_coder.h"

enum { ADAPTIVE_MAX = 256 };

typedef struct Adaptive {
    int n; /* symbols 0 .. n-1, n at most ADAPTIVE_MAX */
    uint32_t total, count[ADAPTIVE_MAX];
} Adaptive;

void adaptive_begin(Adaptive *a, int n);
void adaptive_encode(Adaptive *a, RangeEncoder *e, int symbol);
int adaptive_decode(Adaptive *a, RangeDecoder *d);

/* Whole numbers of any size: the distribution of their bit lengths is learned, and that of the two bits below the
 * first one; every other bit costs one bit. */
typedef struct AdaptiveInt {
    Adaptive bits, high[33];
} AdaptiveInt;

void adaptive_int_begin(AdaptiveInt *a);
void adaptive_int_encode(AdaptiveInt *a, RangeEncoder *e, uint32_t value);
uint32_t adaptive_int_decode(AdaptiveInt *a, RangeDecoder *d);

#endif
