/* Distributions against values computed with 30 digits, intervals against matrices written out, coverage by
 * simulation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "eval/stats/stats.h"

static void expect_near(double value, double expected, double relative) {
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g, expected %.17g within %g", value, expected, relative);
}

/* mpmath 1.3, 30 digits: roots of the regularized incomplete beta function. */
static void student_and_normal(void **state) {
    (void)state;
    static const struct {
        double p, df, t;
    } known[] = {
        {.975, 1, 12.706204736174693},  {.975, 2, 4.3026527297494618},   {.975, 3.5, 2.9400886379827288},
        {.975, 10, 2.2281388519862742}, {.975, 120, 1.9799304050824405}, {.95, 5, 2.0150483733330235},
        {.9, 30, 1.3104150253913957},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        expect_near(student_quantile(known[i].p, known[i].df), known[i].t, 1e-12);
        expect_near(student_quantile(1 - known[i].p, known[i].df), -known[i].t, 1e-12);
        expect_near(student_cdf(known[i].t, known[i].df), known[i].p, 1e-12);
    }
    expect_near(normal_quantile(0.975), 1.9599639845400539, 1e-13);
    expect_near(normal_quantile(0.995), 2.5758293035489005, 1e-13);
    expect_near(normal_cdf(-8), 6.2209605742717841e-16, 1e-13);
    expect_near(normal_cdf(1), 0.84134474606854293, 1e-14);
    expect_near(student_quantile(0.975, INFINITY), 1.9599639845400539, 1e-13);
    expect_near(beta_regularized(0.3, 0.7, 2.5, 1.5), 0.088943723170665592, 1e-13);
    assert_true(student_quantile(0.5, 3) == 0 && normal_cdf(0) == 0.5);
    assert_true(isnan(student_quantile(0.975, 0)) && isnan(normal_quantile(1.5)) && isnan(normal_cdf(NAN)));
    assert_true(normal_quantile(1) == INFINITY && student_quantile(0, 2) == -INFINITY);
}

static void quantile_inverts_cdf(void **state) {
    (void)state;
    for (double df = 0.7; df < 1e5; df *= 3.1)
        for (double t = -30; t < 30; t += 3.7)
            if (student_cdf(t, df) > 1e-250 && t < 6)
                expect_near(student_quantile(student_cdf(t, df), df), t, 1e-6);
}

static void samples(void **state) {
    (void)state;
    double x[] = {4, 1, 3, 2};
    Interval m = mean_interval(x, 4);
    expect_near(m.value, 2.5, 1e-15);
    expect_near(m.high - m.value, 3.1824463052842638 * sqrt(5.0 / 3 / 4), 1e-12); /* t(.975, 3) s / 2 */
    sort_doubles(x, 4);
    assert_true(x[0] == 1 && x[3] == 4);
    assert_true(quantile_sorted(x, 4, 0) == 1 && quantile_sorted(x, 4, 1) == 4);
    assert_true(quantile_sorted(x, 4, 0.5) == 2.5 && quantile_sorted(x, 4, 0.25) == 1.75);
    assert_true(isnan(quantile_sorted(x, 0, 0.5)) && isnan(mean_interval(x, 0).value));
    assert_true(isnan(mean_interval(x, 1).low) && mean_interval(x, 1).value == 1);
}

/* The same by (I - H) G (I - H) written out as matrices, 30 digits. */
static void line(void **state) {
    (void)state;
    static const double x[] = {1, 2, 4, 5, 9}, y[] = {2.1, 2.9, 5.2, 5.8, 10.4}, w[] = {1, 2, 1, .5, 3};
    Line l;
    Err err;
    assert_int_equal(line_fit(&l, x, y, w, 5, &err), OK);
    expect_near(l.intercept.value, 0.87256637168141582, 1e-13);
    expect_near(l.intercept.df, 1.7939622527167828, 1e-12);
    expect_near(l.intercept.low, 0.28184421591339086, 1e-12);
    expect_near(l.slope.value, 1.0559935639581658, 1e-14);
    expect_near(l.slope.df, 1.92364495452559, 1e-12);
    expect_near(l.slope.low, 0.96888697831451907, 1e-12);
    expect_near(l.r2, 0.9987226123855173, 1e-13);
    double one[] = {3, 3}, two[] = {1, 2};
    assert_int_equal(line_fit(&l, one, two, NULL, 2, &err), OK); /* no two x */
    assert_true(isnan(l.slope.value) && isnan(l.intercept.low));
    assert_int_equal(line_fit(&l, two, one, NULL, 2, &err), OK); /* two points: a line, no interval */
    assert_true(l.slope.value == 0 && l.intercept.value == 3 && isnan(l.slope.low));
}

/* 95 % of the intervals hold what was planted, with 6 to 16 architectures, their P spread over a factor 40, the
 * scatter equal for all or (for the slope through the origin, whose weights know nothing of it) larger for the
 * small ones. 10,000 lines: a coverage is known to 0.2 %. */
static void coverage(void **state) {
    (void)state;
    const Stream s = random_stream(9, RANDOM_TEST, 0);
    uint64_t at = 0;
    int reps = getenv("ROTE_LONG") ? 10000 : 1000;
    printf("seed 9, %d samples each\n", reps);
    for (int n = 6; n <= 16; n += 5) {
        int inside[4] = {0};
        for (int r = 0; r < reps; r++) {
            double p[16], c[16], w[16], ratio[16], lp[16], lc[16];
            Line l;
            for (int a = 0; a < n; a++) {
                p[a] = 600 * pow(40, a / (n - 1.0));
                ratio[a] = 2.5 * (1 + 0.03 * random_normal(s, at++));
                c[a] = ratio[a] * p[a];
                w[a] = 1 / (p[a] * p[a]);
                lp[a] = log(p[a]);
                lc[a] = log(c[a]);
            }
            Interval origin = mean_interval(ratio, n);
            inside[0] += origin.low <= 2.5 && 2.5 <= origin.high;
            assert_int_equal(line_fit(&l, p, c, w, n, NULL), OK);
            inside[1] += l.slope.low <= 2.5 && 2.5 <= l.slope.high;
            inside[2] += l.intercept.low <= 0 && 0 <= l.intercept.high;
            assert_int_equal(line_fit(&l, lp, lc, NULL, n, NULL), OK);
            inside[3] += l.slope.low <= 1 && 1 <= l.slope.high;
        }
        printf("%d architectures: origin %.1f %%, slope %.1f %%, intercept %.1f %%, exponent %.1f %%\n", n,
               100.0 * inside[0] / reps, 100.0 * inside[1] / reps, 100.0 * inside[2] / reps,
               100.0 * inside[3] / reps);
        /* the intercept hangs on the two or three smallest models: its interval is on the wide side */
        for (int k = 0; k < 4; k++)
            assert_true(inside[k] > 0.93 * reps && inside[k] < (k == 2 ? 0.995 : 0.975) * reps);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(student_and_normal),
                                       cmocka_unit_test(quantile_inverts_cdf), cmocka_unit_test(samples),
                                       cmocka_unit_test(line), cmocka_unit_test(coverage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
