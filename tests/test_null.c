/* The softmax of V independent normal logits: against values computed elsewhere, by simulation, and by identities. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/exact.h"
#include "base/random.h"
#include "eval/logits/null.h"
#include "eval/stats/stats.h"

static const uint64_t SEED = 20261129;

static void near(double got, double expected, double error, const char *what) {
    if (!(fabs(got - expected) <= error)) fail_msg("%s: %.9f, not %.9f", what, got, expected);
}

/* Values by quadrature in SciPy: two methods that agree to 6e-11 (order), by Laplace transforms on two grids that
 * differ by at most 3e-6 (mass) and 1e-9 (entropy). */
static void known_order_statistics(void **state) {
    (void)state;
    static const struct {
        int V, k;
        double mean, deviation, low, high;
    } known[] = {
        {64, 1, 2.343733465, 0.451094744, 1.68774909, 3.15549260},
        {64, 2, 1.963007324, 0.328985291, 1.46113094, 2.53759789},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        OrderStatistic o = order_statistic(known[i].V, known[i].k);
        near(o.mean, known[i].mean, 1e-8, "mean");
        near(o.deviation, known[i].deviation, 1e-8, "deviation");
        near(order_quantile(known[i].V, known[i].k, 0.05), known[i].low, 1e-7, "5 %");
        near(order_quantile(known[i].V, known[i].k, 0.95), known[i].high, 1e-7, "95 %");
    }
    near(order_blom(64, 1), 2.336691076, 1e-8, "Blom");
    near(order_statistic(2, 1).mean, 0.564189583547756, 1e-10, "1 / sqrt(pi)");
    near(order_statistic(3, 2).mean, 0, 1e-12, "a median");
}

static void known_masses(void **state) {
    (void)state;
    static const struct {
        int V;
        double s;
        int k;
        double mass, entropy, sum_p2;
    } known[] = {
        {64, 0.5, 1, 0.045584, 4.0366524, 0.01992641},
        {64, 0.5, 50, 0.897597, 4.0366524, 0.01992641},
        {64, 1, 1, 0.107274, 3.6847465, 0.03880424},
        {64, 1, 20, 0.686860, 3.6847465, 0.03880424},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        NullLaw law;
        OrderStatistic mass;
        Err err;
        assert_int_equal(null_law(&law, known[i].V, known[i].s, known[i].k, &err), OK);
        near(law.mass[known[i].k - 1], known[i].mass, 3e-6, "mass");
        near(law.entropy, known[i].entropy, 2e-7, "entropy");
        near(law.sum_p2, known[i].sum_p2, 2e-8, "sum p^2");
        assert_int_equal(null_mass(&mass, known[i].V, known[i].s, known[i].k, &err), OK);
        near(mass.mean, law.mass[known[i].k - 1], 1e-6, "mass by the other way");
        null_law_free(&law);
    }
}

/* tests/golden/logit_null.txt: every row. Rows of one V and s follow one another. */
static void golden_rows(void **state) {
    (void)state;
    FILE *f = fopen("tests/golden/logit_null.txt", "r");
    NullLaw law = {.V = 0};
    Err err;
    char line[256];
    int V, k, rows = 0;
    double s, x[4];
    assert_non_null(f);
    for (; fgets(line, sizeof line, f); rows += line[0] != '#') {
        if (sscanf(line, "mass %d %lf %d %lf", &V, &s, &k, x) == 4) {
            if (law.V != V || law.s != s) {
                null_law_free(&law);
                assert_int_equal(null_law(&law, V, s, V < 100 ? V : 100, &err), OK);
            }
            near(law.mass[k - 1], x[0], 4e-6, line);
        } else if (sscanf(line, "entropy %d %lf %lf %lf", &V, &s, x, x + 1) == 4) {
            null_law_free(&law);
            assert_int_equal(null_law(&law, V, s, 1, &err), OK);
            near(law.entropy, x[0], 1e-6, line);
            near(law.sum_p2, x[1], 1e-6, line);
        } else if (sscanf(line, "order %d %d %lf %lf %lf %lf", &V, &k, x, x + 1, x + 2, x + 3) == 6) {
            OrderStatistic o = order_statistic(V, k);
            near(o.mean, x[0], 1e-8, line);
            near(o.deviation, x[1], 1e-8, line);
            near(order_quantile(V, k, 0.05), x[2], 1e-6, line);
            near(order_quantile(V, k, 0.95), x[3], 1e-6, line);
        } else assert_true(line[0] == '#');
    }
    null_law_free(&law);
    fclose(f);
    assert_int_equal(rows, 149);
}

/* Two tokens: the larger has the probability of a logistic-normal. Equal logits; all tokens; a lone one. */
static void limits(void **state) {
    (void)state;
    NullLaw law;
    OrderStatistic mass;
    Err err;
    static const double S[] = {0, 0.1, 1, 3, 7, 20};
    for (int i = 0; i < 6; i++) {
        double sum = 0, step = 0.001;
        for (int j = 0; j < 12000; j++) { /* |z1 - z2| / sqrt 2 is half normal */
            double z = (j + 0.5) * step;
            sum += 2 * step * exp(-z * z / 2) / sqrt(2 * M_PI) / (1 + exp(-S[i] * M_SQRT2 * z));
        }
        assert_int_equal(null_law(&law, 2, S[i], 2, &err), OK);
        near(law.mass[0], sum, 1e-6, "the larger of two");
        near(law.mass[1], 1, 1e-6, "both");
        null_law_free(&law);
    }
    assert_int_equal(null_law(&law, 300, 2.5, 300, &err), OK);
    near(law.mass[299], 1, 1e-6, "all tokens");
    for (int k = 1; k < 300; k++) assert_true(law.mass[k] > law.mass[k - 1]);
    null_law_free(&law);
    assert_int_equal(null_law(&law, 1000, 0, 10, &err), OK);
    near(law.mass[9], 0.01, 1e-9, "equal logits");
    near(law.entropy, log(1000), 1e-6, "equal logits");
    null_law_free(&law);
    assert_int_equal(null_mass(&mass, 50, 1, 50, &err), OK);
    assert_true(mass.mean == 1 && mass.deviation == 0);
}

