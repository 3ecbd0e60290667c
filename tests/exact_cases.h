/* What is asked of each elementary function, once: tests/test_exact.c holds it against long double and
 * against golden bits, tests/measure_exact.c measures it against quadruple precision for docs/math.md.
 *
 * CASE(id, f, reference, x0, x1, y0, y1, floor, max_ulp, golden)
 *   f          in terms of x and y, doubles drawn uniformly from [x0, x1) and [y0, y1)
 *   reference  the same with R(name), libm's name with the suffix of the reference's type
 *   floor      errors are in units of the last place of max(|reference|, floor)
 *   max_ulp    the bound docs/math.md states, tested
 *   golden     FNV-1a of the outputs of test_exact.c's draws; the test prints the new one when it differs */
#ifndef ROTE_TESTS_EXACT_CASES_H
#define ROTE_TESTS_EXACT_CASES_H

#include <math.h>

#include "base/exact.h"

#define WHOLE(x)          floor(x)
#define LDEXP(x, y)       ldexp(x, (int)floor(y))
#define STEP(x, y)        ((x) + 0.34657359027997264 * (2.0 * floor(y) + 1.0)) /* where exp's reduction steps */
#define LOG2_FACTORIAL(n) (R(lgamma)((n) + 1) / 0.693147180559945309417232121458176568L)
/* The double nearest to floor(x) quarter turns, where sin or cos is nearest to zero. */
static inline double near_quarter(double x) {
    return exact_dd_mul((DoubleDouble){floor(x), 0.0},
                        (DoubleDouble){0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54})
        .hi;
}

