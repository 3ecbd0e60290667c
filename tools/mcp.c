#include "tools/mcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "tools/mcp_schema.h"

#define MODERN    "2026-07-28"
#define LEGACY    "2025-11-25"
#define SILENCE_S 1.0 /* without an answer to server/discover, at most half of the time that is left */

enum { MESSAGE_BYTES_MAX = 1 << 22, PAGES_MAX = 100 };

/* ---- messages ---- */

static Status send_message(Child *p, json_t *message, double deadline_s, ChildEnd *end, Err *err) {
    char *text;
    TRY(json_take_text(message, JSON_COMPACT, "a request", &text, err));
    size_t size = strlen(text);
    text[size] = '\n'; /* in the place of its NUL */
    *end = child_send(p, text, size + 1, MESSAGE_BYTES_MAX + 1, deadline_s);
    free(text);
    return *end == CHILD_NO_MEMORY ? err_set(err, ERR_NOMEM, "no memory for a program's answer") : OK;
}

static json_t *client_info(void) { return json_pack("{s:s, s:s}", "name", "rote", "version", "1"); }

/* A request of this client; takes params. Its id is mcp->id. */
static Status send_request(Mcp *mcp, Child *p, const char *method, json_t *params, double deadline_s,
                           ChildEnd *end, Err *err) {
    if (!mcp->legacy || !mcp->known)
        json_object_set_new(params, "_meta",
                            json_pack("{s:s, s:{}, s:o}", "io.modelcontextprotocol/protocolVersion", MODERN,
                                      "io.modelcontextprotocol/clientCapabilities",
                                      "io.modelcontextprotocol/clientInfo", client_info()));
    json_t *message = json_pack("{s:s, s:I, s:s, s:o}", "jsonrpc", "2.0", "id", ++mcp->id, "method", method,
                                "params", params);
    return send_message(p, message, deadline_s, end, err);
}

static Status send_notification(Child *p, const char *method, json_t *params, double deadline_s,
                                ChildEnd *end, Err *err) {
    json_t *message = json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params);
    return send_message(p, message, deadline_s, end, err);
}

/* The server asks something: it is told that this client is there, and can do nothing else. */
static Status answer_server(Child *p, const json_t *request, double deadline_s, Err *err) {
    ChildEnd end;
    json_t *id = json_object_get(request, "id");
    const char *method = json_string_value(json_object_get(request, "method"));
    json_t *answer = !strcmp(method, "ping")
                         ? json_pack("{s:s, s:O, s:{}}", "jsonrpc", "2.0", "id", id, "result")
                         : json_pack("{s:s, s:O, s:{s:i, s:s}}", "jsonrpc", "2.0", "id", id, "error", "code",
                                     -32601, "message", "not supported");
    return send_message(p, answer, deadline_s, &end, err); /* where that fails, so does what comes next */
}

/* Waits for the answer to one of this client's requests from..mcp->id; what else comes is passed over.
 *   end   CHILD_OK: *out is the answer, to be released. Else *out is NULL. */
static Status receive(Mcp *mcp, Child *p, json_int_t from, double deadline_s, json_t **out, ChildEnd *end,
                      Err *err) {
    *out = NULL;
    for (;;) {
        ToolText line;
        json_int_t id;
        json_t *message = NULL;
        *end = child_line(p, MESSAGE_BYTES_MAX, deadline_s, &line);
        if (*end == CHILD_NO_MEMORY) return err_set(err, ERR_NOMEM, "no memory for a program's answer");
        if (*end != CHILD_OK) return OK;
        Err why;
        Status status = json_read(line.bytes, line.size, 0, "a message", &message, &why);
        if (status == ERR_NOMEM) return err_set(err, status, "%s", why.msg);
        bool is_answer = json_object_get(message, "result") || json_object_get(message, "error");
        if (is_answer && json_whole(json_object_get(message, "id"), from, mcp->id, &id)) {
            *out = message;
            return OK;
        }
        bool is_said = json_is_string(json_object_get(message, "method"));
        bool of_start = is_answer && json_whole(json_object_get(message, "id"), 1, mcp->start_id, &id);
        if (!is_said && !of_start) ++*mcp->strays; /* two probes may be answered where one was needed */
        status = OK;
        if (is_said && json_object_get(message, "id")) status = answer_server(p, message, deadline_s, err);
        json_decref(message);
        TRY(status);
        if (clock_s() >= deadline_s) { /* one that never stops to talk */
            *end = CHILD_TIMEOUT;
            return OK;
        }
    }
}

