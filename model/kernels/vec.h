/* Vectors: one source for all instruction sets.
 *   vec  a vector of the machine, VL reals: for matrix products, whose outputs are independent
 *   v16  sixteen reals, in as many machine vectors as needed: for rows, so that the sum of a row has the same order
 *        everywhere
 * Arithmetic uses the compilers' vector extension; only fused multiply-add, square root and selection are written for
 * each instruction set. Every operation is correctly rounded, so all instruction sets give the same bits. */
#ifndef ROTE_MODEL_KERNELS_VEC_H
#define ROTE_MODEL_KERNELS_VEC_H

#include <math.h> /* INFINITY */
#include <stdint.h>
#include <string.h>

#include "base/exact.h"
#include "base/real.h"

#if defined(ISA_avx512) || defined(ISA_avx2)
#include <immintrin.h>
#elif defined(ISA_neon)
#include <arm_neon.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#if defined(ISA_avx512)
#define VL 16
#elif defined(ISA_avx2)
#define VL 8
#elif defined(ROTE_DOUBLE)
#define VL 2
#else
#define VL 4
#endif
#define NV (16 / VL)

#ifdef ROTE_DOUBLE
typedef int64_t ireal;
typedef uint64_t unsigned_real;
#else
typedef int32_t ireal;
typedef uint32_t unsigned_real;
#endif
typedef real vec __attribute__((vector_size(VL * sizeof(real))));
typedef ireal ivec __attribute__((vector_size(VL * sizeof(real))));
typedef unsigned_real unsigned_vec __attribute__((vector_size(VL * sizeof(real))));
typedef real uvec __attribute__((vector_size(VL * sizeof(real)), aligned(sizeof(real)), may_alias));

#define INLINE static inline __attribute__((always_inline, unused))

INLINE vec vec_load(const real *p) { return *(const uvec *)p; }
INLINE void vec_store(real *p, vec x) { *(uvec *)p = x; }
INLINE vec vec_set(real x) { return x - (vec){0}; }
INLINE vec vec_select(ivec mask, vec a, vec b) { return (vec)((mask & (ivec)a) | (~mask & (ivec)b)); }

/* The fused multiply-add of floats without hardware support, by doubles: the product is exact, and the sum is
 * rounded twice, to double and to float. The second rounding errs only where the first ended on a tie of the second:
 * the last 29 bits of the sum are 1 and zeros, or any bits where the float is subnormal. There the sum is rounded to
 * odd instead, so that the rounding to float still knows on which side of the tie the exact value is (Boldo &
 * Melquiond 2008). */
#if !defined(ROTE_DOUBLE) && !defined(__FMA__) && !defined(__aarch64__)
#define SOFT_FMA 1
typedef double dvec __attribute__((
    vector_size(16))); /* two at a time: every machine compares these without leaving the vector registers */
typedef int64_t lvec __attribute__((vector_size(16)));
typedef int32_t quad __attribute__((vector_size(16)));
typedef uint32_t unsigned_quad __attribute__((vector_size(16)));
INLINE dvec sum_to_odd(dvec product, dvec addend, dvec sum) {
    dvec part = sum - product;
    dvec error = (product - (sum - part)) + (addend - part), zero = {0};
    lvec bits = (lvec)sum;
    lvec above = error > zero,
         inexact = above | (error < zero); /* an infinite sum has a NaN error: neither */
    lvec inward = above ^ (sum > zero);    /* -1: the exact value is nearer to zero */
    lvec step = inexact & ~bits & 1;       /* an odd last bit stays */
    bits += (step ^ inward) - inward;
    return (dvec)bits;
}
/* Whether one of four sums needs that: its last 29 bits are a tie, or it rounds to a subnormal float. (No sum but 0 is
 * so small that the upper half of its bits is 0: the product of the least floats is 2^-298.) */
