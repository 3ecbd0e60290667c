/* Equal P: config_params counts what params_plan allocates, and model.match_params reaches the wanted number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/config/match.h"
#include "base/random.h"
#include "model/params.h"

static int64_t planned(const ModelConfig *m) {
    ParamTable table;
    Err err = {0};
    if (params_plan(&table, m, &err) != OK) fail_msg("%s", err.msg);
    int64_t total = table.total;
    params_free(&table);
    return total;
}

static Config loaded(int n, const char *const *words) {
    Config config;
    Err err = {0};
    if (config_load(&config, NULL, n, words, &err) != OK) fail_msg("%s", err.msg);
    return config;
}

static void counts_what_is_allocated(void **state) {
    (void)state;
    const uint64_t seed = 11;
    Stream random = random_stream(seed, RANDOM_TEST, 0);
    printf("seed %llu\n", (unsigned long long)seed);
    for (uint64_t i = 0; i < 300; i++) {
        Config config;
        config_defaults(&config);
        ModelConfig *m = &config.model;
        uint64_t at = 20 * i;
        m->n_kv_head = 1 + (int)random_below(random, at, 3);
        m->n_head = m->n_kv_head * (1 + (int)random_below(random, at + 1, 3));
        m->n_embd = m->n_head * (1 + (int)random_below(random, at + 2, 9));
        m->n_layer = 1 + (int)random_below(random, at + 3, 4);
        m->n_inner = (int)random_below(random, at + 4, 50);
        m->gated = random_below(random, at + 5, 2);
        m->bias = random_below(random, at + 6, 2);
        m->tie_weights = random_below(random, at + 7, 2);
        m->norm = (Norm)random_below(random, at + 8, 2);
        m->pos = (Position)random_below(random, at + 9, 3);
        m->attn = (Attn)random_below(random, at + 10, 3);
        m->mlp = (Mlp)random_below(random, at + 11, 2);
        m->qkv_bias = random_below(random, at + 12, 2);
        m->qk_norm = random_below(random, at + 13, 2);
        m->head_dim = (int)random_below(random, at + 14, 2) * (1 + (int)random_below(random, at + 15, 9));
        Err err = {0};
        if (config_resolve(&config, 20, 7, 13, &err) != OK) fail_msg("%s", err.msg);
        assert_int_equal(config_params(m), planned(m));
    }
}

/* The arms of a comparison at equal P: within 1 % of the wanted number, which is one that attention alone can have
 * (its width grows in steps of 5 %). Resolving twice is once. */
static void arms_have_the_same_size(void **state) {
    (void)state;
    static const char *const ARMS[][3] = {
        {"model.n_embd=32", "model.n_layer=2", "model.act=gelu"},
        {"model.n_embd=16", "model.n_layer=8", "model.act=relu"},   /* deep and narrow */
        {"model.n_embd=64", "model.n_layer=1", "model.act=silu"},   /* wide and shallow */
        {"model.n_embd=32", "model.n_layer=2", "model.gated=true"}, /* three matrices */
        {"model.n_embd=32", "model.n_layer=2", "model.attn=mean"},  /* MLP only */
        {"model.n_embd=32", "model.n_layer=2", "model.mlp=none"},   /* attention only */
        {"model.tie_weights=false", "model.n_layer=2", "model.n_embd=32"},
    };
    for (size_t a = 0; a < sizeof ARMS / sizeof ARMS[0]; a++) {
        const char *words[] = {ARMS[a][0], ARMS[a][1], ARMS[a][2], "model.match_params=41052"};
        Config config = loaded(4, words);
        Err err = {0};
        if (config_resolve(&config, 100, 16, 64, &err) != OK) fail_msg("%s: %s", ARMS[a][2], err.msg);
        int64_t params = planned(&config.model);
        assert_in_range(params, 40642, 41462);
        Config again = config;
        if (config_resolve(&again, 100, 16, 64, &err) != OK) fail_msg("%s", err.msg);
        assert_int_equal(again.model.n_inner, config.model.n_inner);
        assert_int_equal(again.model.n_embd, config.model.n_embd);
        assert_int_equal(config.model.n_embd % config.model.n_head, 0);
    }
}

/* The chosen size is the nearest of all. */
static void nothing_is_nearer(void **state) {
    (void)state;
    const char *words[] = {"model.n_embd=24", "model.match_params=30011"};
    Config config = loaded(2, words);
    Err err = {0};
    if (config_resolve(&config, 100, 16, 64, &err) != OK) fail_msg("%s", err.msg);
    ModelConfig other = config.model;
    int64_t off = llabs((long long)(config_params(&config.model) - 30011));
    for (other.n_inner = 1; other.n_inner < 2000; other.n_inner++)
        assert_true(llabs((long long)(config_params(&other) - 30011)) >= off);
}

/* It is a way to say n_inner, and no part of the result: the hash is that of the run with n_inner spelled out. */
static void a_matched_run_is_the_run_itself(void **state) {
    (void)state;
    const char *matched[] = {"model.match_params=40000"};
    Config a = loaded(1, matched);
    Err err = {0};
    if (config_resolve(&a, 100, 16, 64, &err) != OK) fail_msg("%s", err.msg);
    char word[64], x[33], y[33];
    snprintf(word, sizeof word, "model.n_inner=%d", a.model.n_inner);
    const char *spelled[] = {word};
    Config b = loaded(1, spelled);
    if (config_resolve(&b, 100, 16, 64, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(config_hash(&a, "data", x, NULL), OK);
    assert_int_equal(config_hash(&b, "data", y, NULL), OK);
    assert_string_equal(x, y);
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *words[3], *says;
    } BAD[] = {
        {{"model.match_params=9000", "model.n_embd=64", "model.n_layer=2"},
         "model.match_params is 9000: no model.n_inner comes within 1 % of it; the minimum is 39426 for this "
         "structure; set "
         "model.match_params to that, or change n_embd or n_layer"},
        {{"model.match_params=1700", "model.mlp=none", "model.n_head=4"},
         "model.match_params is 1700: no model.n_embd comes within 1 % of it; the nearest are 1264 and 2280 "
         "for this "
         "structure; set model.match_params to one of those, or change n_head, n_layer or the "
         "vocabulary"},
        {{"model.match_params=60000", "model.n_embd=32", "model.n_inner=100"},
         "model.n_inner is 100, but model.match_params=60000 requires 374; leave one of the keys out"},
        {{"model.match_params=1000000000000", "model.n_embd=1", "model.n_head=1"}, "the maximum is"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Config config = loaded(3, BAD[i].words);
        Err err = {0};
        assert_int_equal(config_resolve(&config, 100, 16, 64, &err), ERR_INPUT);
        if (!strstr(err.msg, BAD[i].says)) fail_msg("'%s' lacks '%s'", err.msg, BAD[i].says);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_is_allocated),
        cmocka_unit_test(arms_have_the_same_size),
        cmocka_unit_test(nothing_is_nearer),
        cmocka_unit_test(a_matched_run_is_the_run_itself),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
