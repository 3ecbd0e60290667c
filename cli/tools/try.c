/* rote tools try: speaks to a program as a tool layer would, and says what it answers and how fast. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "cli/tools/reasons.h"
#include "tools/tool.h"

enum { CALLS_MAX = 1000, WITH_SEPARATOR = '\x1f' };

typedef struct Job {
    ToolSpec spec;
    char *with; /* a copy of the values of --with, cut into names and values */
    int n;      /* calls */
    ToolCall call[CALLS_MAX];
    ToolAnswer first[CALLS_MAX]; /* of each call, in the first round; copies */
    int64_t repeat;
    int differ;     /* calls that had another answer later */
    double start_s; /* until the first call was answered */
    int n_times;
    double *time_s; /* of all calls after the first round */
} Job;

/* ---- what to ask ---- */

static int argument_index(const ToolSpec *spec, const char *name) {
    for (int i = 0; i < spec->n_arguments; i++)
        if (!strcmp(spec->argument[i], name)) return i;
    return -1;
}

/* "a=12": the first call's words name the arguments; a name that comes again begins the next call. */
static Status take_word(Job *job, char *word, bool given[TOOL_ARGUMENTS_MAX], Err *err) {
    char *equals = strchr(word, '=');
    if (!equals || equals == word)
        return err_set(err, ERR_INPUT, "tools try: --with '%s': not NAME=VALUE", word);
    *equals = '\0';
    int k = argument_index(&job->spec, word);
    if (k >= 0 && given[k]) {
        for (int i = 0; i < job->spec.n_arguments; i++)
            if (!given[i])
                return err_set(err, ERR_INPUT, "tools try: call %d lacks %s=", job->n, job->spec.argument[i]);
        if (job->n == CALLS_MAX) return err_set(err, ERR_INPUT, "tools try: more than %d calls", CALLS_MAX);
        memset(given, 0, TOOL_ARGUMENTS_MAX * sizeof *given);
        job->n++;
    }
    if (k < 0 && job->n > 1)
        return err_set(err, ERR_INPUT, "tools try: the first call has no argument '%s'", word);
    if (k < 0 && job->spec.n_arguments == TOOL_ARGUMENTS_MAX)
        return err_set(err, ERR_INPUT, "tools try: more than %d arguments", TOOL_ARGUMENTS_MAX);
    if (k < 0) job->spec.argument[k = job->spec.n_arguments++] = word;
    given[k] = true;
    job->call[job->n - 1].argument[k] = (ToolText){equals + 1, strlen(equals + 1)};
    return OK;
}

static Status take_calls(Job *job, const Args *args, Err *err) {
    const char *with = args_value(args, "with"), *ask = args_value(args, "ask");
    bool given[TOOL_ARGUMENTS_MAX] = {false};
    job->n = 1;
    if (!with && ask) { /* the line itself */
        job->spec.n_arguments = 1;
        job->spec.argument[0] = "line";
        job->spec.ask = "{line}";
        job->call[0].argument[0] = (ToolText){ask, strlen(ask)};
        return OK;
    }
    if (!with)
        return err_set(err, ERR_INPUT, "tools try: nothing to ask; add --ask LINE, or --with NAME=VALUE");
    job->with = strdup(with);
    if (!job->with) return err_set(err, ERR_NOMEM, "no memory for the calls");
    for (char *word = job->with, *end; word; word = end) {
        end = strchr(word, WITH_SEPARATOR);
        if (end) *end++ = '\0';
        TRY(take_word(job, word, given, err));
    }
    for (int i = 0; i < job->spec.n_arguments; i++)
        if (!given[i])
            return err_set(err, ERR_INPUT, "tools try: call %d lacks %s=", job->n, job->spec.argument[i]);
    return OK;
}

