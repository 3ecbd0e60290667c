/* The tape: what a program said is said again without it; a torn end is forgotten, an altered line refused. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "tools/tape.h"

static char root[] = "/tmp/rote-tape-XXXXXX";
static char path[64], log_path[64];

static ToolText text(const char *s) { return (ToolText){s, strlen(s)}; }

/* A program that counts its questions: the n-th one is answered by "QUESTION:n", and noted in a file. */
static int child(void) {
    char line[256];
    for (int n = 1; fgets(line, sizeof line, stdin); n++) {
        line[strcspn(line, "\n")] = '\0';
        FILE *log = fopen(getenv("TAPE_LOG"), "a");
        if (!log) return 1;
        fprintf(log, "%s\n", line);
        fclose(log);
        if (!strcmp(line, "die")) return 1;
        printf("%s:%d\n", line, n);
        fflush(stdout);
    }
    return 0;
}

static size_t questions_asked(void) {
    Buffer log;
    Err err;
    size_t n = 0;
    if (file_read(log_path, 1 << 20, &log, &err) != OK) return 0;
    for (size_t i = 0; i < log.size; i++) n += log.data[i] == '\n';
    buffer_free(&log);
    return n;
}

static ToolTape *opened(bool writable) {
    ToolTape *tape;
    Err err;
    if (tape_open(&tape, path, writable, &err) != OK) fail_msg("%s", err.msg);
    return tape;
}

static Tool *program(ToolTape *tape, bool may_start) {
    static const char *const command[] = {"/proc/self/exe", "child", NULL};
    ToolSpec spec = {.kind = TOOL_PROGRAM,
                     .name = "p",
                     .n_arguments = 1,
                     .argument = {"q"},
                     .command = command,
                     .ask = "{q}",
                     .may_start = may_start,
                     .tape = tape};
    Tool *tool;
    Err err;
    if (tool_open(&tool, &spec, &err) != OK) fail_msg("%s", err.msg);
    return tool;
}

static Status ask(Tool *tool, const char *question, ToolReason reason, const char *answer, Err *err) {
    ToolCall call = {{text(question)}};
    ToolAnswer a;
    TRY(tool_call(tool, &call, &a, err));
    assert_int_equal(a.reason, reason);
    assert_string_equal(a.text.bytes, answer);
    return OK;
}

/* Three answers, one of them none, each asked twice. */
static void make_tape(void) {
    Err err;
    unlink(path);
    unlink(log_path);
    ToolTape *tape = opened(true);
    Tool *tool = program(tape, true);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask(tool, "a\\\"é", TOOL_ANSWERED, "a\\\"é:1", &err), OK);
        assert_int_equal(ask(tool, "b", TOOL_ANSWERED, "b:2", &err), OK);
        assert_int_equal(ask(tool, "\xff", TOOL_REFUSED, "", &err), OK);
        assert_int_equal(ask(tool, "die", TOOL_GONE, "", &err), OK);
    }
    assert_int_equal(tool_counts(tool)->replayed, 3);
    assert_int_equal(tape_count(tape), 3);
    assert_int_equal(tape_sync(tape, &err), OK);
    tool_close(tool);
    tape_close(tape);
    assert_int_equal(questions_asked(), 4); /* "die" was asked again when the program was found dead */
}

static void replayed(void **state) {
    (void)state;
    Err err;
    make_tape();
    for (int writable = 0; writable < 2; writable++) {
        ToolTape *tape = opened(writable);
        Tool *tool = program(tape, false);
        assert_int_equal(ask(tool, "die", TOOL_GONE, "", &err), OK);
        assert_int_equal(ask(tool, "b", TOOL_ANSWERED, "b:2", &err), OK);
        assert_int_equal(ask(tool, "a\\\"é", TOOL_ANSWERED, "a\\\"é:1", &err), OK);
        assert_int_equal(tool_counts(tool)->starts, 0);
        assert_int_equal(ask(tool, "c", TOOL_ANSWERED, "", &err), ERR_INPUT);
        assert_non_null(strstr(err.msg, "not on the tape (tool_calls.jsonl)"));
        assert_non_null(strstr(err.msg, "--allow-program"));
        tool_close(tool);
        tape_close(tape);
    }
    assert_int_equal(questions_asked(), 4);
    ToolTape *tape = opened(true); /* goes on where it ended */
    Tool *tool = program(tape, true);
    assert_int_equal(ask(tool, "c", TOOL_ANSWERED, "c:1", &err), OK);
    assert_int_equal(ask(tool, "b", TOOL_ANSWERED, "b:2", &err), OK);
    tool_close(tool);
    tape_close(tape);
    tape = opened(false);
    assert_int_equal(tape_count(tape), 4);
    tape_close(tape);
}

