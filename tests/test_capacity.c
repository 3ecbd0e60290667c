/* `rote capacity`: fits, verdicts and their words, on sweep folders made by hand. */
#include "tests/capacity_testing.h"

static void expect_advice(const Series *s, const char *expected) {
    char *text = series_advice(s);
    assert_string_equal(text, expected);
    free(text);
}

static void a_whole_sweep(void **state) {
    (void)state;
    put_architecture(8, 1000, 2.0, 0, NULL);
    put_architecture(16, 4000, 2.1, 0, NULL);
    put_architecture(32, 16000, 2.2, 0, NULL);
    Capacity c = read_here();
    assert_int_equal(c.n_series, 1);
    const Series *s = &c.series[0];
    assert_int_equal(s->n_architectures, 3);
    assert_string_equal(s->settings, "");
    assert_string_equal(s->architectures[1].label, "L2 d16");
    assert_int_equal(s->architectures[1].n_sizes, 4);
    assert_int_equal(s->architectures[1].n_budgets, 2);
    assert_int_equal(s->architectures[1].n_seeds, 2);
    assert_int_equal(s->architectures[1].plateau.n_sizes, 3);
    assert_int_equal(s->architectures[1].plateau.n_pairs, 6);
    assert_true(fabs(s->architectures[1].plateau.reached.value - 8400) < 1e-9);
    assert_true(fabs(s->slope.origin.value - 2.1) < 1e-12);
    /* t(.975, 2) 0.1 / sqrt 3, but for what the seeds, 0.1 % apart, do to all alike */
    double own = 0.01 / 3, shared = 0.25e-6 * (2.1 * 2.1 - (4 + 4.41 + 4.84) / 9) * 3 / 2;
    double df = (own + shared) * (own + shared) / (own * own / 2 + shared * shared);
    assert_true(fabs(s->slope.origin.high - 2.1 - student_quantile(0.975, df) * sqrt(own + shared)) < 1e-9);
    assert_true(fabs(s->slope.origin.high - 2.1 - 4.302652729749462 * 0.1 / sqrt(3)) < 1e-3);
    expect_verdict(&s->architectures[0],
                   "converged and saturated: doubling the budget gains 0.0 % (0.0 to 0.0, 6 pairs)");
    expect_statement(s,
                     "2.10 bits/param, 95 % interval 1.85 to 2.35 (3 architectures, 2 seeds, 2000 exposures, "
                     "ordered coding; verdict: converged and saturated: doubling the budget gains 0.0 % "
                     "(0.0 to 0.0, 3 architectures))");
    expect_advice(s, "");
    assert_true(isnan(s->slope.endless.value) && isnan(s->gamma.value));
    capacity_free(&c);
}

static void a_budget_that_still_gains(void **state) {
    (void)state;
    put_architecture(8, 1000, 2.0, 0.02, NULL);
    put_architecture(16, 4000, 2.0, 0.03, NULL);
    Capacity c = read_here();
    expect_verdict(&c.series[0].architectures[0],
                   "lower bound only: doubling the budget still gains 2.0 % (2.0 to 2.0)");
    assert_int_equal(c.series[0].converged, ANSWER_NO);
    assert_true(c.series[0].saturated);
    expect_advice(&c.series[0], "advice: SOAP reaches in a fifth of the epochs what AdamW does "
                                "(docs/results/optimizer.md): train.optimizer=soap train.schedule=wsd "
                                "train.learning_rate=0.03 at n_embd 8 to 0.015 at n_embd 16 (0.24/n_embd)");
    for (int a = 0; a < 2; a++) c.series[0].architectures[a].plateau.n_sizes = 2;
    expect_advice(&c.series[0], ""); /* sizes are missing too */
    capacity_free(&c);
}

/* What SOAP trained needs another budget, not SOAP; what Muon trained, either. */
static void advice_by_optimizer(void **state) {
    (void)state;
    put_architecture(8, 1000, 2.0, 0.02, "muon");
    Capacity c = read_here();
    const char *said = "advice: SOAP reaches in a fifth of the epochs what AdamW does "
                       "(docs/results/optimizer.md): train.optimizer=soap train.schedule=wsd "
                       "train.learning_rate=0.03";
    assert_int_equal(c.n_series, 1);
    expect_advice(&c.series[0], said);
    TrainConfig *train = &c.files.base->train; /* of all runs */
    train->parametrization = PARAM_MUP;        /* whose rates are those of its base */
    expect_advice(&c.series[0], "");
    train->parametrization = PARAM_STANDARD;
    train->optimizer = OPT_SOAP;
    expect_advice(&c.series[0], "");
    capacity_free(&c);
}

