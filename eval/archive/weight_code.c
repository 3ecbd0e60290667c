/* A float is a sign, an exponent and a mantissa: the distributions of the first two are learned, the mantissa is
 * stored bit by bit. A code of up to six bits is one symbol; a code of eight bits is a size and a sign, since the
 * models here have too few weights to learn 256 frequencies. */
#include "eval/archive/weight_code.h"

#include "base/exact.h"
#include "eval/archive/adaptive.h"

typedef struct FloatKind {
    int exponent, mantissa; /* bits */
} FloatKind;

static const FloatKind FP32 = {8, 23}, FP16 = {5, 10}, BF16 = {8, 7};

typedef struct FloatModel {
    Adaptive sign, exponent;
} FloatModel;

/* One adaptive model for each type of number. */
typedef struct WeightModels {
    FloatModel matrix, vector, gain, scale;
    Adaptive code, code_sign;
    AdaptiveInt code_size;
} WeightModels;

static FloatKind float_kind(Quantize kind) {
    return kind == QUANTIZE_NONE ? FP32 : kind == QUANTIZE_BF16 ? BF16 : FP16;
}

static void float_begin(FloatModel *m, FloatKind kind) {
    adaptive_begin(&m->sign, 2);
    adaptive_begin(&m->exponent, 1 << kind.exponent);
}

static void models_begin(WeightModels *m, Quantize kind) {
    int bits = quantize_code_bits(kind);
    float_begin(&m->matrix, float_kind(kind));
    float_begin(&m->vector, float_kind(kind));
    float_begin(&m->gain, float_kind(kind));
    float_begin(&m->scale, FP16);
    adaptive_begin(&m->code, bits <= 6 ? 1 << bits : 1);
    adaptive_begin(&m->code_sign, 2);
    adaptive_int_begin(&m->code_size);
}

/* ---- floats ---- */