static void many_calls(void **state) {
    (void)state;
    enum { N = 2000 };
    Err err;
    unlink(path);
    ToolTape *tape = opened(true);
    char a[16], b[16];
    for (int i = 0; i < N; i++) {
        snprintf(a, sizeof a, "%d", i / 10);
        snprintf(b, sizeof b, "%d", i % 10);
        ToolCall call = {{text(a), text(b)}};
        ToolAnswer answer = {i % 7 ? TOOL_ANSWERED : TOOL_MISSING, text(i % 7 ? a : ""), ""}, found;
        assert_false(tape_find(tape, "t", &call, 2, &found));
        assert_int_equal(tape_add(tape, "t", &call, 2, &answer, &err), OK);
    }
    for (int writable = 0; writable < 2; writable++) {
        if (writable) {
            tape_close(tape);
            tape = opened(false);
        }
        for (int i = 0; i < N; i++) {
            snprintf(a, sizeof a, "%d", i / 10);
            snprintf(b, sizeof b, "%d", i % 10);
            ToolCall call = {{text(a), text(b)}};
            ToolAnswer found;
            assert_true(tape_find(tape, "t", &call, 2, &found));
            assert_int_equal(found.reason, i % 7 ? TOOL_ANSWERED : TOOL_MISSING);
            assert_int_equal(found.text.size, i % 7 ? strlen(a) : 0);
            assert_false(tape_find(tape, "u", &call, 2, &found));
            assert_false(tape_find(tape, "t", &call, 1, &found));
        }
    }
    tape_close(tape);
}

static Buffer whole_file(void) {
    Buffer file;
    Err err;
    assert_int_equal(file_read(path, 1 << 20, &file, &err), OK);
    return file;
}

static void put_file(const char *data, size_t size) {
    unlink(path);
    FILE *f = fopen(path, "w"); /* without waiting for the disk */
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

/* A process was killed as it wrote: any beginning of the file is a tape of the whole lines in it. */
static void torn(void **state) {
    (void)state;
    Err err;
    make_tape();
    Buffer file = whole_file();
    for (size_t cut = 0; cut <= file.size; cut++) {
        size_t lines = 0, whole = 0;
        for (size_t i = 0; i < cut; i++)
            if (file.data[i] == '\n') lines++, whole = i + 1;
        put_file(file.data, cut);
        ToolTape *tape = opened(false);
        assert_int_equal(tape_count(tape), lines);
        tape_close(tape);
        tape = opened(true);
        struct stat info;
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_size, whole);
        ToolCall call = {{text("new")}};
        ToolAnswer answer = {TOOL_ANSWERED, text("1"), ""};
        assert_int_equal(tape_add(tape, "p", &call, 1, &answer, &err), OK);
        tape_close(tape);
        tape = opened(false);
        assert_int_equal(tape_count(tape), lines + 1);
        tape_close(tape);
    }
    buffer_free(&file);
}

static void expect_altered(const char *data, size_t size, const char *what) {
    ToolTape *tape;
    Err err;
    put_file(data, size);
    if (tape_open(&tape, path, true, &err) != ERR_FORMAT) fail_msg("not seen: %s", what);
    assert_null(tape);
    Buffer file = whole_file(); /* and it stays as it was */
    assert_int_equal(file.size, size);
    assert_memory_equal(file.data, data, size);
    buffer_free(&file);
}