static void all_fits_in(void **state) {
    (void)state;
    put_run((Made){8, 1000, 10, 1000, 0, 999, NULL});
    put_run((Made){8, 1000, 10, 2000, 0, 1000, NULL});
    Capacity c = read_here();
    assert_int_equal(c.series[0].slope.n_architectures, 0);
    expect_verdict(&c.series[0].architectures[0],
                   "lower bound only: not saturated: the largest fact set is 1.00 times "
                   "what it holds, 1.5 needed; no run with twice the budget");
    char *text = series_statement(&c.series[0]);
    assert_non_null(strstr(text, "no capacity to state"));
    free(text);
    capacity_free(&c);
}

static void sizes_that_disagree(void **state) {
    (void)state;
    static const double held[] = {2000, 2000, 2150};
    for (int i = 0; i < 3; i++) put_run((Made){8, 1000, 40 << i, 1000, 0, held[i], NULL});
    Capacity c = read_here();
    const Plateau *p = &c.series[0].architectures[0].plateau;
    assert_int_equal(p->n_sizes, 3);
    assert_true(!p->saturated && fabs(p->spread - (2150 / 2050.0 - 1)) < 1e-12);
    expect_verdict(
        &c.series[0].architectures[0],
        "lower bound only: not saturated: a size beyond capacity is 4.9 % off their mean, 3 % allowed; "
        "no run with twice the budget");
    capacity_free(&c);
}

/* A model that gives each of N facts probability 1/N holds all there is to know of the set. */
static void coded_as_a_set(void **state) {
    (void)state;
    Config config;
    config_defaults(&config);
    char *yaml = config_text(&config, false), result[512];
    double n = 64, data = 3000, code = n * 6; /* log2 64 bits a fact: which one */
    put_file("x", "config.yaml", yaml);
    free(yaml);
    snprintf(result, sizeof result,
             "{\"verdict\": \"annealed\", \"params\": 1000, \"facts\": 64, \"data_bits\": %.17g, "
             "\"ceiling_bits\": %.17g, "
             "\"code_bits\": %.17g, \"memorized_bits\": %.17g, \"exposures\": 10}",
             data, data - code, code, data - code);
    put_file("x", "result.json", result);
    Capacity c = read_here();
    double log2_factorial = 0;
    for (int i = 2; i <= 64; i++) log2_factorial += log2(i);
    assert_true(fabs(c.series[0].runs[0].point.set_bits - (data - log2_factorial)) < 1e-9);
    capacity_free(&c);
}

/* Facts of a user's own: no entropy, hence recall, and which model holds them all. */
static void facts_of_ones_own(void **state) {
    (void)state;
    static const double recall[] = {0.4, 0.993, 1};
    for (int i = 0; i < 6; i++) {
        char name[32], result[512];
        Config config;
        config_defaults(&config);
        config.model.n_embd = 8 << (i / 2);
        config.train.seed = (uint64_t)(i % 2);
        char *yaml = config_text(&config, false);
        snprintf(name, sizeof name, "r%d", i);
        put_file(name, "config.yaml", yaml);
        free(yaml);
        snprintf(result, sizeof result,
                 "{\"verdict\": \"annealed\", \"params\": %d, \"facts\": 300, \"data_bits\": null, "
                 "\"ceiling_bits\": null, "
                 "\"code_bits\": %d, \"memorized_bits\": null, \"recall\": %.3f, \"exposures\": 10, "
                 "\"answer_bits\": 900, "
                 "\"zlib_bytes\": 500}",
                 1000 << (i / 2), 5000 - 900 * i, recall[i / 2]);
        put_file(name, "result.json", result);
    }
    Capacity c = read_here();
    expect_statement(&c.series[0],
                     "L2 d32 with 4,000 parameters is the smallest of 3 models that recalls all 300 facts; "
                     "L2 d16 with 2,000 parameters is the smallest with 99 %");
    capacity_free(&c);
}

static void put_figures(int params, int facts, int steps, double bits, const char *more) {
    Config config;
    char name[32], result[1024];
    config_defaults(&config);
    config.facts.n = facts;
    config.train.batch_size = facts;
    config.train.max_steps = steps;
    char *yaml = config_text(&config, false);
    snprintf(name, sizeof name, "f%03d", made++);
    put_file(name, "config.yaml", yaml);
    free(yaml);
    snprintf(
        result, sizeof result,
        "{\"verdict\": \"annealed\", \"params\": %d, \"facts\": %d, \"data_bits\": %d, \"ceiling_bits\": %d, "
        "\"code_bits\": 1e6, \"memorized_bits\": %g, \"recall\": 0.5, \"exposures\": %d%s}",
        params, facts, 100 * facts, 100 * facts, bits, steps, more);
    put_file(name, "result.json", result);
}

