/* The seal of a finished run: whoever reads a file of it notices what was changed since, and no older checkpoint takes
 * the place of the newest. */
#include <sys/stat.h>

#include "store/done.h"
#include "store/run_files.h"
#include "store/run_folder.h"
#include "store/sweep_files.h"
#include "tests/run_testing.h"

static void copy_run(const char *to) {
    char command[1400];
    remove_dir(to);
    snprintf(command, sizeof command, "cp -r '%s' '%s'", undisturbed, to);
    assert_int_equal(system(command), 0);
}

/* Changes one bit of a byte of a file; twice: as it was. */
static void bend(const char *path, size_t at) {
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
    int c = fgetc(f);
    assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
    fputc(c ^ 1, f);
    assert_int_equal(fclose(f), 0);
}

/* Asks the reader of one file. */
static Status read_back(const char *dir, const char *name, Err *err) {
    Config config;
    RunResult result;
    Curves curves;
    char data_hash[33];
    Status status;
    if (!strcmp(name, "config.yaml")) return run_config(dir, &config, err);
    if (!strcmp(name, "manifest.json")) return folder_read(dir, &config, data_hash, err);
    if (!strcmp(name, "metrics.jsonl")) {
        status = run_curves(dir, &curves, err);
        curves_free(&curves);
        return status;
    }
    status = run_result(dir, RESULT_ANY, &result, err);
    result_free(&result);
    return status;
}

static void every_byte_is_sealed(void **state) {
    (void)state;
    static const char *const FILES[] = {"result.json", "config.yaml", "metrics.jsonl", "manifest.json"};
    const char *dir = in_root("bent");
    Err err;
    copy_run(dir);
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s", in_dir(dir, FILES[i]));
        if (read_back(dir, FILES[i], &err) != OK) fail_msg("%s", err.msg);
        Buffer whole = bytes_of(path);
        for (size_t at = 0; at < whole.size; at += 1 + whole.size / 37) {
            bend(path, at);
            if (read_back(dir, FILES[i], &err) != ERR_FORMAT) fail_msg("%s, byte %zu", FILES[i], at);
            assert_non_null(strstr(err.msg, FILES[i]));
            assert_non_null(strstr(err.msg, "altered since the run ended"));
            bend(path, at);
        }
        truncate_to(path, (long)whole.size - 1);
        assert_int_equal(read_back(dir, FILES[i], &err), ERR_FORMAT);
        assert_int_equal(file_write_atomic(path, whole.data, whole.size, &err), OK);
        buffer_free(&whole);
    }
}

/* Where no DONE speaks for it, the manifest's own seal does. */
static void every_byte_of_an_unfinished_manifest(void **state) {
    (void)state;
    const char *dir = in_root("unfinished");
    char path[512];
    Err err;
    copy_run(dir);
    assert_int_equal(unlink(in_dir(dir, "DONE")), 0);
    snprintf(path, sizeof path, "%s", in_dir(dir, "manifest.json"));
    Buffer whole = bytes_of(path);
    if (read_back(dir, "manifest.json", &err) != OK) fail_msg("%s", err.msg);
    for (size_t at = 0; at < whole.size; at++) {
        bend(path, at);
        if (read_back(dir, "manifest.json", &err) != ERR_FORMAT) fail_msg("byte %zu", at);
        assert_non_null(strstr(err.msg, "manifest.json"));
        bend(path, at);
    }
    buffer_free(&whole);
}

static void done_seals_itself(void **state) {
    (void)state;
    const char *dir = in_root("done");
    char path[512];
    Err err;
    Seal seal;
    copy_run(dir);
    snprintf(path, sizeof path, "%s", in_dir(dir, "DONE"));
    Buffer whole = bytes_of(path);
    assert_int_equal(done_read(dir, &seal, &err), OK);
    assert_true(seal.finished && seal.n == 4 && seal.checkpoint == 60);
    for (size_t at = 0; at < whole.size; at++) {
        bend(path, at);
        assert_int_equal(done_read(dir, &seal, &err), ERR_FORMAT);
        assert_non_null(strstr(err.msg, "DONE: altered"));
        bend(path, at);
    }
    for (size_t size = 1; size < whole.size; size++) {
        assert_int_equal(file_write_atomic(path, whole.data, size, &err), OK);
        assert_int_equal(done_read(dir, &seal, &err), ERR_FORMAT);
    }
    /* Versions before this one sealed nothing. */
    static const char *const OLD[] = {"", "0123456789abcdef0123456789abcdef",
                                      "0123456789abcdef0123456789abcdef\n"};
    bend(in_dir(dir, "metrics.jsonl"), 3);
    for (size_t i = 0; i < sizeof OLD / sizeof OLD[0]; i++) {
        assert_int_equal(file_write_atomic(path, OLD[i], strlen(OLD[i]), &err), OK);
        assert_int_equal(done_read(dir, &seal, &err), OK);
        assert_true(seal.finished && seal.n == 0);
        assert_int_equal(run_sealed(dir, "metrics.jsonl", &err), OK);
    }
    buffer_free(&whole);
}

/* What is missing from DONE is written again by a resumed run, and is the same. */
static void sealed_anew(void **state) {
    (void)state;
    Case c = make_case(NULL);
    const char *dir = in_root("anew");
    RunResult result;
    Err err;
    copy_run(dir);
    assert_int_equal(unlink(in_dir(dir, "DONE")), 0);
    assert_int_equal(file_write_atomic(in_dir(dir, "failed.json"), "{}", 2, &err), OK);
    must_train(&c, dir, true, &result);
    assert_string_equal(result.verdict, "annealed");
    result_free(&result);
    same_run(dir, undisturbed);
    same_file(in_dir(dir, "DONE"), in_dir(undisturbed, "DONE"));
    assert_false(file_exists(in_dir(dir, "failed.json")));
    facts_free(&c.facts);
}

