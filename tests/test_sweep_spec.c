/* What a sweep asks for: axes, lists, the command line, the grid's order, labels, and the text that gives the same
 * points again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config/sweep_spec.h"
#include "base/config/words.h"
#include "base/file.h"

static char path[] = "/tmp/rote-sweep-XXXXXX";

static int make_file(void **state) {
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static void put(const char *text) {
    Err err = {0};
    if (file_write_atomic(path, text, strlen(text), &err) != OK) fail_msg("%s", err.msg);
}

/* The words end in NULL. */
static SweepSpec loaded(const char *text, const char *const *words) {
    SweepSpec spec;
    Err err = {0};
    int n = 0;
    put(text);
    while (words && words[n]) n++;
    if (sweep_spec_load(&spec, path, n, words, &err) != OK) fail_msg("%s", err.msg);
    return spec;
}

static Config point(const SweepSpec *spec, int64_t i) {
    Config config;
    Err err = {0};
    if (sweep_spec_point(spec, i, &config, &err) != OK) fail_msg("%s", err.msg);
    return config;
}

static void expect_labels(const SweepSpec *spec, const char *const *labels) {
    int64_t n = 0;
    for (; labels[n]; n++) {
        char label[SWEEP_LABEL_MAX];
        sweep_spec_label(spec, n, label);
        assert_string_equal(label, labels[n]);
    }
    assert_int_equal(sweep_spec_points(spec), n);
}

static void a_grid_is_the_product_first_axis_slowest(void **state) {
    (void)state;
    SweepSpec s =
        loaded("train: {max_steps: 7}\nsweep:\n  model.n_embd: [8, 16]\n  train.seed: [0, 1, 2]\n", NULL);
    expect_labels(&s, (const char *[]){"n_embd=8,seed=0", "n_embd=8,seed=1", "n_embd=8,seed=2",
                                       "n_embd=16,seed=0", "n_embd=16,seed=1", "n_embd=16,seed=2", NULL});
    Config c = point(&s, 4);
    assert_int_equal(c.model.n_embd, 16);
    assert_int_equal(c.train.seed, 1);
    assert_int_equal(c.train.max_steps, 7);
    sweep_spec_free(&s);
}

static void a_list_is_taken_through_the_grid(void **state) {
    (void)state;
    /* The list behind the axis on purpose: it varies slowest all the same. */
    SweepSpec s =
        loaded("sweep:\n  train.seed: [0, 1]\n  points:\n    - {model.n_embd: 8, model.n_layer: 4}\n"
               "    - {model.n_embd: 16}\n",
               NULL);
    expect_labels(&s, (const char *[]){"n_embd=8,n_layer=4,seed=0", "n_embd=8,n_layer=4,seed=1",
                                       "n_embd=16,seed=0", "n_embd=16,seed=1", NULL});
    Config first = point(&s, 1), last = point(&s, 3);
    assert_int_equal(first.model.n_layer, 4);
    assert_int_equal(first.train.seed, 1);
    assert_int_equal(last.model.n_layer, 2); /* the base's again */
    assert_int_equal(last.model.n_embd, 16);
    sweep_spec_free(&s);
}

static void without_a_section_there_is_one_point(void **state) {
    (void)state;
    SweepSpec s = loaded("model: {n_embd: 8}\n", NULL);
    expect_labels(&s, (const char *[]){"", NULL});
    assert_int_equal(point(&s, 0).model.n_embd, 8);
    sweep_spec_free(&s);
}

static void the_command_line_makes_and_takes_axes(void **state) {
    (void)state;
    const char *words[] = {"train.learning_rate=1e-2,1e-3", "train.seed=5", "model.n_embd=4,8", NULL};
    SweepSpec s = loaded("sweep: {model.n_embd: [32, 64, 128], train.seed: [0, 1]}\n", words);
    expect_labels(&s, (const char *[]){"n_embd=4,learning_rate=0.01", "n_embd=4,learning_rate=0.001",
                                       "n_embd=8,learning_rate=0.01", "n_embd=8,learning_rate=0.001", NULL});
    assert_int_equal(point(&s, 0).train.seed, 5);
    sweep_spec_free(&s);
}

