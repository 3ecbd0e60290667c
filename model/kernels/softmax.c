/* Softmax over causal prefixes, and cross-entropy over the vocabulary. Both make two passes: the maximum, then the sum
 * of exponentials, with the fixed order of every row sum (vec.h). There is no online rescaling, so a key that is
 * masked, or not read yet, changes no bit. */
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

/* Four running maxima hide the latency. The maximum is the same in any order. */
INLINE real row_largest(const real *x, int n) {
    v16 a = v16_load_n(x, n, -INFINITY);
    if (n > 64) {
        v16 b = v16_load(x + 16), c = v16_load(x + 32), d = v16_load(x + 48);
        int j = 64;
        for (; j + 64 <= n; j += 64) {
            a = v16_max(v16_load(x + j), a);
            b = v16_max(v16_load(x + j + 16), b);
            c = v16_max(v16_load(x + j + 32), c);
            d = v16_max(v16_load(x + j + 48), d);
        }
        a = v16_max(v16_max(a, b), v16_max(c, d));
        x += j;
        n -= j;
        if (n > 0) a = v16_max(v16_load_n(x, n, -INFINITY), a);
    }
    for (int j = 16; j < n; j += 16) a = v16_max(v16_load_n(x + j, n - j, -INFINITY), a);
    return v16_largest(a);
}

/* x[j] = exp((x[j] - shift) scale), +0 past n up to the next multiple of 16 in the sum; returns the sum */
INLINE real row_exp(real *x, real shift, real scale, int n) {
    v16 sum = v16_set(0), s = v16_set(shift), f = v16_set(scale);
    for (int j = 0; j < n; j += 16) {
        v16 e = v16_exp(v16_mul(v16_sub(v16_load_n(x + j, n - j, -INFINITY), s), f)); /* exp(-Inf) is +0 */
        v16_store_n(x + j, e, n - j);
        sum = v16_add(sum, e);
    }
    return v16_sum(sum);
}

INLINE void row_scale(real *x, real factor, int n) {
    v16 f = v16_set(factor);
    for (int j = 0; j < n; j += 16) v16_store_n(x + j, v16_mul(v16_load_n(x + j, n - j, 0), f), n - j);
}

/* Rows of at most sixteen stay in registers; short sequences have many such rows. n: the length of the first of R rows;
 * each next one is longer by 1. */
enum { SHORT = 16 };

/* x, and +0 from n to width: past n x may be -0 or NaN. */
INLINE void store_short(real *to, v16 x, int n, int width) {
    v16_store_n(to, v16_set(0), width);
    v16_store_n(to, x, n);
}

INLINE void softmax_short(int R, real *x, real scale, int n, int width, ptrdiff_t ld) {
    v16 e[FOUR_ROWS];
    EACH_ROW e[r] = v16_load_n(x + r * ld, n + r, -INFINITY);
    vec4 largest = v16_maxima(R, e);
    EACH_ROW e[r] =
        v16_exp(v16_mul(v16_sub(e[r], v16_set(largest[r])), v16_set(scale))); /* exp(-Inf) is +0 */
    vec4 factor = 1 / v16_sums(R, e);
    EACH_ROW store_short(x + r * ld, v16_mul(e[r], v16_set(factor[r])), n + r, width);
}

void FN(softmax_causal)(real *x, real scale, int R, int first, int width, ptrdiff_t ld) {
    int i = 0;
    if (width <= SHORT) {
        for (; i + FOUR_ROWS <= R; i += FOUR_ROWS)
            softmax_short(FOUR_ROWS, x + i * ld, scale, first + i + 1, width, ld);
        for (; i < R; i++) softmax_short(1, x + i * ld, scale, first + i + 1, width, ld);
        return;
    }
    for (; i < R; i++, x += ld) {
        int n = first + i + 1;
        real sum =
            row_exp(x, row_largest(x, n), scale, n); /* scale > 0, so the maximum of x is that of x * scale */
        row_scale(x, 1 / sum, n);
        for (int j = n; j < width; j++) x[j] = 0;
    }
}

INLINE void softmax_short_backward(int R, real *dp, const real *p, real scale, int n, int width,
                                   ptrdiff_t ld) {
    v16 d[FOUR_ROWS], q[FOUR_ROWS], sum[FOUR_ROWS];
    EACH_ROW {
        d[r] = v16_load_n(dp + r * ld, n + r, 0);
        q[r] = v16_load_n(p + r * ld, n + r, 0);
        sum[r] = v16_fma(d[r], q[r], v16_set(0));
    }
    vec4 dot = v16_sums(R, sum);
    EACH_ROW {
        v16 ds = v16_mul(v16_mul(v16_sub(d[r], v16_set(dot[r])), q[r]), v16_set(scale));
        store_short(dp + r * ld, ds, n + r, width);
    }
}

