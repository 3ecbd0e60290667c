/* Tokens of normal logits that a sampling chain keeps: against stored simulations of other programs, closed forms, and
 * with any number of threads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "eval/logits/null_kept.h"

enum { DRAWS = 3000 };

/* Means with standard errors of 200,000 (V 64) and 100,000 (V 256) draws, made with NumPy, seed 3; s. */
static const struct {
    int V;
    double s;
    const char *chain;
    double mean, error;
} KNOWN[] = {
    {64, 0.5, "min_p=0.1", 62.69, 0.0051},    {64, 0.5, "top_p=0.9", 50.721, 0.0021},
    {64, 1, "top_p=0.95", 48.142, 0.0043},    {64, 1, "typical_p=0.9", 43.456, 0.011},
    {64, 1, "typical_p=0.2", 8.6689, 0.0023}, {64, 1, "p_less=1", 6.5109, 0.0066},
    {64, 2, "epsilon=0.0003", 54.324, 0.011}, {64, 2, "eta=0.0003", 54.324, 0.011},
    {64, 2, "min_p=0.05", 14.24, 0.017},      {64, 1, "top_n_sigma=1", 6.7883, 0.0094},
    {64, 1, "top_n_sigma=3", 45.831, 0.019},
};
enum { N_KNOWN = sizeof KNOWN / sizeof *KNOWN };

static void near(double got, double want, double within, const char *what) {
    if (!(fabs(got - want) <= within)) fail_msg("%s: %.6f, expected %.6f +- %g", what, got, want, within);
}

static NullKept kept_of(const char *text, int V, double s, int draws, int threads, Chain *chain) {
    NullKept kept;
    Err err;
    if (chain_parse(chain, text, &err) != OK) fail_msg("%s", err.msg);
    if (null_kept(&kept, chain, 1, V, s, draws, 7, threads, &err) != OK) fail_msg("%s", err.msg);
    return kept;
}

/* Within three standard errors of both, or 1e-3 where neither varies. */
static void known_means(void **state) {
    (void)state;
    for (int i = 0; i < N_KNOWN; i++) {
        Chain chain;
        NullKept kept = kept_of(KNOWN[i].chain, KNOWN[i].V, KNOWN[i].s, DRAWS, 2, &chain);
        near(kept.mean, KNOWN[i].mean, 3 * hypot(kept.error, KNOWN[i].error) + 1e-3, KNOWN[i].chain);
        near(kept.error, kept.deviation / sqrt(DRAWS), 1e-9, "standard error");
        double exact = null_kept_exact(&chain, KNOWN[i].V, KNOWN[i].s);
        if (chain.stage[0].kind == STAGE_min_p) near(kept.mean, exact, 3 * kept.error, "exact");
    }
}

static void closed_forms(void **state) {
    (void)state;
    static const struct {
        const char *chain;
        double s, formula;
    } FORMULAS[] = {{"top_p=0.9", 0.5, 50.097},    {"typical_p=0.9", 0.5, 54.905},
                    {"typical_p=0.2", 1, 7.8462},  {"p_less=1", 0.5, 14.504},
                    {"epsilon=0.0003", 2, 53.477}, {"eta=0.0003", 1, 63.982},
                    {"top_n_sigma=1", 1, 1.9063},  {"top_k=5", 1, 5}};
    Chain chain;
    Err err;
    for (size_t i = 0; i < sizeof FORMULAS / sizeof *FORMULAS; i++) {
        assert_int_equal(chain_parse(&chain, FORMULAS[i].chain, &err), OK);
        near(null_kept_formula(&chain, 64, FORMULAS[i].s), FORMULAS[i].formula, 1e-3, FORMULAS[i].chain);
    }
    assert_int_equal(chain_parse(&chain, "min_p=0.1", &err), OK);
    near(null_kept_exact(&chain, 64, 1), 31.358, 1e-3, "min_p");
    assert_int_equal(chain_parse(&chain, "top_n_sigma=1", &err), OK);
    near(null_kept_exact(&chain, 64, 3), 7.0731, 1e-4, "top_n_sigma");
    assert_int_equal(chain_parse(&chain, "", &err), OK);
    near(null_kept_exact(&chain, 64, 3), 64, 0, "no stage");
    assert_int_equal(chain_parse(&chain, "top_k=5;top_p=0.5", &err), OK);
    assert_true(isnan(null_kept_exact(&chain, 64, 1)) && isnan(null_kept_formula(&chain, 64, 1)));
}

static void same_for_any_threads(void **state) {
    (void)state;
    Chain chain;
    NullKept one = kept_of("typical_p=0.7;xtc_probability=0.5", 100, 2, 50, 1, &chain);
    for (int threads = 2; threads <= 4; threads++) {
        NullKept more = kept_of("typical_p=0.7;xtc_probability=0.5", 100, 2, 50, threads, &chain);
        assert_true(more.mean == one.mean && more.deviation == one.deviation);
    }
}

static void refusals(void **state) {
    (void)state;
    Chain chain;
    NullKept kept;
    Err err;
    assert_int_equal(chain_parse(&chain, "logit_bias=9:1", &err), OK);
    assert_int_equal(null_kept(&kept, &chain, 1, 9, 1, 20, 1, 1, &err), ERR_INPUT);
    assert_int_equal(null_kept(&kept, &chain, 1, 0, 1, 20, 1, 1, &err), ERR_INPUT);
    assert_int_equal(null_kept(&kept, &chain, 1, 1, 1, 20, 1, 1, &err), ERR_INPUT);
    assert_int_equal(null_kept(&kept, &chain, 1, 10, 1, 20, 1, 1, &err), OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_means),
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(same_for_any_threads),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
