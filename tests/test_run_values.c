/* Configs as differences, config files read by theirs, and the values of many runs. */
#include <stdlib.h>

#include "tests/config_testing.h"

#include "base/config/load_like.h"
#include "base/config/packed.h"
#include "store/run_values.h"

static Config drawn(int n_embd, uint64_t seed) {
    Config c;
    Err err;
    config_defaults(&c);
    c.model.n_embd = n_embd;
    c.train.seed = seed;
    assert_int_equal(config_resolve(&c, 64, 8, 16, &err), OK);
    return c;
}

static void packed_is_the_same(void **state) {
    (void)state;
    Config base = drawn(8, 0), other = drawn(12, 77), back;
    PackedConfig packed;
    Err err;
    base.train.init_from[CONFIG_PATH_MAX - 1] = 'x'; /* far from all that differs */
    assert_int_equal(config_pack(&packed, &base, &base, &err), OK);
    assert_int_equal(packed.size, 0);
    config_unpack(&back, &packed);
    assert_memory_equal(&back, &base, sizeof back);
    assert_int_equal(config_pack(&packed, &base, &other, &err), OK);
    assert_true(packed.size < 200);
    config_unpack(&back, &packed);
    assert_memory_equal(&back, &other, sizeof back);
    for (int k = 0; k < KEY_COUNT; k++)
        if (memcmp((char *)&base + keys[k].offset, (char *)&other + keys[k].offset, keys[k].size) != 0)
            assert_true(config_packed_differs(&packed, keys[k].offset, keys[k].size));
    assert_false(config_packed_differs(&packed, keys[0].offset, keys[0].size)); /* name */
    config_packed_free(&packed);
}

static void same_text_same_config(void **state) {
    (void)state;
    Config first = drawn(8, 0), second = drawn(12, 18446744073709551615U), whole, like;
    Err err;
    char *a = config_text(&first, false), *b = config_text(&second, false);
    assert_int_equal(config_load_text(&first, a, "a", &err), OK);
    assert_int_equal(config_load_text(&whole, b, "b", &err), OK);
    assert_true(config_load_like(&like, b, a, &first));
    char *read = config_text(&whole, false), *by_difference = config_text(&like, false);
    assert_string_equal(by_difference, read);
    assert_int_equal(like.facts.n_given, whole.facts.n_given);
    static const char *const others[][2] = {
        {"n_embd: 8", "n_head: 8"},    {"n_layer: 2", "n_layer: -2"},  {"n_layer: 2", "n_layer: x"},
        {"n_layer: 2", "n_layers: 2"}, {"n_layer: 2", "n_layer: 2 3"}, {"norm: layernorm", "norm: rmsnorm"},
        {"n_layer: 2\n", ""}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char text[1 << 14], *at = strstr(a, others[i][0]);
        if (!at) continue; /* another default */
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - a), a, others[i][1], at + strlen(others[i][0]));
        assert_false(config_load_like(&like, text, a, &first));
    }
    first.n_tools = 1;
    assert_false(config_load_like(&like, b, a, &first));
    free(a);
    free(b);
    free(read);
    free(by_difference);
}

/* 300 runs: three widths, ten seeds; every tenth has no config. */
static void classes_and_values(void **state) {
    (void)state;
    enum { N = 300 };
    Config base = drawn(8, 0);
    SweptRun *run = calloc(N, sizeof *run);
    const SweptRun *list[N];
    RunValues v;
    Err err;
    int class[N], width = (int)(key_find("model.n_embd") - keys), seed = (int)(key_find("train.seed") - keys);
    for (int i = 0; i < N; i++) {
        Config c = drawn(8 + 4 * (i % 3), (uint64_t)(i / 3 % 10));
        run[i].has_config = i % 10 != 7;
        if (run[i].has_config) assert_int_equal(config_pack(&run[i].config, &base, &c, &err), OK);
        list[i] = &run[i];
    }
    assert_int_equal(run_values_make(&v, list, N, &err), OK);
    assert_null(v.column[key_find("model.n_layer") - keys]); /* of all runs alike */
    for (int i = 0; i < N; i++) {
        char text[32];
        snprintf(text, sizeof text, "%d", 8 + 4 * (i % 3));
        if (!run[i].has_config) assert_null(run_value(&v, i, width));
        else assert_string_equal(run_value(&v, i, width), text);
        snprintf(text, sizeof text, "%d", i / 3 % 10);
        if (run[i].has_config) assert_string_equal(run_value(&v, i, seed), text);
    }
    bool chosen[KEY_COUNT] = {false};
    chosen[width] = chosen[seed] = true;
    assert_int_equal(run_values_classes(&v, chosen, class, &err), OK);
    for (int i = 0; i < N; i++) {
        int first = 0;
        while (run[first].has_config != run[i].has_config ||
               (run[i].has_config && (first % 3 != i % 3 || first / 3 % 10 != i / 3 % 10)))
            first++;
        assert_int_equal(class[i], first);
    }
    run_values_free(&v);
    for (int i = 0; i < N; i++) config_packed_free(&run[i].config);
    free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_is_the_same),
        cmocka_unit_test(same_text_same_config),
        cmocka_unit_test(classes_and_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