static Status take_options(Job *job, const Args *args, Err *err) {
    const char *protocol = args_value(args, "protocol"), *tool = args_value(args, "tool");
    bool mcp = protocol && !strcmp(protocol, "mcp");
    job->spec = (ToolSpec){.kind = TOOL_PROGRAM,
                           .name = args->words[0],
                           .command = args->words,
                           .protocol = mcp ? TOOL_MCP : TOOL_LINES,
                           .ask = args_value(args, "ask"),
                           .call = tool,
                           .may_start = true};
    if (protocol && !mcp && strcmp(protocol, "lines") != 0)
        return err_set(err, ERR_INPUT, "tools try: --protocol: '%s', allowed: lines, mcp", protocol);
    if (mcp && job->spec.ask)
        return err_set(err, ERR_INPUT,
                       "tools try: --ask is for the protocol lines; an MCP tool has --with NAME=VALUE");
    if (!mcp && tool) return err_set(err, ERR_INPUT, "tools try: --tool is for --protocol mcp");
    if (!mcp && !job->spec.ask)
        return err_set(err, ERR_INPUT,
                       "tools try: --ask is missing: the line to send, such as \"{a}{op}{b}\"");
    TRY(args_real(args, "timeout", 0.001, 3600, &job->spec.timeout_s, err));
    job->repeat = 10;
    TRY(args_int(args, "repeat", 1, 100000, &job->repeat, err));
    return take_calls(job, args, err);
}

/* ---- asking ---- */

static Status keep_first(Job *job, int i, const ToolAnswer *answer, Err *err) {
    char *text = malloc(answer->text.size + 1), *why = strdup(answer->why);
    if (!text || !why) {
        free(text);
        free(why);
        return err_set(err, ERR_NOMEM, "no memory for an answer");
    }
    memcpy(text, answer->text.bytes, answer->text.size);
    job->first[i] = (ToolAnswer){answer->reason, {text, answer->text.size}, why};
    return OK;
}

static bool same_answer(const ToolAnswer *a, const ToolAnswer *b) {
    return a->reason == b->reason && a->text.size == b->text.size &&
           !memcmp(a->text.bytes, b->text.bytes, a->text.size);
}

/* Each call by itself, so that each one has its own time and its own chance. */
static Status ask_all(Job *job, Tool *tool, double opened_s, Err *err) {
    bool differs[CALLS_MAX] = {false};
    for (int64_t round = 0; round <= job->repeat; round++)
        for (int i = 0; i < job->n; i++) {
            ToolAnswer answer;
            if (stop_requested) return err_set(err, ERR_STOPPED, "tools try: stopped");
            double from_s = clock_s();
            tool_begin(tool);
            TRY(tool_call(tool, &job->call[i], &answer, err));
            double now_s = clock_s();
            if (!round && !i) job->start_s = now_s - opened_s;
            if (round) job->time_s[job->n_times++] = now_s - from_s;
            if (!round) TRY(keep_first(job, i, &answer, err));
            else if (!same_answer(&job->first[i], &answer)) differs[i] = true;
        }
    for (int i = 0; i < job->n; i++) job->differ += differs[i];
    return OK;
}

