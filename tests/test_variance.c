/* The variance table against sums written out, planted effects and noise; tokens at the top against a full sort. */
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
#include "eval/logits/variance.h"

static const uint64_t SEED = 20261202;

static void near(double got, double expected, double error, const char *what) {
    if (!(fabs(got - expected) <= error)) fail_msg("%s: %.12g, not %.12g", what, got, expected);
}

enum { V = 7, SEEDS = 3, INPUTS = 60, CLASSES = 3, POSITIONS = 2 };

static double logits[INPUTS][SEEDS][V];
static int class_of(int i) { return i < 30 ? 0 : i < 50 ? 1 : 2; } /* unequal classes */
static int position_of(int i) { return i % 5 == 0; }

/* level: a number that is added to whole rows; offset: one for each token. */
static void draw(double token, double class, double position, double input, double seed, double offset) {
    for (int i = 0; i < INPUTS; i++)
        for (int s = 0; s < SEEDS; s++)
            for (int v = 0; v < V; v++) {
                int c = class_of(i), cell = c * POSITIONS + position_of(i);
                uint64_t at[] = {(uint64_t)v, (uint64_t)(c * V + v), (uint64_t)(cell * V + v),
                                 (uint64_t)(i * V + v), (uint64_t)((i * SEEDS + s) * V + v)};
                double size[] = {token, class, position, input, seed}, sum = offset * v + i - 3 * s;
                for (uint32_t e = 0; e < 5; e++)
                    sum += size[e] * random_normal(random_stream(SEED, RANDOM_TEST, e), at[e]);
                logits[i][s][v] = sum;
            }
}

static VarianceShares measure(double *by_token) {
    VarianceTable table;
    Err err;
    assert_int_equal(variance_create(&table, V, SEEDS, CLASSES, POSITIONS, &err), OK);
    for (int i = 0; i < INPUTS; i++) variance_add(&table, logits[i][0], class_of(i), position_of(i));
    VarianceShares got = variance_shares(&table, by_token);
    variance_free(&table);
    return got;
}

/* Mean of y over the rows that agree with row (i, s) in all that `level` names: 0 nothing, 1 class, 2 position too, 3
 * the input, 4 the seed too. */
static double mean_within(const double y[INPUTS][SEEDS][V], int level, int i, int s, int v) {
    double sum = 0;
    int n = 0;
    for (int j = 0; j < INPUTS; j++)
        for (int r = 0; r < SEEDS; r++) {
            if (level >= 1 && class_of(j) != class_of(i)) continue;
            if (level >= 2 && position_of(j) != position_of(i)) continue;
            if (level >= 3 && j != i) continue;
            if (level >= 4 && r != s) continue;
            sum += y[j][r][v];
            n++;
        }
    return sum / n;
}

static void by_definition(void **state) {
    (void)state;
    static double y[INPUTS][SEEDS][V];
    double expected[VARIANCE_PARTS] = {0}, token3[VARIANCE_PARTS] = {0}, total = 0, level = 0, squares = 0;
    double by_token[VARIANCE_PARTS][V];
    draw(2, 1, 0.5, 0.3, 0.2, 100);
    for (int i = 0; i < INPUTS; i++)
        for (int s = 0; s < SEEDS; s++) {
            double mean = 0;
            for (int v = 0; v < V; v++) mean += logits[i][s][v] / V;
            for (int v = 0; v < V; v++) y[i][s][v] = logits[i][s][v] - mean;
            level += mean / (INPUTS * SEEDS);
            squares += mean * mean / (INPUTS * SEEDS);
        }
    for (int i = 0; i < INPUTS; i++)
        for (int s = 0; s < SEEDS; s++)
            for (int v = 0; v < V; v++) {
                double above = 0;
                total += y[i][s][v] * y[i][s][v] / (INPUTS * SEEDS * V);
                for (int part = 0; part < VARIANCE_PARTS; part++) {
                    double mean = mean_within(y, part, i, s, v), one = (mean - above) * (mean - above);
                    expected[part] += one / (INPUTS * SEEDS * V);
                    if (v == 3) token3[part] += one / (INPUTS * SEEDS);
                    above = mean;
                }
            }
    VarianceShares got = measure(by_token[0]);
    double sum = 0;
    for (int part = 0; part < VARIANCE_PARTS; part++) {
        near(got.part[part], expected[part], 1e-10 * total, "part");
        near(got.share[part], expected[part] / total, 1e-10, "share");
        near(by_token[part][3], token3[part], 1e-10 * total, "part of one token");
        sum += got.share[part];
    }
    near(got.total, total, 1e-10 * total, "total");
    near(sum, 1, 1e-12, "shares");
    near(got.level, squares - level * level, 1e-9 * squares, "variance of the row means");
}

