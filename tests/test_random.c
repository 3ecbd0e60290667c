/* The random streams: Philox's known answers, the layout of the counter, golden values, and the
 * distributions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"

enum { SEED = 20261122 };

static Stream stream(uint32_t sub) { return random_stream(SEED, RANDOM_TEST, sub); }

static uint64_t word_pair(const uint32_t w[4]) { return (uint64_t)w[1] << 32 | w[0]; }

/* The three philox4x32-10 lines of Random123's tests/kat_vectors. A stream with its fields set by hand
 * reaches every counter of attempt 0. */
static void known_answers(void **state) {
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } lines[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const uint32_t *c = lines[i].counter, *k = lines[i].key;
        uint32_t out[4];
        random_block(out, (Stream){{k[0], k[1]}, c[3], c[2]}, (uint64_t)c[1] << 32 | c[0]);
        assert_memory_equal(out, lines[i].out, sizeof out);
    }
}

/* The layout that docs/math.md gives: key = seed, counter = index, sub, purpose. These values are what a seed
 * means: a change of them changes every fact set and every run. */
static void golden_values(void **state) {
    (void)state;
    Stream s = random_stream(0x0123456789abcdef, RANDOM_ORDER, 7);
    uint32_t out[4], same[4];
    random_block(out, s, 0x1122334455667788);
    random_block(same, (Stream){{0x89abcdef, 0x01234567}, 3, 7}, 0x1122334455667788);
    assert_memory_equal(out, same, sizeof out);
    static const uint32_t block[4] = {0xb1bcfe90, 0x21598cf0, 0xb68b6b4c, 0x06fbf489};
    static const uint64_t below[4] = {247102, 988065, 494373, 798013};
    static const double normal[4] = {0x1.3645cb8787333p-3, 0x1.56bd7c3e68c19p-2, -0x1.2f15ca7cbe639p-3,
                                     0x1.121b72b30b8dep-3};
    static const int32_t order[10] = {5, 8, 2, 4, 1, 9, 7, 6, 3, 0};
    int32_t permutation[10];
    random_permutation(permutation, 10, s);
    assert_memory_equal(out, block, sizeof out);
    assert_memory_equal(permutation, order, sizeof order);
    for (uint64_t i = 0; i < 4; i++) {
        assert_true(random_below(s, i, 1000000) == below[i]);
        assert_true(random_normal(s, i) == normal[i]);
    }
    assert_true(random_bits(s, 5) >> 11 == (uint64_t)(random_unit(s, 5) * 0x1p53));
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* 64-bit outputs of neighbouring seeds, purposes, subs and indices, the high halves of seed and index too:
 * were any two of these counters one, two outputs would be equal (by chance: once in 10^9 such tests). */
static void streams_are_distinct(void **state) {
    (void)state;
    static uint64_t all[4 * (RANDOM_END - RANDOM_FACTS) * 8 * 4 * 128];
    size_t n = 0;
    for (uint64_t seed = 0; seed < 4; seed++)
        for (int purpose = RANDOM_FACTS; purpose < RANDOM_END; purpose++)
            for (uint32_t sub = 0; sub < 8; sub++)
                for (uint64_t high = 0; high < 4; high++)
                    for (uint64_t i = 0; i < 128; i++)
                        all[n++] =
                            random_bits(random_stream((seed & 1) | (seed >> 1) << 32, (Purpose)purpose, sub),
                                        high << 32 | i);
    qsort(all, n, sizeof *all, by_value);
    for (size_t i = 1; i < n; i++) assert_true(all[i - 1] != all[i]);
}

/* Chi-square beyond mean + 5 sigma has a probability below 1e-5 here; the seed is fixed. */
static void expect_flat(const char *name, const int *counts, int bins, double draws) {
    double chi2 = 0, mean = draws / bins, freedom = bins - 1;
    for (int i = 0; i < bins; i++) chi2 += (counts[i] - mean) * (counts[i] - mean) / mean;
    if (!(fabs(chi2 - freedom) <= 5 * sqrt(2 * freedom)))
        fail_msg("%s: chi-square %.1f at %.0f degrees of freedom (seed %d)", name, chi2, freedom, SEED);
}

static void below_is_uniform(void **state) {
    (void)state;
    enum { DRAWS = 200000 };
    static const uint64_t sizes[] = {1, 2, 3, 7, 10, 97, 1000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        int counts[1000] = {0};
        for (uint64_t i = 0; i < DRAWS; i++) {
            uint64_t v = random_below(stream((uint32_t)k), i, sizes[k]);
            assert_true(v < sizes[k]);
            counts[v]++;
        }
        if (sizes[k] > 1) expect_flat("random_below", counts, (int)sizes[k], DRAWS);
    }
    /* 3 * 2^62: without rejection the first third would come twice as often as each other one */
    int thirds[3] = {0};
    for (uint64_t i = 0; i < DRAWS; i++) thirds[random_below(stream(20), i, (uint64_t)3 << 62) >> 62]++;
    expect_flat("random_below, rejecting", thirds, 3, DRAWS);
    for (uint64_t i = 0; i < 1000; i++) assert_true(random_below(stream(21), i, UINT64_MAX) < UINT64_MAX);
}

/* A rejected first attempt takes the same index at attempt 1, in the high bits of counter word 3. */
static void rejection_counts_attempts(void **state) {
    (void)state;
    uint64_t n = ((uint64_t)1 << 63) + 1, excess = (0 - n) % n;
    int rejected = 0;
    for (uint64_t i = 0; i < 100; i++) {
        Stream s = stream(30);
        uint64_t bits = random_bits(s, i);
        while (bits < excess) {
            uint32_t w[4];
            s.purpose += 1u << 8;
            random_block(w, s, i);
            bits = word_pair(w);
            rejected++;
        }
        assert_true(random_below(stream(30), i, n) == bits % n);
    }
    assert_in_range(rejected, 60, 140); /* mean 100 */
}

static void unit_is_uniform(void **state) {
    (void)state;
    enum { DRAWS = 1000000, BINS = 256 };
    static int counts[BINS];
    double sum = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double u = random_unit(stream(40), i);
        assert_true(u >= 0 && u < 1);
        counts[(int)(u * BINS)]++;
        sum += u;
    }
    expect_flat("random_unit", counts, BINS, DRAWS);
    assert_true(fabs(sum / DRAWS - 0.5) < 5 * sqrt(1.0 / 12 / DRAWS));
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void normal_is_normal(void **state) {
    (void)state;
    enum { DRAWS = 1000000 };
    double *z = malloc(DRAWS * sizeof *z), n = DRAWS;
    assert_non_null(z);
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0, lagged = 0;
    for (int i = 0; i < DRAWS; i++) {
        z[i] = random_normal(stream(50), (uint64_t)i);
        double q = z[i] * z[i];
        m1 += z[i], m2 += q, m3 += q * z[i], m4 += q * q;
        if (i > 0) lagged += z[i] * z[i - 1];
    }
    /* 5 sigma of each moment's own spread: variances 1, 2, 15, 96 and 1, over n */
    assert_true(fabs(m1 / n) < 5 * sqrt(1 / n));
    assert_true(fabs(m2 / n - 1) < 5 * sqrt(2 / n));
    assert_true(fabs(m3 / n) < 5 * sqrt(15 / n));
    assert_true(fabs(m4 / n - 3) < 5 * sqrt(96 / n));
    assert_true(fabs(lagged / n) < 5 * sqrt(1 / n));
    qsort(z, DRAWS, sizeof *z, by_size);
    double worst = 0;
    for (int i = 0; i < DRAWS; i++) {
        double p = 0.5 * erfc(-z[i] / sqrt(2));
        worst = fmax(worst, fmax(p - i / n, (i + 1) / n - p));
    }
    print_message("normal: mean %.2e, variance 1%+.2e, kurtosis 3%+.2e, Kolmogorov-Smirnov %.2e, %.3f .. "
                  "%.3f (seed %d)\n",
                  m1 / n, m2 / n - 1, m4 / n - 3, worst, z[0], z[DRAWS - 1], SEED);
    assert_true(worst < 2.23 / sqrt(n)); /* Kolmogorov: probability 1e-4 */
    assert_true(z[0] > -6.5 && z[0] < -4 && z[DRAWS - 1] > 4 &&
                z[DRAWS - 1] < 6.5); /* beyond: 1e-4 and e^-31 */
    free(z);
}

static void permutations_are_uniform(void **state) {
    (void)state;
    enum { DRAWS = 120000 };
    static int counts[120];
    for (uint32_t i = 0; i < DRAWS; i++) {
        int32_t p[5];
        random_permutation(p, 5, stream(i));
        int rank = 0, seen = 0;
        for (int j = 0; j < 5; j++) {
            assert_in_range(p[j], 0, 4);
            seen |= 1 << p[j];
            int smaller = 0;
            for (int k = j + 1; k < 5; k++) smaller += p[k] < p[j];
            rank = rank * (5 - j) + smaller;
        }
        assert_int_equal(seen, 31);
        counts[rank]++;
    }
    expect_flat("random_permutation", counts, 120, DRAWS);
    int32_t one = -1;
    random_permutation(&one, 0, stream(0));
    assert_int_equal(one, -1);
    random_permutation(&one, 1, stream(0));
    assert_int_equal(one, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(golden_values),
        cmocka_unit_test(streams_are_distinct),
        cmocka_unit_test(below_is_uniform),
        cmocka_unit_test(rejection_counts_attempts),
        cmocka_unit_test(unit_is_uniform),
        cmocka_unit_test(normal_is_normal),
        cmocka_unit_test(permutations_are_uniform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