static void keys_of_one_name_keep_their_sections(void **state) {
    (void)state;
    SweepSpec s = loaded("sweep: {train.seed: 3, facts.seed: [1, 2], model.act: [relu]}\n", NULL);
    expect_labels(&s, (const char *[]){"train.seed=3,facts.seed=1,act=relu",
                                       "train.seed=3,facts.seed=2,act=relu", NULL});
    sweep_spec_free(&s);
}

static void a_folder_is_a_kind(void **state) {
    (void)state;
    SweepSpec s = loaded("sweep: {facts.path: ['/nowhere/a b', /nowhere/c]}\n", NULL);
    expect_labels(&s, (const char *[]){"path=a_b", "path=c", NULL});
    Config c = point(&s, 0);
    assert_int_equal(c.facts.kind, FACTS_FILE);
    assert_string_equal(c.facts.path, "/nowhere/a b");
    sweep_spec_free(&s);
    s = loaded("facts: {path: /nowhere/a}\nsweep: [{facts.kind: random}, {facts.n: 3}]\n", NULL);
    assert_int_equal(point(&s, 0).facts.kind, FACTS_RANDOM);
    assert_string_equal(point(&s, 0).facts.path, "");
    assert_int_equal(point(&s, 1).facts.kind, FACTS_FILE);
    sweep_spec_free(&s);
}

static void its_text_gives_the_same_points(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "model: {n_embd: 8}\n",
        ("name: x\nsweep: {train.learning_rate: [1e-2, 0.1], model.gated: [true, false], model.attn: [none, "
         "mean]}\n"),
        "sweep: {points: [{model.n_embd: 8, model.n_layer: 4}, {}], train.seed: [0, 18446744073709551615]}\n",
        "sweep: {facts.path: ['/no/\"quoted\"\\x', /no/c], name: [a, b]}\n",
        "facts: {path: /no/a}\nsweep: {facts.kind: [random, file]}\n",
        "facts: {n: 256}\nsweep: {facts.path: [/no/a, /no/b]}\n",
    };
    for (size_t t = 0; t < sizeof TEXTS / sizeof TEXTS[0]; t++) {
        SweepSpec s = loaded(TEXTS[t], NULL);
        char *text, *text_again;
        assert_int_equal(sweep_spec_text(&s, NULL, &text, NULL), OK);
        SweepSpec again = loaded(text, NULL);
        assert_int_equal(sweep_spec_text(&again, NULL, &text_again, NULL), OK);
        assert_string_equal(text, text_again);
        assert_int_equal(sweep_spec_points(&s), sweep_spec_points(&again));
        for (int64_t i = 0; i < sweep_spec_points(&s); i++) {
            Config a, b;
            Err err_a = {0}, err_b = {0};
            Status ok = sweep_spec_point(&s, i, &a, &err_a);
            assert_int_equal(ok, sweep_spec_point(&again, i, &b, &err_b));
            if (ok != OK) continue;
            assert_int_equal(a.facts.n_given, b.facts.n_given);
            if (t == 3) assert_false(a.facts.n_given); /* the default number of the base, which is drawn */
            if (t == 5) assert_true(a.facts.n_given);
            char *x = config_text(&a, false), *y = config_text(&b, false);
            assert_string_equal(x, y);
            free(x);
            free(y);
        }
        free(text);
        free(text_again);
        sweep_spec_free(&s);
        sweep_spec_free(&again);
    }
}

static void words_make_the_config_again(void **state) {
    (void)state;
    SweepSpec s = loaded("name: n\nfacts: {path: '/no/a b'}\nmodel: {gated: true, act: silu}\n"
                         "train: {learning_rate: 0.1, schedule: wsd}\n",
                         NULL);
    Config a = point(&s, 0), b;
    Err err = {0};
    int n;
    char **words = config_words(&a, &n);
    assert_non_null(words);
    if (config_load(&b, NULL, n, (const char *const *)words, &err) != OK) fail_msg("%s", err.msg);
    char *x = config_text(&a, false), *y = config_text(&b, false);
    assert_string_equal(x, y);
    assert_int_equal(
        n, 7); /* only what is not a default: name, kind, path, gated, act, learning_rate, schedule */
    free(x);
    free(y);
    config_words_free(words);
    sweep_spec_free(&s);
}

