/* Membership: ranks against counting all pairs, F1 against trying every threshold. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/random.h"
#include "eval/stats/membership.h"

static const uint64_t SEED = 20261123;

static Membership by_counting(const Scored *all, int n) {
    double members = 0, others = 0, pairs = 0;
    Membership best = {0};
    for (int i = 0; i < n; i++) {
        members += all[i].member;
        others += !all[i].member;
        for (int j = 0; j < n; j++)
            if (all[i].member && !all[j].member)
                pairs += all[i].score < all[j].score ? 1 : all[i].score == all[j].score ? 0.5 : 0;
    }
    for (int t = 0; t < n; t++) {
        double found = 0, wrong = 0;
        for (int i = 0; i < n; i++)
            if (all[i].score <= all[t].score) *(all[i].member ? &found : &wrong) += 1;
        double tpr = found / members, fpr = wrong / others, precision = tpr / (tpr + fpr);
        double f1 = tpr > 0 ? 2 * precision * tpr / (precision + tpr) : 0;
        best.f1 = f1 > best.f1 ? f1 : best.f1;
        if (fpr <= 0.01 && tpr > best.tpr_low) best.tpr_low = tpr;
    }
    best.auc = pairs / (members * others);
    return best;
}

static void tiny_cases(void **state) {
    (void)state;
    printf("seed %d\n", (int)SEED);
    for (int c = 0; c < 400; c++) {
        enum { MOST = 14 };
        Scored all[MOST];
        Stream s = random_stream(SEED, RANDOM_TEST, (uint32_t)c);
        int n = 2 + (int)random_below(s, 0, MOST - 1), levels = c % 2 ? 4 : 1000; /* 4: mostly ties */
        for (int i = 0; i < n; i++)
            all[i] = (Scored){(double)random_below(s, 1 + (uint64_t)i, (uint64_t)levels),
                              i == 0 || (i > 1 && random_below(s, 100 + (uint64_t)i, 2))};
        Membership expected = by_counting(all, n), got = membership_measure(all, n);
        assert_true(fabs(got.auc - expected.auc) < 1e-12);
        assert_true(fabs(got.f1 - expected.f1) < 1e-12);
        assert_true(fabs(got.tpr_low - expected.tpr_low) < 1e-12);
    }
}

static void known_cases(void **state) {
    (void)state;
    Scored apart[] = {{3, false}, {1, true}, {4, false}, {2, true}};
    Membership m = membership_measure(apart, 4);
    assert_true(m.auc == 1 && m.f1 == 1 && m.tpr_low == 1);
    Scored same[] = {{1, false}, {1, true}, {1, true}, {1, false}, {1, false}};
    m = membership_measure(same, 5); /* always yes, however many there are of each */
    assert_true(m.auc == 0.5 && fabs(m.f1 - 2.0 / 3) < 1e-15 && m.tpr_low == 0);
    Scored wrong[] = {{1, false}, {2, true}};
    assert_true(membership_measure(wrong, 2).auc == 0);
    Scored lonely[] = {{1, true}, {2, true}}, unknown[] = {{1, true}, {NAN, false}};
    assert_true(isnan(membership_measure(lonely, 2).auc) && isnan(membership_measure(unknown, 2).f1));
}

/* At 0.034 * 704 = 23.936 bits a parameter the sigmoid is 1/2; both ends are its limits. */
static void the_law(void **state) {
    (void)state;
    assert_true(fabs(membership_law(23936, 1000) - 0.5 * (1 + 0.67)) < 1e-12);
    assert_true(fabs(membership_law(1e9, 1) - 0.5) < 1e-12);
    double sigma = 1 / (1 + exp(-33.14 * 0.034));
    assert_true(fabs(membership_law(0, 1) - 0.5 * (1 + 1.34 * sigma)) < 1e-12);
    /* fifty of the paper's sequences, 64 tokens of 11 bits: its own formula with |D| = 50 */
    assert_true(fabs(membership_law(50 * 64 * 11, 1000) - 0.5 * (1 + 1.34 / (1 + exp(33.14 * 0.016)))) <
                1e-12);
    /* as many bits in facts of four tokens over 16 symbols, 2,200 of them: the same figure */
    assert_true(membership_law(2200 * 4 * 4, 1000) == membership_law(50 * 64 * 11, 1000));
    /* by hand: 3 bits a parameter, sigma(0.0470738... * 20.936) = sigma(0.985538) = 0.728206 */
    assert_true(fabs(membership_law(3000, 1000) - 0.987898) < 5e-7);
    assert_true(isnan(membership_law(NAN, 1000)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiny_cases),
        cmocka_unit_test(known_cases),
        cmocka_unit_test(the_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
