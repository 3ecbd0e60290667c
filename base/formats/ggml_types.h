/* The number formats of tensors in GGUF files, and their values as float32: the same bits as ggml's own conversion.
 *
 * Weights lie in blocks of consecutive numbers. A block of a quantized format has codes q and one or two scales:
 *   Q4_0, Q5_0, Q8_0   w = d (q - z), z = 8, 16, 0
 *   Q4_1, Q5_1         w = d q + m
 *   Q2_K .. Q6_K       256 numbers in sub-blocks of 16 or 32; each sub-block has a scale s (and minimum m) that is
 *                      itself a small integer: w = (d s) q - (dmin m)
 * d, m and dmin are float16. Source: ggml-common.h (layouts) and ggml-quants.c (dequantize_row_*), ggml-org/ggml. */
#ifndef ROTE_BASE_FORMATS_GGML_TYPES_H
#define ROTE_BASE_FORMATS_GGML_TYPES_H

#include <stdint.h>

typedef struct GgmlType {
    const char *name; /* "Q4_0" */
    int block, bytes; /* numbers of a block, and its size in bytes */
    /* Writes `block` numbers from one block; NULL: rote knows the size only. */
    void (*block_floats)(float *out, const uint8_t *block);
    /* The other way: rounds `block` numbers. NULL: rote does not write this type. */
    void (*block_pack)(uint8_t *out, const float *numbers);
} GgmlType;

/* Numbers of the types that are written. Rounded are F16 to the nearest, at most 65504, and Q8_0 as ggml's reference
 * does it (quantize_row_q8_0_ref): d = largest |x| / 127, q = x / d to the nearest integer. */
enum { GGML_F32 = 0, GGML_F16 = 1, GGML_Q8_0 = 8 };

/* The type of that number in a file; NULL: unknown. */
const GgmlType *ggml_type(uint32_t number);

/* The names of the types that can be read, with commas; for messages. */
#define GGML_TYPES_READ "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K"

/* n numbers from whole blocks; n is a multiple of type->block, and type->block_floats is not NULL. */
void ggml_floats(float *out, const GgmlType *type, const uint8_t *data, int64_t n);
/* The other way; type->block_pack is not NULL. */
void ggml_pack(uint8_t *out, const GgmlType *type, const float *numbers, int64_t n);

#endif
