/* Programs that are asked by lines, and do whatever a program can do. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/programs_testing.h"

static char root[] = "/tmp/rote-programs-XXXXXX";

/* ---- the children ---- */

static char line[1 << 18];

static bool next_line(void) {
    if (!fgets(line, sizeof line, stdin)) return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static void say(const char *words) {
    fputs(words, stdout);
    fflush(stdout);
}

static void hang(void) {
    for (;;) pause();
}

/* Writes the same bytes for ever, or until nobody reads. */
static void flood(int fd, const char *bytes, size_t size) {
    if (nice(19) == -1) size = size < 4096 ? size : 4096;
    while (write(fd, bytes, size) > 0) {
    }
}

/* A process of its own that holds every descriptor; its number is left in a file. */
static void leave_grandchild(bool floods_stderr) {
    char name[128], number[16];
    if (fork() != 0) return;
    signal(SIGTERM, SIG_IGN);
    snprintf(name, sizeof name, "%s/%d", getenv("PROGRAMS_ROOT"), (int)getpid());
    int fd = open(name, O_CREAT | O_WRONLY, 0600);
    if (write(fd, number, (size_t)snprintf(number, sizeof number, "%d", (int)getpid())) < 0) _exit(1);
    close(fd);
    static char bytes[1 << 16];
    memset(bytes, 'e', sizeof bytes);
    if (floods_stderr) flood(2, bytes, sizeof bytes);
    hang();
}

/* Answers as the mode says; the last three modes live only in what they do before. */
static int answer_lines(const char *mode) {
    for (int i = 0; next_line(); i++) {
        if (!strcmp(mode, "no newline")) return say(line), 0;
        if (!strcmp(mode, "not UTF-8") && i == 0) say("\xc3(\n");
        else if (!strcmp(mode, "NUL") && i == 0) fwrite("1\0002\n", 1, 4, stdout), fflush(stdout);
        else if (!strcmp(mode, "empty") && i == 0) say("\n");
        else if (!strcmp(mode, "half a line")) say("12"), hang();
        else if (!strcmp(mode, "kills itself")) raise(SIGKILL);
        else if (!strcmp(mode, "stops itself")) raise(SIGSTOP);
        else if (!strcmp(mode, "twice")) printf("%s\n%s\n", line, line), fflush(stdout);
        else if (!strcmp(mode, "late") && !strcmp(line, "slow")) sleep(2), say("slow\n");
        else if (!strcmp(mode, "crlf")) printf("%s\r\n", line), fflush(stdout);
        else printf("%s\n", line), fflush(stdout);
        if (!strcmp(mode, "one each") || (!strcmp(mode, "two each") && i == 1)) return 0;
        if (!strcmp(mode, "chatter between"))
            usleep(300000), say("news!\n"); /* after its first answer's pause */
    }
    return 0;
}

static int child(const char *mode) {
    static char bytes[1 << 20];
    memset(bytes, 'x', sizeof bytes);
    if (!strcmp(mode, "exits at once")) return fputs("first\nno licence\n", stderr), 3;
    if (!strcmp(mode, "banner")) say("Welcome!\n");
    if (!strcmp(mode, "hangs")) signal(SIGTERM, SIG_IGN), hang();
    if (!strcmp(mode, "a gigabyte")) flood(1, bytes, sizeof bytes), hang();
    if (!strcmp(mode, "never silent"))
        memset(bytes, '\n', sizeof bytes), flood(1, bytes, sizeof bytes), hang();
    if (!strcmp(mode, "closes stdin"))
        return next_line(), close(0), printf("%s\n", line), fflush(stdout), hang(), 0;
    if (!strcmp(mode, "closes stdout")) close(1), hang();
    if (!strcmp(mode, "floods stderr") && fork() == 0) flood(2, bytes, sizeof bytes), hang();
    if (!strcmp(mode, "talks on stderr")) memset(bytes, '\n', 1 << 18), fwrite(bytes, 1, 1 << 18, stderr);
    if (!strcmp(mode, "grandchild")) leave_grandchild(false);
    if (!strcmp(mode, "grandchild alone")) return leave_grandchild(true), 0;
    if (!strcmp(mode, "ignores the end")) return answer_lines(mode), signal(SIGTERM, SIG_IGN), hang(), 0;
    if (!strcmp(mode, "descriptors"))
        return next_line(), printf("%d\n", count_entries("/proc/self/fd") - 3), 0;
    return answer_lines(mode);
}

/* ---- the scenarios ---- */

#define ANSWER(question)                                                                                     \
    { question, TOOL_ANSWERED, NULL }
#define NONE(question, reason)                                                                               \
    { question, reason, NULL }

static const Scenario scenarios[] = {
    {"echo",
     10,
     {ANSWER("1"), ANSWER("zwei é"), NONE("a\nb", TOOL_REFUSED), NONE("\xff", TOOL_REFUSED), ANSWER("3")},
     1,
     0},
    {"crlf", 10, {ANSWER("1"), ANSWER("2")}, 1, 0},
    {"empty", 10, {NONE("1", TOOL_MISSING), ANSWER("2")}, 1, 0},
    {"exits at once", 10, {NONE("1", TOOL_GONE), NONE("2", TOOL_GONE)}, -1, 0},
    {"one each", 10, {ANSWER("1"), ANSWER("2"), ANSWER("3"), ANSWER("4")}, 4, 0},
    {"two each", 10, {ANSWER("1"), ANSWER("2"), ANSWER("3"), ANSWER("4"), ANSWER("5")}, 3, 0},
    {"kills itself", 10, {NONE("1", TOOL_GONE), NONE("2", TOOL_GONE)}, 2, 0},
    {"no newline", 10, {NONE("1", TOOL_GONE)}, 1, 0},
    {"not UTF-8", 10, {NONE("1", TOOL_MALFORMED), NONE("2", TOOL_MALFORMED)}, 2, 0},
    {"NUL", 10, {NONE("1", TOOL_MALFORMED)}, 1, 0},
    {"banner", 10, {NONE("1", TOOL_MALFORMED), NONE("2", TOOL_MALFORMED)}, -1, 2},
    {"twice", 10, {NONE("1", TOOL_MALFORMED), NONE("2", TOOL_MALFORMED)}, 2, 2},
    {"a gigabyte", 10, {NONE("1", TOOL_MALFORMED)}, -1, 0},
    {"never silent", 10, {NONE("1", TOOL_MALFORMED)}, -1, 1},
    {"closes stdin", 10, {ANSWER("1"), ANSWER("2"), ANSWER("3")}, 3, 0},
    {"closes stdout", 10, {NONE("1", TOOL_GONE)}, -1, 0},
    {"hangs", .3, {NONE("1", TOOL_TIMEOUT), NONE("2", TOOL_TIMEOUT)}, 2, 0},
    {"half a line", .3, {NONE("1", TOOL_TIMEOUT)}, 1, 0},
    {"stops itself", .3, {NONE("1", TOOL_TIMEOUT)}, 1, 0},
    {"late", 1, {ANSWER("1"), NONE("slow", TOOL_TIMEOUT), ANSWER("2")}, 2, 0},
    {"floods stderr", 10, {ANSWER("1"), ANSWER("2"), ANSWER("3")}, 1, 0},
    {"talks on stderr", 10, {ANSWER("1"), ANSWER("2")}, 1, 0},
    {"grandchild", 10, {ANSWER("1"), ANSWER("2")}, 1, 0},
    {"grandchild alone", .3, {NONE("1", TOOL_TIMEOUT)}, 1, 0},
    {"ignores the end", 10, {ANSWER("1")}, 1, 0},
    {"descriptors", 10, {{"1", TOOL_ANSWERED, "3"}}, 1, 0},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

/* Grandchildren are dead, or nobody's but a zombie's that waits for init. */
static void grandchildren_are_gone(void) {
    DIR *dir = opendir(root);
    int n = 0;
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        char stat_path[300], state = 'Z', own[300];
        if (*e->d_name == '.') continue;
        snprintf(stat_path, sizeof stat_path, "/proc/%s/stat", e->d_name);
        FILE *f = fopen(stat_path, "r");
        if (f && fscanf(f, "%*d (%*[^)]) %c", &state) != 1) state = 'Z';
        if (f) fclose(f);
        if (state != 'Z' && state != 'X') fail_msg("a grandchild lives on: %s is %c", e->d_name, state);
        snprintf(own, sizeof own, "%s/%s", root, e->d_name);
        unlink(own);
        n++;
    }
    closedir(dir);
    assert_int_equal(n, 2);
}

static void every_kind_of_program(void **state) {
    (void)state;
    run_scenarios(scenarios, SCENARIOS, TOOL_LINES);
    usleep(20000); /* the kernel ends what was killed */
    grandchildren_are_gone();
}

/* The largest file in memory that this process holds: a program's stderr. */
static off_t log_size(void) {
    DIR *dir = opendir("/proc/self/fd");
    off_t most = 0;
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        char link_path[300], target[300];
        struct stat info;
        snprintf(link_path, sizeof link_path, "/proc/self/fd/%s", e->d_name);
        ssize_t n = readlink(link_path, target, sizeof target - 1);
        if (n <= 0) continue;
        target[n] = '\0';
        if (strstr(target, "memfd:stderr") && stat(link_path, &info) == 0 && info.st_size > most)
            most = info.st_size;
    }
    closedir(dir);
    return most;
}