static void altered(void **state) {
    (void)state;
    make_tape();
    Buffer file = whole_file();
    char *copy = malloc(2 * file.size);
    assert_non_null(copy);
    for (size_t i = 0; i + 1 < file.size;
         i++) { /* the last byte is the line end: without it the line is torn */
        memcpy(copy, file.data, file.size);
        copy[i] ^= 1;
        expect_altered(copy, file.size, "a byte");
    }
    size_t first = strcspn(file.data, "\n") + 1, second = strcspn(file.data + first, "\n") + 1;
    expect_altered(file.data + first, file.size - first, "the first line is gone");
    memcpy(copy, file.data, first);
    memcpy(copy + first, file.data + first + second, file.size - first - second);
    expect_altered(copy, file.size - second, "the second line is gone");
    memcpy(copy, file.data + first, second);
    memcpy(copy + second, file.data, first);
    expect_altered(copy, first + second, "two lines exchanged");
    expect_altered("\n", 1, "an empty line");
    expect_altered("{}\n", 3, "an empty object");
    free(copy);
    buffer_free(&file);
}

/* Lines with a right hash that are none of a tape: whoever can compute a hash does not get further. */
static void lines_of_others(void **state) {
    (void)state;
    static const char *const lines[] = {
        "{\"tool\":\"p\"",
        "{\"tool\":1,\"arguments\":[\"a\"],\"answer\":\"1\"",
        "{\"tool\":\"p\",\"arguments\":[],\"answer\":\"1\"",
        "{\"tool\":\"p\",\"arguments\":[1],\"answer\":\"1\"",
        "{\"tool\":\"p\",\"arguments\":{\"a\":1},\"answer\":\"1\"",
        "{\"tool\":\"p\",\"arguments\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"],\"answer\":\"1\"",
        "{\"tool\":\"p\",\"arguments\":[\"a\"]",
        "{\"tool\":\"p\",\"arguments\":[\"a\"],\"answer\":7",
        "{\"tool\":\"p\",\"arguments\":[\"a\"],\"none\":\"answered\"",
        "{\"tool\":\"p\",\"arguments\":[\"a\"],\"none\":\"bored\"",
        "{\"tool\":\"p\",\"arguments\":[\"a\"],\"none\":\"gone\",\"answer\":\"1\"",
        "{\"tool\":\"p\",\"tool\":\"q\",\"arguments\":[\"a\"],\"answer\":\"1\"",
        "[\"tool\"",
        "{\"tool\":\"p\",\"arguments\":[\"\xff\"],\"answer\":\"1\"",
        "{\"tool\":\"p\",\"arguments\":[\"a\"],\"answer\":\"\\u0000\"",
        "",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[300], hash[33];
        content_hash(lines[i], strlen(lines[i]), hash);
        int size = snprintf(line, sizeof line, "%s,\"hash\":\"%s\"}\n", lines[i], hash);
        expect_altered(line, (size_t)size, lines[i]);
    }
    put_file("{\"tool\":\"p\",\"arguments\":[\"a\"],\"answer\":\"1\",\"hash\":\"", 0);
    tape_close(opened(true)); /* an empty file is an empty tape */
}

static void places_that_are_none(void **state) {
    (void)state;
    Err err;
    ToolTape *tape;
    unlink(path);
    assert_int_equal(tape_open(&tape, root, true, &err), ERR_INPUT);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_equal(tape_open(&tape, path, true, &err), ERR_INPUT);
    unlink(path);
    tape = opened(false); /* missing: empty, and none is made */
    assert_int_equal(tape_count(tape), 0);
    tape_close(tape);
    assert_false(file_exists(path));
}

static int setup(void **state) {
    (void)state;
    if (!mkdtemp(root)) return 1;
    snprintf(path, sizeof path, "%s/%s", root, TAPE_NAME);
    snprintf(log_path, sizeof log_path, "%s/log", root);
    return setenv("TAPE_LOG", log_path, 1);
}

static int teardown(void **state) {
    (void)state;
    unlink(path);
    unlink(log_path);
    return rmdir(root);
}

int main(int argc, char **argv) {
    if (argc == 2 && !strcmp(argv[1], "child")) return child();
    const struct CMUnitTest tests[] = {cmocka_unit_test(replayed),
                                       cmocka_unit_test(many_calls),
                                       cmocka_unit_test(torn),
                                       cmocka_unit_test(altered),
                                       cmocka_unit_test(lines_of_others),
                                       cmocka_unit_test(places_that_are_none)};
    return cmocka_run_group_tests_name("tape", tests, setup, teardown);
}