static void expect_open(const char *dir, Status wanted, const char *text) {
    Run run;
    Err err = {.msg = ""};
    Status status = run_open(&run, dir, NULL, &err);
    if (status == OK) run_close(&run);
    if (status != wanted || !strstr(err.msg, text))
        fail_msg("status %d, \"%s\"; wanted \"%s\"", status, err.msg, text);
}

/* A whole checkpoint of that step, but not the one of the result, where DONE is of a version that sealed nothing. */
static void other_parameters(const char *dir) {
    char path[512];
    Err err;
    copy_run(dir);
    snprintf(path, sizeof path, "%s", in_dir(dir, "result.json"));
    Buffer result = bytes_of(path);
    char *hash = strstr(result.data, "\"param_hash\": \"");
    assert_non_null(hash);
    bend(path, (size_t)(hash - result.data) + 20);
    buffer_free(&result);
    assert_int_equal(file_write_atomic(in_dir(dir, "DONE"), "", 0, &err), OK);
    expect_open(dir, ERR_FORMAT, "result.json has");
}

static void newest_checkpoint_or_none(void **state) {
    (void)state;
    const char *dir = in_root("newest");
    char last[512], command[1400];
    struct stat info;
    copy_run(dir);
    expect_open(dir, OK, "");
    snprintf(last, sizeof last, "%s", in_dir(dir, LAST));
    assert_int_equal(stat(last, &info), 0);
    bend(last, (size_t)info.st_size - 3); /* of the optimizer: nobody who only reads the model needs it */
    expect_open(dir, ERR_FORMAT, "no older checkpoint has its model: remove DONE");
    assert_int_equal(unlink(last), 0);
    expect_open(dir, ERR_FORMAT, "DONE names that of step 60");
    /* The one before, under the name of the newest. */
    snprintf(command, sizeof command, "cp '%s' '%s'", in_dir(dir, BEFORE), last);
    assert_int_equal(system(command), 0);
    expect_open(dir, ERR_FORMAT, "step is '56'");
    other_parameters(in_root("other"));
    /* Not damaged, but nothing that can be read: no older one takes its place, even where the run is not finished. */
    assert_int_equal(unlink(last), 0);
    assert_int_equal(mkdir(last, 0777), 0);
    expect_open(dir, ERR_INPUT, LAST);
    assert_int_equal(unlink(in_dir(dir, "DONE")), 0);
    expect_open(dir, ERR_INPUT, "a folder, not a regular file");
    assert_int_equal(rmdir(last), 0);
    assert_int_equal(symlink("nowhere", last), 0);
    expect_open(dir, ERR_IO, "No such file");
    assert_int_equal(unlink(last), 0);
    expect_open(dir, OK, "");
}

/* A lost clock is unknown, and nothing else. */
static void lost_clock(void **state) {
    (void)state;
    static const char *const TORN[] = {NULL, "", "{", "[]", "{\"seconds\": \"x\", \"timed_tokens\": -1}"};
    const char *dir = in_root("clock");
    Err err;
    copy_run(dir);
    char *timed = run_result_json(undisturbed, true, &err);
    assert_true(timed && strstr(timed, "\n  \"seconds\": ") && !strstr(timed, "\"seconds\": null"));
    free(timed);
    for (size_t i = 0; i < sizeof TORN / sizeof TORN[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s", in_dir(dir, "timing.json"));
        if (TORN[i]) assert_int_equal(file_write_atomic(path, TORN[i], strlen(TORN[i]), &err), OK);
        else assert_int_equal(unlink(path), 0);
        char *text = run_result_json(dir, true, &err);
        if (!text) fail_msg("%s", err.msg);
        assert_non_null(strstr(text, "\"seconds\": null"));
        assert_non_null(strstr(text, "\"timed_tokens\": null\n}"));
        RunResult result;
        assert_int_equal(result_parse(text, "text", RESULT_WHOLE, &result, &err), OK);
        result_free(&result);
        free(text);
    }
}

/* A run that cannot be looked at is a row with its reason, and no other state. */
static void unreadable_runs_are_rows(void **state) {
    (void)state;
    SweepFiles files;
    Err err;
    char loop[512];
    const char *dir = in_root("sweep");
    assert_int_equal(make_directories(in_dir(dir, "runs"), &err), OK);
    copy_run(in_dir(dir, "runs/whole"));
    copy_run(in_dir(dir, "runs/bent"));
    bend(in_dir(dir, "runs/bent/result.json"), 60);
    snprintf(loop, sizeof loop, "%s", in_dir(dir, "runs/loop")); /* as EACCES, which root never meets */
    assert_int_equal(symlink("loop", loop), 0);
    if (sweep_files_read(&files, dir, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(files.n, 3);
    assert_int_equal(files.runs[0].state, SWEPT_UNREADABLE);
    assert_non_null(strstr(files.runs[0].reason, "result.json: altered since the run ended"));
    assert_int_equal(files.runs[1].state, SWEPT_UNREADABLE);
    assert_non_null(strstr(files.runs[1].reason, "symbolic links"));
    assert_int_equal(files.runs[2].state, SWEPT_DONE);
    sweep_files_free(&files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_sealed),      cmocka_unit_test(every_byte_of_an_unfinished_manifest),
        cmocka_unit_test(done_seals_itself),         cmocka_unit_test(sealed_anew),
        cmocka_unit_test(newest_checkpoint_or_none), cmocka_unit_test(lost_clock),
        cmocka_unit_test(unreadable_runs_are_rows),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