static ToolSpec spec_of(const char *const *command, const char *ask) {
    return (ToolSpec){.kind = TOOL_PROGRAM,
                      .name = "p",
                      .n_arguments = 1,
                      .argument = {"q"},
                      .command = command,
                      .ask = ask,
                      .may_start = true};
}

static void why_a_program_is_gone(void **state) {
    (void)state;
    const char *const command[] = {self, "child", "exits at once", NULL};
    ToolSpec spec = spec_of(command, "{q}");
    Err err;
    Tool *tool;
    ToolCall call = {{text("1")}};
    ToolAnswer answer;
    assert_int_equal(tool_open(&tool, &spec, &err), OK);
    assert_int_equal(tool_call(tool, &call, &answer, &err), OK);
    assert_int_equal(answer.reason, TOOL_GONE);
    assert_string_equal(answer.why, "it ended: exit status 3; its stderr ends: no licence");
    tool_close(tool);
}

/* A flood of stderr between two calls, when nobody asks: a gigabyte and more, of which little is ever kept. */
static void stderr_stays_small(void **state) {
    (void)state;
    const char *const command[] = {self, "child", "floods stderr", NULL};
    ToolSpec spec = spec_of(command, "{q}");
    Err err;
    Tool *tool;
    off_t least = INT64_MAX;
    assert_int_equal(tool_open(&tool, &spec, &err), OK);
    usleep(300000);
    for (int i = 0; i < 20; i++) {
        off_t size = log_size();
        least = size < least ? size : least;
        usleep(7000);
    }
    tool_close(tool);
    if (least > 64 << 20) fail_msg("%lld bytes of stderr were kept", (long long)least);
}