/* p = softmax(s scale): ds_j = p_j (dp_j - sum_k p_k dp_k) scale */
void FN(softmax_causal_backward)(real *dp, const real *p, real scale, int R, int first, int width,
                                 ptrdiff_t ld) {
    int i = 0;
    if (width <= SHORT) {
        for (; i + FOUR_ROWS <= R; i += FOUR_ROWS)
            softmax_short_backward(FOUR_ROWS, dp + i * ld, p + i * ld, scale, first + i + 1, width, ld);
        for (; i < R; i++)
            softmax_short_backward(1, dp + i * ld, p + i * ld, scale, first + i + 1, width, ld);
        return;
    }
    for (; i < R; i++, dp += ld, p += ld) {
        int n = first + i + 1;
        v16 sum = v16_set(0);
        for (int j = 0; j < n; j += 16)
            sum = v16_fma(v16_load_n(dp + j, n - j, 0), v16_load_n(p + j, n - j, 0), sum);
        v16 dot = v16_set(v16_sum(sum)), f = v16_set(scale);
        for (int j = 0; j < n; j += 16) {
            v16 d = v16_sub(v16_load_n(dp + j, n - j, 0), dot);
            v16_store_n(dp + j, v16_mul(v16_mul(d, v16_load_n(p + j, n - j, 0)), f), n - j);
        }
        for (int j = n; j < width; j++) dp[j] = 0;
    }
}

/* Intermediate results of code lengths for ROWS rows: nats = ln sum + shortfall. So the logarithms, a hundred
 * operations each, are computed in parallel in vectors. */
enum { ROWS = 16 };
typedef struct Lengths {
    double sum[ROWS], shortfall[ROWS];
} Lengths;

/* For rows without a target: ln 1 + 0. */
INLINE Lengths no_lengths(void) {
    Lengths l;
    for (int i = 0; i < ROWS; i++) {
        l.sum[i] = 1;
        l.shortfall[i] = 0;
    }
    return l;
}

/* flatten: only an inlined logarithm is vectorized, and gcc by itself inlines it for AVX-512 alone. */
static __attribute__((noinline, flatten)) void write_lengths(double *nats, const Lengths *l, int rows) {
    double all[ROWS];
    for (int i = 0; i < ROWS; i++) all[i] = exact_log(l->sum[i]) + l->shortfall[i];
    memcpy(nats, all, (size_t)rows * sizeof *nats);
}

/* dlogits = (softmax - onehot) scale;  -ln p = ln(sum of exp(l - max)) - (l_target - max) */
void FN(cross_entropy)(real *logits, double *nats, const int32_t *targets, real scale, int N, int V,
                       ptrdiff_t ld) {
    for (int first = 0; first < N; first += ROWS, nats += ROWS, targets += ROWS) {
        int rows = N - first < ROWS ? N - first : ROWS;
        Lengths lengths = no_lengths();
        for (int i = 0; i < rows; i++, logits += ld) {
            int32_t target = targets[i];
            if (target < 0) {
                memset(logits, 0, (size_t)V * sizeof(real));
                continue;
            }
            real largest = row_largest(logits, V);
            lengths.shortfall[i] = (double)largest - (double)logits[target];
            real sum = row_exp(logits, largest, 1, V);
            lengths.sum[i] = (double)sum;
            row_scale(logits, scale / sum, V);
            logits[target] -= scale;
        }
        write_lengths(nats, &lengths, rows);
    }
}

/* exp for x <= 0 in double, relative error below 3e-13: a Taylor series to r^10 for |r| <= ln 2 / 2; the first omitted
 * term is r^11/11! < 2.3e-13. A code length needs only 1e-9, and exact_exp would take twice the operations. There is no
 * fused multiply-add, so every instruction set gives the same bits.
 *
 * One or two groups of sixteen at a time, each step for all of them before the next one: a chain is some 90 cycles
 * long, and a processor that has to look far ahead for the next chain runs out of room for waiting operations. */
typedef double wide __attribute__((vector_size(VL * sizeof(real))));
typedef int64_t wide_bits __attribute__((vector_size(VL * sizeof(real))));
enum { WL = VL * sizeof(real) / sizeof(double), NW = 16 / WL };
typedef real narrow __attribute__((vector_size(WL * sizeof(real)), aligned(sizeof(real)), may_alias));

#define EACH_WIDE(statement)                                                                                 \
    _Pragma("GCC unroll 16") for (int w = 0; w < groups * NW; w++) { statement; }

/* gcc puts such steps in order of vectors again; this keeps them as written. */
#ifdef ISA_avx2
#define KEEP_ORDER(x) __asm__("" : "+x"(x))
#else
#define KEEP_ORDER(x) ((void)(x))
#endif

