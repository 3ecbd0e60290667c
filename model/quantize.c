/* A code times a float16 scale has at most 19 bits, so it is exact in a float: the stored number and the factor in the
 * forward pass are the same. */
#include "model/quantize.h"

#include <string.h>

#include "base/exact.h"

const char *const quantize_name[] = {
    [QUANTIZE_NONE] = "none", [QUANTIZE_FP16] = "fp16", [QUANTIZE_BF16] = "bf16",
    [QUANTIZE_INT8] = "int8", [QUANTIZE_INT4] = "int4", [QUANTIZE_TERNARY] = "ternary",
    [QUANTIZE_INT6] = "int6", [QUANTIZE_INT3] = "int3", [QUANTIZE_INT2] = "int2",
    [QUANTIZE_COUNT] = NULL};

enum { VECTOR_BITS = 16, SCALE_BITS = 16 };

/* ---- a row with codes ---- */

static double largest_of(const real *row, int n) {
    double max = 0;
    for (int i = 0; i < n; i++) {
        double size = __builtin_fabs((double)row[i]);
        max = size > max ? size : max;
    }
    return max;
}

/* Ternary weight networks (Li & Liu 2016, arXiv 1605.04711, equations 5 and 6): weights above 0.7 mean |w|
 * become the mean of their absolute values, the others 0. For bell-shaped rows the squared error is close to its
 * minimum. */
static double ternary_scale(const real *row, int n) {
    double sum = 0, above = 0;
    int count = 0;
    for (int i = 0; i < n; i++) sum += __builtin_fabs((double)row[i]);
    double threshold = 0.7 * (sum / n);
    for (int i = 0; i < n; i++) {
        double size = __builtin_fabs((double)row[i]);
        if (size <= threshold) continue;
        above += size;
        count++;
    }
    return count ? above / count : 0;
}

/* The squared error of a row with codes -high-1 .. high at this scale. Eight interleaved sums, so that it vectorizes:
 * with train.quantize every step computes it for 25 scales. */
static double clipping_error(const real *row, int n, double scale, int high) {
    double sum[8] = {0}, inverse = 1 / scale, low = -high - 1;
    for (int i = 0; i < n; i += 8)
        for (int k = 0; k < 8 && i + k < n; k++) {
            double w = (double)row[i + k], code = exact_nearest(w * inverse);
            code = code < high ? code : high;
            code = code > low ? code : low;
            double miss = w - code * scale;
            sum[k] += miss * miss;
        }
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* The scale with the smallest squared error, of 25 from largest / high down to a quarter of it. A smaller scale clips
 * the largest weights, but all others have smaller errors. */
static double clipping_scale(const real *row, int n, int high) {
    double largest = largest_of(row, n) / high, best = 0, best_error = 0;
    for (int step = 32; step >= 8; step--) {
        double scale = quantize_fp16(largest * step / 32);
        if (scale == 0) break;
        double error = clipping_error(row, n, scale, high);
        if (step < 32 && !(error < best_error)) continue;
        best_error = error;
        best = scale;
    }
    return best;
}

int quantize_code_bits(Quantize kind) {
    switch (kind) {
    case QUANTIZE_INT8: return 8;
    case QUANTIZE_INT6: return 6;
    case QUANTIZE_INT4: return 4;
    case QUANTIZE_INT3: return 3;
    case QUANTIZE_INT2:
    case QUANTIZE_TERNARY: return 2;
    default: return 0;
    }
}

/* The largest code. */
static int high_of(Quantize kind) { return (1 << (quantize_code_bits(kind) - 1)) - 1; }

double quantize_scale(Quantize kind, const real *row, int n) {
    if (kind == QUANTIZE_TERNARY) return quantize_fp16(ternary_scale(row, n));
    if (kind == QUANTIZE_INT8)
        return quantize_fp16(largest_of(row, n) / 127); /* with 8 bits, clipping gains nothing */
    return clipping_scale(row, n, high_of(kind));
}

int quantize_lowest(Quantize kind) { return kind == QUANTIZE_TERNARY ? -1 : -high_of(kind) - 1; }

int quantize_code(Quantize kind, double scale, double w) {
    int high = high_of(kind), low = quantize_lowest(kind);
    if (scale == 0) return 0;
    double code = w / scale;
    return !(code > low) ? low : code < high ? (int)exact_nearest(code) : high;
}

static void quantize_row(real *out, const real *in, int n, Quantize kind) {
    double scale = quantize_scale(kind, in, n);
    for (int i = 0; i < n; i++) out[i] = (real)(quantize_code(kind, scale, (double)in[i]) * scale);
}

/* ---- the model ---- */

void quantize_tensor(real *out, const real *in, const Tensor *t, Quantize kind, int threads) {
    int64_t n = (int64_t)t->rows * t->cols;
    if (kind == QUANTIZE_NONE) {
        if (out != in) memcpy(out, in, (size_t)n * sizeof(real));
    } else if (quantize_has_codes(kind) && t->matrix) {
#pragma omp parallel for num_threads(threads) schedule(static) if (n > 16384)
        for (int r = 0; r < t->rows; r++)
            quantize_row(out + (int64_t)r * t->cols, in + (int64_t)r * t->cols, t->cols, kind);
    } else {
        for (int64_t i = 0; i < n; i++)
            out[i] =
                (real)(kind == QUANTIZE_BF16 ? quantize_bf16((double)in[i]) : quantize_fp16((double)in[i]));
    }
}

void quantize_params(real *out, const real *in, const ParamTable *table, Quantize kind, unsigned parts,
                     int threads) {
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        bool meant = parts >> t->part & 1;
        quantize_tensor(out + t->offset, in + t->offset, t, meant ? kind : QUANTIZE_NONE, threads);
    }
}

static int64_t tensor_bits(const Tensor *t, Quantize kind) {
    int64_t n = (int64_t)t->rows * t->cols;
    if (kind == QUANTIZE_NONE) return n * (int64_t)sizeof(real) * 8;
    if (!quantize_has_codes(kind) || !t->matrix) return n * VECTOR_BITS;
    int64_t codes = kind == QUANTIZE_TERNARY ? (n + 4) / 5 * 8 : quantize_code_bits(kind) * n;
    return codes + (int64_t)t->rows * SCALE_BITS;
}

int64_t quantize_weight_bits(const ParamTable *table, Quantize kind) {
    int64_t bits = 0;
    for (int i = 0; i < table->count; i++) bits += tensor_bits(&table->tensor[i], kind);
    return bits;
}
