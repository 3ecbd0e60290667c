/* The elementary functions: error against long double, special values, order, and golden bits, so that a
 * compiler or an instruction set that computes anything else is caught. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/random.h"
#include "tests/exact_cases.h"

enum { SEED = 20261122, DRAWS = 100000, COMPARED = 20000 };

#define R(name) name##l
#define CASE_FUNCTIONS(id, f, reference, ...)                                                                \
    static double function_##id(double x, double y) {                                                        \
        (void)y;                                                                                             \
        return f;                                                                                            \
    }                                                                                                        \
    static long double reference_##id(double x, double y) {                                                  \
        (void)y;                                                                                             \
        return reference;                                                                                    \
    }
EXACT_CASES(CASE_FUNCTIONS)

typedef struct Case {
    const char *id;
    double (*f)(double, double);
    long double (*reference)(double, double);
    double x0, x1, y0, y1, floor, max_ulp;
    uint64_t golden;
} Case;
#define CASE_ROW(id, f, reference, ...) {#id, function_##id, reference_##id, __VA_ARGS__},
static const Case cases[] = {EXACT_CASES(CASE_ROW)};
enum { N_CASES = (int)(sizeof cases / sizeof *cases) };

static void draw(const Case *c, int row, int i, double *x, double *y) {
    Stream s = random_stream(SEED, RANDOM_TEST, (uint32_t)row);
    *x = c->x0 + (c->x1 - c->x0) * random_unit(s, 2 * (uint64_t)i);
    *y = c->y0 + (c->y1 - c->y0) * random_unit(s, 2 * (uint64_t)i + 1);
}

static void golden_bits(void **state) {
    (void)state;
    int wrong = 0;
    for (int row = 0; row < N_CASES; row++) {
        uint64_t hash = 0xcbf29ce484222325; /* FNV-1a, a word at a time */
        for (int i = 0; i < DRAWS; i++) {
            double x, y;
            draw(&cases[row], row, i, &x, &y);
            hash = (hash ^ exact_bits(cases[row].f(x, y))) * 0x100000001b3;
        }
        if (hash == cases[row].golden) continue;
        print_error("%s: golden 0x%016" PRIx64 ", here 0x%016" PRIx64 "\n", cases[row].id, cases[row].golden,
                    hash);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* The bounds are those of docs/math.md, measured on 100 times as many points and rounded up; libm's long
 * double has 11 bits more than double (or more), so its own error does not count. */