/* A held-out loss that is a parabola in ln(data bits) with its top at 1.2 times capacity; only the longest budget's
 * runs speak. */
static void figures_over_sizes(void **state) {
    (void)state;
    for (int i = 0; i < 5; i++) {
        int facts = 10 << i;
        double away = log(100.0 * facts / 2400);
        char more[256];
        snprintf(more, sizeof more,
                 ", \"heldout_loss_nats\": %.15g, \"mia_auc\": %g, \"mia_f1\": %g, \"mia_f1_law\": 0.7, "
                 "\"r\": 1.9, "
                 "\"r_max\": %d",
                 5 - away * away, 1 - 0.1 * i, i % 2 ? 0.72 : 0.68, i);
        put_figures(1000, facts, 2000, facts < 20 ? 100 * facts : 2000, more);
        put_figures(1000, facts, 1000, 10, ", \"heldout_loss_nats\": 50");
    }
    Capacity c = read_here();
    const Series *s = &c.series[0];
    assert_int_equal(s->n_sizes, 5);
    assert_int_equal(s->n_peaks, 1);
    assert_true(fabs(s->peak.value - 1.2) < 1e-6);
    assert_true(fabs(s->membership_error - 0.02) < 1e-12);
    assert_true(s->sizes[3].facts == 80 && s->sizes[3].n_runs == 1 && s->sizes[3].overfill == 4);
    assert_true(s->sizes[3].mean[FIG_R_MAX] == 3 && s->sizes[0].mean[FIG_MIA_AUC] == 1);
    assert_true(isnan(s->sizes[0].mean[FIG_ZLIB_BYTES]));
    capacity_free(&c);
}

/* A loss that is highest at the largest size has no peak to tell. */
static void no_peak_at_an_end(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        char more[64];
        snprintf(more, sizeof more, ", \"heldout_loss_nats\": %d", 4 + i);
        put_figures(1000, 10 << i, 2000, 2000, more);
    }
    Capacity c = read_here();
    assert_int_equal(c.series[0].n_peaks, 0);
    assert_true(isnan(c.series[0].peak.value) && isnan(c.series[0].membership_error));
    capacity_free(&c);
}

/* Three budgets of a single architecture: C - c t^-gamma of 2.4, 0.2 left at 2000. */
static void laws_of_one_architecture(void **state) {
    (void)state;
    for (int b = 0; b < 4; b++)
        for (int i = 0; i < 3; i++)
            put_figures(1000, 50 + 20 * i, 500 << b, 2400 - 200 * pow(2, 0.8 * (2 - b)) + (i - 1), "");
    Capacity c = read_here();
    const Series *s = &c.series[0];
    assert_true(fabs(s->gamma.value - 0.8) < 0.01 && s->gamma.low > 0.7 && s->gamma.high < 0.9);
    assert_true(fabs(s->slope.endless.value - 2.4) < 0.01 && s->slope.endless.low < 2.4 &&
                s->slope.endless.high > 2.4);
    assert_true(fabs(s->architectures[0].endless.value - 2400) < 10);
    assert_true(s->law_error[0] < s->law_error[1]);
    capacity_free(&c);
}

/* An untrained model holds less than nothing, of which nothing is so many times as large. */
static void less_than_nothing(void **state) {
    (void)state;
    put_run((Made){8, 1000, 20, 100, 0, -50, NULL});
    Capacity c = read_here();
    assert_true(isnan(c.series[0].architectures[0].plateau.overfill));
    expect_verdict(&c.series[0].architectures[0],
                   "lower bound only: not saturated: nothing is held of the largest fact set; no run with "
                   "twice the budget");
    capacity_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_whole_sweep),     IN_FOLDER(a_budget_that_still_gains), IN_FOLDER(advice_by_optimizer),
        IN_FOLDER(all_fits_in),       IN_FOLDER(sizes_that_disagree),       IN_FOLDER(coded_as_a_set),
        IN_FOLDER(facts_of_ones_own), IN_FOLDER(figures_over_sizes),        IN_FOLDER(less_than_nothing),
        IN_FOLDER(no_peak_at_an_end), IN_FOLDER(laws_of_one_architecture)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
