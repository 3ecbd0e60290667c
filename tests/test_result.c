/* The table of figures, and result.json written and read back. */
#include <math.h>

#include "tests/run_testing.h"

/* The first figure that differs; FIGURE_COUNT: none. */
static int first_difference(const double *a, const double *b) {
    int f = 0;
    while (f < FIGURE_COUNT && (a[f] == b[f] || (a[f] != a[f] && b[f] != b[f]))) f++;
    return f;
}

/* Held-out facts: their figures stand in result.json, and come back as they were. */
static void heldout_reads_back(void **state) {
    (void)state;
    Err err = {0};
    Case c = make_case("facts.heldout=10", "facts.domain_token=true", NULL);
    RunResult result, parsed;
    must_train(&c, in_root("heldout"), false, &result);
    char *text = run_result_json(in_root("heldout"), false, &err);
    assert_non_null(text);
    assert_int_equal(result_parse(text, "text", RESULT_WHOLE, &parsed, &err), OK);
    const double *a = result.figures.value, *b = parsed.figures.value;
    assert_true(result.n_fields == 1 && a[FIG_HELDOUT] == 10 && a[FIG_HELDOUT_CODE_BITS] > 0);
    double share = result.by_field[0].heldout_bits * 10 / a[FIG_HELDOUT_CODE_BITS];
    assert_true(fabs(share - 1) < 1e-12);
    assert_int_equal(first_difference(a, b), FIGURE_COUNT);
    assert_true(parsed.by_field[0].heldout_bits == result.by_field[0].heldout_bits);
    /* the facts are half learned after so few steps; of the others nothing can be known */
    assert_true(a[FIG_HELDOUT_CODE_BITS] / 10 > 24 && a[FIG_CODE_BITS] / a[FIG_FACTS] < 24);
    assert_true(a[FIG_MIA_AUC] > 0.9);
    char *again;
    assert_int_equal(result_text(&parsed, &again, &err), OK);
    assert_string_equal(again, text);
    free(again);
    free(text);
    facts_free(&c.facts);
}

static void result_reads_back(void **state) {
    (void)state;
    Err err = {0};
    char *text = run_result_json(undisturbed, false, &err), *timed = run_result_json(undisturbed, true, &err);
    assert_true(text && timed);
    RunResult a, b;
    assert_int_equal(result_parse(text, "text", RESULT_WHOLE, &a, &err), OK);
    if (result_parse(timed, "timed", RESULT_WHOLE, &b, &err) != OK) fail_msg("%s", err.msg);
    assert_string_equal(a.param_hash, b.param_hash);
    assert_non_null(strstr(timed, "\"peak_rss_mib\""));
    assert_null(strstr(text, "\"seconds\""));
    char *again;
    assert_int_equal(result_text(&a, &again, &err), OK);
    assert_string_equal(again, text);
    free(again);
    Case c = make_case(NULL);
    RunResult fresh;
    must_train(&c, NULL, false, &fresh);
    assert_int_equal(first_difference(fresh.figures.value, a.figures.value), FIGURE_COUNT);
    assert_true(a.figures.value[FIG_EXPOSURES] == 60 * 20 / 24.0);
    assert_true(a.figures.value[FIG_TOKENS] == 60 * 20 * 6);
    assert_string_equal(fresh.param_hash, a.param_hash);
    assert_int_equal(result_parse("{}", "empty", RESULT_WHOLE, &a, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "empty: 'verdict' is missing"));
    assert_int_equal(result_parse("{}", "empty", RESULT_ANY, &a, &err), OK);
    assert_true(!a.figures.present[FIG_RECALL] && !a.verdict[0]);
    free(text);
    free(timed);
    facts_free(&c.facts);
}

/* What two texts of ours do not have: neurons, names with quotes, a seed that JSON readers would round. */
static void neurons_and_seeds_read_back(void **state) {
    (void)state;
    static const char text[] =
        "{\"verdict\": \"annealed\", \"seed\": \"18446744073709551615\", \"facts_seed\": 7, "
        "\"neurons\": [{\"name\": \"a \\\"b\\\"\", \"hook\": \"h\", \"units\": [1, 5]}, "
        "{\"name\": \"none\", \"hook\": \"h\", \"units\": []}]}";
    RunResult result;
    Err err = {0};
    for (int again = 0; again < 2; again++) {
        char *written = NULL;
        if (again) assert_int_equal(result_text(&result, &written, &err), OK);
        if (again) result_free(&result);
        if (result_parse(again ? written : text, "text", RESULT_ANY, &result, &err) != OK)
            fail_msg("%s", err.msg);
        free(written);
        assert_string_equal(result.seed, "18446744073709551615");
        assert_string_equal(result.facts_seed, "7");
        assert_int_equal(result.n_neurons, 2);
        assert_string_equal(result.neurons[0].name, "a \"b\"");
        assert_true(result.neurons[0].n == 2 && result.neurons[0].unit[1] == 5 && result.neurons[1].n == 0);
    }
    result_free(&result);
}

