/* Tests of normality and the two-component mixture: against SciPy and statsmodels on twenty fixed samples
 * (tests/golden/normality.json, made by tests/reference/normality.py), by their own claims on noise, by fits whose
 * answer is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/random.h"
#include "eval/logits/mixture.h"
#include "eval/logits/normality.h"
#include "eval/stats/stats.h"

static const uint64_t SEED = 20261201;

static void near(double got, double expected, double error, const char *what, const char *law, int n) {
    if (!(fabs(got - expected) <= error))
        fail_msg("%s of %s, n %d: %.12g, not %.12g", what, law, n, got, expected);
}

/* ---- the samples of tests/reference/normality.py ---- */

static double uniform(uint64_t seed, uint64_t j) {
    uint64_t z = seed + j * 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static double number_of(const char *law, uint64_t seed, int i) {
    uint64_t first = (uint64_t)i * 12 + 1;
    double u = uniform(seed, first), bell = -6;
    for (uint64_t j = 0; j < 12; j++) bell += uniform(seed, first + j);
    if (!strcmp(law, "uniform")) return u;
    if (!strcmp(law, "exponential")) return -log1p(-u);
    if (!strcmp(law, "logistic")) return log(u / (1 - u));
    if (!strcmp(law, "two")) return bell + (i % 10 == 0 ? 4 : 0);
    if (!strcmp(law, "grid")) return floor(bell * 8) / 8;
    if (!strcmp(law, "far")) return bell + (i == 0 ? 30 : 0);
    assert_string_equal(law, "sum");
    return bell;
}

static void sort_down(double *x, int n) {
    for (int i = 0; i < n; i++) x[i] = -x[i];
    sort_doubles(x, n);
    for (int i = 0; i < n; i++) x[i] = -x[i];
}

static double at(const json_t *one, const char *key, size_t i) {
    const json_t *value = json_object_get(one, key);
    assert_non_null(value);
    return json_number_value(json_is_array(value) ? json_array_get(value, i) : value);
}

static void compare(const json_t *one, const Normality *got, const char *law, int n) {
    double skew_error = 1e-9 * (1 + fabs(got->skew)),
           kurtosis_error = 1e-9 * (1 + fabs(got->excess_kurtosis));
    near(got->mean, at(one, "mean", 0), 1e-12, "mean", law, n);
    near(got->sigma, at(one, "sigma", 0), 1e-12, "sigma", law, n);
    near(got->skew, at(one, "skew", 0), skew_error, "skew", law, n);
    near(got->excess_kurtosis, at(one, "excess_kurtosis", 0), kurtosis_error, "excess kurtosis", law, n);
    const struct {
        const char *name;
        NormalityTest got;
    } tests[] = {{"jarque_bera", got->jarque_bera},
                 {"anderson_darling", got->anderson_darling},
                 {"lilliefors", got->lilliefors},
                 {"shapiro_francia", got->shapiro_francia}};
    for (int t = 0; t < 4; t++) {
        double statistic = at(one, tests[t].name, 0), p = at(one, tests[t].name, 1);
        near(tests[t].got.statistic, statistic, 1e-7 * (1 + fabs(statistic)), tests[t].name, law, n);
        if (t != 2) near(tests[t].got.p, p, 1e-6 * p + 1e-12, tests[t].name, law, n);
    }
    /* Dallal and Wilkinson's formula is ours up to p .1 and n 100; elsewhere the p of draws, which the formulas meet
     * within a tenth */
    double p = at(one, "lilliefors", 1), drawn = at(one, "lilliefors", 2), draws = at(one, "lilliefors", 3);
    if (n <= 100 && p <= 0.1) near(got->lilliefors.p, p, 1e-6 * p + 1e-15, "p of D", law, n);
    near(got->lilliefors.p, drawn, 0.1 * drawn + 3 * sqrt((drawn + 1 / draws) / draws), "p of D by draws",
         law, n);
}

static void fixed_samples(void **state) {
    (void)state;
    enum { N_MAX = 50257 };
    static double x[N_MAX];
    NormalityTable table;
    Err err;
    json_t *all = json_load_file("tests/golden/normality.json", 0, NULL), *one;
    size_t i;
    assert_int_equal(json_array_size(json_object_get(all, "samples")), 20);
    assert_int_equal(normality_table_create(&table, N_MAX, &err), OK);
    json_array_foreach(json_object_get(all, "samples"), i, one) {
        const char *law = json_string_value(json_object_get(one, "law"));
        int n = (int)at(one, "n", 0);
        for (int j = 0; j < n; j++) x[j] = number_of(law, (uint64_t)at(one, "seed", 0), j);
        sort_down(x, n);
        normality_table_set(&table, n);
        Normality got = normality_of(&table, x);
        compare(one, &got, law, n);
    }
    normality_table_free(&table);
    json_decref(all);
}

/* Noise is rejected at 5 % by 5 % (the Jarque-Bera test's p is for large n alone), p .5 is half of it. */
static void rejections_of_noise(void **state) {
    (void)state;
    static const struct { int n, draws; } size[] = {{20, 6000}, {90, 4000}, {1500, 1500}};
    static double x[1500];
    NormalityTable table;
    Err err;
    assert_int_equal(normality_table_create(&table, 1500, &err), OK);
    for (int s = 0; s < 3; s++) {
        int low[4] = {0}, half[4] = {0};
        normality_table_set(&table, size[s].n);
        for (int i = 0; i < size[s].draws; i++) {
            for (int j = 0; j < size[s].n; j++)
                x[j] = random_normal(random_stream(SEED, RANDOM_TEST, (uint32_t)s),
                                     (uint64_t)i * 1500 + (uint64_t)j);
            sort_down(x, size[s].n);
            Normality got = normality_of(&table, x);
            double p[] = {got.jarque_bera.p, got.anderson_darling.p, got.lilliefors.p, got.shapiro_francia.p};
            for (int t = 0; t < 4; t++) low[t] += p[t] < 0.05, half[t] += p[t] < 0.5;
        }
        for (int t = s == 2 ? 0 : 1; t < 4; t++) {
            double draws = size[s].draws;
            near(low[t] / draws, 0.05, 0.005 + 3 * sqrt(0.05 * 0.95 / draws), "share below .05", "noise",
                 size[s].n);
            near(half[t] / draws, 0.5, 0.02 + 3 * sqrt(0.25 / draws), "share below .5", "noise", size[s].n);
        }
    }
    normality_table_free(&table);
}

static double ln_normal(double x, double mean, double sigma) {
    return -0.5 * (x - mean) * (x - mean) / (sigma * sigma) - log(sigma) - 0.918938533204672742;
}

/* Two laws that stand apart are found, and the likelihood is that of the parameters; noise is one law. */
static void mixtures(void **state) {
    (void)state;
    enum { N = 4000 };
    static const struct {
        double weight, mean[2], sigma[2]; /* weight: of the second */
    } law[] = {{0.31, {0, 5}, {1, 0.5}}, {0.02, {-3, 6}, {2, 1}}, {0.6, {1, 1.01}, {3, 0.8}}};
    static double x[N];
    for (uint32_t l = 0; l < 3; l++) {
        Stream stream = random_stream(SEED, RANDOM_TEST, 10 + l);
        double mean = 0, squares = 0, sum = 0;
        for (int i = 0; i < N; i++) {
            int k = i < N * law[l].weight;
            x[i] = law[l].mean[k] + law[l].sigma[k] * random_normal(stream, (uint64_t)i);
            mean += x[i] / N;
        }
        for (int i = 0; i < N; i++) squares += (x[i] - mean) * (x[i] - mean) / N;
        sort_down(x, N);
        Mixture m = mixture_of(x, N, mean, sqrt(squares), 0);
        int by_width = l == 2 && m.sigma[0] < m.sigma[1]; /* the means are nearly equal */
        for (int k = 0; k < 2; k++) {
            int from = by_width ? 1 - k : k;
            double w = k ? law[l].weight : 1 - law[l].weight, s = law[l].sigma[k] / sqrt(N * w);
            near(m.weight[from], w, 0.04, "weight", "a mixture", (int)l);
            near(m.mean[from], law[l].mean[k], 5 * s, "mean", "a mixture", (int)l);
            near(m.sigma[from], law[l].sigma[k], 5 * s, "sigma", "a mixture", (int)l);
        }
        for (int i = 0; i < N; i++)
            sum += log(m.weight[0] * exp(ln_normal(x[i], m.mean[0], m.sigma[0])) +
                       m.weight[1] * exp(ln_normal(x[i], m.mean[1], m.sigma[1])));
        near(m.log_likelihood, sum, 1e-9 * fabs(sum), "ln likelihood", "a mixture", (int)l);
        double one = -N * (0.5 + 0.918938533204672742 + 0.5 * log(squares));
        near(m.bic_difference, 2 * (sum - one) - 3 * log(N), 1e-6 * fabs(sum), "BIC", "a mixture", (int)l);
        assert_true(m.bic_difference > 50);
    }
}

/* Far apart, each component is the mean and the deviation of its own tokens, wherever the gap lies among the ranks. */
static void far_apart(void **state) {
    (void)state;
    enum { N = 2000 };
    double x[N];
    for (int upper = 600; upper < 650; upper += 7) {
        double sum[2] = {0}, squares[2] = {0}, count[2] = {N - upper, upper};
        for (int i = 0; i < N; i++) {
            int k = i < upper;
            x[i] = 20 * k + (1 + k) * random_normal(random_stream(SEED, RANDOM_TEST, 20), (uint64_t)i);
            sum[k] += x[i];
            squares[k] += x[i] * x[i];
        }
        double mean = (sum[0] + sum[1]) / N, square = (squares[0] + squares[1]) / N;
        sort_down(x, N);
        Mixture m = mixture_of(x, N, mean, sqrt(square - mean * mean), 0);
        for (int k = 0; k < 2; k++) {
            double own = sum[k] / count[k];
            near(m.weight[k], count[k] / N, 1e-4, "weight", "two far apart", upper);
            near(m.mean[k], own, 1e-3, "mean", "two far apart", upper);
            near(m.sigma[k], sqrt(squares[k] / count[k] - own * own), 1e-3, "sigma", "two far apart", upper);
        }
    }
}

static void one_law(void **state) {
    (void)state;
    enum { N = 300, DRAWS = 400 };
    double x[N];
    int two = 0;
    for (int d = 0; d < DRAWS; d++) {
        double mean = 0, squares = 0;
        for (int i = 0; i < N; i++) {
            x[i] = random_normal(random_stream(SEED, RANDOM_TEST, 30), (uint64_t)(d * N + i));
            mean += x[i] / N;
        }
        for (int i = 0; i < N; i++) squares += (x[i] - mean) * (x[i] - mean) / N;
        sort_down(x, N);
        Mixture m = mixture_of(x, N, mean, sqrt(squares), 0);
        two += m.bic_difference > 0;
        near(m.weight[0] + m.weight[1], 1, 1e-12, "weights", "noise", N);
        assert_true(m.mean[1] >= m.mean[0]);
    }
    assert_true(two <= DRAWS / 50);
    /* a lone logit does not make its component infinitely narrow */
    x[0] = 40;
    Mixture m = mixture_of(x, N, 0.13, 2.5, 1);
    near(m.sigma[1], MIXTURE_SIGMA_MIN * 2.5, 1e-12, "sigma", "a lone logit", N);
    near(m.weight[1], 1.0 / N, 1e-6, "weight", "a lone logit", N);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_samples), cmocka_unit_test(rejections_of_noise),
        cmocka_unit_test(mixtures),      cmocka_unit_test(far_apart),
        cmocka_unit_test(one_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