INLINE wide widen(const real *x) {
#ifdef ISA_avx2
    return (wide)_mm256_cvtps_pd(_mm_loadu_ps(x));
#else
    return __builtin_convertvector(*(const narrow *)x, wide);
#endif
}

INLINE wide at_least(wide x, double floor) {
#if defined(ISA_avx512)
    return (wide)_mm512_max_pd(_mm512_set1_pd(floor), (__m512d)x); /* the second one where either is NaN */
#elif defined(ISA_avx2)
    return (wide)_mm256_max_pd(_mm256_set1_pd(floor), (__m256d)x);
#else
    wide_bits below = x < floor;
    return (wide)((below & (wide_bits)(floor - (wide){0})) | (~below & (wide_bits)x));
#endif
}

/* sum[i % 16] += exp(x[i] - shift), for one or two groups of sixteen: 1 or 2, a constant where this is inlined */
INLINE void add_code_exp(int groups, wide sum[NW], const real *x, double shift) {
    static const double term[] = {1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120,
                                  1.0 / 24,     1.0 / 6,     0.5,        1.0,       1.0};
    const double round = 0x1.8p52; /* adding it leaves n in the low bits */
    wide r[2 * NW], shifted[2 * NW], n[2 * NW], p[2 * NW];
    EACH_WIDE(r[w] = widen(x + w * WL) - shift; KEEP_ORDER(r[w]))
    /* exp(-700) is 1e-304, which does not change a sum that contains a 1 */
    EACH_WIDE(r[w] = at_least(r[w], -700))
    EACH_WIDE(shifted[w] = r[w] * 0x1.71547652b82fep+0; KEEP_ORDER(shifted[w]))
    EACH_WIDE(shifted[w] += round; KEEP_ORDER(shifted[w]))
    EACH_WIDE(n[w] = shifted[w] - round)
    EACH_WIDE(r[w] = r[w] - n[w] * 0x1.62e42fep-1) /* ln 2: its first 28 bits, and the rest */
    EACH_WIDE(r[w] = r[w] - n[w] * 0x1.f473de6af278ep-30)
    EACH_WIDE(p[w] = 1.0 / 3628800 - (wide){0})
    _Pragma("GCC unroll 10") for (int i = 0; i < 10; i++) {
        EACH_WIDE(p[w] *= r[w]; KEEP_ORDER(p[w]))
        EACH_WIDE(p[w] += term[i]; KEEP_ORDER(p[w]))
    }
    EACH_WIDE(sum[w % NW] += (wide)((wide_bits)p[w] + ((wide_bits)shifted[w] << 52)))
}

/* Sum of exp(x[j] - shift), 16 interleaved partial sums, combined 8-4-2-1. */
INLINE double sum_code_exp(const real *x, double shift, int n) {
    wide sum[NW];
    double part[16];
    int j = 0;
    for (int w = 0; w < NW; w++) sum[w] = (wide){0};
    for (; j + 32 <= n; j += 32) add_code_exp(2, sum, x + j, shift);
    for (; j + 16 <= n; j += 16) add_code_exp(1, sum, x + j, shift);
    memcpy(part, sum, sizeof part);
    if (j < n) {
        real rest[16] = {0};
        memcpy(rest, x + j, (size_t)(n - j) * sizeof(real));
        add_code_exp(1, sum, rest, shift);
        memcpy(part, sum, (size_t)(n - j) * sizeof(double));
    }
    for (int half = 8; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) part[lane] += part[lane + half];
    return part[0];
}

/* The first index of `value`, which x contains. Compares sixteen elements at a time. */
INLINE int32_t first_of(const real *x, real value, int n) {
    int j = 0;
    for (; j + 16 <= n; j += 16) {
        int found = 0;
        for (int lane = 0; lane < 16; lane++) found |= x[j + lane] == value;
        if (found) break;
    }
    while (j < n - 1 && !(x[j] == value)) j++;
    return j;
}

void FN(code_lengths)(double *nats, int32_t *best, const real *logits, const int32_t *targets, int N, int V,
                      ptrdiff_t ld) {
    for (int first = 0; first < N; first += ROWS, nats += ROWS, targets += ROWS) {
        int rows = N - first < ROWS ? N - first : ROWS;
        Lengths lengths = no_lengths();
        for (int i = 0; i < rows; i++, logits += ld) {
            real largest = row_largest(logits, V);
            if (best) best[first + i] = first_of(logits, largest, V);
            if (targets[i] < 0) continue;
            double shift = (double)largest;
            lengths.sum[i] = sum_code_exp(logits, shift, V);
            lengths.shortfall[i] = shift - (double)logits[targets[i]];
        }
        write_lengths(nats, &lengths, rows);
    }
}
