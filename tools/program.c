#include "tools/program.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tools/child.h"
#include "tools/lines.h"
#include "tools/mcp.h"

#define TIMEOUT_S 10.0 /* by default */
#define START_S   10.0 /* at least, for a first start */
/* A server that answers none of so many calls in a row is taken for hung. */
enum { TIMEOUTS_MAX = 3 };

struct Program {
    const ToolSpec *spec;
    ToolCounts *counts;
    double timeout_s;
    Child child;
    bool runs;
    bool has_run;   /* a start has worked: from now on a failing one is a call's, not the run's */
    uint64_t asked; /* calls since its last start */
    int timeouts;   /* in a row */
    Mcp mcp;
};

static void stop(Program *p) {
    child_stop(&p->child);
    p->runs = false;
}

/* Of a start that failed; how a program that ended did so is the most that is known. */
static Status give_up(Program *p, Status status, Err *err) {
    char how[256];
    bool ended = p->child.ended;
    stop(p);
    child_describe(&p->child, how, sizeof how);
    return ended && status == ERR_INPUT ? err_set(err, status, "%s (%s)", err->msg, how) : status;
}

static Status start(Program *p, double deadline_s, Err *err) {
    child_free(&p->child);
    TRY(child_start(&p->child, p->spec->command, err));
    p->counts->starts++;
    p->runs = true;
    p->asked = 0;
    p->timeouts = 0;
    if (p->spec->protocol == TOOL_MCP) {
        Status status = mcp_start(&p->mcp, &p->child, p->spec, deadline_s, err);
        if (status != OK) return give_up(p, status, err);
    }
    p->has_run = true;
    return OK;
}

static Status check(const ToolSpec *spec, Err *err) {
    if (!spec->command || !spec->command[0] || !*spec->command[0])
        return err_set(err, ERR_INPUT, "a program needs a command");
    if (spec->timeout_s != 0 && !(spec->timeout_s >= 0.001 && spec->timeout_s <= 3600))
        return err_set(err, ERR_INPUT, "a timeout of %g s is not between 0.001 and 3600", spec->timeout_s);
    if (!spec->may_start && !spec->tape)
        return err_set(err, ERR_INPUT, "a program is started only with --allow-program: %s",
                       spec->command[0]);
    return spec->protocol == TOOL_LINES ? lines_check(spec, err) : OK;
}

Status program_open(Program **out, const ToolSpec *spec, ToolCounts *counts, Err *err) {
    *out = NULL;
    TRY(check(spec, err));
    Program *p = calloc(1, sizeof *p);
    if (!p) return err_set(err, ERR_NOMEM, "no memory for a program");
    *p = (Program){.spec = spec,
                   .counts = counts,
                   .timeout_s = spec->timeout_s != 0 ? spec->timeout_s : TIMEOUT_S,
                   .child = {.input = -1, .output = -1, .log = -1},
                   .mcp = {.strays = &counts->strays}};
    Status status = OK;
    if (!spec->tape) status = start(p, clock_s() + (p->timeout_s > START_S ? p->timeout_s : START_S), err);
    if (status == OK) *out = p;
    else program_close(p);
    return status;
}

/* One question to the running program; *again: it must be started again before the next one. */
static Status ask(Program *p, const ToolCall *call, double deadline_s, Reply *out, bool *again, Err *err) {
    bool first = p->asked++ == 0;
    if (p->spec->protocol == TOOL_LINES) {
        TRY(lines_call(&p->child, p->spec, call, first, deadline_s, out, &p->counts->strays, err));
        *again = out->reason == TOOL_TIMEOUT || out->reason == TOOL_GONE || out->reason == TOOL_MALFORMED;
    } else {
        TRY(mcp_call(&p->mcp, &p->child, p->spec, call, deadline_s, out, err));
        p->timeouts = out->reason == TOOL_TIMEOUT ? p->timeouts + 1 : 0;
        *again = p->child.lost || p->timeouts >= TIMEOUTS_MAX || out->reason == TOOL_GONE;
    }
    return OK;
}

/* Whether what runs can be asked: it has neither ended nor, with `lines`, said a line that nobody asked for. */
static bool is_ready(Program *p) {
    if (!p->runs) return false;
    if (!child_speaks(&p->child, 0)) return true;
    bool spoke = p->child.read.size > p->child.taken;
    if (p->spec->protocol == TOOL_LINES && spoke) p->counts->strays++;
    return p->spec->protocol == TOOL_MCP && !p->child.ended;
}

/* Starts it where it does not run. A failing start is this call's, unless none has ever worked. */
static Status get_ready(Program *p, double *deadline_s, Reply *out, Err *err) {
    if (is_ready(p)) return OK;
    stop(p);
    if (!p->has_run) {
        TRY(start(p, clock_s() + (p->timeout_s > START_S ? p->timeout_s : START_S), err));
        *deadline_s = clock_s() + p->timeout_s;
        return OK;
    }
    Err why;
    Status status = start(p, *deadline_s, &why);
    if (status == ERR_NOMEM) return err_set(err, status, "%s", why.msg);
    if (status != OK) reply_none(out, TOOL_GONE, "it cannot be started again: %.400s", why.msg);
    return OK;
}

Status program_call(Program *p, const ToolCall *call, Reply *out, Err *err) {
    double deadline_s = clock_s() + p->timeout_s;
    bool again = false;
    /* One that ends after each answer, or after n, is asked once more when it was found dead; if it dies of the
     * question itself, that shows at once. */
    for (int attempt = 0; attempt < 2; attempt++) {
        TRY(get_ready(p, &deadline_s, out, err));
        if (out->reason != TOOL_ANSWERED) return OK;
        bool had_answered = p->asked > 0;
        TRY(ask(p, call, deadline_s, out, &again, err));
        if (!again) return OK;
        stop(p);
        if (out->reason != TOOL_GONE) return OK;
        char how[256];
        child_describe(&p->child, how, sizeof how);
        if (!had_answered || attempt) {
            char why[64];
            snprintf(why, sizeof why, "%.60s", out->why);
            reply_none(out, TOOL_GONE, "%s: %s", why, how);
            return OK;
        }
        *out = (Reply){.text = out->text};
        out->text.size = 0;
    }
    return OK;
}

void program_describe(const Program *p, char *out, size_t size) {
    if (p->spec->protocol == TOOL_LINES) snprintf(out, size, "lines");
    else if (!p->mcp.tool) snprintf(out, size, "mcp");
    else snprintf(out, size, "mcp %s, tool '%s'", mcp_revision(&p->mcp), p->mcp.tool);
}

void program_close(Program *p) {
    if (!p) return;
    child_free(&p->child);
    mcp_free(&p->mcp);
    free(p);
}