static Status exchange(Mcp *mcp, Child *p, const char *method, json_t *params, double deadline_s,
                       json_t **out, ChildEnd *end, Err *err) {
    *out = NULL;
    TRY(send_request(mcp, p, method, params, deadline_s, end, err));
    return *end == CHILD_OK ? receive(mcp, p, mcp->id, deadline_s, out, end, err) : OK;
}

/* ---- the start ---- */

static const char *error_text(const json_t *answer) {
    const char *text = json_string_value(json_object_get(json_object_get(answer, "error"), "message"));
    return text ? text : "no message";
}

static Status not_answered(const char *method, ChildEnd end, Err *err) {
    const char *how = end == CHILD_TIMEOUT ? "no answer in time"
                      : end == CHILD_ENDED ? "it ended"
                                           : "too long a line";
    return err_set(err, ERR_INPUT, "no MCP server: %s: %s", method, how);
}

static bool is_modern(const json_t *answer) {
    const json_t *versions = json_object_get(json_object_get(answer, "result"), "supportedVersions");
    for (size_t i = 0; i < json_array_size(versions); i++) {
        const char *version = json_string_value(json_array_get(versions, i));
        if (version && !strcmp(version, MODERN)) return true;
    }
    return false;
}

/* initialize. A slow server may answer server/discover only now. */
static Status initialize(Mcp *mcp, Child *p, json_int_t discover, double deadline_s, Err *err) {
    ChildEnd end;
    json_t *answer = NULL;
    json_t *params =
        json_pack("{s:s, s:{}, s:o}", "protocolVersion", LEGACY, "capabilities", "clientInfo", client_info());
    mcp->known = mcp->legacy = true;
    TRY(send_request(mcp, p, "initialize", params, deadline_s, &end, err));
    json_int_t own = mcp->id, id = 0;
    while (end == CHILD_OK) {
        TRY(receive(mcp, p, discover ? discover : own, deadline_s, &answer, &end, err));
        json_whole(json_object_get(answer, "id"), 0, own, &id);
        if (end != CHILD_OK || id == own) break;
        mcp->legacy = !is_modern(answer);
        json_decref(answer);
        if (!mcp->legacy) return OK; /* its answer to initialize will be passed over */
    }
    if (end != CHILD_OK) return not_answered("initialize", end, err);
    bool well = json_is_object(json_object_get(answer, "result"));
    if (!well) (void)err_set(err, ERR_INPUT, "no MCP server: initialize: %s", error_text(answer));
    json_decref(answer);
    if (!well) return ERR_INPUT;
    TRY(send_notification(p, "notifications/initialized", json_object(), deadline_s, &end, err));
    return end == CHILD_OK ? OK : not_answered("notifications/initialized", end, err);
}

static Status find_revision(Mcp *mcp, Child *p, double deadline_s, Err *err) {
    ChildEnd end;
    json_t *answer = NULL;
    double now_s = clock_s(), half_s = (deadline_s - now_s) / 2;
    double probe_s = now_s + (half_s < SILENCE_S ? half_s : SILENCE_S);
    if (mcp->known) return mcp->legacy ? initialize(mcp, p, 0, deadline_s, err) : OK;
    TRY(exchange(mcp, p, "server/discover", json_object(), probe_s, &answer, &end, err));
    bool modern = is_modern(answer);
    json_decref(answer);
    mcp->known = modern;
    if (modern) return OK;
    if (end != CHILD_OK && end != CHILD_TIMEOUT) return not_answered("server/discover", end, err);
    Status status = initialize(mcp, p, end == CHILD_TIMEOUT ? mcp->id : 0, deadline_s, err);
    if (status != OK) mcp->known = false;
    return status;
}