/* 70,000 bytes in one question, more than a pipe takes, and as many in one answer are too long for both. */
static void long_lines(void **state) {
    (void)state;
    const char *const command[] = {self, "child", "echo", NULL};
    static char longest[TOOL_ARGUMENT_BYTES_MAX + 1];
    memset(longest, '7', sizeof longest);
    ToolSpec spec = spec_of(command, "{q}");
    Err err;
    Tool *tool;
    ToolCall calls[3] = {{{{longest, sizeof longest}}}, {{{longest, sizeof longest - 1}}}, {{text("8")}}};
    ToolAnswer answer;
    assert_int_equal(tool_open(&tool, &spec, &err), OK);
    assert_int_equal(tool_call(tool, &calls[0], &answer, &err), OK);
    assert_int_equal(answer.reason, TOOL_REFUSED);
    assert_int_equal(tool_call(tool, &calls[1], &answer, &err), OK);
    assert_int_equal(answer.reason, TOOL_ANSWERED);
    assert_int_equal(answer.text.size, sizeof longest - 1);
    assert_memory_equal(answer.text.bytes, longest, sizeof longest - 1);
    assert_int_equal(tool_call(tool, &calls[2], &answer, &err), OK);
    assert_string_equal(answer.text.bytes, "8");
    tool_close(tool);
    spec.ask = "{q}7"; /* one byte too many comes back */
    assert_int_equal(tool_open(&tool, &spec, &err), OK);
    assert_int_equal(tool_call(tool, &calls[1], &answer, &err), OK);
    assert_int_equal(answer.reason, TOOL_MALFORMED);
    tool_close(tool);
}