/* One effect alone stands in its part; a small one beside large offsets is not lost. */
static void planted(void **state) {
    (void)state;
    for (int e = 0; e < VARIANCE_PARTS; e++) {
        double size[VARIANCE_PARTS] = {0};
        size[e] = 1;
        draw(size[0], size[1], size[2], size[3], size[4], 0);
        VarianceShares got = measure(NULL);
        /* the mean of few draws follows their noise into the parts before */
        for (int part = e + 1; part < VARIANCE_PARTS; part++) near(got.share[part], 0, 1e-12, "a later part");
        assert_true(got.share[e] > 0.3);
    }
    draw(0, 0, 0, 0, 1e-6, 1e5);
    VarianceShares got = measure(NULL);
    near(got.part[VARIANCE_SEED], 1e-12 * 2 / 3 * 6 / 7, 1e-13,
         "a small part"); /* 2 of 3, 6 of 7 degrees of freedom */
}

/* Noise: every part behind the token has the share of its degrees of freedom. */
static void noise(void **state) {
    (void)state;
    draw(0, 0, 0, 0, 1, 0);
    VarianceShares got = measure(NULL);
    double df = 0, sum = 0;
    for (int part = 1; part < VARIANCE_PARTS; part++) df += got.df[part], sum += got.part[part];
    assert_true(df == INPUTS * SEEDS - 1 && got.df[VARIANCE_CLASS] == 2 && got.df[VARIANCE_POSITION] == 3);
    for (int part = 1; part < VARIANCE_PARTS; part++) {
        double share = got.df[part] / df;
        near(got.part[part] / sum, share, 4 * sqrt(2 * share / (df * (V - 1))), "share of noise");
    }
}

/* The rows in another order give the same; one seed has no part of seeds. */
static void order_and_one_seed(void **state) {
    (void)state;
    VarianceTable table;
    Err err;
    draw(1, 1, 1, 1, 1, 3);
    VarianceShares all = measure(NULL);
    assert_int_equal(variance_create(&table, V, SEEDS, CLASSES, POSITIONS, &err), OK);
    for (int i = INPUTS; i--;) variance_add(&table, logits[i][0], class_of(i), position_of(i));
    VarianceShares back = variance_shares(&table, NULL);
    for (int part = 0; part < VARIANCE_PARTS; part++) near(back.share[part], all.share[part], 1e-12, "share");
    variance_free(&table);
    assert_int_equal(variance_create(&table, V, 1, CLASSES, POSITIONS, &err), OK);
    for (int i = 0; i < INPUTS; i++) variance_add(&table, logits[i][0], class_of(i), position_of(i));
    VarianceShares one = variance_shares(&table, NULL);
    near(one.part[VARIANCE_SEED], 0, 1e-13, "part of one seed");
    assert_true(one.df[VARIANCE_SEED] == 0);
    variance_free(&table);
}

static void tops(void **state) {
    (void)state;
    enum { N = 200 };
    double row[N];
    int32_t top[N];
    for (int d = 0; d < 200; d++) {
        int k = 1 + d % N;
        uint8_t seen[N] = {0};
        for (int v = 0; v < N; v++) {
            row[v] = random_normal(random_stream(SEED, RANDOM_TEST, 9), (uint64_t)(d * N + v));
            if (d % 2) row[v] = floor(row[v] * 3); /* ties */
        }
        top_tokens(top, row, N, k);
        for (int i = 0; i < k; i++) {
            assert_true(!seen[top[i]]);
            seen[top[i]] = 1;
            if (i)
                assert_true(row[top[i - 1]] > row[top[i]] ||
                            (row[top[i - 1]] == row[top[i]] && top[i - 1] < top[i]));
        }
        for (int v = 0; v < N; v++)
            if (!seen[v])
                assert_true(row[v] < row[top[k - 1]] || (row[v] == row[top[k - 1]] && v > top[k - 1]));
    }
    TopCounts counts;
    Err err;
    assert_int_equal(top_counts_create(&counts, N, 3, 5, &err), OK);
    for (int d = 0; d < 40; d++) {
        for (int v = 0; v < N; v++)
            row[v] = random_normal(random_stream(SEED, RANDOM_TEST, 8), (uint64_t)(d * N + v));
        row[17] = 10;
        row[18] = d % 4 ? 10 : -10;
        top_counts_add(&counts, row, d % 2);
    }
    assert_int_equal(counts.count[17], 20);
    assert_int_equal(counts.count[18] + counts.count[N + 18], 30);
    assert_int_equal(top_counts_always(&counts, 0), 1);
    assert_int_equal(top_counts_always(&counts, 1), 2); /* every fourth row is one of class 0 */
    assert_int_equal(top_counts_always(&counts, 2), 0);
    top_counts_free(&counts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_definition),      cmocka_unit_test(planted), cmocka_unit_test(noise),
        cmocka_unit_test(order_and_one_seed), cmocka_unit_test(tops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
