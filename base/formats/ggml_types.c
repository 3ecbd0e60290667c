/* Every product and sum is rounded on its own, as in ggml's portable code (no fused multiply-add). */
#include "base/formats/ggml_types.h"

#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "base/half.h"

static float from_bits(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint32_t u16(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8; }
static uint32_t u32(const uint8_t *p) { return u16(p) | u16(p + 2) << 16; }

/* IEEE 754 binary16 as float32, exact. */
static float half(const uint8_t *p) {
    uint32_t h = u16(p), sign = (h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 1023;
    if (exponent == 31) return from_bits(sign | 0x7f800000 | fraction << 13);
    if (exponent == 0) { /* zero, or a multiple of 2^-24 */
        float x = (float)fraction * 0x1p-24F;
        return sign ? -x : x;
    }
    return from_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

static void f32_block(float *out, const uint8_t *b) { *out = from_bits(u32(b)); }
static void f16_block(float *out, const uint8_t *b) { *out = half(b); }
static void bf16_block(float *out, const uint8_t *b) { *out = from_bits(u16(b) << 16); }

/* ---- 32 numbers a block ---- */

/* d, 16 bytes: the low halves are numbers 0 to 15, the high halves 16 to 31. */
static void q4_0_block(float *out, const uint8_t *b) {
    float d = half(b);
    for (int i = 0; i < 16; i++) {
        out[i] = (float)((b[2 + i] & 15) - 8) * d;
        out[i + 16] = (float)((b[2 + i] >> 4) - 8) * d;
    }
}

static void q4_1_block(float *out, const uint8_t *b) {
    float d = half(b), m = half(b + 2);
    for (int i = 0; i < 16; i++) {
        out[i] = (float)(b[4 + i] & 15) * d + m;
        out[i + 16] = (float)(b[4 + i] >> 4) * d + m;
    }
}

/* The fifth bit of number i is bit i of a 32-bit word before the codes. */
static int five_bits(uint32_t high, int low, int i) { return low | (int)(high >> i & 1) << 4; }

static void q5_0_block(float *out, const uint8_t *b) {
    float d = half(b);
    uint32_t high = u32(b + 2);
    for (int i = 0; i < 16; i++) {
        out[i] = (float)(five_bits(high, b[6 + i] & 15, i) - 16) * d;
        out[i + 16] = (float)(five_bits(high, b[6 + i] >> 4, i + 16) - 16) * d;
    }
}

static void q5_1_block(float *out, const uint8_t *b) {
    float d = half(b), m = half(b + 2);
    uint32_t high = u32(b + 4);
    for (int i = 0; i < 16; i++) {
        out[i] = (float)five_bits(high, b[8 + i] & 15, i) * d + m;
        out[i + 16] = (float)five_bits(high, b[8 + i] >> 4, i + 16) * d + m;
    }
}

static void q8_0_block(float *out, const uint8_t *b) {
    float d = half(b);
    for (int i = 0; i < 32; i++) out[i] = (float)(int8_t)b[2 + i] * d;
}

/* ---- 256 numbers a block ---- */

/* 16 bytes of 4-bit scale and minimum; 64 bytes of 2-bit codes; d; dmin. Each half of 128 numbers has its codes in 32
 * bytes, two bits of each for 32 numbers. */
static void q2_k_block(float *out, const uint8_t *b) {
    const uint8_t *scale = b, *code = b + 16;
    float d = half(b + 80), dmin = half(b + 82);
    for (int i = 0; i < 256; i++) {
        int s = scale[i / 16], q = code[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
        out[i] = d * (float)(s & 15) * (float)q - dmin * (float)(s >> 4);
    }
}

/* 32 bytes of third bits, 64 of the lower two, 12 of 6-bit scales, d. Scale k: 4 low bits in byte k % 8 (low half for
 * k < 8), 2 high bits in byte 8 + k % 4. A third bit that is not set subtracts 4. */
static void q3_k_block(float *out, const uint8_t *b) {
    const uint8_t *third = b, *code = b + 32, *scale = b + 96;
    float d = half(b + 108);
    for (int i = 0; i < 256; i++) {
        int k = i / 16, shift = i % 128 / 32;
        int s = (scale[k % 8] >> (k < 8 ? 0 : 4) & 15) | (scale[8 + k % 4] >> k / 4 * 2 & 3) << 4;
        int q = code[i / 128 * 32 + i % 32] >> shift * 2 & 3;
        if (!(third[i % 32] >> i / 32 & 1)) q -= 4;
        out[i] = d * (float)(s - 32) * (float)q;
    }
}

/* 6-bit scale and minimum of sub-block k of eight, in 12 bytes. */
static void scale_and_minimum(const uint8_t *p, int k, int *scale, int *minimum) {
    if (k < 4) {
        *scale = p[k] & 63;
        *minimum = p[k + 4] & 63;
    } else {
        *scale = (p[k + 4] & 15) | p[k - 4] >> 6 << 4;
        *minimum = p[k + 4] >> 4 | p[k] >> 6 << 4;
    }
}

/* d, dmin, 12 bytes of scales, 128 of codes: 64 numbers in 32 bytes, the low halves first. */
static void q4_k_block(float *out, const uint8_t *b) {
    float d = half(b), dmin = half(b + 2);
    for (int k = 0; k < 8; k++) {
        int s, m;
        scale_and_minimum(b + 4, k, &s, &m);
        float d1 = d * (float)s, m1 = dmin * (float)m;
        for (int i = 0; i < 32; i++)
            out[k * 32 + i] = d1 * (float)(b[16 + k / 2 * 32 + i] >> k % 2 * 4 & 15) - m1;
    }
}

/* As Q4_K, with 32 bytes of fifth bits before the codes: bit k of byte i for number i of sub-block k. */
static void q5_k_block(float *out, const uint8_t *b) {
    float d = half(b), dmin = half(b + 2);
    for (int k = 0; k < 8; k++) {
        int s, m;
        scale_and_minimum(b + 4, k, &s, &m);
        float d1 = d * (float)s, m1 = dmin * (float)m;
        for (int i = 0; i < 32; i++) {
            int q = (b[48 + k / 2 * 32 + i] >> k % 2 * 4 & 15) | (b[16 + i] >> k & 1) << 4;
            out[k * 32 + i] = d1 * (float)q - m1;
        }
    }
}

/* 128 bytes of 4 low bits, 64 of 2 high bits, 16 signed scales, d. In each half of 128 numbers: numbers 0 to 63 have
 * the low halves of 64 bytes, 64 to 127 the high halves; the high bits of 32 numbers are two bits of 32 bytes. */
static void q6_k_block(float *out, const uint8_t *b) {
    const uint8_t *low = b, *high = b + 128, *scale = b + 192;
    float d = half(b + 208);
    for (int i = 0; i < 256; i++) {
        int n = i / 128, j = i % 128;
        int q = (low[n * 64 + j % 64] >> j / 64 * 4 & 15) | (high[n * 32 + j % 32] >> j / 32 * 2 & 3) << 4;
        out[i] = d * (float)(int8_t)scale[i / 16] * (float)(q - 32);
    }
}

/* ---- writing ---- */

static uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void put_half(uint8_t *p, float x) {
    float y = (float)quantize_fp16((double)x), size = y < 0 ? -y : y;
    uint32_t sign = bits_of(x) >> 16 & 0x8000, bits = bits_of(size);
    uint32_t h = sign | (size < 0x1p-14F ? (uint32_t)(size * 0x1p24F) : (bits - (112u << 23)) >> 13);
    p[0] = (uint8_t)h;
    p[1] = (uint8_t)(h >> 8);
}

static void f32_pack(uint8_t *out, const float *x) { memcpy(out, x, sizeof *x); }
static void f16_pack(uint8_t *out, const float *x) { put_half(out, *x); }

static void q8_0_pack(uint8_t *out, const float *x) {
    float largest = 0;
    for (int i = 0; i < 32; i++) {
        float size = x[i] < 0 ? -x[i] : x[i];
        largest = size > largest ? size : largest;
    }
    float d = largest / 127, inverse = d != 0 ? 1 / d : 0;
    put_half(out, d);
    for (int i = 0; i < 32; i++) {
        double q = (double)(x[i] * inverse); /* roundf: halves away from zero */
        out[2 + i] = (uint8_t)(int8_t)(q < 0 ? q - 0.5 : q + 0.5);
    }
}

/* ---- the table ---- */

/* By number; unused numbers have no name. The sizes are those of ggml.c, type_traits. */
static const GgmlType types[] = {
    [0] = {"F32", 1, 4, f32_block, f32_pack},
    [1] = {"F16", 1, 2, f16_block, f16_pack},
    [2] = {"Q4_0", 32, 18, q4_0_block, NULL},
    [3] = {"Q4_1", 32, 20, q4_1_block, NULL},
    [6] = {"Q5_0", 32, 22, q5_0_block, NULL},
    [7] = {"Q5_1", 32, 24, q5_1_block, NULL},
    [8] = {"Q8_0", 32, 34, q8_0_block, q8_0_pack},
    [9] = {"Q8_1", 32, 36, NULL, NULL},
    [10] = {"Q2_K", 256, 84, q2_k_block, NULL},
    [11] = {"Q3_K", 256, 110, q3_k_block, NULL},
    [12] = {"Q4_K", 256, 144, q4_k_block, NULL},
    [13] = {"Q5_K", 256, 176, q5_k_block, NULL},
    [14] = {"Q6_K", 256, 210, q6_k_block, NULL},
    [15] = {"Q8_K", 256, 292, NULL, NULL},
    [16] = {"IQ2_XXS", 256, 66, NULL, NULL},
    [17] = {"IQ2_XS", 256, 74, NULL, NULL},
    [18] = {"IQ3_XXS", 256, 98, NULL, NULL},
    [19] = {"IQ1_S", 256, 50, NULL, NULL},
    [20] = {"IQ4_NL", 32, 18, NULL, NULL},
    [21] = {"IQ3_S", 256, 110, NULL, NULL},
    [22] = {"IQ2_S", 256, 82, NULL, NULL},
    [23] = {"IQ4_XS", 256, 136, NULL, NULL},
    [24] = {"I8", 1, 1, NULL, NULL},
    [25] = {"I16", 1, 2, NULL, NULL},
    [26] = {"I32", 1, 4, NULL, NULL},
    [27] = {"I64", 1, 8, NULL, NULL},
    [28] = {"F64", 1, 8, NULL, NULL},
    [29] = {"IQ1_M", 256, 56, NULL, NULL},
    [30] = {"BF16", 1, 2, bf16_block, NULL},
    [34] = {"TQ1_0", 256, 54, NULL, NULL},
    [35] = {"TQ2_0", 256, 66, NULL, NULL},
    [39] = {"MXFP4", 32, 17, NULL, NULL},
};

const GgmlType *ggml_type(uint32_t number) {
    return number < sizeof types / sizeof *types && types[number].name ? &types[number] : NULL;
}

void ggml_floats(float *out, const GgmlType *type, const uint8_t *data, int64_t n) {
    CHECK(type->block_floats && n % type->block == 0);
    for (int64_t i = 0; i < n; i += type->block, data += type->bytes) type->block_floats(out + i, data);
}

void ggml_pack(uint8_t *out, const GgmlType *type, const float *numbers, int64_t n) {
    CHECK(type->block_pack && n % type->block == 0);
    for (int64_t i = 0; i < n; i += type->block, out += type->bytes) type->block_pack(out, numbers + i);
}
