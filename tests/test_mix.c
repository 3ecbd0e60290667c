/* The order of training: what stands where in the endless stream, against the plain order, and in which proportions. */
#include "tests/facts_testing.h"

#include "data/mix.h"

static FactSet pool_of(const FactsConfig *config) {
    FactSet facts;
    Err err = {0};
    if (facts_generate(config, &facts, &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

static void mixes_default_to_the_order(void **state) {
    (void)state;
    FactsConfig config = {.n = 40, .seq_len = 3, .vocab_size = 9, .seed = 1};
    FactSet facts = pool_of(&config);
    Mix mix;
    Order order;
    assert_int_equal(mix_init(&mix, &facts, &config, 8, NULL), OK);
    assert_int_equal(order_init(&order, 40, 8, NULL), OK);
    for (int p = 0; p < 400; p++) assert_int_equal(mix_sequence(&mix, p), order_fact(&order, p));
    assert_int_equal(mix_useful(&mix, 1234567890123), 1234567890123);
    mix_free(&mix);
    order_free(&order);
    facts_free(&facts);
}

/* Useful sequences are the plain order with junk between them, evenly; junk comes in epochs of its own; every
 * rendering of a fact is as frequent as any other. */
static void mixes_spread_junk_and_renderings(void **state) {
    (void)state;
    static const double ratios[] = {7, 1, 0.5, 2.75};
    for (int r = 0; r < 4; r++) {
        enum { N = 5, JUNK = 4, FORMS = 3, LONG = 30000 };
        FactsConfig config = {.n = N,
                              .seq_len = 3,
                              .vocab_size = 9,
                              .seed = 1,
                              .junk_n = JUNK,
                              .junk_ratio = ratios[r],
                              .paraphrases = FORMS};
        FactSet facts = pool_of(&config);
        Mix mix, again;
        Order order;
        assert_int_equal(mix_init(&mix, &facts, &config, 8, NULL), OK);
        assert_int_equal(mix_init(&again, &facts, &config, 8, NULL), OK);
        assert_int_equal(order_init(&order, N, 8, NULL), OK);
        int useful = 0, junk = 0, rendering[N][FORMS] = {{0}}, seen[JUNK] = {0}, first = facts.n_pool - JUNK;
        for (int p = 0; p < LONG; p++) {
            assert_int_equal(mix_useful(&mix, p), useful);
            assert_true(fabs(useful - p / (1 + ratios[r])) <= 1.001);
            int s = mix_sequence(&mix, p);
            if (s >= first) {
                seen[s - first]++;
                junk++;
                for (int j = 0; junk % JUNK == 0 && j < JUNK; j++) assert_int_equal(seen[j], junk / JUNK);
                continue;
            }
            int fact = s < N ? s : facts.variant_of[s - N];
            rendering[fact][s < N ? 0 : 1 + (s - N) % (FORMS - 1)]++;
            assert_int_equal(fact, order_fact(&order, useful++));
        }
        for (int k = 0; k < 100; k++) { /* anywhere, as after a resume */
            int p = (k * 7919 + 13) % LONG;
            assert_int_equal(mix_sequence(&again, p), mix_sequence(&mix, p));
        }
        double each = (double)useful / (N * FORMS);
        for (int i = 0; i < N * FORMS; i++)
            assert_true(fabs(rendering[i / FORMS][i % FORMS] - each) < 5 * sqrt(each));
        int64_t count[N];
        mix_count(&mix, LONG, count);
        for (int i = 0; i < N; i++)
            assert_int_equal(count[i], rendering[i][0] + rendering[i][1] + rendering[i][2]);
        mix_free(&mix);
        mix_free(&again);
        order_free(&order);
        facts_free(&facts);
    }
}

/* Counts of 200,000 draws against r^-s / sum, by chi-square: 5 standard deviations of the statistic. */
static void zipf_has_its_frequencies(void **state) {
    (void)state;
    static const double exponents[] = {0.5, 1, 2};
    for (int e = 0; e < 3; e++) {
        enum { N = 12, DRAWS = 200000 };
        FactsConfig config = {.n = N, .seq_len = 3, .vocab_size = 9, .seed = 1, .zipf = exponents[e]};
        FactSet facts = pool_of(&config);
        Mix mix;
        int64_t count[N];
        assert_int_equal(mix_init(&mix, &facts, &config, 8, NULL), OK);
        mix_count(&mix, DRAWS, count);
        double sum = 0, chi2 = 0;
        for (int i = 0; i < N; i++) sum += pow(i + 1, -exponents[e]);
        for (int i = 0; i < N; i++) {
            double expected = DRAWS * pow(i + 1, -exponents[e]) / sum;
            chi2 += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
        }
        printf("zipf %g: chi-square %.1f with %d degrees of freedom\n", exponents[e], chi2, N - 1);
        assert_true(chi2 < N - 1 + 5 * sqrt(2.0 * (N - 1)));
        mix_free(&mix);
        facts_free(&facts);
    }
    FactSet none = {.n = 3, .n_pool = 3};
    Mix mix;
    Err err = {0};
    assert_int_equal(mix_init(&mix, &none, &(FactsConfig){.junk_ratio = 2}, 1, &err), ERR_INPUT);
    assert_string_equal(err.msg, "facts.junk_ratio is 2, but the facts contain no junk; set facts.junk_n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mixes_default_to_the_order),
        cmocka_unit_test(mixes_spread_junk_and_renderings),
        cmocka_unit_test(zipf_has_its_frequencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