/* ---- telling ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_s(const Job *job) { return job->time_s[(job->n_times - 1) / 2]; }
static double worst_s(const Job *job) { return job->time_s[job->n_times - 1]; }

static json_t *string_of(ToolText text) { return json_stringn(text.size ? text.bytes : "", text.size); }

static Status tell_json(const Job *job, const Tool *tool, const char *how, Err *err) {
    const ToolCounts *counts = tool_counts(tool);
    json_t *calls = json_array();
    for (int i = 0; i < job->n; i++) {
        json_t *call = json_object(), *arguments = json_object();
        for (int k = 0; k < job->spec.n_arguments; k++)
            json_object_set_new(arguments, job->spec.argument[k], string_of(job->call[i].argument[k]));
        json_object_set_new(call, "arguments", arguments);
        json_object_set_new(call, "reason", json_string(tool_reason_name[job->first[i].reason]));
        if (job->first[i].reason == TOOL_ANSWERED)
            json_object_set_new(call, "answer", string_of(job->first[i].text));
        else json_object_set_new(call, "why", json_string(job->first[i].why));
        json_array_append_new(calls, call);
    }
    return json_out(json_pack("{ss so so sI sI si sf sf sf}", "protocol", how, "calls", calls, "reasons",
                              reasons_json(counts), "starts", (json_int_t)counts->starts, "strays",
                              (json_int_t)counts->strays, "differing_calls", job->differ, "start_s",
                              job->start_s, "median_s", median_s(job), "worst_s", worst_s(job)),
                    err);
}

static void tell_call(const Job *job, int i) {
    const ToolAnswer *answer = &job->first[i];
    for (int k = 0; k < job->spec.n_arguments; k++) {
        const char *name = job->spec.argument[k];
        printf("%s%s=", k ? " " : "", name);
        text_write(stdout, (Text){(char *)job->call[i].argument[k].bytes, job->call[i].argument[k].size});
    }
    printf("  ->  ");
    if (answer->reason == TOOL_ANSWERED) {
        text_write(stdout, (Text){(char *)answer->text.bytes, answer->text.size});
    } else {
        printf("none (%s)%s", tool_reason_name[answer->reason], *answer->why ? ": " : "");
        text_show_message(stdout, answer->why);
    }
    putchar('\n');
}

static void tell(const Job *job, const Tool *tool, const char *how) {
    const ToolCounts *counts = tool_counts(tool);
    text_show_message(stdout, how);
    putchar('\n');
    for (int i = 0; i < job->n; i++) tell_call(job, i);
    printf("\n%s calls: ", show_int((int64_t)job->n * (job->repeat + 1)));
    reasons_print(counts);
    printf("\nstart %.1f ms with the first answer; then median %.3f ms, worst %.3f ms a call\n",
           1e3 * job->start_s, 1e3 * median_s(job), 1e3 * worst_s(job));
    if (counts->starts > 1) printf("started %s times\n", show_int((int64_t)counts->starts));
    if (counts->strays)
        printf("%s line%s that answered no call\n", show_int((int64_t)counts->strays),
               plural((int64_t)counts->strays));
    if (job->differ)
        printf("%d call%s had different answers: a run keeps the first one\n", job->differ,
               plural(job->differ));
}

static Status try_program(Job *job, const Args *args, Err *err) {
    Tool *tool;
    char how[256];
    TRY(take_options(job, args, err));
    job->time_s = calloc((size_t)job->n * (size_t)job->repeat, sizeof *job->time_s);
    if (!job->time_s) return err_set(err, ERR_NOMEM, "no memory for %d calls", job->n);
    double opened_s = clock_s();
    Status status = tool_open(&tool, &job->spec, err);
    if (status != OK) {
        err_prefix(err, "tools try: ");
        return status;
    }
    status = ask_all(job, tool, opened_s, err);
    if (status == OK) {
        qsort(job->time_s, (size_t)job->n_times, sizeof *job->time_s, by_size);
        tool_describe(tool, how, sizeof how);
        if (args_has(args, "json")) status = tell_json(job, tool, how, err);
        else tell(job, tool, how);
    }
    if (status == OK && !tool_counts(tool)->reason[TOOL_ANSWERED])
        status = err_set(err, ERR_IO, "tools try: %s answered no call", args->words[0]);
    tool_close(tool);
    return status;
}

static Status cmd_try(const Args *args, Err *err) {
    signals_catch();
    Job *job = calloc(1, sizeof *job);
    if (!job) return err_set(err, ERR_NOMEM, "no memory for the calls");
    Status status = try_program(job, args, err);
    for (int i = 0; i < job->n; i++) {
        free((char *)job->first[i].text.bytes);
        free((char *)job->first[i].why);
    }
    free(job->time_s);
    free(job->with);
    free(job);
    return status;
}

static const Option try_options[] = {
    OPTION("ask", "LINE", "the line to send; {NAME} stands for what --with gives"),
    OPTION_LIST("with", "NAME=VALUE",
                "an argument; may be repeated: a name that comes again begins the next call", WITH_SEPARATOR),
    OPTION("protocol", "lines|mcp", "the protocol of the program (default: lines)"),
    OPTION("tool", "NAME", "which of an MCP server's tools (default: its only one)"),
    OPTION("timeout", "S", "seconds that one call may take (default: 10)"),
    OPTION("repeat", "N", "how often all calls are repeated, to measure their times (default: 10)"),
    JSON_OPTION,
    END_OPTION,
};

const Command tools_try_command = {
    .name = "tools try",
    .words = "-- COMMAND [ARGUMENT...]",
    .min_words = 1,
    .max_words = ARGS_WORDS_MAX,
    .summary = "speaks to a program as a tool layer would: what it answers, and how fast",
    .options = try_options,
    .run = cmd_try,
};