static void errors_within_bounds(void **state) {
    (void)state;
    if (LDBL_MANT_DIG < 64) skip();
    int wrong = 0;
    for (int row = 0; row < N_CASES; row++) {
        const Case *c = &cases[row];
        double worst = 0, worst_x = 0, worst_y = 0;
        for (int i = 0; i < COMPARED; i++) {
            double x, y;
            draw(c, row, i, &x, &y);
            long double r = c->reference(x, y), scale = fabsl(r) > c->floor ? fabsl(r) : c->floor;
            if (isinf((double)r) && (double)r == c->f(x, y)) continue;
            int e;
            frexpl(scale, &e);
            double ulps = (double)fabsl((c->f(x, y) - r) / ldexpl(1, (e < -1021 ? -1021 : e) - 53));
            if (!(ulps <= worst)) worst = ulps, worst_x = x, worst_y = y;
        }
        if (worst <= c->max_ulp) continue;
        print_error("%s: %.3f ulp at x = %a, y = %a; at most %.3f (seed %d)\n", c->id, worst, worst_x,
                    worst_y, c->max_ulp, SEED);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void same(double got, double wanted) {
    if (isnan(wanted)) assert_true(isnan(got));
    else assert_int_equal(exact_bits(got), exact_bits(wanted)); /* the sign of a zero too */
}

static void special_values(void **state) {
    (void)state;
    double inf = HUGE_VAL, tiny = 0x1p-1074;
    same(exact_exp(0), 1), same(exact_exp(-0.0), 1), same(exact_exp(inf), inf), same(exact_exp(-inf), 0);
    same(exact_exp(NAN), NAN), same(exact_exp(709.79), inf), same(exact_exp(1e300), inf);
    same(exact_exp(-745.2), 0), same(exact_exp(-1e300), 0), same(exact_exp(-745.1), tiny),
        same(exact_exp(tiny), 1);
    same(exact_expm1(0), 0), same(exact_expm1(-0.0), -0.0), same(exact_expm1(inf), inf),
        same(exact_expm1(-inf), -1);
    same(exact_expm1(tiny), tiny), same(exact_expm1(NAN), NAN), same(exact_expm1(-1e300), -1);
    same(exact_log(1), 0), same(exact_log(0), -inf), same(exact_log(-0.0), -inf), same(exact_log(-1), NAN);
    same(exact_log(-tiny), NAN), same(exact_log(-inf), NAN), same(exact_log(inf), inf),
        same(exact_log(NAN), NAN);
    same(exact_log2(0), -inf), same(exact_log2(-1), NAN), same(exact_log2(inf), inf),
        same(exact_log2(NAN), NAN);
    for (int k = -1074; k < 1024; k++) same(exact_log2(ldexp(1, k)), k);
    same(exact_log1p(0), 0), same(exact_log1p(-0.0), -0.0), same(exact_log1p(-1), -inf),
        same(exact_log1p(-2), NAN);
    same(exact_log1p(inf), inf), same(exact_log1p(NAN), NAN), same(exact_log1p(tiny), tiny);
    same(exact_tanh(0), 0), same(exact_tanh(-0.0), -0.0), same(exact_tanh(inf), 1),
        same(exact_tanh(-inf), -1);
    same(exact_tanh(20), 1), same(exact_tanh(-1e300), -1), same(exact_tanh(tiny), tiny),
        same(exact_tanh(NAN), NAN);
    same(exact_sin(0), 0), same(exact_sin(-0.0), -0.0), same(exact_sin(tiny), tiny), same(exact_cos(0), 1);
    same(exact_sin(0x1.00001p20), NAN), same(exact_cos(-0x1.00001p20), NAN), same(exact_sin(inf), NAN);
    same(exact_cos(NAN), NAN), same(exact_cos(inf), NAN);
    same(exact_pow(0, 2), 0), same(exact_pow(0, -2), inf), same(exact_pow(0, 0), 1), same(exact_pow(7, 0), 1);
    same(exact_pow(1, 1e300), 1), same(exact_pow(1, inf), 1), same(exact_pow(2, 1e300), inf);
    same(exact_pow(2, -1e300), 0), same(exact_pow(0.5, inf), 0), same(exact_pow(0.5, -inf), inf);
    same(exact_pow(inf, 2), inf), same(exact_pow(inf, -2), 0), same(exact_pow(inf, 0), 1);
    same(exact_pow(-1, 2), NAN), same(exact_pow(NAN, 2), NAN), same(exact_pow(2, NAN), NAN),
        same(exact_pow(NAN, 0), 1);
    same(exact_lgamma(1), 0), same(exact_lgamma(2), 0), same(exact_lgamma(0), NAN),
        same(exact_lgamma(-1.5), NAN);
    same(exact_lgamma(inf), inf), same(exact_lgamma(NAN), NAN);
    same(exact_log2_factorial(0), 0), same(exact_log2_factorial(1), 0), same(exact_log2_factorial(2), 1);
    same(exact_log2_factorial(-1), NAN), same(exact_log2_factorial(inf), inf);
}

/* Where the true value is a double, an error below half an ulp before the last rounding must give just that.
 */
static void exact_powers(void **state) {
    (void)state;
    for (int k = -1074; k < 1024; k++) same(exact_pow(2, k), ldexp(1, k));
    double cube = 1;
    for (int k = 0; k <= 33; k++, cube *= 3) same(exact_pow(3, k), cube); /* 3^33 is the last below 2^53 */
    for (int i = 0; i < 10000; i++) {
        double x =
            ldexp(1 + random_unit(random_stream(SEED, RANDOM_TEST, 1000), (uint64_t)i), i % 2000 - 1000);
        same(exact_pow(x, 1), x);
    }
}

/* No step down between neighbours, around drawn points and around the points where a reduction steps. */
static void expect_rising(const char *name, double (*f)(double, double), double centre) {
    double x = centre;
    for (int i = 0; i < 100; i++) x = nextafter(x, -HUGE_VAL);
    for (int i = 0; i < 200; i++) {
        double next = nextafter(x, HUGE_VAL);
        if (!(f(x, 0) <= f(next, 0))) fail_msg("%s falls between %a and %a (seed %d)", name, x, next, SEED);
        x = next;
    }
}

static void monotonic(void **state) {
    (void)state;
    for (int i = 0; i < 1000; i++) {
        double u = random_unit(random_stream(SEED, RANDOM_TEST, 1001), (uint64_t)i);
        int k = i - 500;
        expect_rising("exp", function_exp_all, 1400 * (u - 0.5));
        expect_rising("exp", function_exp_all, (k + 0.5) * 0.69314718055994531);
        expect_rising("expm1", function_expm1_all, 80 * (u - 0.5));
        expect_rising("log", function_log_unit, 2 * u);
        expect_rising("log", function_log_unit, ldexp(0x1.6a09e667f3bcdp-1, k));
        expect_rising("log", function_log_unit, 1);
        expect_rising("log2", function_log2_near_one, 2 * u);
        expect_rising("log1p", function_log1p_wide, 4 * u - 0.9);
        expect_rising("tanh", function_tanh_wide, 30 * (u - 0.5));
        expect_rising("tanh", function_tanh_wide, (k + 0.5) * 0.34657359027997264);
    }
}

/* A loop that the compiler vectorizes gives what single calls give. */
static void loops_and_calls_agree(void **state) {
    (void)state;
    enum { N = 1003 }; /* no multiple of a vector's width */
    static double x[N], y[6][N];
    for (int i = 0; i < N; i++) x[i] = 40 * random_unit(random_stream(SEED, RANDOM_TEST, 1002), (uint64_t)i);
    for (int i = 0; i < N; i++) y[0][i] = exact_exp(x[i]);
    for (int i = 0; i < N; i++) y[1][i] = exact_log(x[i]);
    for (int i = 0; i < N; i++) y[2][i] = exact_tanh(x[i]);
    for (int i = 0; i < N; i++) y[3][i] = exact_sin(x[i]);
    for (int i = 0; i < N; i++) y[4][i] = exact_cos(x[i]);
    for (int i = 0; i < N; i++) y[5][i] = exact_log1p(x[i]);
    double (*const f[6])(double, double) = {function_exp_all, function_log_unit, function_tanh_wide,
                                            function_sin_all, function_cos_all,  function_log1p_wide};
    for (int j = 0; j < 6; j++)
        for (int i = 0; i < N; i++) same(y[j][i], f[j](x[i], 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_bits),    cmocka_unit_test(errors_within_bounds),
        cmocka_unit_test(special_values), cmocka_unit_test(exact_powers),
        cmocka_unit_test(monotonic),      cmocka_unit_test(loops_and_calls_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
