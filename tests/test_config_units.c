/* The neurons that a rule names: lists of units against sets, the words for chosen units, and names of hooks. */
#include "tests/config_testing.h"

static void units_against_a_set(void **state) {
    (void)state;
    enum { SEED = 61, ROUNDS = 2000, WIDTH = 24 };
    print_message("seed %d\n", SEED);
    bool previous[WIDTH] = {false};
    UnitsSpec before = {0};
    for (uint32_t round = 0; round < ROUNDS; round++) {
        Stream s = random_stream(SEED, RANDOM_TEST, round);
        bool in[WIDTH] = {false};
        char text[NEURON_TEXT_MAX] = "";
        uint64_t parts = 1 + random_below(s, 0, 6), at = 1;
        for (uint64_t p = 0; p < parts; p++, at += 2) {
            int first = (int)random_below(s, at, WIDTH);
            int last = first + (int)random_below(s, at + 1, (uint64_t)(WIDTH - first));
            if (round & 1) last = first;
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, last > first ? "%s%d-%d" : "%s%d", p ? "," : "", first,
                     last);
            for (int u = first; u <= last; u++) in[u] = true;
        }
        UnitsSpec spec;
        Err err = {0};
        if (units_parse(text, WIDTH, &spec, &err) != OK) fail_msg("%s", err.msg);
        int32_t unit[WIDTH];
        int n = 0, common = -1;
        assert_in_range(spec.n, 1, WIDTH);
        units_list(&spec, unit);
        for (int u = 0; u < WIDTH; u++)
            if (in[u]) assert_int_equal(unit[n++], u);
        assert_int_equal(n, spec.n);
        for (int u = WIDTH - 1; u >= 0; u--)
            if (in[u] && previous[u]) common = u;
        assert_int_equal(units_common(&spec, &before), common);
        memcpy(previous, in, sizeof in);
        before = spec;
    }
}

static void units_words(void **state) {
    (void)state;
    UnitsSpec spec;
    Err err = {0};
    assert_int_equal(units_parse("auto:silent:8", 8, &spec, &err), OK);
    assert_int_equal(spec.kind, UNITS_SILENT);
    assert_int_equal(spec.n, 8);
    assert_int_equal(units_parse("auto:random:1", 8, &spec, &err), OK);
    assert_int_equal(spec.kind, UNITS_RANDOM);
    assert_int_equal(units_parse("auto:selective:3", 8, &spec, &err), OK);
    assert_int_equal(spec.kind, UNITS_SELECTIVE);
    static const Bad bad[] = {
        {"auto:silent:9", "'auto:silent:9': 9 neurons, but the layer has 8; choose 1 to 8"},
        {"auto:silent:0", "'auto:silent:0': 0 neurons, but the layer has 8; choose 1 to 8"},
        {"auto:silent",
         "'auto:silent': must be auto:silent:K, auto:random:K or auto:selective:K with a number K"},
        {"auto:loud:3",
         "'auto:loud:3': must be auto:silent:K, auto:random:K or auto:selective:K with a number K"},
        {"0-8", "'0-8': 8 is out of range; allowed: 0 to 7"},
        {"3-1", "'3-1': 3-1 runs backward"},
        {"1,,2", "'1,,2': not a list of numbers and ranges, such as 3 or 0-7 or 3,9,12-15"},
        {"a", "'a': not a list of numbers and ranges, such as 3 or 0-7 or 3,9,12-15, or auto:silent:K, "
              "auto:random:K or auto:selective:K"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(units_parse(bad[i].text, 8, &spec, &err), ERR_INPUT);
        assert_string_equal(err.msg, bad[i].message);
    }
    static const char *const lists[] = {"",     "a",   "3-1", "1,",  ",1",         "1--2",  "-1", "1-",
                                        "1, 2", "1;2", "0x1", "1.5", "1111111111", "1-2-3", "+1"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (units_parse(lists[i], 8, &spec, &err) != ERR_INPUT) fail_msg("'%s' was read", lists[i]);
    }
    assert_int_equal(spec.kind, UNITS_SELECTIVE); /* untouched */
}

static void hooks(void **state) {
    (void)state;
    int layer = -1;
    bool post = true;
    assert_true(neuron_hook("blocks.12.mlp.hook_pre", &layer, &post) && layer == 12 && !post);
    assert_true(neuron_hook("blocks.0.mlp.hook_post", &layer, &post) && layer == 0 && post);
    static const char *const wrong[] = {"",
                                        "blocks.mlp.hook_pre",
                                        "blocks.-1.mlp.hook_pre",
                                        "blocks.01.mlp.hook_pre",
                                        "blocks.0.mlp.hook_pre ",
                                        "blocks.0.hook_mlp_out",
                                        "block.0.mlp.hook_pre"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (neuron_hook(wrong[i], &layer, &post)) fail_msg("'%s' was read", wrong[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_against_a_set),
        cmocka_unit_test(units_words),
        cmocka_unit_test(hooks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
