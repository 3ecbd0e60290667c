/* k*: false alarms on noise, what is found among planted logits, its parts against values computed elsewhere. The study
 * with more draws: tests/measure_kstar.c. */
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
#include "eval/logits/kstar.h"
#include "eval/stats/stats.h"

static const uint64_t SEED = 20261130;
enum { V_MAX = 4096 };

/* The largest first: V normals, `planted` of them at `height` instead. */
static void draw(double *z, int V, int planted, double height, uint32_t sub, int i) {
    Stream stream = random_stream(SEED, RANDOM_TEST, sub);
    for (int v = 0; v < V; v++)
        z[v] = v < planted ? -height : random_normal(stream, (uint64_t)i * V_MAX + (uint64_t)v);
    sort_doubles(z, V);
    for (int v = 0; v < V; v++) z[v] = -z[v];
}

/* Share of draws with k* >= least. */
static double found(int V, int planted, double height, int least, int draws) {
    static double z[V_MAX];
    KStarTable table;
    Err err;
    int hits = 0;
    assert_int_equal(kstar_table(&table, V, &err), OK);
    for (int i = 0; i < draws; i++) {
        draw(z, V, planted, height, (uint32_t)planted, i);
        hits += kstar_of(&table, z).k >= least;
    }
    kstar_table_free(&table);
    return (double)hits / draws;
}

static void near(double got, double expected, double error, const char *what, int V) {
    if (!(fabs(got - expected) <= error)) fail_msg("%s, V %d: %.5f, not %.5f", what, V, got, expected);
}

/* 5 % +- .5, and two standard errors of the draws; at sizes of the table and between them. */
static void alarms_on_noise(void **state) {
    (void)state;
    static const struct {
        int V, draws;
    } size[] = {{16, 20000}, {21, 20000}, {37, 16000}, {64, 16000},  {75, 12000}, {128, 10000},
                {200, 6000}, {256, 6000}, {700, 2000}, {1024, 1500}, {4096, 400}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        double error = sqrt(KSTAR_LEVEL * (1 - KSTAR_LEVEL) / size[i].draws);
        near(found(size[i].V, 0, 0, 1, size[i].draws), KSTAR_LEVEL, 0.005 + 2 * error, "alarms", size[i].V);
    }
}

/* Five at 6 sigma, ten of 64 too, and a quarter of 256, where mean and deviation see none; one logit at 3 to 8 sigma
 * (the study's shares, four standard errors below). */
static void planted_logits(void **state) {
    (void)state;
    static const int size[] = {64, 128, 256, 1024, 4096};
    for (int i = 0; i < 5; i++) assert_true(found(size[i], 5, 6, 5, size[i] < 1000 ? 1000 : 100) >= 0.99);
    assert_true(found(64, 10, 6, 10, 2000) >= 0.99);
    assert_true(found(256, 64, 6, 64, 400) >= 0.99);
    static const struct {
        int V;
        double height, share;
    } one[] = {{64, 3, 0.18},  {64, 4, 0.93},  {64, 5, 0.9995}, {64, 6, 1}, {64, 8, 1},
               {256, 3, 0.04}, {256, 4, 0.95}, {256, 5, 1},     {256, 8, 1}};
    for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
        double p = one[i].share, least = p - 4 * sqrt(p * (1 - p) / 2000);
        if (!(found(one[i].V, 1, one[i].height, 1, 2000) >= least))
            fail_msg("V %d at %g", one[i].V, one[i].height);
    }
}

/* k* with a known scale, and with median and MAD, q .05: shares by simulation in NumPy (400,000 and 200,000 draws of
 * noise, 30,000 with five logits at 6 sigma), within three standard errors of both. */
