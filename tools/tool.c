#include "tools/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tools/calculator.h"
#include "tools/program.h"
#include "tools/reply.h"
#include "tools/store.h"
#include "tools/tape.h"

/* After so many calls in a row that cost a timeout or a start, the rest of a batch is not asked. */
enum { LOST_MAX = 3 };

struct Tool {
    ToolSpec spec;
    Store *store;
    Program *program;
    ToolCounts counts;
    Reply reply;
    int lost; /* calls of the batch that were lost, in a row up to the last one */
};

/* ---- opening ---- */

static Status check_arguments(const ToolSpec *spec, Err *err) {
    if (spec->n_arguments < 1 || spec->n_arguments > TOOL_ARGUMENTS_MAX)
        return err_set(err, ERR_INPUT, "%d arguments; a tool has 1 to %d", spec->n_arguments,
                       TOOL_ARGUMENTS_MAX);
    for (int i = 0; i < spec->n_arguments; i++) {
        const char *name = spec->argument[i];
        if (!name || !*name || strpbrk(name, "{} \t\r\n") || !utf8_text(name, strlen(name)))
            return err_set(err, ERR_INPUT, "argument %d has no name, or one with blanks or braces", i + 1);
        for (int j = 0; j < i; j++)
            if (!strcmp(name, spec->argument[j]))
                return err_set(err, ERR_INPUT, "two arguments have the name '%s'", name);
    }
    if (spec->kind == TOOL_CALCULATOR && spec->n_arguments != 1 && spec->n_arguments != 3)
        return err_set(err, ERR_INPUT,
                       "a calculator takes 3 arguments (number, operation, number), or 1 that holds "
                       "them, not %d",
                       spec->n_arguments);
    return OK;
}

static Status open_kind(Tool *t, Err *err) {
    TRY(check_arguments(&t->spec, err));
    switch (t->spec.kind) {
    case TOOL_STORE: return store_open(&t->store, &t->spec, err);
    case TOOL_PROGRAM: return program_open(&t->program, &t->spec, &t->counts, err);
    case TOOL_CALCULATOR:
    case TOOL_KIND_COUNT: break;
    }
    return OK;
}

Status tool_open(Tool **out, const ToolSpec *spec, Err *err) {
    *out = NULL;
    CHECK(spec->name && *spec->name);
    Tool *t = calloc(1, sizeof *t);
    if (!t) return err_set(err, ERR_NOMEM, "no memory for a tool");
    t->spec = *spec;
    Status status = open_kind(t, err);
    if (status == OK) {
        *out = t;
        return OK;
    }
    err_prefix(err, "tool %s: ", spec->name);
    tool_close(t);
    return status;
}

void tool_close(Tool *t) {
    if (!t) return;
    program_close(t->program);
    store_close(t->store);
    bytes_free(&t->reply.text);
    free(t);
}

/* ---- asking ---- */

static bool is_lost(ToolReason reason) { return reason == TOOL_TIMEOUT || reason == TOOL_GONE; }

static void set_answer(Reply *reply, const ToolAnswer *answer) {
    if (answer->reason == TOOL_ANSWERED) bytes_add(&reply->text, answer->text.bytes, answer->text.size);
    else reply_none(reply, answer->reason, "%s", answer->why);
}

/* A program's call: from the tape, or asked and put on it. */
static Status ask_program(Tool *t, const ToolCall *call, Err *err) {
    ToolTape *tape = t->spec.tape;
    ToolAnswer answer;
    int n = t->spec.n_arguments;
    if (tape && tape_find(tape, t->spec.name, call, n, &answer)) {
        set_answer(&t->reply, &answer);
        t->counts.replayed++;
        return OK;
    }
    if (!t->spec.may_start)
        return err_set(err, ERR_INPUT,
                       "a call is not on the tape (%s), so %s must be asked: add --allow-program", TAPE_NAME,
                       t->spec.command[0]);
    if (t->lost >= LOST_MAX)
        reply_none(&t->reply, TOOL_GONE, "not asked: %d calls before it were lost", LOST_MAX);
    else TRY(program_call(t->program, call, &t->reply, err));
    t->lost = is_lost(t->reply.reason) ? t->lost + 1 : 0;
    if (!tape || t->reply.text.failed) return OK;
    answer = (ToolAnswer){t->reply.reason, {(char *)t->reply.text.data, t->reply.text.size}, t->reply.why};
    return tape_add(tape, t->spec.name, call, n, &answer, err);
}

static bool is_text(const Tool *t, const ToolCall *call) {
    for (int i = 0; i < t->spec.n_arguments; i++)
        if (call->argument[i].size > TOOL_ARGUMENT_BYTES_MAX ||
            !utf8_text(call->argument[i].bytes, call->argument[i].size))
            return false;
    return true;
}

static Status ask(Tool *t, const ToolCall *call, Err *err) {
    Bytes text = t->reply.text;
    text.size = 0;
    t->reply = (Reply){.reason = TOOL_ANSWERED, .text = text};
    if (!is_text(t, call)) {
        reply_none(&t->reply, TOOL_REFUSED, "an argument is too long or not UTF-8 text");
        return OK;
    }
    switch (t->spec.kind) {
    case TOOL_CALCULATOR: return calculator_call(call, t->spec.n_arguments, &t->reply, err);
    case TOOL_STORE: return store_call(t->store, call, &t->reply, err);
    case TOOL_PROGRAM: return ask_program(t, call, err);
    case TOOL_KIND_COUNT: break;
    }
    return OK;
}

static Status answer_call(Tool *t, const ToolCall *call, ToolAnswer *out, Err *err) {
    Reply *reply = &t->reply;
    if (t->store) TRY(store_check(t->store, err));
    TRY(ask(t, call, err));
    size_t size = reply->text.size;
    bytes_byte(&reply->text, 0);
    if (reply->text.failed) return err_set(err, ERR_NOMEM, "no memory for an answer");
    t->counts.reason[reply->reason]++;
    *out = (ToolAnswer){reply->reason, {(const char *)reply->text.data, size}, reply->why};
    return OK;
}

void tool_begin(Tool *t) { t->lost = 0; }

Status tool_call(Tool *t, const ToolCall *call, ToolAnswer *answer, Err *err) {
    Status status = answer_call(t, call, answer, err);
    if (status != OK) err_prefix(err, "tool %s: ", t->spec.name);
    return status;
}

bool tool_hash(const Tool *t, char out[33]) {
    if (!t->store) return false;
    memcpy(out, store_hash(t->store), 33);
    return true;
}

void tool_describe(const Tool *t, char *out, size_t size) {
    if (t->program) program_describe(t->program, out, size);
    else snprintf(out, size, "%s", tool_kind_name[t->spec.kind]);
}

const ToolCounts *tool_counts(const Tool *t) { return &t->counts; }
