/* Programs that misbehave, each asked by a thread of its own: a table of scenarios, run at once, looked at afterwards.
 * A test's program is the test itself, called as `test_X child MODE`. */
#ifndef ROTE_TESTS_PROGRAMS_TESTING_H
#define ROTE_TESTS_PROGRAMS_TESTING_H

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tools/tool.h"

enum { CALLS_MAX = 8, TEXT_MAX = 64 };

typedef struct Asked {
    const char *question;
    ToolReason reason;
    const char *answer; /* NULL: the question */
} Asked;

typedef struct Scenario {
    const char *mode; /* of the child */
    double timeout_s;
    Asked asked[CALLS_MAX]; /* one array of calls each; ended by a NULL question */
    int starts;             /* of the program; -1: whatever */
    int strays;             /* at least */
} Scenario;

typedef struct Outcome {
    const Scenario *scenario;
    ToolProtocol protocol;
    Status opened;
    Status asked[CALLS_MAX];
    ToolReason reason[CALLS_MAX];
    char text[CALLS_MAX][TEXT_MAX], why[CALLS_MAX][512];
    double seconds[CALLS_MAX], close_s;
    ToolCounts counts;
    Err err;
} Outcome;

static const char *const self = "/proc/self/exe";

static inline ToolText text(const char *s) { return (ToolText){s, strlen(s)}; }

static void *run_scenario(void *outcome) {
    Outcome *o = outcome;
    const char *const command[] = {self, "child", o->scenario->mode, NULL};
    ToolSpec spec = {.kind = TOOL_PROGRAM,
                     .name = o->scenario->mode,
                     .n_arguments = 1,
                     .argument = {"q"},
                     .command = command,
                     .protocol = o->protocol,
                     .ask = "{q}",
                     .timeout_s = o->scenario->timeout_s,
                     .may_start = true};
    Tool *tool;
    o->opened = tool_open(&tool, &spec, &o->err);
    if (o->opened != OK) return NULL;
    for (int i = 0; i < CALLS_MAX && o->scenario->asked[i].question; i++) {
        ToolCall call = {{text(o->scenario->asked[i].question)}};
        ToolAnswer answer = {0};
        double from_s = clock_s();
        tool_begin(tool); /* each call has its own chance */
        o->asked[i] = tool_call(tool, &call, &answer, &o->err);
        o->seconds[i] = clock_s() - from_s;
        if (o->asked[i] != OK) break;
        o->reason[i] = answer.reason;
        snprintf(o->text[i], TEXT_MAX, "%s", answer.text.bytes);
        snprintf(o->why[i], sizeof o->why[i], "%s", answer.why);
    }
    o->counts = *tool_counts(tool);
    double from_s = clock_s();
    tool_close(tool);
    o->close_s = clock_s() - from_s;
    return NULL;
}

/* The entries of a folder of /proc: descriptors or threads. */
static int count_entries(const char *folder) {
    DIR *dir = opendir(folder);
    int n = 0;
    assert_non_null(dir);
    while (readdir(dir)) n++;
    closedir(dir);
    return n;
}

static void *do_nothing(void *nothing) { return nothing; }

/* After the first thread of all, with which a sanitizer starts one of its own. */
static int count_threads(void) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, do_nothing, NULL), 0);
    pthread_join(thread, NULL);
    usleep(20000); /* it may stand in /proc for a moment */
    return count_entries("/proc/self/task");
}

static void look_at(const Outcome *o) {
    const Scenario *s = o->scenario;
    uint64_t none = 0, expected_none = 0;
    if (o->opened != OK) fail_msg("%s: %s", s->mode, o->err.msg);
    for (int i = 0; i < CALLS_MAX && s->asked[i].question; i++) {
        const Asked *a = &s->asked[i];
        const char *answer = a->reason != TOOL_ANSWERED ? "" : a->answer ? a->answer : a->question;
        if (o->asked[i] != OK) fail_msg("%s: %s: %s", s->mode, a->question, o->err.msg);
        if (o->reason[i] != a->reason || strncmp(o->text[i], answer, TEXT_MAX - 1) != 0)
            fail_msg("%s: question %d '%.20s': %s '%s' (%s), expected %s '%.40s'", s->mode, i, a->question,
                     tool_reason_name[o->reason[i]], o->text[i], o->why[i], tool_reason_name[a->reason],
                     answer);
        if (o->seconds[i] > s->timeout_s + 1)
            fail_msg("%s: question %d took %.2f s, its timeout is %.2f s", s->mode, i, o->seconds[i],
                     s->timeout_s);
        expected_none += a->reason != TOOL_ANSWERED;
    }
    for (int r = TOOL_ANSWERED + 1; r < TOOL_REASONS; r++) none += o->counts.reason[r];
    assert_int_equal(none, expected_none);
    if (s->starts >= 0 && (int)o->counts.starts != s->starts)
        fail_msg("%s: started %d times, expected %d", s->mode, (int)o->counts.starts, s->starts);
    if ((int)o->counts.strays < s->strays) fail_msg("%s: %d strays", s->mode, (int)o->counts.strays);
    if (o->close_s > 1) fail_msg("%s: closing took %.2f s", s->mode, o->close_s);
}

/* No process, no descriptor and no thread is left. */
static void nothing_is_left(int descriptors, int threads) {
    int status;
    assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
    assert_int_equal(count_entries("/proc/self/fd"), descriptors);
    for (int i = 0; i < 100 && count_entries("/proc/self/task") != threads; i++) usleep(10000);
    assert_int_equal(count_entries("/proc/self/task"), threads);
}

static inline void run_scenarios(const Scenario *scenarios, int n, ToolProtocol protocol) {
    Outcome *outcomes = calloc((size_t)n, sizeof *outcomes);
    pthread_t *threads = calloc((size_t)n, sizeof *threads);
    assert_true(outcomes && threads);
    int descriptors = count_entries("/proc/self/fd"), tasks = count_threads();
    for (int i = 0; i < n; i++) {
        outcomes[i] = (Outcome){.scenario = &scenarios[i], .protocol = protocol};
        assert_int_equal(pthread_create(&threads[i], NULL, run_scenario, &outcomes[i]), 0);
    }
    for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
    nothing_is_left(descriptors, tasks);
    for (int i = 0; i < n; i++) look_at(&outcomes[i]);
    free(outcomes);
    free(threads);
}

#endif
