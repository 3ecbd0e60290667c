/* Servers of the Model Context Protocol, of both revisions, well and badly behaved. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/programs_testing.h"

/* ---- the servers ---- */

static const char *mode;
static bool is(const char *word) { return !strcmp(mode, word); }

static void say(const char *words) {
    fputs(words, stdout);
    fflush(stdout);
}

/* Takes the message. */
static void put(json_t *message) {
    char *line = json_dumps(message, JSON_COMPACT);
    printf("%s\n", line);
    fflush(stdout);
    free(line);
    json_decref(message);
}

static void put_result(json_t *id, json_t *result) {
    put(json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result));
}

static void put_error(json_t *id, const char *words) {
    put(json_pack("{s:s, s:O, s:{s:i, s:s}}", "jsonrpc", "2.0", "id", id, "error", "code", -32601, "message",
                  words));
}

static json_t *text_result(const char *words) {
    return json_pack("{s:s, s:[{s:s, s:s}]}", "resultType", "complete", "content", "type", "text", "text",
                     words);
}

static json_t *read_message(void) {
    static char line[1 << 18];
    if (!fgets(line, sizeof line, stdin)) exit(0);
    json_t *message = json_loads(line, 0, NULL);
    if (!message) exit(9);
    return message;
}

static void list_tools(json_t *id, const json_t *params) {
    json_t *other =
        json_pack("{s:s, s:{s:s, s:{}}}", "name", "other", "inputSchema", "type", "object", "properties");
    json_t *one = json_pack("{s:s, s:{s:s, s:{s:{s:s}}, s:[s]}}", "name", "say", "inputSchema", "type",
                            "object", "properties", "q", "type",
                            is("integers") ? "integer"
                            : is("lists")  ? "array"
                                           : "string",
                            "required", is("wants more") ? "p" : "q");
    if (is("no tools")) return json_decref(one), put_result(id, json_pack("{s:[o]}", "tools", other));
    if (is("two tools")) return put_result(id, json_pack("{s:[o, o]}", "tools", one, other));
    if (is("pages") && !json_object_get(params, "cursor")) {
        json_decref(one);
        return put_result(id, json_pack("{s:[o], s:s}", "tools", other, "nextCursor", "2"));
    }
    json_decref(other);
    put_result(id, json_pack("{s:[o]}", "tools", one));
}