static uint32_t float_bits(double x) {
    float f = (float)x;
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static double float_from_bits(uint32_t u) {
    float f;
    memcpy(&f, &u, sizeof f);
    return (double)f;
}

/* The bits of x, which is a value of this kind. */
static uint32_t pack_float(double x, FloatKind kind) {
    if (kind.exponent == 8) return float_bits(x) >> (23 - kind.mantissa);
    uint32_t sign = exact_bits(x) >> 63 ? 0x8000 : 0;
    double size = __builtin_fabs(x);
    if (size < 0x1p-14) return sign | (uint32_t)(size * 0x1p24);
    return sign | ((float_bits(size) >> 13) - (112 << 10));
}

static double unpack_float(uint32_t u, FloatKind kind) {
    if (kind.exponent == 8) return float_from_bits(u << (23 - kind.mantissa));
    uint32_t rest = u & 0x7fff;
    double size = rest < 0x400 ? rest * 0x1p-24 : float_from_bits((rest + (112 << 10)) << 13);
    return u & 0x8000 ? -size : size;
}

static void float_encode(FloatModel *m, RangeEncoder *e, double x, FloatKind kind) {
    uint32_t u = pack_float(x, kind), max = (1u << kind.exponent) - 1;
    adaptive_encode(&m->sign, e, (int)(u >> (kind.exponent + kind.mantissa)));
    adaptive_encode(&m->exponent, e, (int)(u >> kind.mantissa & max));
    range_encode_bits(e, u & ((1u << kind.mantissa) - 1), kind.mantissa);
}

/* May be NaN or infinite; the caller checks. */
static double float_decode(FloatModel *m, RangeDecoder *d, FloatKind kind) {
    uint32_t sign = (uint32_t)adaptive_decode(&m->sign, d);
    uint32_t exponent = (uint32_t)adaptive_decode(&m->exponent, d);
    uint32_t mantissa = (uint32_t)range_decode_bits(d, kind.mantissa);
    if (exponent == (1u << kind.exponent) - 1) return __builtin_nan("");
    return unpack_float(((sign << kind.exponent) + exponent) << kind.mantissa | mantissa, kind);
}

/* ---- rows of codes ---- */

/* Finds the scale of a row of codes times a float16; the row does not contain it. The smallest nonzero weight is the
 * scale times a small integer. 0: a row of zeros, or no scale fits. */
static double row_scale(const real *row, int n, Quantize kind) {
    double min = 0;
    for (int i = 0; i < n; i++) {
        double size = __builtin_fabs((double)row[i]);
        if (size > 0 && (min == 0 || size < min)) min = size;
    }
    for (int k = 1; min > 0 && k <= -quantize_lowest(kind); k++) {
        double scale = min / k;
        bool fits = quantize_fp16(scale) == scale && scale * k == min;
        for (int i = 0; fits && i < n; i++)
            fits = quantize_code(kind, scale, (double)row[i]) * scale == (double)row[i];
        if (fits) return scale;
    }
    return 0;
}

static void code_encode(WeightModels *m, RangeEncoder *e, int code, Quantize kind) {
    if (quantize_code_bits(kind) <= 6) {
        adaptive_encode(&m->code, e, code - quantize_lowest(kind));
        return;
    }
    adaptive_int_encode(&m->code_size, e, (uint32_t)(code < 0 ? -code : code));
    if (code) adaptive_encode(&m->code_sign, e, code < 0);
}

static int code_decode(WeightModels *m, RangeDecoder *d, Quantize kind) {
    if (quantize_code_bits(kind) <= 6) return adaptive_decode(&m->code, d) + quantize_lowest(kind);
    uint32_t size = adaptive_int_decode(&m->code_size, d);
    if (size > 128) size = 128; /* no encoder writes such a scale, and the products stay finite */
    return size && adaptive_decode(&m->code_sign, d) ? -(int)size : (int)size;
}

/* ---- tensors ---- */

static bool has_codes(const Tensor *t, Quantize kind) { return t->matrix && quantize_has_codes(kind); }

static FloatModel *float_model(WeightModels *m, const Tensor *t) {
    return t->matrix ? &m->matrix : t->init_value != 0 ? &m->gain : &m->vector;
}

Status weights_encode(Bytes *out, const real *params, const ParamTable *table, Quantize kind, Err *err) {
    WeightModels m;
    models_begin(&m, kind);
    RangeEncoder e = range_begin(out);
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        for (int r = 0; r < t->rows; r++) {
            const real *row = params + t->offset + (int64_t)r * t->cols;
            double scale = has_codes(t, kind) ? row_scale(row, t->cols, kind) : 0;
            if (has_codes(t, kind)) float_encode(&m.scale, &e, scale, FP16);
            for (int c = 0; c < t->cols; c++) {
                double w = (double)row[c];
                if (!(w - w == 0))
                    return err_set(err, ERR_NUMERIC, "%s: a weight is NaN or infinite; it cannot be archived",
                                   t->name);
                if (!has_codes(t, kind)) {
                    float_encode(float_model(&m, t), &e, w, float_kind(kind));
                    continue;
                }
                int code = quantize_code(kind, scale, w);
                CHECK(code * scale == w);
                if (scale != 0) code_encode(&m, &e, code, kind);
            }
        }
    }
    range_end(&e);
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the archive's weights") : OK;
}

Status weights_decode(real *params, const ParamTable *table, Quantize kind, const uint8_t *data, size_t size,
                      Err *err) {
    WeightModels m;
    models_begin(&m, kind);
    RangeDecoder d = range_decode_begin(data, size);
    bool finite = true;
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        for (int r = 0; r < t->rows; r++) {
            real *row = params + t->offset + (int64_t)r * t->cols;
            double scale = has_codes(t, kind) ? float_decode(&m.scale, &d, FP16) : 0;
            finite = finite && scale - scale == 0;
            for (int c = 0; c < t->cols; c++) {
                if (!has_codes(t, kind))
                    row[c] = (real)float_decode(float_model(&m, t), &d, float_kind(kind));
                else row[c] = (real)(scale != 0 ? code_decode(&m, &d, kind) * scale : 0);
                finite = finite && row[c] - row[c] == 0;
            }
        }
    }
    if (finite && range_decode_end(&d)) return OK;
    return err_set(err, ERR_FORMAT, "the weights are damaged");
}
