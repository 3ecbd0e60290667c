/* Elementary functions in double that give the same bits on every machine and compiler: only
 * + - * /, comparisons and integer bit operations, in a fixed order. No libm, no fused multiply-add
 * (-ffp-contract=off), and no early returns, so that loops over them vectorize.
 * Derivations, domains and measured errors: docs/math.md. The bits of a NaN result are not specified. */
#ifndef ROTE_BASE_EXACT_H
#define ROTE_BASE_EXACT_H

#include <float.h>
#include <stdint.h>
#include <string.h>

/* Compiler flags, where a macro shows them; base/exact_check.h tests the arithmetic at run time, since clang shows
 * few. */
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) ||               \
    defined(__NO_SIGNED_ZEROS__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) ||               \
    (defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0)
#error "exact arithmetic needs IEEE doubles: no -ffast-math and no part of it, and -mfpmath=sse on 32-bit x86"
#endif

/* A number as an unevaluated sum, |lo| <= ulp(hi) / 2: some 106 bits. */
typedef struct DoubleDouble {
    double hi, lo;
} DoubleDouble;

#define EXACT_MAGIC     0x1.8p52 /* x + MAGIC - MAGIC rounds |x| < 2^51 to an integer, left in the low bits */
#define EXACT_LOG2_E    0x1.71547652b82fep+0
#define EXACT_LOG2_E_LO 0x1.777d0ffda0d24p-56
#define EXACT_LN2_HI    0x1.62e42fefa3800p-1 /* 42 bits: k * LN2_HI is exact for |k| < 2^11 */
#define EXACT_LN2_LO    0x1.ef35793c76730p-45

