#include "data/call_text.h"

#include <string.h>

CallMarks call_marks(const Vocab *vocab, int n_tools) {
    int32_t behind = vocab->size + n_tools;
    return (CallMarks){n_tools, vocab->size, behind, behind + 1, behind + 2};
}

bool call_mark_name(const CallMarks *marks, int32_t token, char out[CALL_MARK_NAME_MAX]) {
    static const char *const names[TOOL_MARKS] = {"<next>", "<ask>", "<back>"};
    if (token < marks->call || token > marks->back) return false;
    if (token < marks->next) snprintf(out, CALL_MARK_NAME_MAX, "<call %d>", (int)(token - marks->call));
    else strcpy(out, names[token - marks->next]);
    return true;
}

/* Where the text is written; token NULL: nowhere. */
typedef struct Writer {
    int32_t *token;
    bool *is_target;
    int n;
} Writer;

static void put(Writer *w, int32_t token, bool is_target) {
    if (w->token) w->token[w->n] = token;
    if (w->is_target) w->is_target[w->n] = is_target;
    w->n++;
}

static void put_all(Writer *w, const int32_t *token, int n, bool is_target) {
    for (int i = 0; i < n; i++) put(w, token[i], is_target);
}

/* own: the tokens of the fact, which say where its arguments are; tokens: those that are written. */
static void put_call(const CallText *t, Writer *w, const int32_t *own, const int32_t *tokens,
                     const Call *call) {
    const CallMarks *marks = t->marks;
    put(w, marks->call + call->tool, true);
    for (int a = 0; a < t->args[call->tool].n; a++) {
        if (a > 0) put(w, marks->next, true);
        Piece piece = call_piece(call, &t->args[call->tool], a, own, t->spelling);
        put_all(w, tokens + piece.first, piece.n, true);
    }
    put(w, marks->ask, true);
    put_all(w, tokens + call->row, call->n_result, false);
    put(w, marks->back, false);
}

int call_text(const CallText *t, int sequence, const Call *call, int n_calls, int end, int32_t *token,
              bool *is_target) {
    Writer w = {token, is_target, 0};
    int64_t first = t->facts->start[sequence];
    for (int row = 0, c = 0; row < end; row++) {
        for (; c < n_calls && call[c].row <= row; c++)
            if (call[c].tool >= 0) put_call(t, &w, t->facts->tokens + first, t->tokens + first, &call[c]);
        put(&w, t->tokens[first + row], facts_is_target(t->facts, first + row));
    }
    return w.n;
}

bool call_said(const CallMarks *marks, const ToolArgs *args, const int32_t *said, int n,
               Piece out[TOOL_ARGS_MAX]) {
    int a = 0;
    if (args->n == 0) return n == 0;
    out[0] = (Piece){0, 0};
    for (int i = 0; i < n; i++) {
        if (said[i] < marks->call) out[a].n++;
        else if (said[i] != marks->next || ++a == args->n) return false;
        else out[a] = (Piece){i + 1, 0};
    }
    if (a + 1 != args->n) return false;
    for (; a >= 0; a--)
        if (out[a].n == 0) return false;
    return true;
}