/* Looks for the tool on one page of tools/list. *n: tools so far; *found: a copy of its entry. */
static Status look_at_page(const ToolSpec *spec, const json_t *result, size_t *n, json_t **found, Err *err) {
    const json_t *tools = json_object_get(result, "tools");
    if (!json_is_array(tools)) return err_set(err, ERR_INPUT, "no MCP server: tools/list: no tools");
    *n += json_array_size(tools);
    for (size_t i = 0; i < json_array_size(tools) && !*found; i++) {
        json_t *tool = json_array_get(tools, i);
        const char *name = json_string_value(json_object_get(tool, "name"));
        if (name && (!spec->call || !strcmp(name, spec->call))) *found = json_incref(tool);
    }
    return OK;
}

/* Its pages, until the tool is found; without a name, to their end: it must be the only one. */
static Status list_tools(Mcp *mcp, Child *p, const ToolSpec *spec, double deadline_s, size_t *n,
                         json_t **found, Err *err) {
    json_t *params = json_object();
    for (int page = 0; page < PAGES_MAX; page++) {
        ChildEnd end;
        json_t *answer;
        TRY(exchange(mcp, p, "tools/list", params, deadline_s, &answer, &end, err));
        if (end != CHILD_OK) return not_answered("tools/list", end, err);
        json_t *result = json_object_get(answer, "result"), *cursor = json_object_get(result, "nextCursor");
        Status status = result ? look_at_page(spec, result, n, found, err)
                               : err_set(err, ERR_INPUT, "no MCP server: tools/list: %s", error_text(answer));
        bool more = status == OK && json_is_string(cursor) && !(spec->call && *found);
        params = more ? json_pack("{s:O}", "cursor", cursor) : NULL;
        json_decref(answer);
        TRY(status);
        if (!more) return OK;
    }
    json_decref(params);
    return err_set(err, ERR_INPUT, "no MCP server: tools/list has more than %d pages", PAGES_MAX);
}

static Status find_tool(Mcp *mcp, Child *p, const ToolSpec *spec, double deadline_s, Err *err) {
    size_t n = 0;
    json_t *tool = NULL;
    Status status = list_tools(mcp, p, spec, deadline_s, &n, &tool, err);
    if (status == OK && !tool)
        status = err_set(err, ERR_INPUT, "the MCP server has no tool '%s' (it has %zu)",
                         spec->call ? spec->call : "", n);
    if (status == OK && !spec->call && n > 1)
        status = err_set(err, ERR_INPUT, "the MCP server has %zu tools; name the one to call", n);
    if (status == OK) {
        free(mcp->tool);
        mcp->tool = strdup(json_string_value(json_object_get(tool, "name")));
        status = mcp->tool ? mcp_schema_read(tool, spec, mcp->type, err)
                           : err_set(err, ERR_NOMEM, "no memory for a name");
    }
    json_decref(tool);
    return status;
}

Status mcp_start(Mcp *mcp, Child *p, const ToolSpec *spec, double deadline_s, Err *err) {
    mcp->start_id = INT64_MAX; /* until it is known */
    TRY(find_revision(mcp, p, deadline_s, err));
    if (!mcp->tool) TRY(find_tool(mcp, p, spec, deadline_s, err));
    mcp->start_id = mcp->id;
    return OK;
}

const char *mcp_revision(const Mcp *mcp) { return mcp->legacy ? LEGACY : MODERN; }

void mcp_free(Mcp *mcp) {
    free(mcp->tool);
    mcp->tool = NULL;
}

/* ---- a call ---- */