static inline uint64_t exact_bits(double x) {
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static inline double exact_from_bits(uint64_t u) {
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* The nearest integer, ties to even, |x| < 2^51. */
static inline double exact_nearest(double x) { return (x + EXACT_MAGIC) - EXACT_MAGIC; }

/* 2^k for -1022 <= k <= 1023, from t = k + MAGIC: the shift drops MAGIC's own bits. */
static inline double exact_two_to(double t) { return exact_from_bits((exact_bits(t) + 1023) << 52); }

/* a + b exactly (Knuth 1969); the fast form (Dekker 1971) needs |a| >= |b| or a = 0. */
static inline DoubleDouble exact_two_sum(double a, double b) {
    double s = a + b, bb = s - a;
    return (DoubleDouble){s, (a - (s - bb)) + (b - bb)};
}

static inline DoubleDouble exact_fast_two_sum(double a, double b) {
    double s = a + b;
    return (DoubleDouble){s, b - (s - a)};
}

/* a * b exactly, for |a|, |b| < 2^996 and no underflow (Dekker 1971, with Veltkamp's split). */
static inline DoubleDouble exact_two_product(double a, double b) {
    double ca = 134217729.0 * a, ah = ca - (ca - a), al = a - ah; /* 2^27 + 1 */
    double cb = 134217729.0 * b, bh = cb - (cb - b), bl = b - bh;
    double p = a * b;
    return (DoubleDouble){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static inline DoubleDouble exact_dd_add(DoubleDouble a, DoubleDouble b) {
    DoubleDouble s = exact_two_sum(a.hi, b.hi);
    return exact_fast_two_sum(s.hi, s.lo + (a.lo + b.lo));
}

static inline DoubleDouble exact_dd_mul(DoubleDouble a, DoubleDouble b) {
    DoubleDouble p = exact_two_product(a.hi, b.hi);
    return exact_fast_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline DoubleDouble exact_dd_div(DoubleDouble a, DoubleDouble b) {
    double q = a.hi / b.hi;
    DoubleDouble p = exact_two_product(q, b.hi);
    return exact_fast_two_sum(q, (((a.hi - p.hi) - p.lo) + (a.lo - q * b.lo)) / b.hi);
}

/* (e^r - 1 - r) / r^2 for |r| <= 0.347: Taylor series; the omitted terms add less than 2^-63 to e^r. */
static inline double exact_exp_tail(double r) {
    double p = 1.0 / 87178291200.0; /* 1/14! */
    p = p * r + 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    return p * r + 0.5;
}

/* e^(x + lo) = 2^k e^r, r = x - k ln 2. Two factors 2^(k/2): one alone would overflow or underflow early. */
static inline double exact_exp_dd(double x, double lo) {
    lo = x > 710.0 || x < -746.0 ? 0.0 : lo;
    x = x > 710.0 ? 710.0 : x;
    x = x < -746.0 ? -746.0 : x;
    double k = (x * EXACT_LOG2_E + EXACT_MAGIC) - EXACT_MAGIC;
    DoubleDouble r = exact_fast_two_sum(x - k * EXACT_LN2_HI, lo - k * EXACT_LN2_LO);
    DoubleDouble s = exact_fast_two_sum(1.0, r.hi);
    double y = s.hi + (s.lo + (r.lo + r.hi * r.hi * exact_exp_tail(r.hi)));
    double half = k * 0.5 + EXACT_MAGIC;
    double rest = (k - (half - EXACT_MAGIC)) + EXACT_MAGIC;
    return y * exact_two_to(half) * exact_two_to(rest);
}

static inline double exact_exp(double x) { return exact_exp_dd(x, 0.0); }

/* e^x - 1 for |x| <= 41: (2^k - 1) + 2^k r + 2^k (e^r - 1 - r), the first two summed exactly. */
static inline DoubleDouble exact_expm1_dd(double x) {
    double t = x * EXACT_LOG2_E + EXACT_MAGIC, k = t - EXACT_MAGIC, scale = exact_two_to(t);
    DoubleDouble r = exact_fast_two_sum(x - k * EXACT_LN2_HI, -(k * EXACT_LN2_LO));
    DoubleDouble c = exact_two_sum(scale, -1.0);
    DoubleDouble s = exact_two_sum(c.hi, scale * r.hi);
    return exact_fast_two_sum(s.hi, s.lo + (c.lo + scale * (r.lo + r.hi * r.hi * exact_exp_tail(r.hi))));
}

static inline double exact_expm1(double x) {
    double inner = x > 40.0 ? 40.0 : x;
    DoubleDouble e = exact_expm1_dd(inner < -40.0 ? -40.0 : inner);
    double y = x > 40.0 ? exact_exp(x) : e.hi; /* there e^x - 1 rounds to e^x */
    return x == 0.0 ? x : y;
}

/* tanh |x| = t / (t + 2), t = e^(2|x|) - 1; 1 within half an ulp from 20 on. */
static inline double exact_tanh(double x) {
    double a = 2.0 * __builtin_fabs(x);
    DoubleDouble t = exact_expm1_dd(a > 40.0 ? 40.0 : a);
    DoubleDouble d = exact_two_sum(2.0, t.hi);
    d.lo += t.lo;
    return __builtin_copysign(exact_dd_div(t, d).hi, x);
}

/* ln m for sqrt(1/2) <= m <= sqrt(2): 2 atanh(s), s = (m - 1) / (m + 1), with the terms 2s and 2s^3/3 in
 * double-double; relative error below 2^-62. */
static inline DoubleDouble exact_log_near_one(double m) {
    DoubleDouble s = exact_dd_div((DoubleDouble){m - 1.0, 0.0}, exact_two_sum(m, 1.0));
    DoubleDouble z = exact_dd_mul(s, s);
    double t = 2.0 / 25.0;
    t = t * z.hi + 2.0 / 23.0;
    t = t * z.hi + 2.0 / 21.0;
    t = t * z.hi + 2.0 / 19.0;
    t = t * z.hi + 2.0 / 17.0;
    t = t * z.hi + 2.0 / 15.0;
    t = t * z.hi + 2.0 / 13.0;
    t = t * z.hi + 2.0 / 11.0;
    t = t * z.hi + 2.0 / 9.0;
    t = t * z.hi + 2.0 / 7.0;
    t = t * z.hi + 2.0 / 5.0;
    DoubleDouble u = exact_fast_two_sum(0x1.5555555555555p-1, t * z.hi); /* 2/3 */
    u.lo += 0x1.5555555555555p-55;
    DoubleDouble v = exact_dd_mul(s, exact_dd_mul(z, u));
    return exact_dd_add((DoubleDouble){2.0 * s.hi, 2.0 * s.lo}, v);
}

/* x = 2^k m with m in [sqrt(1/2), sqrt(2)), for 0 < x < inf, subnormals too; other x give some finite m. */
static inline double exact_split_exponent(double x, double *k) {
    const uint64_t base = 0x3fe6a09e667f3bcd; /* sqrt(1/2) */
    int small = x < DBL_MIN;
    uint64_t u = exact_bits(small ? x * 0x1p54 : x) - base + ((uint64_t)1023 << 52);
    double biased = exact_from_bits((u >> 52) | 0x4330000000000000) - 0x1p52;
    *k = biased - (small ? 1077.0 : 1023.0);
    return exact_from_bits((u & 0x000fffffffffffff) + base);
}

static inline double exact_log_special(double x, double y) {
    y = x == 0.0 ? -__builtin_inf() : y;
    y = x == __builtin_inf() ? x : y;
    return x >= 0.0 ? y : __builtin_nan("");
}

/* ln x for 0 < x < inf. */
static inline DoubleDouble exact_log_dd(double x) {
    double k, m = exact_split_exponent(x, &k);
    DoubleDouble l = exact_log_near_one(m);
    DoubleDouble s = exact_two_sum(k * EXACT_LN2_HI, l.hi);
    return exact_fast_two_sum(s.hi, s.lo + (l.lo + k * EXACT_LN2_LO));
}

static inline double exact_log(double x) { return exact_log_special(x, exact_log_dd(x).hi); }

/* Exact at powers of two, since k is added last. */
static inline double exact_log2(double x) {
    double k, m = exact_split_exponent(x, &k);
    DoubleDouble l = exact_dd_mul(exact_log_near_one(m), (DoubleDouble){EXACT_LOG2_E, EXACT_LOG2_E_LO});
    DoubleDouble s = exact_two_sum(k, l.hi);
    return exact_log_special(x, s.hi + (s.lo + l.lo));
}

/* ln(1 + x) = ln u + c / u with u = 1 + x rounded and c what the rounding lost. */
static inline double exact_log1p(double x) {
    DoubleDouble u = exact_two_sum(1.0, x);
    DoubleDouble l = exact_log_dd(u.hi);
    double y = exact_log_special(u.hi, l.hi + (l.lo + u.lo / u.hi));
    return x == 0.0 ? x : y;
}

/* x^y = e^(y ln x) for x >= 0, the product in double-double; NaN for x < 0. x^0 = 1. */
static inline double exact_pow(double x, double y) {
    double c = y > 1e19 ? 1e19 : y; /* above that, every x except 1 overflows or underflows */
    c = c < -1e19 ? -1e19 : c;
    DoubleDouble p = exact_dd_mul(exact_log_dd(x), (DoubleDouble){c, 0.0});
    double z = exact_exp_dd(p.hi, p.lo);
    double up = y > 0.0 ? __builtin_inf() : 0.0, down = y < 0.0 ? __builtin_inf() : 0.0;
    z = x == 0.0 ? down : z;
    z = x == __builtin_inf() ? up : z;
    z = x >= 0.0 && y == y ? z : __builtin_nan("");
    return y == 0.0 ? 1.0 : z;
}

/* x = n pi/2 + r, |r| <= pi/4, for |x| <= 2^20; t holds n in its low bits. pi/2 in parts of 33, 33, 33 and 53
 * bits: n times the first three is exact, so r keeps its relative precision beside a multiple of pi/2. */
static inline DoubleDouble exact_reduce_angle(double x, double *t) {
    *t = x * 0x1.45f306dc9c883p-1 + EXACT_MAGIC;
    double n = *t - EXACT_MAGIC;
    DoubleDouble r = exact_two_sum(x - n * 0x1.921fb54400000p+0, -(n * 0x1.0b4611a600000p-34));
    DoubleDouble s = exact_two_sum(r.hi, -(n * 0x1.3198a2e000000p-69));
    return exact_fast_two_sum(s.hi, r.lo + (s.lo - n * 0x1.b839a252049c1p-104));
}

/* sin and cos of r.hi + r.lo, |r| <= pi/4, by Taylor series; the first terms are added separately, to keep their low
 * bits. */
static inline double exact_sin_near_zero(DoubleDouble r) {
    double z = r.hi * r.hi;
    double p = 1.0 / 355687428096000.0; /* 1/17! */
    p = p * z - 1.0 / 1307674368000.0;
    p = p * z + 1.0 / 6227020800.0;
    p = p * z - 1.0 / 39916800.0;
    p = p * z + 1.0 / 362880.0;
    p = p * z - 1.0 / 5040.0;
    p = p * z + 1.0 / 120.0;
    p = p * z - 1.0 / 6.0;
    return r.hi + (r.hi * z * p + r.lo * (1.0 - 0.5 * z));
}

static inline double exact_cos_near_zero(DoubleDouble r) {
    double z = r.hi * r.hi;
    double p = 1.0 / 6402373705728000.0; /* 1/18! */
    p = 1.0 / 20922789888000.0 - p * z;
    p = p * z - 1.0 / 87178291200.0;
    p = p * z + 1.0 / 479001600.0;
    p = p * z - 1.0 / 3628800.0;
    p = p * z + 1.0 / 40320.0;
    p = p * z - 1.0 / 720.0;
    p = p * z + 1.0 / 24.0;
    DoubleDouble c = exact_fast_two_sum(1.0, -0.5 * z);
    return c.hi + (c.lo + (z * z * p - r.hi * r.lo));
}

/* sin(x) and cos(x) = sin(x + quadrant pi/2), quadrant 0 or 1, for |x| <= 2^20 radians; beyond, NaN. */
static inline double exact_sin_shifted(double x, uint64_t quadrant) {
    double t;
    DoubleDouble r = exact_reduce_angle(x, &t);
    uint64_t n = exact_bits(t) + quadrant;
    double y = n & 1 ? exact_cos_near_zero(r) : exact_sin_near_zero(r);
    y = n & 2 ? -y : y;
    return __builtin_fabs(x) <= 0x1p20 ? y : __builtin_nan("");
}

static inline double exact_sin(double x) { return x == 0.0 ? x : exact_sin_shifted(x, 0); }
static inline double exact_cos(double x) { return exact_sin_shifted(x, 1); }

/* ln Gamma(x) for x > 0 (Stirling's series); NaN for x <= 0. Relative error some 1e-16, absolute near its
 * zeros 1 and 2. */
double exact_lgamma(double x);

/* log2(n!) for n >= 0. */
double exact_log2_factorial(double n);

#endif