INLINE int on_a_tie(dvec low, dvec high) {
    quad lower = __builtin_shufflevector((quad)low, (quad)high, 0, 2, 4, 6);
    quad upper = __builtin_shufflevector((quad)low, (quad)high, 1, 3, 5, 7);
    quad subnormal =
        (quad)(((unsigned_quad)upper & 0x7fffffff) + 0x7fffffff) < INT32_MIN + 0x38100000 - 1; /* 0 is none */
    quad ties = ((lower & 0x1fffffff) == 0x10000000) | subnormal;
#ifdef __SSE2__
    return _mm_movemask_ps((__m128)ties) != 0;
#else
    lvec two = (lvec)ties;
    return (two[0] | two[1]) != 0;
#endif
}
#ifdef __SSE2__ /* gcc converts upper halves one by one otherwise */
INLINE dvec lower_doubles(vec x) { return (dvec)_mm_cvtps_pd((__m128)x); }
INLINE dvec upper_doubles(vec x) { return (dvec)_mm_cvtps_pd(_mm_movehl_ps((__m128)x, (__m128)x)); }
INLINE vec to_floats(dvec low, dvec high) {
    return (vec)_mm_movelh_ps(_mm_cvtpd_ps((__m128d)low), _mm_cvtpd_ps((__m128d)high));
}
#else
typedef float half_vec __attribute__((vector_size(8)));
INLINE dvec lower_doubles(vec x) {
    return __builtin_convertvector(__builtin_shufflevector(x, x, 0, 1), dvec);
}
INLINE dvec upper_doubles(vec x) {
    return __builtin_convertvector(__builtin_shufflevector(x, x, 2, 3), dvec);
}
INLINE vec to_floats(dvec low, dvec high) {
    return __builtin_shufflevector(__builtin_convertvector(low, half_vec),
                                   __builtin_convertvector(high, half_vec), 0, 1, 2, 3);
}
#endif
INLINE vec vec_fma(vec a, vec b, vec c) {
    dvec low = lower_doubles(a) * lower_doubles(b), high = upper_doubles(a) * upper_doubles(b);
    dvec low_addend = lower_doubles(c), high_addend = upper_doubles(c);
    dvec low_sum = low + low_addend, high_sum = high + high_addend;
    if (__builtin_expect(on_a_tie(low_sum, high_sum), 0)) {
        low_sum = sum_to_odd(low, low_addend, low_sum);
        high_sum = sum_to_odd(high, high_addend, high_sum);
    }
    return to_floats(low_sum, high_sum);
}
#elif defined(ISA_avx512)
INLINE vec vec_fma(vec a, vec b, vec c) { return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
#elif defined(ISA_avx2)
INLINE vec vec_fma(vec a, vec b, vec c) { return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
#elif defined(ISA_neon)
INLINE vec vec_fma(vec a, vec b, vec c) {
    return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
#else
INLINE vec vec_fma(vec a, vec b, vec c) {
    vec r = c;
    for (int i = 0; i < VL; i++) {
#ifdef ROTE_DOUBLE
        r[i] = __builtin_fma(a[i], b[i], c[i]); /* the double build: libm's fma is correctly rounded too */
#else
        r[i] = __builtin_fmaf(a[i], b[i], c[i]);
#endif
    }
    return r;
}
#endif

#ifdef ROTE_DOUBLE
INLINE real real_sqrt(real x) { return __builtin_sqrt(x); }
#else
INLINE real real_sqrt(real x) { return __builtin_sqrtf(x); }
#endif
INLINE vec vec_sqrt(vec x) {
#if defined(ISA_avx512)
    return (vec)_mm512_sqrt_ps((__m512)x);
#elif defined(ISA_avx2)
    return (vec)_mm256_sqrt_ps((__m256)x);
#elif defined(ISA_neon)
    return (vec)vsqrtq_f32((float32x4_t)x);
#else
    vec r = x;
    for (int i = 0; i < VL; i++) r[i] = real_sqrt(x[i]);
    return r;
#endif
}

#pragma GCC diagnostic ignored                                                                               \
    "-Wpsabi" /* how a call passes four doubles: these functions are inlined, not called */
typedef real vec4 __attribute__((vector_size(4 * sizeof(real)), aligned(16)));
typedef real uvec4 __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));
INLINE vec4 vec4_inverse_sqrt(const vec4 *x) {
#if defined(__SSE2__) && !defined(ROTE_DOUBLE)
    return 1 / (vec4)_mm_sqrt_ps((__m128)*x);
#elif VL == 4
    return 1 / (vec4)vec_sqrt((vec)*x);
#else
    vec4 root;
    for (int i = 0; i < 4; i++) root[i] = real_sqrt((*x)[i]);
    return 1 / root;
#endif
}

/* a where a > b, else b; so b where either is NaN, as the x86 instruction gives */
INLINE vec vec_max(vec a, vec b) {
#if defined(ISA_avx512)
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(ISA_avx2)
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
#else
    return vec_select(a > b, a, b);
#endif
}

/* ---- sixteen at a time ---- */
typedef struct v16 {
    vec v[NV];
} v16;

#define V16_EACH(expression)                                                                                 \
    v16 r;                                                                                                   \
    for (int i = 0; i < NV; i++) r.v[i] = (expression);                                                      \
    return r

INLINE v16 v16_set(real x) { V16_EACH(vec_set(x)); }
INLINE v16 v16_load(const real *p) { V16_EACH(vec_load(p + i * VL)); }
INLINE void v16_store(real *p, v16 x) {
    for (int i = 0; i < NV; i++) vec_store(p + i * VL, x.v[i]);
}
/* The first n of sixteen, n >= 1; n above 16 counts as 16. The others are `fill` when read, and are not written. */
INLINE v16 v16_load_n(const real *p, int n, real fill) {
    if (n >= 16) return v16_load(p);
#if defined(ISA_avx512)
    return (v16){{(vec)_mm512_mask_loadu_ps(_mm512_set1_ps(fill), (__mmask16)((1u << n) - 1), p)}};
#elif defined(ISA_avx2)
    v16 r;
    for (int i = 0; i < NV; i++, n -= VL, p += VL) {
        if (n >= VL) r.v[i] = vec_load(p);
        else if (n <= 0) r.v[i] = vec_set(fill);
        else {
            __m256i mask =
                _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
            r.v[i] = vec_select((ivec)mask, (vec)_mm256_maskload_ps(p, mask), vec_set(fill));
        }
    }
    return r;
#else
    real t[16];
    for (int i = 0; i < 16; i++) t[i] = fill;
    memcpy(t, p, (size_t)n * sizeof(real));
    return v16_load(t);
#endif
}
INLINE void v16_store_n(real *p, v16 x, int n) {
    if (n >= 16) {
        v16_store(p, x);
        return;
    }
#if defined(ISA_avx512)
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x.v[0]);
#elif defined(ISA_avx2)
    for (int i = 0; i < NV && n > 0; i++, n -= VL, p += VL) {
        if (n >= VL) {
            vec_store(p, x.v[i]);
            continue;
        }
        /* no masked store: on AMD's Zen it is microcode, some 40 operations (Fog, instruction tables) */
        real *to = p;
        __m128 rest = _mm256_castps256_ps128((__m256)x.v[i]);
        if (n & 4) {
            _mm_storeu_ps(to, rest);
            rest = _mm256_extractf128_ps((__m256)x.v[i], 1);
            to += 4;
        }
        if (n & 2) {
            _mm_storel_pi((__m64 *)to, rest);
            rest = _mm_movehl_ps(rest, rest);
            to += 2;
        }
        if (n & 1) _mm_store_ss(to, rest);
    }
#else
    real t[16];
    v16_store(t, x);
    memcpy(p, t, (size_t)n * sizeof(real));
#endif
}
/* n reals, a few: for those gcc makes `rep movs` of memcpy, which takes longer than the arithmetic of a short row. */
INLINE void copy_few(real *to, const real *from, int n) {
    int i = 0;
    for (; i + 4 <= n; i += 4) *(uvec4 *)(to + i) = *(const uvec4 *)(from + i);
    for (; i < n; i++) to[i] = from[i];
}
INLINE v16 v16_add(v16 a, v16 b) { V16_EACH(a.v[i] + b.v[i]); }
INLINE v16 v16_sub(v16 a, v16 b) { V16_EACH(a.v[i] - b.v[i]); }
INLINE v16 v16_mul(v16 a, v16 b) { V16_EACH(a.v[i] * b.v[i]); }
INLINE v16 v16_div(v16 a, v16 b) { V16_EACH(a.v[i] / b.v[i]); }
INLINE v16 v16_fma(v16 a, v16 b, v16 c) { V16_EACH(vec_fma(a.v[i], b.v[i], c.v[i])); }
INLINE v16 v16_sqrt(v16 a) { V16_EACH(vec_sqrt(a.v[i])); }
INLINE v16 v16_max(v16 a, v16 b) { V16_EACH(vec_max(a.v[i], b.v[i])); }
/* where x > 0: a, else b */
INLINE v16 v16_where_positive(v16 x, v16 a, v16 b) {
    V16_EACH(vec_select(x.v[i] > vec_set(0), a.v[i], b.v[i]));
}