static void a_long_label_is_cut(void **state) {
    (void)state;
    SweepSpec s = loaded(
        "sweep: {facts.path: [/no/0123456789012345678901234567890123456789012345678901234567890123456789012"
        "34567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567], "
        "model.n_embd: [8], train.seed: [1]}\n",
        NULL);
    char label[SWEEP_LABEL_MAX];
    sweep_spec_label(&s, 0, label);
    assert_int_equal(strlen(label), SWEEP_LABEL_MAX - 1);
    sweep_spec_free(&s);
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *text, *word, *says;
    } BAD[] = {
        {"sweep: {model.n_embd: []}\n", NULL, "key 'model.n_embd': an empty list of values"},
        {"sweep: {model.n_embd: [8, 0]}\n", NULL, ":1: sweep: key 'model.n_embd': 0 is out of range"},
        {"sweep:\n  model.n_embd: [8]\n  model.n-embd: [9]\n", NULL,
         ":3: sweep: key 'model.n_embd' is set twice"},
        {"sweep:\n  model.n_embed: [8]\n", NULL,
         ":2: sweep: unknown key 'model.n_embed'; nearest: model.n_embd"},
        {"sweep:\n", NULL, ":1: sweep: takes axes such as"},
        {"sweep: [{model.n_embd: [8]}]\n", NULL, "takes one value here, found a list inside a list"},
        {"sweep: {points: [], train.seed: [1]}\n", NULL, "takes a list of points"},
        {"sweep: {points: [{train.seed: 1}], train.seed: [1]}\n", NULL, "the list of points also sets it"},
        {"sweep: {train.seed: [1]}\nsweep: {train.seed: [1]}\n", NULL, "section 'sweep' appears twice"},
        {"sweep: {train.seed: [1, ]}\n", "train.seed=1,,2",
         "command line: key 'train.seed': an empty value in the list"},
        {"sweep: [{train.seed: 1}]\n", "train.seed=2",
         "command line: key 'train.seed': the list of points also sets it"},
        {"model: {n_embd: 8}\n", "model.width=1,2",
         "command line: unknown key 'model.width'; nearest: model.n_embd"},
        {"sweep: {train.seed: ['', 1]}\n", NULL, "key 'train.seed': no value"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        SweepSpec spec;
        Err err = {0};
        put(BAD[i].text);
        assert_int_equal(sweep_spec_load(&spec, path, BAD[i].word ? 1 : 0, &BAD[i].word, &err), ERR_INPUT);
        if (!strstr(err.msg, BAD[i].says)) fail_msg("'%s' lacks '%s'", err.msg, BAD[i].says);
    }
}

static void too_many_points(void **state) {
    (void)state;
    char text[8192] = "sweep: {";
    static const char *const KEYS[] = {"train.seed", "facts.seed", "model.n_embd"};
    for (int k = 0; k < 3; k++) {
        sprintf(text + strlen(text), "%s%s: [", k ? ", " : "", KEYS[k]);
        for (int i = 1; i <= 100; i++) sprintf(text + strlen(text), "%s%d", i > 1 ? "," : "", i);
        strcat(text, "]");
    }
    strcat(text, "}\n");
    put(text);
    SweepSpec spec;
    Err err = {0};
    assert_int_equal(sweep_spec_load(&spec, path, 0, NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "more than 100000 points"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_is_the_product_first_axis_slowest),
        cmocka_unit_test(a_list_is_taken_through_the_grid),
        cmocka_unit_test(without_a_section_there_is_one_point),
        cmocka_unit_test(the_command_line_makes_and_takes_axes),
        cmocka_unit_test(keys_of_one_name_keep_their_sections),
        cmocka_unit_test(a_folder_is_a_kind),
        cmocka_unit_test(its_text_gives_the_same_points),
        cmocka_unit_test(words_make_the_config_again),
        cmocka_unit_test(a_long_label_is_cut),
        cmocka_unit_test(refusals),
        cmocka_unit_test(too_many_points),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
