/* The figures of one row of logits: against plain formulas on drawn rows, equal logits, skipped tokens, bad input. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "eval/logits/row.h"
#include "eval/stats/stats.h"

static const uint64_t SEED = 20261129;

static void near(double got, double expected, double error, const char *what) {
    if (!(fabs(got - expected) <= error)) fail_msg("%s: %.12g, not %.12g", what, got, expected);
}

static void draw(double *row, int V, uint32_t sub, double scale) {
    Stream stream = random_stream(SEED, RANDOM_TEST, sub);
    for (int v = 0; v < V; v++) row[v] = scale * random_normal(stream, (uint64_t)v);
}

/* Every figure of the softmax by its definition, and the target's. */
static void softmax_by_definition(void **state) {
    (void)state;
    enum { V = 300 };
    double row[V], sum = 0, entropy = 0, squares = 0, p2 = 0;
    draw(row, V, 1, 2);
    row[17] = 9;
    row[100] = 7.5;
    for (int v = 0; v < V; v++) sum += exp(row[v]);
    for (int v = 0; v < V; v++) {
        double p = exp(row[v]) / sum;
        entropy -= p * log(p);
        squares += p * log(p) * log(p);
        p2 += p * p;
    }
    LogitWork work;
    LogitRow got;
    Err err;
    assert_int_equal(logit_work_create(&work, V, &err), OK);
    assert_int_equal(logit_row(&got, row, V, NULL, 100, &work, &err), OK);
    assert_int_equal(got.first, 17);
    near(got.margin, 1.5, 1e-12, "margin");
    near(got.entropy, entropy, 1e-12, "entropy");
    near(got.p1, exp(9) / sum, 1e-13, "p1");
    near(got.sum_p2, p2, 1e-13, "sum p^2");
    near(got.log_z, log(sum), 1e-12, "log Z");
    near(got.ln_p_sigma, sqrt(squares - entropy * entropy), 1e-11, "sigma of ln p");
    near(got.target_ln_p, 7.5 - log(sum), 1e-12, "target");
    assert_int_equal(got.target_rank, 2);
    near(got.target_distance, (7.5 - got.kstar.mu) / got.kstar.sigma, 1e-12, "target's distance");
    assert_int_equal(logit_row(&got, row, V, NULL, -1, &work, &err), OK);
    assert_true(isnan(got.target_distance) && isnan(got.target_ln_p) && got.target_rank == 0);
    logit_work_free(&work);
}

/* Skipped tokens count in the softmax and nowhere else; sorted is what qsort gives, negative zeros and all. */
static void skipped_and_sorted(void **state) {
    (void)state;
    enum { V = 5000 };
    double row[V], sorted[V], skipped = 0, all = 0;
    uint8_t skip[V] = {0};
    draw(row, V, 2, 3);
    row[4] = -0.0;
    row[8] = 0.0;
    row[3] = 60; /* skipped */
    int n = 0;
    for (int v = 0; v < V; v++) {
        skip[v] = v % 7 == 3;
        if (!skip[v]) sorted[n++] = row[v];
        else skipped += exp(row[v]);
        all += exp(row[v]);
    }
    sort_doubles(sorted, n);
    LogitWork work;
    LogitRow got, compact;
    Err err;
    assert_int_equal(logit_work_create(&work, V, &err), OK);
    assert_int_equal(logit_row(&got, row, V, skip, 8, &work, &err), OK);
    for (int i = 0; i < n; i++) assert_true(work.sorted[i] == sorted[n - 1 - i]);
    assert_int_equal(got.n, n);
    assert_int_equal(got.first, 3);
    near(got.skipped_mass, skipped / all, 1e-12, "skipped mass");
    assert_int_equal(logit_row(&compact, sorted, n, NULL, -1, &work, &err), OK);
    near(got.normality.mean, compact.normality.mean, 0, "mean");
    near(got.normality.shapiro_francia.p, compact.normality.shapiro_francia.p, 0, "Shapiro-Francia");
    near(got.kstar.largest, compact.kstar.largest, 0, "largest");
    near(got.mixture.bic_difference, compact.mixture.bic_difference, 0, "mixture");
    near(got.hill, compact.hill, 0, "Hill");
    logit_work_free(&work);
}

/* Hill by its definition; equal logits have no shape; what is refused. */
static void ends_and_refusals(void **state) {
    (void)state;
    enum { V = 100 };
    double row[V], sum = 0;
    uint8_t skip[V];
    LogitWork work;
    LogitRow got;
    Err err;
    assert_int_equal(logit_work_create(&work, V, &err), OK);
    for (int v = 0; v < V; v++) row[v] = -0.5 * v;
    for (int i = 0; i < 10; i++) sum += 0.5 * (10 - i);
    assert_int_equal(logit_row(&got, row, V, NULL, 0, &work, &err), OK);
    assert_int_equal(got.hill_k, 10);
    near(got.hill, sum / 10, 1e-12, "Hill");
    for (int v = 0; v < V; v++) row[v] = 3;
    assert_int_equal(logit_row(&got, row, V, NULL, 5, &work, &err), OK);
    assert_true(got.normality.sigma == 0 && isnan(got.normality.skew) && isnan(got.mixture.weight[0]));
    assert_true(got.kstar.k == 0 && isnan(got.target_distance) && got.first == 0);
    near(got.entropy, log(V), 1e-12, "entropy of equal logits");
    row[50] = NAN;
    assert_int_equal(logit_row(&got, row, V, NULL, 5, &work, &err), ERR_NUMERIC);
    row[50] = INFINITY;
    assert_int_equal(logit_row(&got, row, V, NULL, 5, &work, &err), ERR_NUMERIC);
    row[50] = 1;
    memset(skip, 1, sizeof skip);
    assert_int_equal(logit_row(&got, row, V, skip, 5, &work, &err), ERR_INPUT);
    assert_string_equal(err.msg, "0 of 100 tokens were trained: 16 or more are needed");
    assert_int_equal(logit_row(&got, row, 15, NULL, 5, &work, &err), ERR_INPUT);
    logit_work_free(&work);
    assert_int_equal(logit_work_create(&work, 15, &err), ERR_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(softmax_by_definition),
        cmocka_unit_test(skipped_and_sorted),
        cmocka_unit_test(ends_and_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