static void parts_of_it(void **state) {
    (void)state;
    enum { DRAWS = 6000 };
    static const struct {
        int V;
        double alarms[2], two[2], five[2]; /* known scale, median and MAD: k >= 1, k >= 2; k = 5 */
    } expected[] = {
        {64, {0.050205, 0.107582}, {0.004553, 0.031920}, {0.75957, 0.86430}},
        {256, {0.049150, 0.072540}, {0.004605, 0.014280}, {0.74617, 0.77503}},
    };
    double z[256];
    for (int e = 0; e < 2; e++) {
        int V = expected[e].V;
        double alarms[2] = {0}, two[2] = {0}, five[2] = {0};
        for (int i = 0; i < 2 * DRAWS; i++) {
            double mu[2] = {0, 0}, sigma[2] = {1, 1};
            draw(z, V, i % 2 ? 5 : 0, 6, (uint32_t)(50 + e), i);
            kstar_median_scale(z, V, &mu[1], &sigma[1]);
            for (int s = 0; s < 2; s++) {
                int k = kstar_count(z, V, mu[s], sigma[s], 0.05);
                if (i % 2) five[s] += k == 5;
                else alarms[s] += k >= 1, two[s] += k >= 2;
            }
        }
        for (int s = 0; s < 2; s++) {
            double p = expected[e].alarms[s], share = 1 + 1.0 / 20;
            near(alarms[s] / DRAWS, p, 3 * sqrt(share * p * (1 - p) / DRAWS), "alarms", V);
            p = expected[e].two[s];
            near(two[s] / DRAWS, p, 3 * sqrt(share * p * (1 - p) / DRAWS), "two", V);
            p = expected[e].five[s], share = 1 + 1.0 / 3;
            near(five[s] / DRAWS, p, 3 * sqrt(share * p * (1 - p) / DRAWS), "five", V);
        }
    }
}

/* The MAD by its definition, ties and all; the count by its definition; no scale where half are equal. */
static void by_definition(void **state) {
    (void)state;
    double z[40], distance[40];
    for (int i = 0; i < 300; i++) {
        int n = 16 + i % 25;
        draw(z, n, i % 7, 1.5, 60, i);
        for (int v = 0; v < n && i % 3 == 0; v++) z[v] = floor(z[v] * 2) / 2;
        double median, deviation, middle = n % 2 ? z[n / 2] : (z[n / 2 - 1] + z[n / 2]) / 2;
        for (int v = 0; v < n; v++) distance[v] = fabs(z[v] - middle);
        sort_doubles(distance, n);
        kstar_median_scale(z, n, &median, &deviation);
        near(median, middle, 0, "median", n);
        near(deviation, 1.482602218505602 * quantile_sorted(distance, n, 0.5), 1e-14, "MAD", n);
        int k = 0;
        for (int v = 1; v <= n / 2; v++)
            if (normal_cdf(-z[v - 1]) <= 0.3 * v / n) k = v;
        assert_int_equal(kstar_count(z, n, 0, 1, 0.3), k);
    }
    KStarTable table;
    Err err;
    assert_int_equal(kstar_table(&table, 40, &err), OK);
    for (int v = 0; v < 40; v++) z[v] = v < 15 ? 9 - v * 0.1 : 2;
    KStar k = kstar_of(&table, z);
    assert_true(k.k == 0 && k.sigma == 0 && k.mu == 2);
    kstar_table_free(&table);
    assert_int_equal(kstar_table(&table, 15, &err), ERR_INPUT);
}

/* Figures move with the logits: shifted and scaled, k* is the same and so are the distances. */
static void scale_and_shift(void **state) {
    (void)state;
    double z[200], y[200];
    KStarTable table;
    Err err;
    assert_int_equal(kstar_table(&table, 200, &err), OK);
    draw(z, 200, 3, 7, 61, 1);
    for (int v = 0; v < 200; v++) y[v] = 11 + 0.25 * z[v];
    KStar a = kstar_of(&table, z), b = kstar_of(&table, y);
    assert_true(a.k >= 3 && a.k == b.k);
    assert_true(fabs(a.largest - b.largest) < 1e-10 && fabs(a.margin - b.margin) < 1e-10);
    assert_true(fabs(b.mu - (11 + 0.25 * a.mu)) < 1e-12 && fabs(b.sigma - 0.25 * a.sigma) < 1e-12);
    assert_true(fabs(a.margin - (z[a.k - 1] - z[a.k]) / a.sigma) < 1e-12);
    kstar_table_free(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alarms_on_noise), cmocka_unit_test(planted_logits),  cmocka_unit_test(parts_of_it),
        cmocka_unit_test(by_definition),   cmocka_unit_test(scale_and_shift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
