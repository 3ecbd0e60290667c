/* facts.load and train.exposures: the smallest number that does it, found again by trying all, and one hash for
 * a run however it was asked for. */
#include "tests/facts_testing.h"

#include "model/params.h"
#include "train/facts_load.h"

static Config with(const char *a, const char *b, const char *c) {
    const char *overrides[] = {
        "model.n_embd=8", "model.n_layer=1", "facts.seq_len=6", "facts.vocab_size=11", a, b, c};
    Config config;
    Err err = {0};
    if (config_load(&config, NULL, 7, overrides, &err) != OK) fail_msg("%s", err.msg);
    return config;
}

static double load_of(Config config, int n) {
    FactSet facts;
    ParamTable table;
    config.facts.n = n;
    assert_int_equal(facts_plan(&config.facts, &facts, NULL), OK);
    assert_int_equal(config_resolve(&config, n, facts.max_len, facts.vocab.size, NULL), OK);
    assert_int_equal(params_plan(&table, &config.model, NULL), OK);
    double load = facts.data_bits / (double)table.total;
    params_free(&table);
    facts_free(&facts);
    return load;
}

static void load_takes_the_fewest_facts(void **state) {
    (void)state;
    static const char *const loads[] = {"facts.load=0.001", "facts.load=0.1", "facts.load=0.5",
                                        "facts.load=1", "facts.load=3.75"};
    for (int i = 0; i < 5; i++) {
        Config config = with(loads[i], "name=a", "name=a");
        FactSet facts;
        Err err = {0};
        if (facts_plan_load(&config, &facts, &err) != OK) fail_msg("%s", err.msg);
        int n = 1;
        while (load_of(config, n) < config.facts.load) n++;
        assert_int_equal(config.facts.n, n);
        assert_int_equal(facts.n, n);
        facts_free(&facts);
    }
}

/* A rule needs rows enough to be told from every other: what is impossible below is no end. */
static void load_skips_tables_that_are_too_small(void **state) {
    (void)state;
    static const char *const rules[] = {"facts.rule=affine", "facts.rule=quadratic"};
    for (int i = 0; i < 2; i++) {
        Config config = with("facts.kind=rules", rules[i], "facts.load=0.4");
        FactSet facts;
        Err err = {0};
        if (facts_plan_load(&config, &facts, &err) != OK) fail_msg("%s", err.msg);
        int n = 1;
        for (;; n++) {
            FactsConfig at_n = config.facts;
            FactSet planned;
            at_n.n = n;
            if (facts_plan(&at_n, &planned, NULL) != OK) continue;
            facts_free(&planned);
            if (load_of(config, n) >= config.facts.load) break;
        }
        assert_true(n > 1);
        assert_int_equal(config.facts.n, n);
        facts_free(&facts);
    }
}

static void hash_of(Config *config, char hash[33]) {
    FactSet facts;
    Err err = {0};
    if (facts_plan_load(config, &facts, &err) != OK) fail_msg("%s", err.msg);
    Status status = config_resolve(config, facts.n, facts.max_len, facts.vocab.size, &err);
    if (status != OK) fail_msg("%s", err.msg);
    assert_int_equal(config_hash(config, "data", hash, NULL), OK);
    facts_free(&facts);
}

static void one_run_has_one_hash(void **state) {
    (void)state;
    char asked[33], again[33], counted[33], number[32], steps[40];
    Config config = with("facts.load=1.5", "train.exposures=2.5", "train.batch_size=16");
    hash_of(&config, asked);
    assert_true(config.facts.load == 1.5 && config.train.exposures == 2.5); /* the request stays readable */
    int64_t least = 0;
    while ((double)least * 16 < 2.5 * config.facts.n) least++;
    assert_int_equal(config.train.max_steps, least);
    Config second = config;
    hash_of(&second, again); /* resolved a second time, as from a run's config.yaml */
    char *difference;
    assert_int_equal(config_difference(&config, &second, 9, &difference, NULL), OK);
    assert_null(difference);
    assert_string_equal(asked, again);
    snprintf(number, sizeof number, "facts.n=%d", config.facts.n);
    snprintf(steps, sizeof steps, "train.max_steps=%d", (int)least);
    Config plain = with(number, steps, "train.batch_size=16");
    hash_of(&plain, counted);
    assert_string_equal(asked, counted);
}

/* Whole batches are no step too many. */
static void exposures_are_rounded_up(void **state) {
    (void)state;
    static const struct {
        const char *exposures, *batch;
        int n, steps;
    } cases[] = {{"train.exposures=100", "train.batch_size=32", 64, 200},
                 {"train.exposures=100", "train.batch_size=33", 64, 194},
                 {"train.exposures=0.001", "train.batch_size=64", 64, 1},
                 {"train.exposures=7", "train.batch_size=0", 50, 7}};
    for (int i = 0; i < 4; i++) {
        Config config = with(cases[i].exposures, cases[i].batch, "name=a");
        assert_int_equal(config_resolve(&config, cases[i].n, 6, 11, NULL), OK);
        assert_int_equal(config.train.max_steps, cases[i].steps);
    }
}

static void requests_that_cannot_be_met(void **state) {
    (void)state;
    static const struct {
        const char *a, *b, *msg;
    } cases[] = {
        {"facts.load=1", "facts.n=17",
         "facts.n is 17, but facts.load=1 requires 50 facts; leave one of the keys out"},
        {"facts.load=20000", "facts.vocab_size=2",
         "facts.load: 20000 bits per parameter are 19040000.0 bits, but 64 facts, the maximum, "
         "have only 296.0; lower facts.load, or make facts longer or with more symbols"},
        {"facts.load=1", "facts.path=here",
         "facts.load sets the number of facts that are drawn, but with facts.kind file "
         "the number in here is given; leave facts.load out"},
        {"facts.load=1", "model.n_head=3",
         "model.n_embd is 8 and model.n_head is 3: n_head must divide n_embd; set n_embd to 9, n_head to 1, "
         "or model.head_dim"},
        {"facts.load=1", "model.block_size=5",
         "the longest fact has 6 tokens and model.block_size is 5; set model.block_size to 0 or at least 6"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Config config = with(cases[i].a, cases[i].b, "name=a");
        FactSet facts;
        Err err = {0};
        assert_int_equal(facts_plan_load(&config, &facts, &err), ERR_INPUT);
        assert_string_equal(err.msg, cases[i].msg);
    }
    Config config = with("train.exposures=3", "train.max_steps=4", "train.batch_size=10");
    Err err = {0};
    assert_int_equal(config_resolve(&config, 50, 6, 11, &err), ERR_INPUT);
    assert_string_equal(
        err.msg,
        "train.max_steps is 4, but train.exposures=3 for 50 facts in batches of 10 requires 15; leave one of "
        "the keys out");
    config = with("train.exposures=1e12", "train.batch_size=1", "name=a");
    assert_int_equal(config_resolve(&config, 50, 6, 11, &err), ERR_INPUT);
    assert_string_equal(
        err.msg,
        "train.exposures is 1000000000000: 50 facts in batches of 1 need 5e+13 steps, at most 1e12 are "
        "possible; raise train.batch_size");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_takes_the_fewest_facts), cmocka_unit_test(load_skips_tables_that_are_too_small),
        cmocka_unit_test(one_run_has_one_hash),        cmocka_unit_test(exposures_are_rounded_up),
        cmocka_unit_test(requests_that_cannot_be_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