/* After three calls that were lost, those behind them in the batch are not asked; in the next batch they are. */
static void a_batch_that_is_given_up(void **state) {
    (void)state;
    const char *const command[] = {self, "child", "kills itself", NULL};
    enum { N = 200 };
    ToolSpec spec = spec_of(command, "{q}");
    Err err;
    Tool *tool;
    ToolCall call = {{text("1")}};
    ToolAnswer answer;
    assert_int_equal(tool_open(&tool, &spec, &err), OK);
    for (int batch = 1; batch <= 2; batch++) {
        for (int i = 0; i < N; i++) {
            assert_int_equal(tool_call(tool, &call, &answer, &err), OK);
            assert_int_equal(answer.reason, TOOL_GONE);
            assert_int_equal(strstr(answer.why, "not asked") != NULL, i >= 3);
        }
        assert_int_equal(tool_counts(tool)->starts, 3 * batch);
        assert_int_equal(tool_counts(tool)->reason[TOOL_GONE], N * batch);
        tool_begin(tool);
    }
    tool_close(tool);
}

static void templates(void **state) {
    (void)state;
    const char *const command[] = {self, "child", "echo", NULL};
    ToolSpec spec = {.kind = TOOL_PROGRAM,
                     .name = "p",
                     .n_arguments = 3,
                     .argument = {"a", "op", "b"},
                     .command = command,
                     .may_start = true};
    static const struct {
        const char *ask, *wrong; /* NULL: right, and gives "{1}+2+1}" */
    } cases[] = {{"{{{a}}{op}{b}{op}{a}}", NULL},
                 {"{a}{op}", "does not use the argument {b}"},
                 {"{a}{op}{c}{b}", "{c} is none"},
                 {"{a}{op}{b", "{b} is none"},
                 {"{a}{op}{b}\nquit", "more than one"},
                 {"", "does not use the argument {a}"},
                 {NULL, "needs `ask`"}};
    Err err;
    Tool *tool;
    ToolCall call = {{text("1"), text("+"), text("2")}};
    ToolAnswer answer;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        spec.ask = cases[i].ask;
        assert_int_equal(tool_open(&tool, &spec, &err), cases[i].wrong ? ERR_INPUT : OK);
        if (cases[i].wrong && !strstr(err.msg, cases[i].wrong))
            fail_msg("'%s' lacks '%s'", err.msg, cases[i].wrong);
        if (cases[i].wrong) continue;
        assert_int_equal(tool_call(tool, &call, &answer, &err), OK);
        assert_string_equal(answer.text.bytes, "{1}+2+1}");
        tool_close(tool);
    }
}

static void programs_that_cannot_start(void **state) {
    (void)state;
    const char *const missing[] = {"no-such-program-here", NULL}, *const folder[] = {"/tmp", NULL},
                      *const none[] = {NULL};
    Err err;
    Tool *tool;
    ToolSpec spec = spec_of(missing, "{q}");
    int descriptors = count_entries("/proc/self/fd"), tasks = count_threads();
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "no-such-program-here: cannot be started: No such file"));
    spec.command = folder;
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
    spec.command = none;
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
    spec.command = missing;
    spec.may_start = false;
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "--allow-program"));
    spec.may_start = true;
    spec.timeout_s = 4000;
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
    nothing_is_left(descriptors, tasks);
}

static int setup(void **state) {
    (void)state;
    return !mkdtemp(root) || setenv("PROGRAMS_ROOT", root, 1) != 0;
}

static int teardown(void **state) {
    (void)state;
    return rmdir(root);
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "child")) return child(argv[2]);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind_of_program),
                                       cmocka_unit_test(why_a_program_is_gone),
                                       cmocka_unit_test(stderr_stays_small),
                                       cmocka_unit_test(long_lines),
                                       cmocka_unit_test(templates),
                                       cmocka_unit_test(a_batch_that_is_given_up),
                                       cmocka_unit_test(programs_that_cannot_start)};
    return cmocka_run_group_tests_name("programs", tests, setup, teardown);
}
