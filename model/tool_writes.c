#include "model/tool_writes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

Status tool_writes_create(ToolWrites *out, int length, const int *max_calls, ToolResult *answer, void *user,
                          Err *err) {
    *out = (ToolWrites){.length = length, .max_calls = max_calls, .answer = answer, .user = user};
    out->written = malloc((size_t)length * sizeof *out->written);
    out->caller = malloc((size_t)length * sizeof *out->caller);
    out->called = malloc((size_t)length * sizeof *out->called);
    if (out->written && out->caller && out->called) return OK;
    tool_writes_free(out);
    return err_set(err, ERR_NOMEM, "no memory for the results of tools in a sequence of %d tokens", length);
}

void tool_writes_free(ToolWrites *w) {
    free(w->written);
    free(w->caller);
    free(w->called);
    memset(w, 0, sizeof *w);
}

/* Forgets what calls at rows from `position` on wrote, and sets the rows that were never asked for. A call that is
 * forgotten may have taken the place of an end. */
static void go_back(ToolWrites *w, int position) {
    CHECK(position == 0 || position < w->position);
    for (int t = position; t < w->length; t++) {
        if (position > 0 && w->caller[t] < position) continue;
        bool ended = position > 0 && w->caller[t - 1] >= 0 && w->written[t - 1] >= 0;
        w->written[t] = ended ? TOOL_END : TOOL_NOTHING;
        w->caller[t] = ended ? w->caller[t - 1] : -1;
        w->called[t] = 0;
    }
    w->position = position;
}

/* Whether the tool may be called once more at that row. */
static bool may_call(const ToolWrites *w, int position, int call) {
    int n = 0;
    for (int t = 0; t < position; t++) n += w->called[t] == call;
    return n < w->max_calls[call - 1];
}

static void write_result(ToolWrites *w, int t, int call, const int32_t *place) {
    int room = w->length - t, n = w->answer(w->user, t, call, place, w->written + t, room);
    CHECK(n == TOOL_NONE || (n >= 0 && n <= room));
    if (n == TOOL_NONE) w->written[t] = TOOL_NONE;
    else if (n < room) w->written[t + n] = TOOL_END;
    w->called[t] = call;
    int rows = n == TOOL_NONE ? 1 : n < room ? n + 1 : n;
    for (int i = 0; i < rows; i++) w->caller[t + i] = t;
}

int32_t tool_writes_step(void *writes, int position, int call, const int32_t *place) {
    ToolWrites *w = writes;
    CHECK(position >= 0 && position < w->length && position <= w->position);
    if (position == 0 || position < w->position) go_back(w, position);
    bool busy = w->caller[position] >= 0 && w->written[position] != TOOL_END;
    if (!busy && call > 0 && may_call(w, position, call)) write_result(w, position, call, place);
    w->position = position + 1;
    return w->written[position];
}
