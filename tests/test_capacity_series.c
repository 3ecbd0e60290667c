/* `rote capacity`: which runs count and which belong together, on sweep folders made by hand. */
#include "tests/capacity_testing.h"

static void settings_make_series(void **state) {
    (void)state;
    put_architecture(8, 1000, 2.0, 0, NULL);
    put_architecture(8, 1000, 2.4, 0, "muon");
    Capacity c = read_here();
    assert_int_equal(c.n_series, 2);
    assert_string_equal(c.series[0].settings, "optimizer=adamw");
    assert_string_equal(c.series[1].settings, "optimizer=muon");
    assert_true(fabs(c.series[1].slope.origin.value - 2.4) < 1e-12);
    capacity_free(&c);
}

/* 900 steps of a third of the facts beside 600 exposures, which is longer: one unit for both. */
static void budgets_of_two_kinds(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        Config config;
        config_defaults(&config);
        config.facts.n = 60;
        config.model.n_embd = 8;
        config.train.batch_size = 20;
        config.train.max_steps = i ? 1800 : 900;
        config.train.exposures = i ? 600 : 0;
        put_run((Made){8, 1000, 60, i ? 600 : 300, 0, 1000 + 500 * i, NULL});
        char *yaml = config_text(&config, false);
        put_file(i ? "run-001" : "run-000", "config.yaml", yaml);
        free(yaml);
    }
    Capacity c = read_here();
    const Series *s = &c.series[0];
    assert_true(c.n_series == 1 && s->budget_in_exposures && s->n_budgets == 2);
    assert_true(s->runs[0].point.budget == 300 && s->runs[1].point.budget == 600);
    const Plateau *p = &s->architectures[0].plateau;
    assert_true(p->reached.value == 1500 && p->gain_factor == 2 && fabs(p->gain.value - 0.5) < 1e-12);
    capacity_free(&c);
}

/* A key that goes with the architecture is none of the sweep's axes. */
static void a_key_that_follows_the_model(void **state) {
    (void)state;
    put_architecture(8, 1000, 2.0, 0, NULL);
    put_architecture(16, 4000, 2.0, 0, "muon");
    Capacity c = read_here();
    assert_int_equal(c.n_series, 1);
    assert_int_equal(c.series[0].slope.n_architectures, 2);
    capacity_free(&c);
}

static void one_architecture_one_run(void **state) {
    (void)state;
    put_run((Made){8, 1000, 60, 1000, 0, 2000, NULL});
    Capacity c = read_here();
    expect_statement(
        &c.series[0],
        "2.00 bits/param, no interval (1 architecture, 1 seed, 1000 exposures, ordered coding; verdict: "
        "lower bound only: not saturated; no run with twice the budget)");
    expect_verdict(&c.series[0].architectures[0],
                   "lower bound only: not saturated: 1 size beyond 1.5 times capacity, "
                   "3 needed; no run with twice the budget");
    capacity_free(&c);
}

/* Runs that died, diverged, are under way or torn are counted, named, and in no figure. */
static void what_is_left_out(void **state) {
    (void)state;
    put_architecture(8, 1000, 2.0, 0, NULL);
    put_file("died", "failed.json",
             "{\"reason\": \"out of memory\", \"exit\": 137, \"signal\": 9, \"attempts\": 1}");
    put_file("torn-failure", "failed.json", "{\"rea");
    put_file("begun", "lock", "");
    put_file("bad-config", "config.yaml", "model: {n_embd: cow}\n");
    put_file("bad-result", "config.yaml", "name: x\n");
    put_file("bad-result", "result.json", "{\"params\": 3");
    put_file("lost-result", "config.yaml", "name: x\n");
    put_file("lost-result", "DONE", "");
    put_file("diverged", "config.yaml", "name: x\n");
    put_file("diverged", "result.json",
             "{\"verdict\": \"diverged\", \"reason\": \"NaN in wte at step 7\", \"params\": 9}");
    char path[128];
    snprintf(path, sizeof path, "%s/table.csv", dir);
    const char *table = "run,state,verdict\n\"a=1,b=2-00\",waiting,,x\nb,done,,x\n\"c\",waiting,,\n";
    assert_int_equal(file_write_atomic(path, table, strlen(table), NULL), OK);
    Capacity c = read_here();
    assert_int_equal(c.n_in_state[SWEPT_DONE], 16);
    assert_int_equal(c.n_in_state[SWEPT_FAILED], 2);
    assert_int_equal(c.n_in_state[SWEPT_DIVERGED], 1);
    assert_int_equal(c.n_in_state[SWEPT_UNFINISHED], 1);
    assert_int_equal(c.n_in_state[SWEPT_UNREADABLE], 3);
    assert_int_equal(c.n_waiting, 2);
    assert_int_equal(c.n_series, 1);
    assert_int_equal(c.series[0].n_runs, 16);
    const SweptRun *r =
        c.files.runs; /* by name: bad-config, bad-result, begun, died, diverged, lost-result ... */
    assert_non_null(strstr(r[0].reason, "model.n_embd"));
    assert_non_null(strstr(r[1].reason, "not a JSON object"));
    assert_string_equal(r[3].reason, "out of memory");
    assert_string_equal(r[4].reason, "NaN in wte at step 7");
    assert_non_null(strstr(r[5].reason, "result.json is missing"));
    capacity_free(&c);
}

static void all_failed(void **state) {
    (void)state;
    put_file("a", "failed.json", "{\"reason\": \"killed\"}");
    Capacity c = read_here();
    assert_int_equal(c.n_series, 0);
    assert_int_equal(c.n_in_state[SWEPT_FAILED], 1);
    capacity_free(&c);
}

