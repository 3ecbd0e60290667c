/* Weights in fewer bits: every number is replaced by the nearest one that a format can hold, so that a model
 * with quantized weights is an ordinary Gpt. Formulas and sources: docs/math.md.
 *
 *   fp16, bf16   every parameter rounded to float16 or bfloat16
 *   int8         row by row: code * scale, code in -128..127, scale = largest |w| / 127
 *   int4         code in -8..7, scale at most largest |w| / 7: the one with the least squared error
 *   int6 int3 int2   likewise, code in -32..31, -4..3, -2..1
 *   ternary      code in -1, 0, 1, scale of Li & Liu 2016
 *
 * With codes, matrices (embeddings, head, attention, MLP) are quantized; a scale is a float16, and vectors
 * (gains, biases) are float16. Nothing here depends on threads, instruction set or compiler. */
#ifndef ROTE_MODEL_QUANTIZE_H
#define ROTE_MODEL_QUANTIZE_H

#include "model/params.h"

/* Which parts are meant, by bit 1 << part. */
enum { ALL_PARTS = (1 << PART_COUNT) - 1 };

/* Names by value, "none" first, ended by NULL. */
extern const char *const quantize_name[];

/* x rounded to the nearest float16 or bfloat16, ties to even; beyond the largest, the largest. */
double quantize_fp16(double x);
double quantize_bf16(double x);

static inline bool quantize_has_codes(Quantize kind) { return kind >= QUANTIZE_INT8; }

/* Bits of a code (ternary: 2); 0 for formats without codes. Codes run from quantize_lowest on, as many as these
 * bits tell apart; ternary's are three. */
int quantize_code_bits(Quantize kind);
int quantize_lowest(Quantize kind);

/* What the codes of a row of n weights are multiplied by, a float16; 0 where the row is (nearly) zero. */
double quantize_scale(Quantize kind, const real *row, int n);
/* The nearest code, ties to the even one; 0 where scale is 0. */
int quantize_code(Quantize kind, double scale, double w);

/* out = in as the format holds it, tensor t alone: both point at its first number. out may be in. */
void quantize_tensor(real *out, const real *in, const Tensor *t, Quantize kind, int threads);
/* The whole parameter vector: the tensors of `parts` quantized, the others copied. */
void quantize_params(real *out, const real *in, const ParamTable *table, Quantize kind, unsigned parts,
                     int threads);

/* Bits that hold the whole model: codes (ternary: five to a byte, per tensor), scales, and vectors. NONE:
 * 32 bits a parameter (64 in the double build). */
int64_t quantize_weight_bits(const ParamTable *table, Quantize kind);

#endif
