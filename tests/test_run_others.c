/* Run folders that others use, too: their files stay as they are, and a folder that is moved takes its run along. */
#include <sys/stat.h>

#include "tests/run_testing.h"

static void put(const char *path, const char *text) {
    Err err = {0};
    if (file_write_atomic(path, text, strlen(text), &err) != OK) fail_msg("%s", err.msg);
}

static void assert_holds(const char *path, const char *expected) {
    Buffer b = bytes_of(path);
    assert_string_equal(b.data, expected);
    buffer_free(&b);
}

/* A file under a name of ours that says something else: training is refused, and nothing is touched. */
static void files_of_others_stay(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
    } file[] = {
        {"metrics.jsonl", "precious\n"},
        {"metrics.jsonl", "{\"step\": 1}\n"},
        {"manifest.json", "{\"name\": \"app\", \"version\": 3}\n"},
        {"manifest.json", "[\"config_hash\", \"data_hash\", \"numeric_spec\"]"},
        {"manifest.json", "no JSON"},
        {"config.yaml", "theirs: 1\n"},
        {"result.json", "{}"},
        {"timing.json", "{}"},
        {"DONE", ""},
        {"checkpoint-000000004.safetensors", "theirs"},
        {"code_lengths.npy", "theirs"},
        {"lock", "do not touch\n"},
    };
    Case c = make_case(NULL);
    Err err;
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        const char *dir = in_root("theirs");
        assert_int_equal(make_directories(dir, &err), OK);
        put(in_dir(dir, file[i].name), file[i].text);
        for (int resume = 0; resume < 2; resume++) {
            RunResult result;
            assert_int_not_equal(train(&c, dir, resume, NULL, &result, &err), OK);
            if (!strstr(err.msg, "is no run folder (it holds ") && !strstr(err.msg, "not a lock") &&
                !strstr(err.msg, "missing, though a run has begun there"))
                fail_msg("%s: %s", file[i].name, err.msg);
        }
        assert_holds(in_dir(dir, file[i].name), file[i].text);
        if (strcmp(file[i].name, "lock")) assert_false(file_exists(in_dir(dir, "lock")));
        remove_dir(dir);
    }
    facts_free(&c.facts);
}

/* What is no file is neither followed nor waited for. */
static void links_and_pipes_stay(void **state) {
    (void)state;
    static const char *const names[] = {"lock", "metrics.jsonl", "manifest.json", "config.yaml"};
    Case c = make_case(NULL);
    Err err;
    put(in_root("thesis"), "precious");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *dir = in_root("linked");
        for (int pipe = 0; pipe < 2; pipe++) {
            assert_int_equal(make_directories(dir, &err), OK);
            if (pipe) assert_int_equal(mkfifo(in_dir(dir, names[i]), 0666), 0);
            else assert_int_equal(symlink("../thesis", in_dir(dir, names[i])), 0);
            expect_refusal(&c, dir, false, ERR_INPUT, dir);
            remove_dir(dir);
        }
    }
    assert_holds(in_root("thesis"), "precious");

    const char *dir = in_root("resumed"); /* the same of a run that goes on */
    volatile sig_atomic_t stop = 1;
    RunResult result;
    assert_int_equal(train(&c, dir, false, &stop, &result, &err), ERR_STOPPED);
    assert_int_equal(rename(in_dir(dir, "metrics.jsonl"), in_root("metrics")), 0);
    assert_int_equal(symlink("../metrics", in_dir(dir, "metrics.jsonl")), 0);
    expect_refusal(&c, dir, true, ERR_INPUT, "metrics.jsonl: a link");
    facts_free(&c.facts);
}

/* Other JSON than a failure's note is not removed at the end of a run. */
static void failures_of_others_stay(void **state) {
    (void)state;
    Case c = make_case(NULL);
    Err err;
    RunResult result;
    const char *dir = in_root("failed"), *theirs = "{\"reason\": \"mine\", \"tests\": 3}";
    assert_int_equal(make_directories(dir, &err), OK);
    put(in_dir(dir, "failed.json"), theirs);
    must_train(&c, dir, false, &result);
    assert_holds(in_dir(dir, "failed.json"), theirs);
    same_run(undisturbed, dir);
    remove_dir(dir);
    assert_int_equal(make_directories(dir, &err), OK);
    put(in_dir(dir, "failed.json"),
        "{\"reason\": \"killed\", \"exit\": 137, \"signal\": 9, \"attempts\": 1}");
    must_train(&c, dir, false, &result);
    assert_false(file_exists(in_dir(dir, "failed.json")));
    facts_free(&c.facts);
}

/* What a process leaves that died before its run had begun is no obstacle. */
static void early_files_are_ours(void **state) {
    (void)state;
    Case c = make_case(NULL);
    RunResult result;
    const char *dir = in_root("early");
    volatile sig_atomic_t stop = 1;
    Err err;
    assert_int_equal(train(&c, dir, false, &stop, &result, &err), ERR_STOPPED);
    unlink(in_dir(dir, "config.yaml"));
    unlink(in_dir(dir, "timing.json"));
    for (int step = 0; step <= 60; step++) {
        char name[64];
        snprintf(name, sizeof name, "checkpoint-%09d.safetensors", step);
        unlink(in_dir(dir, name));
    }
    truncate_to(in_dir(dir, "metrics.jsonl"), 0);
    put(in_dir(dir, ".config.yaml.rote-tmp"), "model: {");
    must_train(&c, dir, false, &result);
    same_run(undisturbed, dir);
    facts_free(&c.facts);
}

typedef struct Move {
    const char *from, *to;
    bool again; /* another folder takes the name */
} Move;

static void move_once(void *user, const Progress *progress) {
    Move *move = user;
    Err err;
    if (!move->from || progress->note) return;
    assert_int_equal(rename(move->from, move->to), 0);
    if (move->again) assert_int_equal(make_directories(move->from, &err), OK);
    move->from = NULL;
}

/* Nothing is written under the old name, and the run goes on where it is. */
static void moved_during_the_run(void **state) {
    (void)state;
    Case c = make_case(NULL);
    for (int again = 0; again < 2; again++) {
        const char *dir = in_root("before"), *there = in_root(again ? "after2" : "after1");
        Move move = {dir, there, again};
        RunOptions options = {.dir = dir, .progress = {move_once, &move}};
        RunResult result;
        Err err = {0};
        assert_int_equal(run_train(&c.config, &c.facts, &options, &result, &err), ERR_IO);
        assert_non_null(strstr(err.msg, "before: the folder was moved or replaced during the run"));
        if (again) assert_int_equal(rmdir(dir), 0); /* it is empty */
        assert_false(file_exists(dir));
        must_train(&c, there, true, &result);
        same_run(undisturbed, there);
    }
    facts_free(&c.facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_others_stay),    cmocka_unit_test(links_and_pipes_stay),
        cmocka_unit_test(failures_of_others_stay), cmocka_unit_test(early_files_are_ours),
        cmocka_unit_test(moved_during_the_run),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
