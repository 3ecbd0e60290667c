/* Paths in stored files: of a run, of a sweep, and the text of the path itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config/sweep_spec.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/places.h"
#include "store/sweep_yaml.h"

static char root[64] = "/tmp/rote-places-XXXXXX";

static void at(const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(chdir(path), 0);
}

static void stored(const char *path, const char *folder, const char *expected) {
    char text[CONFIG_PATH_MAX];
    Err err = {0};
    snprintf(text, sizeof text, "%s", path);
    if (place_store(text, sizeof text, folder, &err) != OK) fail_msg("%s", err.msg);
    assert_string_equal(text, expected);
}

static void opened(const char *path, const char *folder, const char *expected) {
    char text[CONFIG_PATH_MAX];
    Err err = {0};
    snprintf(text, sizeof text, "%s", path);
    if (place_open(text, sizeof text, folder, &err) != OK) fail_msg("%s", err.msg);
    assert_string_equal(text, expected);
}

/* The project p has facts/c and runs/r; runs/new is not there yet; link leads to facts. */
static void seen_from_the_folder(void **state) {
    (void)state;
    at("p");
    stored("facts/c", "runs/r", "../../facts/c");
    stored("facts/c", "runs/new", "../../facts/c");
    stored("./facts//c", "runs/new/", "../../facts/c");
    stored("link/c", "runs/r", "../../link/c"); /* where a link leads may change */
    stored("facts/c/", "runs/r", "../../facts/c");
    stored("runs/r/own", "runs/r", "own");
    stored(".", "runs/r", "../..");
    stored("", "runs/r", "");
    stored("/data/c", "runs/r", "/data/c");
    opened("../../facts/c", "runs/r", "facts/c");
    opened("own", "runs/r", "runs/r/own");
    opened("../..", "runs/r", ".");
    opened("/data/c", "runs/r", "/data/c");
    at("p/runs");
    stored("../facts/c", "r", "../../facts/c");
    opened("../../facts/c", "r", "../facts/c");
    at(".");
    stored("p/facts/c", "p/runs/r", "../../facts/c"); /* without the name of what is moved */
    opened("../../facts/c", "p/runs/r", "p/facts/c");
    char out[128], whole[128];
    snprintf(whole, sizeof whole, "%s/p/facts/c", root);
    snprintf(out, sizeof out, "%s/p/runs/r", root);
    assert_int_equal(chdir("/"), 0);
    opened("../../facts/c", out, whole + 1);
    at("p");
    stored("facts/c", "/usr/rote-none/r", whole); /* nothing in common */
}

static void too_long_is_refused(void **state) {
    (void)state;
    at("p");
    char text[CONFIG_PATH_MAX];
    Err err = {0};
    memset(text, 'x', sizeof text);
    text[CONFIG_PATH_MAX - 3] = '\0';
    assert_int_equal(place_store(text, sizeof text, "runs/r", &err), ERR_INPUT);
    assert_int_equal(text[0], 'x');
}

static void escapes(void **state) {
    (void)state;
    static const char *const pair[][2] = {{"a", "a"},
                                          {"caf\xE9", "caf\\xE9"},
                                          {"a\\b", "a\\\\b"},
                                          {"n\nt\t\x1b", "n\\nt\\t\\x1B"},
                                          {"\xC3\xA9", "\xC3\xA9"}};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        char out[64];
        assert_true(escape(out, sizeof out, pair[i][0]));
        assert_string_equal(out, pair[i][1]);
        assert_true(unescape(out));
        assert_string_equal(out, pair[i][0]);
    }
    char cut[8], wrong[] = "a\\q", nul[] = "a\\x00";
    assert_false(escape(cut, sizeof cut, "abcdef\xE9"));
    assert_string_equal(cut, "abcdef");
    assert_false(escape(cut, 4, "abcd"));
    assert_false(unescape(wrong));
    assert_false(unescape(nul));
}

/* A sweep as large as one may be reads back what was written; its paths move with the folder. */
static void sweep_of(int n_seeds, const char *path) {
    char *seeds = malloc((size_t)n_seeds * 8 + 32), *text, *again, word[2 * CONFIG_PATH_MAX];
    char *to = stpcpy(seeds, "train.seed=");
    for (int i = 0; i < n_seeds; i++) to += sprintf(to, "%s%d", i ? "," : "", 100000 + i);
    snprintf(word, sizeof word, "facts.path=%s", path);
    const char *words[] = {word, seeds};
    SweepSpec spec, back;
    Err err = {0};
    if (sweep_spec_load(&spec, NULL, 2, words, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(mkdir("sw", 0777), 0);
    if (sweep_yaml_text(&spec, "sw", &text, &err) != OK) fail_msg("%s", err.msg);
    if (file_write_atomic("sw/sweep.yaml", text, strlen(text), &err) != OK) fail_msg("%s", err.msg);
    if (sweep_yaml_read(&back, "sw", &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sweep_spec_points(&back), n_seeds);
    assert_string_equal(back.base.facts.path, spec.base.facts.path);
    if (sweep_yaml_text(&back, "sw", &again, &err) != OK) fail_msg("%s", err.msg);
    assert_string_equal(again, text);
    sweep_spec_free(&back);
    sweep_spec_free(&spec);
    free(text);
    free(again);
    free(seeds);
    assert_int_equal(rename("sw", "runs/sw"), 0);
    if (*path != '/') {
        assert_int_equal(sweep_yaml_read(&back, "runs/sw", &err), OK);
        assert_true(!strncmp(back.base.facts.path, "runs/", 5));
        sweep_spec_free(&back);
    }
    assert_int_equal(unlink("runs/sw/sweep.yaml"), 0);
    assert_int_equal(rmdir("runs/sw"), 0);
}

static void large_sweeps_read_back(void **state) {
    (void)state;
    at("p");
    sweep_of(2, "facts/c");
    sweep_of(2, "/data/c");
    sweep_of(2, "facts/caf\xE9\\\\a\"b");
    sweep_of(12000, "facts/c");
    sweep_of(SWEEP_POINTS_MAX, "facts/c");
}

static int make_project(void **state) {
    (void)state;
    return mkdtemp(root) && chdir(root) == 0 && mkdir("p", 0777) == 0 && mkdir("p/facts", 0777) == 0 &&
                   mkdir("p/facts/c", 0777) == 0 && mkdir("p/runs", 0777) == 0 &&
                   mkdir("p/runs/r", 0777) == 0 && symlink("facts", "p/link") == 0
               ? 0
               : 1;
}

static int remove_project(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", root);
    return chdir("/") || system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seen_from_the_folder),
        cmocka_unit_test(too_long_is_refused),
        cmocka_unit_test(escapes),
        cmocka_unit_test(large_sweeps_read_back),
    };
    return cmocka_run_group_tests(tests, make_project, remove_project);
}