/* The one text of a result's content; NULL: there is none, or more than one block. */
static const char *only_text(const json_t *result) {
    const json_t *content = json_object_get(result, "content"), *block = json_array_get(content, 0);
    const char *type = json_string_value(json_object_get(block, "type"));
    if (json_array_size(content) != 1 || !type || strcmp(type, "text") != 0) return NULL;
    return json_string_value(json_object_get(block, "text"));
}

static void take_text(const char *text, Reply *out) {
    size_t size = strlen(text);
    if (size > TOOL_ANSWER_BYTES_MAX) reply_none(out, TOOL_MALFORMED, "an answer of %zu bytes", size);
    else bytes_add(&out->text, text, size);
}

/* A number or truth value as JSON writes it; a string without its quotes. */
static Status take_scalar(json_t *value, Reply *out, Err *err) {
    char *text;
    if (json_is_string(value)) {
        take_text(json_string_value(value), out);
        return OK;
    }
    TRY(json_take_text(json_incref(value), JSON_ENCODE_ANY, "an answer", &text, err));
    take_text(text, out);
    free(text);
    return OK;
}

static Status take_result(const json_t *answer, Reply *out, Err *err) {
    const json_t *result = json_object_get(answer, "result");
    json_t *scalar = json_object_get(result, "structuredContent");
    const char *type = json_string_value(json_object_get(result, "resultType")), *text = only_text(result);
    if (!json_is_object(result)) {
        reply_none(out, TOOL_FAILED, "%s", error_text(answer));
    } else if (json_object_get(result, "resultType") && (!type || strcmp(type, "complete") != 0)) {
        reply_none(out, TOOL_FAILED, "resultType %s", type ? type : "is no text");
    } else if (json_is_true(json_object_get(result, "isError"))) {
        reply_none(out, TOOL_FAILED, "%s", text ? text : "isError");
    } else if (scalar && !json_is_object(scalar) && !json_is_array(scalar) && !json_is_null(scalar)) {
        return take_scalar(scalar, out, err);
    } else if (text) {
        take_text(text, out);
    } else {
        reply_none(out, TOOL_MALFORMED, "neither one text nor a scalar");
    }
    return OK;
}

static void take_end(ChildEnd end, Reply *out) {
    switch (end) {
    case CHILD_OK:
    case CHILD_NO_MEMORY: break;
    case CHILD_TIMEOUT: reply_none(out, TOOL_TIMEOUT, "no answer in time"); break;
    case CHILD_ENDED: reply_none(out, TOOL_GONE, "it ended"); break;
    case CHILD_TOO_LONG:
        reply_none(out, TOOL_MALFORMED, "a line of more than %d bytes", MESSAGE_BYTES_MAX);
        break;
    }
}

Status mcp_call(Mcp *mcp, Child *p, const ToolSpec *spec, const ToolCall *call, double deadline_s, Reply *out,
                Err *err) {
    ChildEnd end, cancelled;
    json_t *arguments, *answer = NULL;
    TRY(mcp_schema_arguments(&arguments, spec, mcp->type, call, err));
    if (!arguments) {
        reply_none(out, TOOL_REFUSED, "an argument is not of the type that the MCP tool wants");
        return OK;
    }
    json_t *params = json_pack("{s:s, s:o}", "name", mcp->tool, "arguments", arguments);
    TRY(send_request(mcp, p, "tools/call", params, deadline_s, &end, err));
    bool sent = end == CHILD_OK;
    if (end == CHILD_OK) TRY(receive(mcp, p, mcp->id, deadline_s, &answer, &end, err));
    if (end == CHILD_TIMEOUT && sent) {
        params = json_pack("{s:I, s:s}", "requestId", mcp->id, "reason", "timeout");
        TRY(send_notification(p, "notifications/cancelled", params, clock_s(), &cancelled, err));
    }
    take_end(end, out);
    Status status = end == CHILD_OK ? take_result(answer, out, err) : OK;
    json_decref(answer);
    return status;
}