#define EXACT_CASES(CASE)                                                                                    \
    CASE(exp_small, exact_exp(x), R(exp)(x), -1, 1, 0, 1, 0, 0.75, 0xf4115396f267e8c9)                       \
    CASE(exp_all, exact_exp(x), R(exp)(x), -708, 709.7, 0, 1, 0, 0.75, 0x5b96c643179717b8)                   \
    CASE(exp_steps, exact_exp(STEP(x, y)), R(exp)(STEP(x, y)), -1e-12, 1e-12, -900, 900, 0, 0.75,            \
         0x795978b3851182e6)                                                                                 \
    CASE(exp_subnormal, exact_exp(x), R(exp)(x), -746, -708, 0, 1, 0, 1.0, 0x3bd85165fec76e75)               \
    CASE(expm1_small, exact_expm1(x), R(expm1)(x), -1, 1, 0, 1, 0, 1.1, 0x74423d56197b20a4)                  \
    CASE(expm1_tiny, exact_expm1(x), R(expm1)(x), -1e-9, 1e-9, 0, 1, 0, 1.1, 0xa5797aa1867f57d5)             \
    CASE(expm1_all, exact_expm1(x), R(expm1)(x), -50, 709, 0, 1, 0, 1.1, 0xd4acac41b8551d20)                 \
    CASE(log_near_one, exact_log(1 + x), R(log)(1 + x), -1e-3, 1e-3, 0, 1, 0, 0.51, 0xd8050986e239cbca)      \
    CASE(log_unit, exact_log(x), R(log)(x), 1e-12, 2, 0, 1, 0, 0.51, 0xcfafdb86db8e5345)                     \
    CASE(log_all, exact_log(LDEXP(x, y)), R(log)(LDEXP(x, y)), 1, 2, -1074, 1024, 0, 0.51,                   \
         0xe2124e3b15ba83ea)                                                                                 \
    CASE(log2_near_one, exact_log2(1 + x), R(log2)(1 + x), -1e-3, 1e-3, 0, 1, 0, 0.51, 0x535a2b86015190cf)   \
    CASE(log2_all, exact_log2(LDEXP(x, y)), R(log2)(LDEXP(x, y)), 1, 2, -1074, 1024, 0, 0.51,                \
         0xfc2ea95403bc6ba3)                                                                                 \
    CASE(log1p_wide, exact_log1p(x), R(log1p)(x), -0.999, 8, 0, 1, 0, 0.8, 0xdd9820e2d9377d8b)               \
    CASE(log1p_tiny, exact_log1p(LDEXP(x, y)), R(log1p)(LDEXP(x, y)), -1, 1, -80, -1, 0, 0.8,                \
         0x37979cac196f2581)                                                                                 \
    CASE(tanh_wide, exact_tanh(x), R(tanh)(x), -20, 20, 0, 1, 0, 0.9, 0xa0b48e2f5434c4ad)                    \
    CASE(tanh_small, exact_tanh(x), R(tanh)(x), -0.6, 0.6, 0, 1, 0, 0.9, 0x2c232670f49eaf72)                 \
    CASE(tanh_tiny, exact_tanh(LDEXP(x, y)), R(tanh)(LDEXP(x, y)), -1, 1, -1022, -1, 0, 0.9,                 \
         0x20e7d432f395e51a)                                                                                 \
    CASE(sin_turn, exact_sin(x), R(sin)(x), -7, 7, 0, 1, 0, 0.9, 0x4b7ed64383081593)                         \
    CASE(sin_all, exact_sin(x), R(sin)(x), -0x1p20, 0x1p20, 0, 1, 0, 0.9, 0xff11ec61ed917635)                \
    CASE(sin_zeros, exact_sin(near_quarter(x)), R(sin)(near_quarter(x)), -660000, 660000, 0, 1, 0, 0.9,      \
         0xdf0eb0d6c164b4b6)                                                                                 \
    CASE(cos_turn, exact_cos(x), R(cos)(x), -7, 7, 0, 1, 0, 0.9, 0x7fd3647582461995)                         \
    CASE(cos_all, exact_cos(x), R(cos)(x), -0x1p20, 0x1p20, 0, 1, 0, 0.9, 0xbade064f4ace5334)                \
    CASE(cos_zeros, exact_cos(near_quarter(x)), R(cos)(near_quarter(x)), -660000, 660000, 0, 1, 0, 0.9,      \
         0x89b8dab0cf5c9ed0)                                                                                 \
    CASE(pow_decay, exact_pow(x, y), R(pow)(x, y), 0.9, 1.001, 0, 6000, 0, 0.75, 0xa578f74da23c8bf6)         \
    CASE(pow_theta, exact_pow(x, y), R(pow)(x, y), 1, 1e6, -1, 0, 0, 0.75, 0x87f10ec29d3e7272)               \
    CASE(pow_wide, exact_pow(x, y), R(pow)(x, y), 0, 100, -150, 150, 0, 0.75, 0xe3045b4a4655237d)            \
    CASE(pow_near_one, exact_pow(1 + x, y), R(pow)(1 + x, y), -1e-9, 1e-9, -5e11, 5e11, 0, 0.75,             \
         0x9b912089880e92e3)                                                                                 \
    CASE(lgamma_zeros, exact_lgamma(x), R(lgamma)(x), 0.5, 3, 0, 1, 0.25, 0.55, 0x5906b68312c342d5)          \
    CASE(lgamma_middle, exact_lgamma(x), R(lgamma)(x), 3, 100, 0, 1, 0, 0.55, 0xde19625fd8c94e8a)            \
    CASE(lgamma_large, exact_lgamma(LDEXP(x, y)), R(lgamma)(LDEXP(x, y)), 1, 2, 6, 900, 0, 0.55,             \
         0xe597016542e60f94)                                                                                 \
    CASE(factorial_small, exact_log2_factorial(WHOLE(x)), LOG2_FACTORIAL(WHOLE(x)), 0, 200, 0, 1, 0, 0.51,   \
         0x692b608bc7169a02)                                                                                 \
    CASE(factorial_large, exact_log2_factorial(WHOLE(x)), LOG2_FACTORIAL(WHOLE(x)), 200, 1e12, 0, 1, 0,      \
         0.51, 0xd647636265498076)

#endif
