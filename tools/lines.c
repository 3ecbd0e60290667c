#include "tools/lines.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

#define FIRST_PAUSE_S 0.2 /* in which a banner's line and the answer behind it have both come */

/* The next piece of a template: text, or the number of an argument. */
typedef struct Piece {
    ToolText text;
    int argument; /* -1: the text */
    bool wrong;   /* text is a name that is none of an argument, or an open brace */
} Piece;

static int argument_named(const ToolSpec *spec, ToolText name) {
    for (int i = 0; i < spec->n_arguments; i++)
        if (strlen(spec->argument[i]) == name.size && !memcmp(spec->argument[i], name.bytes, name.size))
            return i;
    return -1;
}

/* false: the template ends. */
static bool next_piece(const ToolSpec *spec, const char **at, Piece *out) {
    const char *p = *at;
    if (!*p) return false;
    *out = (Piece){.text = {p, strcspn(p, "{")}, .argument = -1};
    if (out->text.size) {
        *at = p + out->text.size;
    } else if (p[1] == '{') {
        out->text.size = 1;
        *at = p + 2;
    } else {
        out->text = (ToolText){p + 1, strcspn(p + 1, "}")};
        out->argument = argument_named(spec, out->text);
        out->wrong = out->argument < 0;
        *at = p + 1 + out->text.size;
        if (**at) ++*at;
        else out->wrong = true;
    }
    return true;
}

Status lines_check(const ToolSpec *spec, Err *err) {
    bool used[TOOL_ARGUMENTS_MAX] = {false};
    Piece piece;
    if (!spec->ask)
        return err_set(err, ERR_INPUT, "the protocol `lines` needs `ask`, such as \"{a}{op}{b}\"");
    if (strpbrk(spec->ask, "\r\n")) return err_set(err, ERR_INPUT, "`ask` is more than one line");
    for (const char *at = spec->ask; next_piece(spec, &at, &piece);) {
        if (piece.wrong)
            return err_set(err, ERR_INPUT, "`ask`: {%.*s} is none of the arguments (a brace is written {{)",
                           (int)piece.text.size, piece.text.bytes);
        if (piece.argument >= 0) used[piece.argument] = true;
    }
    for (int i = 0; i < spec->n_arguments; i++)
        if (!used[i])
            return err_set(err, ERR_INPUT, "`ask` does not use the argument {%s}", spec->argument[i]);
    return OK;
}

static bool compose(const ToolSpec *spec, const ToolCall *call, Bytes *line) {
    Piece piece;
    for (const char *at = spec->ask; next_piece(spec, &at, &piece);) {
        ToolText text = piece.argument < 0 ? piece.text : call->argument[piece.argument];
        bytes_add(line, text.bytes, text.size);
    }
    bool one_line =
        !line->size || (!memchr(line->data, '\n', line->size) && !memchr(line->data, '\r', line->size));
    bytes_byte(line, '\n');
    return one_line;
}

static void take_answer(Child *p, ToolText line, bool first, Reply *out, uint64_t *strays) {
    if (!utf8_text(line.bytes, line.size)) reply_none(out, TOOL_MALFORMED, "the line is not UTF-8 text");
    else if (!line.size) reply_none(out, TOOL_MISSING, "an empty line");
    else bytes_add(&out->text, line.bytes, line.size);
    if (child_speaks(p, first ? clock_s() + FIRST_PAUSE_S : 0) && p->read.size > p->taken) {
        ++*strays;
        reply_none(out, TOOL_MALFORMED, "more than one line; which one answers is unknown");
    }
}

static Status take_end(Child *p, ChildEnd end, ToolText line, Reply *out, Err *err) {
    switch (end) {
    case CHILD_OK: break;
    case CHILD_TIMEOUT:
        reply_none(out, TOOL_TIMEOUT,
                   p->read.size > p->taken ? "half a line, and no more in time" : "no answer in time");
        break;
    case CHILD_ENDED: reply_none(out, TOOL_GONE, line.size ? "it ended in half a line" : "it ended"); break;
    case CHILD_TOO_LONG:
        reply_none(out, TOOL_MALFORMED, "a line of more than %d bytes", TOOL_ANSWER_BYTES_MAX);
        break;
    case CHILD_NO_MEMORY: return err_set(err, ERR_NOMEM, "no memory for a program's answer");
    }
    return OK;
}

Status lines_call(Child *p, const ToolSpec *spec, const ToolCall *call, bool first, double deadline_s,
                  Reply *out, uint64_t *strays, Err *err) {
    Bytes question = {0};
    ToolText line = {NULL, 0};
    ChildEnd end = CHILD_NO_MEMORY;
    bool one_line = compose(spec, call, &question);
    if (!one_line) {
        bytes_free(&question);
        reply_none(out, TOOL_REFUSED, "an argument holds a line end");
        return OK;
    }
    if (!question.failed)
        end = child_send(p, question.data, question.size, TOOL_ANSWER_BYTES_MAX + 1, deadline_s);
    bytes_free(&question);
    if (end == CHILD_OK) end = child_line(p, TOOL_ANSWER_BYTES_MAX, deadline_s, &line);
    if (end != CHILD_OK) return take_end(p, end, line, out, err);
    take_answer(p, line, first, out, strays);
    return OK;
}
