/* Programs that draw what they do anew for each question, many at once: a call may have no answer, but never a wrong
 * one. CALLS=500 makes it long, SEED=... another one. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/random.h"
#include "tests/programs_testing.h"

enum { THREADS = 12, KINDS = 16 };

static uint64_t number_of(const char *name, uint64_t usual) {
    const char *text_value = getenv(name);
    return text_value ? strtoull(text_value, NULL, 10) : usual;
}

/* ---- the children ---- */

static bool mcp;
static json_t *id;

static void say(const char *answer) {
    if (!mcp) {
        printf("%s\n", answer);
    } else {
        json_t *message = json_pack("{s:s, s:O, s:{s:s}}", "jsonrpc", "2.0", "id", id, "result",
                                    "structuredContent", answer);
        char *line = json_dumps(message, JSON_COMPACT);
        printf("%s\n", line);
        free(line);
        json_decref(message);
    }
    fflush(stdout);
}

static void burst(FILE *out, int n) {
    for (int i = 0; i < n; i++)
        fputs("something that nobody wants to know, again and again and again\n", out);
    fflush(out);
}

/* The question is "SEED NUMBER". */
static void answer(const char *question) {
    uint64_t seed = strtoull(question, NULL, 10), number = strtoull(strchr(question, ' ') + 1, NULL, 10);
    switch (random_below(random_stream(seed, RANDOM_INPUTS, 0), number, KINDS)) {
    case 0: raise(SIGKILL); break;
    case 1: exit((int)(number % 3)); break;
    case 2: signal(SIGTERM, SIG_IGN), pause(); break; /* and dies of SIGKILL alone */
    case 3: fputs("12", stdout), fflush(stdout), pause(); break;
    case 4: printf("\xff\xfe\n"), fflush(stdout); break;
    case 5: printf("%s\n%s\n", question, question), fflush(stdout); break; /* in one piece */
    case 6: usleep(250000), say(question); break;
    case 7: burst(stderr, 3000), say(question); break;
    case 8: /* chatter that ids tell from an answer; without ids nothing does */
        if (mcp) burst(stdout, 100);
        say(question);
        break;
    case 9: say(question), exit(0); break;
    case 10: /* a late repetition, or the right answer under a wrong id */
        if (mcp) json_integer_set(id, json_integer_value(id) + (json_int_t)(number % 3) - 1);
        say(question);
        break;
    case 11: raise(SIGSTOP); break;
    default: say(question);
    }
}

static int child(void) {
    static char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (!mcp) {
            answer(line);
            continue;
        }
        json_t *message = json_loads(line, 0, NULL);
        const char *method = json_string_value(json_object_get(message, "method"));
        id = json_object_get(message, "id");
        if (!method) return 9;
        if (!strcmp(method, "server/discover"))
            printf("{\"id\":%d,\"result\":{\"supportedVersions\":[\"2026-07-28\"]}}\n",
                   (int)json_integer_value(id));
        else if (!strcmp(method, "tools/list"))
            printf(
                "{\"id\":%d,\"result\":{\"tools\":[{\"name\":\"t\",\"inputSchema\":{\"properties\":{\"q\":{}}}}]}}\n",
                (int)json_integer_value(id));
        else if (id)
            answer(json_string_value(
                json_object_get(json_object_get(json_object_get(message, "params"), "arguments"), "q")));
        fflush(stdout);
        json_decref(message);
    }
    return 0;
}

/* ---- asking ---- */

typedef struct Soak {
    uint64_t seed;
    int calls, answered, none;
    bool mcp, slow;
    char wrong[256]; /* empty: none was */
} Soak;

static void *soak(void *user) {
    Soak *s = user;
    const char *const command[] = {self, "child", s->mcp ? "mcp" : "lines", NULL};
    ToolSpec spec = {.kind = TOOL_PROGRAM,
                     .name = "p",
                     .n_arguments = 1,
                     .argument = {"q"},
                     .command = command,
                     .protocol = s->mcp ? TOOL_MCP : TOOL_LINES,
                     .ask = "{q}",
                     .timeout_s = .15,
                     .may_start = true};
    Tool *tool;
    Err err;
    if (tool_open(&tool, &spec, &err) != OK) {
        snprintf(s->wrong, sizeof s->wrong, "%.200s", err.msg);
        return NULL;
    }
    for (int i = 0; i < s->calls && !*s->wrong; i++) {
        char question[64];
        snprintf(question, sizeof question, "%llu %d", (unsigned long long)s->seed, i);
        ToolCall call = {{text(question)}};
        ToolAnswer a;
        double from_s = clock_s();
        tool_begin(tool);
        Status status = tool_call(tool, &call, &a, &err);
        s->slow = s->slow || clock_s() - from_s > spec.timeout_s + 1;
        if (status != OK) snprintf(s->wrong, sizeof s->wrong, "%.200s", err.msg);
        else if (a.reason != TOOL_ANSWERED) s->none++;
        else if (!strcmp(a.text.bytes, question)) s->answered++;
        else snprintf(s->wrong, sizeof s->wrong, "'%.60s' was answered by '%.60s'", question, a.text.bytes);
    }
    tool_close(tool);
    return NULL;
}

static void never_a_wrong_answer(void **state) {
    (void)state;
    uint64_t seed = number_of("SEED", 20261129);
    int calls = (int)number_of("CALLS", 8), answered = 0, none = 0;
    int descriptors = count_entries("/proc/self/fd"), tasks = count_threads();
    Soak soaks[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        soaks[i] = (Soak){.seed = seed + (uint64_t)i, .calls = calls, .mcp = i % 2 == 1};
        assert_int_equal(pthread_create(&threads[i], NULL, soak, &soaks[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    nothing_is_left(descriptors, tasks);
    for (int i = 0; i < THREADS; i++) {
        if (*soaks[i].wrong) fail_msg("seed %llu: %s", (unsigned long long)soaks[i].seed, soaks[i].wrong);
        if (soaks[i].slow)
            fail_msg("seed %llu: a call took longer than its timeout and a second",
                     (unsigned long long)soaks[i].seed);
        answered += soaks[i].answered;
        none += soaks[i].none;
    }
    print_message("%d answered, %d none\n", answered, none);
    assert_int_equal(answered + none, THREADS * calls);
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "child")) return mcp = !strcmp(argv[2], "mcp"), child();
    const struct CMUnitTest tests[] = {cmocka_unit_test(never_a_wrong_answer)};
    return cmocka_run_group_tests_name("program soak", tests, NULL, NULL);
}