/* The fixed order of a sum over a row: lane i adds elements i, i + 16, ...; then the lanes are combined 8-4-2-1. The
 * steps are the same for every size of machine vector. */
typedef real vec2 __attribute__((vector_size(2 * sizeof(real))));
typedef real vec8 __attribute__((vector_size(8 * sizeof(real))));
#define PLUS(a, b) ((a) + (b))
#define LARGER(a, b)                                                                                         \
    ({                                                                                                       \
        __typeof__(a) left_ = (a), right_ = (b);                                                             \
        __typeof__(left_ > right_) more_ = left_ > right_;                                                   \
        (__typeof__(left_))((more_ & (__typeof__(more_))left_) | (~more_ & (__typeof__(more_))right_));      \
    })
#define HALVES_16(x, op)                                                                                     \
    op(__builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7),                                                \
       __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15))
#define HALVES_8(x, op)                                                                                      \
    op(__builtin_shufflevector(x, x, 0, 1, 2, 3), __builtin_shufflevector(x, x, 4, 5, 6, 7))
#define HALVES_4(x, op) op(__builtin_shufflevector(x, x, 0, 1), __builtin_shufflevector(x, x, 2, 3))
#if VL == 16
#define FOLD_TO_4(x, op)                                                                                     \
    vec8 eight = HALVES_16((x).v[0], op);                                                                    \
    vec4 four = HALVES_8(eight, op);
