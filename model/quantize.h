/* Weights in fewer bits: every number is replaced by the nearest number of a format, so a model with quantized weights
 * is an ordinary Gpt. Formulas and sources: docs/math.md.
 *
 *   fp16, bf16   every parameter rounded to float16 or bfloat16
 *   int8         row by row: code * scale, code in -128..127, scale = largest |w| / 127
 *   int4         the same, code in -8..7, scale at most largest |w| / 7: the one with the smallest squared error
 *   int6 int3 int2   as int4, code in -32..31, -4..3, -2..1
 *   ternary      code in -1, 0, 1, scale of Li & Liu 2016
 *
 * In formats with codes, matrices (embeddings, head, attention, MLP) become codes; scales and vectors (gains, biases)
 * are float16. No result depends on threads, instruction set or compiler. */
#ifndef ROTE_MODEL_QUANTIZE_H
#define ROTE_MODEL_QUANTIZE_H

#include "base/half.h"
#include "model/params.h"

/* Sets of parts have the bits 1 << Part; this one has all parts. */
enum { ALL_PARTS = (1 << PART_COUNT) - 1 };

/* The names of the formats, in the order of Quantize ("none" first), ended by NULL. */
extern const char *const quantize_name[];

static inline bool quantize_has_codes(Quantize kind) { return kind >= QUANTIZE_INT8; }

/* Bits of a code (ternary: 2); 0 for formats without codes. The codes are quantize_lowest and the following integers:
 * 2^bits of them, for ternary three. */
int quantize_code_bits(Quantize kind);
int quantize_lowest(Quantize kind);

/* The scale of a row of n weights, the factor of its codes: a float16; 0 if the row is (nearly) zero. */
double quantize_scale(Quantize kind, const real *row, int n);
/* The nearest code, ties to the even one; 0 where scale is 0. */
int quantize_code(Quantize kind, double scale, double w);

/* out = in, rounded to the format, for one tensor t: both point at its first number. out may be in. */
void quantize_tensor(real *out, const real *in, const Tensor *t, Quantize kind, int threads);
/* The whole parameter vector: the tensors of `parts` quantized, the others copied. */
void quantize_params(real *out, const real *in, const ParamTable *table, Quantize kind, unsigned parts,
                     int threads);

/* The size of the whole model in bits: codes (ternary: five codes in a byte, for each tensor separately), scales and
 * vectors. QUANTIZE_NONE: 32 bits a parameter (64 in the double build). */
int64_t quantize_weight_bits(const ParamTable *table, Quantize kind);

#endif