static void no_sweep(void **state) {
    (void)state;
    Capacity c;
    Err err;
    assert_int_equal(capacity_read(&c, "/nonexistent/sweep", &err), ERR_INPUT);
    capacity_free(&c);
    assert_int_equal(capacity_read(&c, dir, &err), ERR_INPUT); /* empty */
    assert_non_null(strstr(err.msg, "contains no run"));
    capacity_free(&c);
    put_file("x", "config.yaml", "name: x\n");
    char run[128];
    snprintf(run, sizeof run, "%s/runs/x", dir);
    assert_int_equal(capacity_read(&c, run, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "one run"));
    capacity_free(&c);
    snprintf(run, sizeof run, "%s/runs", dir); /* run folders directly */
    assert_int_equal(capacity_read(&c, run, &err), OK);
    assert_int_equal(c.n_in_state[SWEPT_UNFINISHED], 1);
    capacity_free(&c);
}

/* Layers and width name an architecture; where those are the same, the keys that tell. */
static void labels(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        Config config;
        char name[32], result[256];
        config_defaults(&config);
        config.model.n_embd = i < 2 ? 8 : 16;
        config.model.n_head = i < 2 ? 1 : 2;
        config.model.act = i == 1 ? ACT_RELU : ACT_GELU;
        config.model.n_layer = i == 3 ? 1 : 2;
        char *yaml = config_text(&config, false);
        snprintf(name, sizeof name, "r%d", i);
        put_file(name, "config.yaml", yaml);
        free(yaml);
        snprintf(result, sizeof result,
                 "{\"verdict\": \"annealed\", \"params\": %d, \"facts\": 9, \"code_bits\": 4, "
                 "\"memorized_bits\": 5}",
                 i + 1);
        put_file(name, "result.json", result);
    }
    static const char *const expected[] = {"L2 d8 act=gelu", "L2 d8 act=relu", "L2 d16 act=gelu",
                                           "L1 d16 act=gelu"};
    Capacity c = read_here();
    assert_int_equal(c.n_series, 1);
    for (int i = 0; i < 4; i++) assert_string_equal(c.series[0].architectures[i].label, expected[i]);
    capacity_free(&c);
}

/* What has no counts is torn: it is named and left out. */
static void results_without_counts(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } torn[] = {
        {"{}", "\"verdict\" is not a text"},
        {"{\"verdict\": \"annealed\", \"params\": 7}", "\"facts\" is not a count"},
        {"{\"verdict\": \"annealed\", \"params\": 7, \"facts\": null}", "\"facts\" is not a count"},
        {"{\"verdict\": \"annealed\", \"params\": -1, \"facts\": 7}", "\"params\" is not a count"},
        {"{\"verdict\": \"annealed\", \"params\": 1, \"facts\": 7}", "\"code_bits\" is not a number"},
        {"{\"verdict\": \"annealed\", \"params\": 1, \"facts\": 7, \"code_bits\": 1, \"recall\": 1e308}",
         "\"recall\" is 1e+308, which is not possible"},
    };
    enum { TORN = sizeof torn / sizeof *torn };
    put_run((Made){8, 1000, 20, 100, 0, 500, NULL});
    for (int i = 0; i < TORN; i++) {
        put_run((Made){8, 1000, 20, 100, 1 + i, 500, NULL});
        char name[32];
        snprintf(name, sizeof name, "run-%03d", i + 1);
        put_file(name, "result.json", torn[i].text);
    }
    Capacity c = read_here();
    assert_int_equal(c.n_in_state[SWEPT_UNREADABLE], TORN);
    assert_int_equal(c.n_series, 1);
    assert_int_equal(c.series[0].n_runs, 1);
    for (int i = 0; i < TORN; i++) assert_non_null(strstr(c.files.runs[i + 1].reason, torn[i].says));
    capacity_free(&c);
}

/* The vocabulary follows from the facts and makes other models, which are no other architectures of one slope. */
static void facts_drawn_differently(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        Config config;
        char name[32];
        config_defaults(&config);
        config.facts.kind = i == 3 ? FACTS_TRIPLES : FACTS_RANDOM;
        config.facts.vocab_size = config.model.vocab_size = i == 1 ? 64 : 16;
        config.model.vocab_size += i == 3;
        config.model.n_embd = i == 2 ? 16 : 8;
        put_run((Made){8, 1000 + i, 20, 100, 0, 500, NULL});
        char *yaml = config_text(&config, false);
        snprintf(name, sizeof name, "run-%03d", i);
        put_file(name, "config.yaml", yaml);
        free(yaml);
    }
    Capacity c = read_here();
    assert_int_equal(c.n_series, 3);
    assert_int_equal(c.series[0].n_architectures, 2);
    assert_string_equal(c.series[0].settings, "kind=random vocab_size=16");
    assert_string_equal(c.series[1].settings, "kind=random vocab_size=64");
    assert_string_equal(c.series[2].settings, "kind=triples vocab_size=16");
    capacity_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_FOLDER(settings_make_series),
                                       IN_FOLDER(a_key_that_follows_the_model),
                                       IN_FOLDER(budgets_of_two_kinds),
                                       IN_FOLDER(one_architecture_one_run),
                                       IN_FOLDER(what_is_left_out),
                                       IN_FOLDER(all_failed),
                                       IN_FOLDER(no_sweep),
                                       IN_FOLDER(labels),
                                       IN_FOLDER(results_without_counts),
                                       IN_FOLDER(facts_drawn_differently)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