#elif VL == 8
#define FOLD_TO_4(x, op)                                                                                     \
    vec8 eight = op((x).v[0], (x).v[1]);                                                                     \
    vec4 four = HALVES_8(eight, op);
#elif VL == 4
#define FOLD_TO_4(x, op)                                                                                     \
    vec4 even = op((x).v[0], (x).v[2]), odd = op((x).v[1], (x).v[3]);                                        \
    vec4 four = op(even, odd);
#else
#define FOLD_TO_4(x, op)                                                                                     \
    vec2 e0 = op((x).v[0], (x).v[4]), e1 = op((x).v[1], (x).v[5]);                                           \
    vec2 e2 = op((x).v[2], (x).v[6]), e3 = op((x).v[3], (x).v[7]);                                           \
    vec2 low = op(e0, e2), high = op(e1, e3);                                                                \
    vec4 four = __builtin_shufflevector(low, high, 0, 1, 2, 3);
#endif
INLINE real v16_sum(v16 x) {
    FOLD_TO_4(x, PLUS)
    vec2 two = HALVES_4(four, PLUS);
    return two[0] + two[1];
}
/* The maximum is the same in any order. */
INLINE real v16_largest(v16 x) {
    FOLD_TO_4(x, LARGER)
    vec2 two = HALVES_4(four, LARGER);
    return two[0] > two[1] ? two[0] : two[1];
}

/* The same for R rows, which are four, or one of those that remain (a constant where it is inlined): what follows, such
 * as divisions and roots, is one operation for all four, and no row waits for another's sums. */