/* What the question asks for; else its own text. */
static void call_tool(json_t *id, const json_t *params) {
    json_t *q = json_object_get(json_object_get(params, "arguments"), "q");
    const char *words = json_is_string(q) ? json_string_value(q) : "none";
    if (json_is_integer(q)) return put_result(id, json_pack("{s:O}", "structuredContent", q));
    if (!strcmp(words, "error"))
        return put_result(id, json_pack("{s:b, s:[{s:s, s:s}]}", "isError", 1, "content", "type", "text",
                                        "text", "out of\nluck"));
    if (!strcmp(words, "input"))
        return put_result(id, json_pack("{s:s, s:{}}", "resultType", "input_required", "inputRequests"));
    if (!strcmp(words, "rpc")) return put_error(id, "no such thing");
    if (!strcmp(words, "number"))
        return put_result(id, json_pack("{s:f, s:[]}", "structuredContent", 0.5, "content"));
    if (!strcmp(words, "truth")) return put_result(id, json_pack("{s:b}", "structuredContent", 1));
    if (!strcmp(words, "object"))
        return put_result(id, json_pack("{s:{s:i}, s:[{s:s, s:s}]}", "structuredContent", "result", 7,
                                        "content", "type", "text", "text", "7"));
    if (!strcmp(words, "two"))
        return put_result(id, json_pack("{s:[{s:s, s:s}, {s:s, s:s}]}", "content", "type", "text", "text",
                                        "1", "type", "text", "text", "2"));
    if (!strcmp(words, "image"))
        return put_result(id, json_pack("{s:[{s:s, s:s}]}", "content", "type", "image", "text", "1"));
    if (!strcmp(words, "nothing")) return put_result(id, json_object());
    if (!strcmp(words, "wrong id")) return put_result(json_integer(999), text_result("1"));
    if (!strcmp(words, "late")) usleep(1500000);
    if (!strcmp(words, "twice")) put_result(id, text_result("twice"));
    if (!strcmp(words, "chatter"))
        say("Loading...\n{\"a\":1}\n[1]\nnull\n\n{\"method\":\"notifications/message\",\"params\":{}}\n\xff\xfe\n");
    if (!strcmp(words, "half")) say("{\"jsonrpc\":\"2.0\","), pause();
    if (!strcmp(words, "die")) raise(SIGKILL);
    if (!strcmp(words, "hang")) signal(SIGTERM, SIG_IGN), pause();
    if (!strcmp(words, "long"))
        for (char piece[1 << 16] = "";
             memset(piece, 'x', sizeof piece) && fwrite(piece, 1, sizeof piece, stdout);) {
        }
    if (!strcmp(words, "talks"))
        for (;;) say("not JSON\n");
    if (!strcmp(words, "asks")) { /* a ping, and what this client cannot do */
        put(json_pack("{s:s, s:s, s:s}", "jsonrpc", "2.0", "id", "s1", "method", "ping"));
        json_t *pong = read_message();
        put(json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", 1, "method", "roots/list"));
        json_t *refusal = read_message();
        bool well = json_is_object(json_object_get(pong, "result")) && json_object_get(refusal, "error");
        words = well ? "asks" : "no";
        json_decref(pong);
        json_decref(refusal);
    }
    put_result(id, text_result(words));
}

/* Whether a request names the revision, as each one of 2026-07-28 must. */
static bool names_version(const json_t *params) {
    const json_t *meta = json_object_get(params, "_meta");
    const char *version = json_string_value(json_object_get(meta, "io.modelcontextprotocol/protocolVersion"));
    return version && !strcmp(version, "2026-07-28") &&
           json_is_object(json_object_get(meta, "io.modelcontextprotocol/clientCapabilities"));
}

static int serve(void) {
    bool legacy = is("legacy") || is("silent") || is("slow"), initialized = false;
    for (int calls = 0;;) {
        json_t *message = read_message(), *id = json_object_get(message, "id"),
               *params = json_object_get(message, "params");
        const char *method = json_string_value(json_object_get(message, "method"));
        if (!method) return 8;
        if (!strcmp(method, "server/discover")) {
            if (is("slow")) usleep(1500000), legacy = false;
            if (legacy && !is("silent")) put_error(id, "unknown method");
            if (!legacy)
                put_result(id, json_pack("{s:s, s:[s, s], s:{}}", "resultType", "complete",
                                         "supportedVersions", "2025-11-25", "2026-07-28", "capabilities"));
        } else if (!strcmp(method, "initialize")) {
            const char *version = json_string_value(json_object_get(params, "protocolVersion"));
            if (!legacy || !version || strcmp(version, "2025-11-25") != 0) put_error(id, "no initialize");
            else
                put_result(id, json_pack("{s:s, s:{}, s:{s:s, s:s}}", "protocolVersion", "2025-06-18",
                                         "capabilities", "serverInfo", "name", "t", "version", "1"));
        } else if (!strcmp(method, "notifications/initialized")) {
            initialized = true;
        } else if (!id) {
            if (strcmp(method, "notifications/cancelled") != 0) return 7;
        } else if (legacy ? !initialized : !names_version(params)) {
            put_error(id, "no version");
        } else if (!strcmp(method, "tools/list")) {
            list_tools(id, params);
        } else if (!strcmp(method, "tools/call")) {
            call_tool(id, params);
            if (is("two each") && ++calls == 2) return 0;
        } else {
            put_error(id, "unknown method");
        }
        json_decref(message);
    }
}

static int child(const char *which) {
    mode = which;
    if (is("exits at once")) return fputs("no licence\n", stderr), 3;
    if (is("echo"))
        for (int c; (c = getchar()) != EOF;) putchar(c), fflush(stdout);
    return serve();
}

/* ---- the scenarios ---- */

#define ANSWER(question)                                                                                     \
    { question, TOOL_ANSWERED, NULL }
#define NONE(question, reason)                                                                               \
    { question, reason, NULL }

static const Scenario scenarios[] = {
    {"modern",
     10,
     {ANSWER("1"), ANSWER("zwei \"é\"\n\\"), NONE("\xff", TOOL_REFUSED), ANSWER(""), ANSWER("asks")},
     1,
     0},
    {"legacy", 10, {ANSWER("1"), ANSWER("2"), ANSWER("asks")}, 1, 0},
    {"silent", 10, {ANSWER("1"), ANSWER("2")}, 1, 0},
    {"slow", 10, {ANSWER("1"), ANSWER("2")}, 1, 0},
    {"results",
     10,
     {{"number", TOOL_ANSWERED, "0.5"},
      {"truth", TOOL_ANSWERED, "true"},
      {"object", TOOL_ANSWERED, "7"},
      NONE("error", TOOL_FAILED),
      NONE("input", TOOL_FAILED),
      NONE("rpc", TOOL_FAILED)},
     1,
     0},
    {"no results",
     10,
     {NONE("two", TOOL_MALFORMED), NONE("image", TOOL_MALFORMED), NONE("nothing", TOOL_MALFORMED),
      ANSWER("1")},
     1,
     0},
    {"integers",
     10,
     {ANSWER("12"), ANSWER("-7"), NONE("012", TOOL_REFUSED), NONE("1.5", TOOL_REFUSED),
      NONE("12345678901234567890", TOOL_REFUSED), NONE("", TOOL_REFUSED), ANSWER("9223372036854775807")},
     1,
     0},
    {"two each", 10, {ANSWER("1"), ANSWER("2"), ANSWER("3"), ANSWER("4"), ANSWER("5")}, 3, 0},
    {"chatter and twice",
     10,
     {ANSWER("chatter"), ANSWER("twice"), ANSWER("1"), ANSWER("chatter"), ANSWER("2")},
     1,
     13},
    {"late", 1, {NONE("late", TOOL_TIMEOUT), ANSWER("1"), ANSWER("2")}, 1, 1},
    {"wrong id", .5, {NONE("wrong id", TOOL_TIMEOUT), ANSWER("1")}, 1, 1},
    {"half a line", .3, {NONE("half", TOOL_TIMEOUT)}, 1, 0},
    {"hung", .3, {NONE("hang", TOOL_TIMEOUT), NONE("1", TOOL_TIMEOUT), NONE("2", TOOL_TIMEOUT)}, 1, 0},
    {"talks", .3, {NONE("talks", TOOL_TIMEOUT)}, 1, 1},
    {"dies", 10, {NONE("die", TOOL_GONE), ANSWER("1"), NONE("die", TOOL_GONE), ANSWER("2")}, 4, 0},
    {"a gigabyte", 10, {NONE("long", TOOL_MALFORMED), ANSWER("1")}, 2, 0},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

static void every_kind_of_server(void **state) {
    (void)state;
    run_scenarios(scenarios, SCENARIOS, TOOL_MCP);
}

/* A server that does not answer three times in a row is started again. */
static void started_again(void **state) {
    (void)state;
    const char *const command[] = {self, "child", "hung", NULL};
    ToolSpec spec = {.kind = TOOL_PROGRAM,
                     .name = "p",
                     .n_arguments = 1,
                     .argument = {"q"},
                     .command = command,
                     .protocol = TOOL_MCP,
                     .timeout_s = .15,
                     .may_start = true};
    Err err;
    Tool *tool;
    ToolAnswer answer;
    ToolCall hang = {{text("hang")}}, well = {{text("1")}};
    assert_int_equal(tool_open(&tool, &spec, &err), OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tool_call(tool, &hang, &answer, &err), OK);
        assert_int_equal(answer.reason, TOOL_TIMEOUT);
    }
    for (int i = 0; i < 20 && answer.reason != TOOL_ANSWERED;
         i++) {           /* on a busy machine .15 s may be too short */
        tool_begin(tool); /* else what follows three lost calls is not asked */
        assert_int_equal(tool_call(tool, &well, &answer, &err), OK);
    }
    assert_int_equal(answer.reason, TOOL_ANSWERED);
    assert_true(tool_counts(tool)->starts >= 2);
    tool_close(tool);
}

static void servers_that_do_not_fit(void **state) {
    (void)state;
    static const struct {
        const char *mode, *call, *argument, *wrong; /* NULL: it fits */
    } cases[] = {{"modern", "say", "q", NULL},
                 {"two tools", "say", "q", NULL},
                 {"pages", "say", "q", NULL},
                 {"pages", NULL, "q", "the MCP server has 2 tools"},
                 {"echo", NULL, "q", "no MCP server: initialize: not supported"},
                 {"two tools", NULL, "q", "the MCP server has 2 tools"},
                 {"no tools", "say", "q", "has no tool 'say' (it has 1)"},
                 {"modern", NULL, "x", "'say' has no argument 'x'"},
                 {"wants more", NULL, "q", "requires an argument 'p'"},
                 {"lists", NULL, "q", "neither a text nor a number"},
                 {"exits at once", NULL, "q",
                  "no MCP server: server/discover: it ended (exit status 3; its stderr ends: no licence)"}};
    Err err;
    Tool *tool;
    int descriptors = count_entries("/proc/self/fd"), tasks = count_threads();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const command[] = {self, "child", cases[i].mode, NULL};
        ToolSpec spec = {.kind = TOOL_PROGRAM,
                         .name = "p",
                         .n_arguments = 1,
                         .argument = {cases[i].argument},
                         .command = command,
                         .protocol = TOOL_MCP,
                         .call = cases[i].call,
                         .may_start = true};
        Status status = tool_open(&tool, &spec, &err);
        if (!cases[i].wrong && status != OK) fail_msg("%s: %s", cases[i].mode, err.msg);
        if (cases[i].wrong && (status != ERR_INPUT || !strstr(err.msg, cases[i].wrong)))
            fail_msg("%s: status %d: '%s' lacks '%s'", cases[i].mode, (int)status,
                     status == OK ? "" : err.msg, cases[i].wrong);
        tool_close(tool);
    }
    nothing_is_left(descriptors, tasks);
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "child")) return child(argv[2]);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind_of_server),
                                       cmocka_unit_test(started_again),
                                       cmocka_unit_test(servers_that_do_not_fit)};
    return cmocka_run_group_tests_name("mcp", tests, NULL, NULL);
}
