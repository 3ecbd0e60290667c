/* rote verify: a replay finds what was altered in a finished run. */
#include "tests/run_testing.h"

static void verify_sees_what_was_altered(void **state) {
    (void)state;
    Case c = make_case(NULL);
    const char *dir = in_root("verified");
    RunResult result;
    Err err = {0};
    must_train(&c, dir, false, &result);
    if (run_verify(dir, 3, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
    Buffer b = bytes_of(in_dir(dir, "result.json"));
    char *field = strstr(b.data, "\"code_bits\": ");
    assert_non_null(field);
    field[13] = field[13] == '9' ? '8' : '9';
    assert_int_equal(file_write_atomic(in_dir(dir, "result.json"), b.data, b.size, &err), OK);
    assert_int_equal(run_verify(dir, 0, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "result.json"));
    buffer_free(&b);
    truncate_to(in_dir(dir, LAST), 2000);
    assert_int_equal(run_verify(dir, 0, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "checkpoint"));
    assert_int_equal(run_verify(in_root("nowhere"), 0, (ProgressSink){0}, NULL, &err), ERR_INPUT);
    facts_free(&c.facts);
}

/* Numbers of both files, and either file gone. */
static void verify_sees_altered_code_lengths(void **state) {
    (void)state;
    static const char *const FILES[] = {"pool_ids.npy", "code_lengths.npy"};
    Case c = make_case("facts.heldout=5", NULL);
    const char *dir = in_root("altered");
    RunResult result;
    Err err = {0};
    must_train(&c, dir, false, &result);
    if (run_verify(dir, 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
    for (int i = 0; i < 2; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s", in_dir(dir, FILES[i]));
        Buffer whole = bytes_of(path);
        for (size_t at = whole.size - 8 * 29; at < whole.size; at += 8 * 7) {
            whole.data[at] ^= 1;
            assert_int_equal(file_write_atomic(path, whole.data, whole.size, &err), OK);
            assert_int_equal(run_verify(dir, 1, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
            assert_non_null(strstr(err.msg, FILES[i]));
            whole.data[at] ^= 1;
        }
        assert_int_equal(unlink(path), 0);
        assert_int_equal(run_verify(dir, 1, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
        assert_non_null(strstr(err.msg, "missing"));
        assert_int_equal(file_write_atomic(path, whole.data, whole.size, &err), OK);
        buffer_free(&whole);
    }
    if (run_verify(dir, 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
    facts_free(&c.facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify_sees_what_was_altered),
        cmocka_unit_test(verify_sees_altered_code_lengths),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