/* Numbers that do not fit are refused by every reader, not cut to those that do. */
static void numbers_that_overflow(void **state) {
    (void)state;
    static const struct {
        const char *text, *msg; /* NULL: read */
    } cases[] = {
        {"\"facts\": 9007199254740992", NULL},
        {"\"facts\": 9007199254740993", "x: \"facts\" is not a count"},
        {"\"facts\": 70777777777777777777777.777", "x: \"facts\" is not a count"},
        {"\"steps\": 1.5", "x: \"steps\" is not a count"},
        {"\"tokens\": -1", "x: \"tokens\" is not a count"},
        {"\"zlib_bytes\": null", NULL},
        {"\"params_by\": {\"attention\": 1e30}", "x: \"attention\" is not a count"},
        {"\"seed\": 18446744073709551615", "x: not a JSON object"}, /* written as a text */
        {"\"seed\": \"18446744073709551615\"", NULL},
        {"\"seed\": \"18446744073709551616\"", "x: \"seed\" is not a seed"},
        {"\"seed\": -1", "x: \"seed\" is not a seed"},
        {"\"facts_seed\": \"7x\"", "x: \"facts_seed\" is not a seed"},
        {"\"facts_seed\": 1.0", "x: \"facts_seed\" is not a seed"},
        {"\"neurons\": [{\"units\": [2147483647]}]", NULL},
        {"\"neurons\": [{\"units\": [4294967296]}]", "x: \"units\" has something that is not a neuron"},
        {"\"neurons\": [{\"units\": [-1]}]", "x: \"units\" has something that is not a neuron"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int needs = RESULT_ANY; needs <= RESULT_COMPARED; needs++) {
            char text[200];
            RunResult result;
            Err err = {0};
            snprintf(text, sizeof text, "{\"verdict\": \"diverged\", %s}", cases[i].text);
            Status status = result_parse(text, "x", (ResultNeeds)needs, &result, &err);
            if (status != (cases[i].msg ? ERR_FORMAT : OK)) fail_msg("%s: %s", cases[i].text, err.msg);
            if (status != OK && strncmp(err.msg, cases[i].msg, strlen(cases[i].msg)) != 0)
                fail_msg("%s: %s", cases[i].text, err.msg);
            result_free(&result);
        }
}

/* Every row has a key of its own, a label and a help; a list holds a figure once. */
static void rows_are_sound(void **state) {
    (void)state;
    for (int f = 0; f < FIGURE_COUNT; f++) {
        const FigureRow *row = &figure_rows[f];
        assert_true(row->key && row->label && row->help && *row->key && *row->label && *row->help);
        assert_int_equal(figure_find(row->key), f);
        if (row->place[FIGURES_COLUMN]) assert_non_null(row->head);
    }
    assert_int_equal(figure_find("nothing"), FIGURE_COUNT);
    for (int list = 0; list < FIGURE_LISTS; list++) {
        RunFigure in[FIGURE_COUNT];
        int n = figures_listed((FigureList)list, in);
        assert_true(n > 0);
        for (int i = 1; i < n; i++)
            assert_true(figure_rows[in[i - 1]].place[list] < figure_rows[in[i]].place[list]);
    }
}

static void figures_as_text(void **state) {
    (void)state;
    char text[NUMBER_TEXT_MAX];
    assert_string_equal(figure_number(text, FIG_PARAMS, 12345), "12345");
    assert_string_equal(figure_number(text, FIG_TOKENS, 0x1p53), "9007199254740992");
    assert_string_equal(figure_number(text, FIG_TOKENS, 1e300), "1e+300");
    assert_string_equal(figure_number(text, FIG_RECALL, 0.1), "0.1");
    assert_string_equal(figure_number(text, FIG_EXPOSURES, 50), "50");
    assert_string_equal(figure_number(text, FIG_ZLIB_BYTES, NAN), "null");
    assert_string_equal(figure_text(text, FIG_PARAMS, 12345), "12,345");
    assert_string_equal(figure_text(text, FIG_BITS_PER_PARAM, 1.03125), "1.031");
    assert_string_equal(figure_text(text, FIG_RECALL, NAN), "-");
    assert_string_equal(figure_text(text, FIG_CODE_BITS, -1e300), "-1e+300");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(result_reads_back),
        cmocka_unit_test(heldout_reads_back),
        cmocka_unit_test(neurons_and_seeds_read_back),
        cmocka_unit_test(numbers_that_overflow),
        cmocka_unit_test(rows_are_sound),
        cmocka_unit_test(figures_as_text),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