static int downwards(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

/* Mean and spread of the top-k mass, the tokens that min-p keeps: within four standard errors of draws. */
static void by_simulation(void **state) {
    (void)state;
    enum { V = 40, DRAWS = 6000, K = 4 };
    static const double S[] = {0.7, 2, 5};
    for (int i = 0; i < 3; i++) {
        double sum = 0, squares = 0, kept = 0, kept_squares = 0, fourth = 0;
        static double mass[DRAWS];
        for (int d = 0; d < DRAWS; d++) {
            double z[V], total = 0, top = 0;
            int n = 0;
            for (int v = 0; v < V; v++)
                z[v] = random_normal(random_stream(SEED, RANDOM_TEST, (uint32_t)i), (uint64_t)(d * V + v));
            qsort(z, V, sizeof *z, downwards);
            for (int v = 0; v < V; v++) {
                double p = exp(S[i] * z[v]);
                total += p;
                if (v < K) top += p;
                n += S[i] * z[v] >= S[i] * z[0] + log(0.1);
            }
            mass[d] = top / total;
            sum += mass[d];
            kept += n;
            kept_squares += (double)n * n;
        }
        double mean = sum / DRAWS, kept_mean = kept / DRAWS;
        for (int d = 0; d < DRAWS; d++) {
            squares += (mass[d] - mean) * (mass[d] - mean);
            fourth += pow(mass[d] - mean, 4);
        }
        OrderStatistic exact;
        Err err;
        assert_int_equal(null_mass(&exact, V, S[i], K, &err), OK);
        double variance = squares / DRAWS, error = sqrt(variance / DRAWS);
        near(mean, exact.mean, 4 * error, "mass");
        near(variance, exact.deviation * exact.deviation,
             4 * sqrt((fourth / DRAWS - variance * variance) / DRAWS), "variance of the mass");
        error = sqrt((kept_squares / DRAWS - kept_mean * kept_mean) / DRAWS);
        near(kept_mean, null_kept_min_p(V, S[i], 0.1), 4 * error, "min-p");
    }
}

/* Where z_(k) varies less than a coarse grid would see: many tokens, k in the middle; and e^(2 s z) beyond a
 * double. Simulations in NumPy, seed 5, 400 draws each: mean and standard error. */
static void large_k(void **state) {
    (void)state;
    static const struct {
        int V, k;
        double s, mass, error, deviation;
    } known[] = {
        {4096, 2048, 1, 0.841145, 1.7e-04, 3.4e-03},
        {32000, 4096, 2, 0.805597, 3.6e-04, 7.3e-03},
        {151936, 1000, 1.5, 0.163422, 1.9e-04, 3.7e-03},
        {64, 1, 20, 0.916102, 1.01e-3, 0.1433}, /* seed 6, 20000 draws */
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        NullLaw law;
        OrderStatistic mass;
        Err err;
        assert_int_equal(null_mass(&mass, known[i].V, known[i].s, known[i].k, &err), OK);
        near(mass.mean, known[i].mass, 3 * known[i].error, "mass of many");
        near(mass.deviation, known[i].deviation, 0.15 * known[i].deviation, "its spread");
        assert_int_equal(null_law(&law, known[i].V, known[i].s, known[i].k, &err), OK);
        near(law.mass[known[i].k - 1], mass.mean, 1e-6, "mass of many by the other way");
        null_law_free(&law);
    }
}

static void formulas_and_refusals(void **state) {
    (void)state;
    NullLaw law;
    Err err;
    near(null_mass_formula(64, 1, 1), 0.12427577, 1e-7, "formula");
    near(null_mass_formula(64, 4, 1), 0.968, 1e-3, "formula");
    near(null_entropy_formula(64, 1), 3.6588831, 1e-6, "formula");
    near(null_freezing(64), 2.884053773, 1e-8, "freezing");
    assert_int_equal(null_law(&law, 0, 1, 1, &err), ERR_INPUT);
    assert_int_equal(null_law(&law, 10, -1, 1, &err), ERR_INPUT);
    assert_int_equal(null_law(&law, 10, NAN, 1, &err), ERR_INPUT);
    assert_int_equal(null_law(&law, 10, 21, 1, &err), ERR_INPUT);
    assert_int_equal(null_law(&law, 10, 1, 11, &err), ERR_INPUT);
}

int main(void) {
    printf("seed %llu\n", (unsigned long long)SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_order_statistics),
        cmocka_unit_test(known_masses),
        cmocka_unit_test(golden_rows),
        cmocka_unit_test(limits),
        cmocka_unit_test(by_simulation),
        cmocka_unit_test(large_k),
        cmocka_unit_test(formulas_and_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