enum { FOUR_ROWS = 4 };
#define EACH_ROW _Pragma("GCC unroll 4") for (int r = 0; r < R; r++)
#define FOLD_ROWS(x, op)                                                                                     \
    vec4 row[4];                                                                                             \
    _Pragma("GCC unroll 4") for (int r = 0; r < 4; r++) {                                                    \
        FOLD_TO_4((x)[r], op)                                                                                \
        row[r] = four;                                                                                       \
    }                                                                                                        \
    vec4 low01 = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);                                        \
    vec4 high01 = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);                                       \
    vec4 low23 = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);                                        \
    vec4 high23 = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);                                       \
    vec4 two01 = op(low01, high01), two23 = op(low23, high23);                                               \
    vec4 first = __builtin_shufflevector(two01, two23, 0, 1, 4, 5);                                          \
    vec4 second = __builtin_shufflevector(two01, two23, 2, 3, 6, 7);
INLINE vec4 v16_sums(int R, const v16 *x) {
    if (R == 1) return (vec4){v16_sum(x[0])};
    FOLD_ROWS(x, PLUS)
    return first + second;
}
INLINE vec4 v16_maxima(int R, const v16 *x) {
    if (R == 1) return (vec4){v16_largest(x[0])};
    FOLD_ROWS(x, LARGER)
    return LARGER(first, second);
}

/* exp. x = n ln 2 + r with |r| <= ln 2 / 2 (Cody & Waite 1980), a polynomial in r, n added to the exponent.
 * +0 below ln 2^-126, +Inf above ln FLT_MAX; docs/math.md has the measured bound. In the double build it is
 * exact_exp. */
#ifdef ROTE_DOUBLE
INLINE vec vec_exp(vec x) {
    vec r = x;
    for (int i = 0; i < VL; i++) r[i] = exact_exp(x[i]);
    return r;
}
#else
/* Minimax fit of (exp(r) - 1 - r) / r^2, degree 4, relative error of exp 3.1e-9 before rounding. */
#define EXP_C2 0x1.fffffcp-2f
#define EXP_C3 0x1.555492p-3f
#define EXP_C4 0x1.5558f2p-5f
#define EXP_C5 0x1.123a2p-7f
#define EXP_C6 0x1.6a23cep-10f
INLINE vec vec_exp(vec x) {
    const float round = 0x1.8p23f; /* adding it leaves n in the low bits */
    vec shifted = vec_fma(x, vec_set(0x1.715476p+0f), vec_set(round));
    vec n = shifted - round;
    vec r = vec_fma(n, vec_set(-0x1.62e4p-1f), x); /* the high part of ln 2 has trailing zeros: exact */
    r = vec_fma(n, vec_set(-0x1.7f7d1cp-20f), r);
    vec p = vec_set(EXP_C6);
    p = vec_fma(p, r, vec_set(EXP_C5));
    p = vec_fma(p, r, vec_set(EXP_C4));
    p = vec_fma(p, r, vec_set(EXP_C3));
    p = vec_fma(p, r, vec_set(EXP_C2));
    p = vec_fma(p, r, vec_set(1.0f));
    p = vec_fma(p, r, vec_set(1.0f));
    unsigned_vec exponent = (unsigned_vec)shifted << 23; /* the high bits of `round` are shifted out */
    vec result = (vec)((unsigned_vec)p + exponent);
    result = vec_select(x >= vec_set(-0x1.5d589ep+6f), result, vec_set(0)); /* -87.33654 */
    result = vec_select(x <= vec_set(0x1.62e42ep+6f), result, vec_set(INFINITY));
    return vec_select(x == x, result, x);
}
#endif
INLINE v16 v16_exp(v16 x) { V16_EACH(vec_exp(x.v[i])); }
/* 1 / (1 + exp(-x)) */
INLINE v16 v16_sigmoid(v16 x) {
    v16 one = v16_set(1);
    return v16_div(one, v16_add(one, v16_exp(v16_sub(v16_set(0), x))));
}

#endif
