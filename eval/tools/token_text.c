#include "eval/tools/token_text.h"

#include <stdlib.h>

#include "model/batch.h"

Status token_text_create(TokenText *out, const ToolSet *set, int room, TokenResult *answer, void *user,
                         Err *err) {
    *out = (TokenText){.marks = call_marks(set->spelling->vocab, set->config->n_tools),
                       .set = set,
                       .answer = answer,
                       .user = user,
                       .input = malloc((size_t)room * sizeof *out->input),
                       .room = room};
    if (!out->input) return err_set(err, ERR_NOMEM, "no memory for a text of %d tokens", room);
    token_text_begin(out);
    return OK;
}

void token_text_free(TokenText *t) {
    free(t->input);
    t->input = NULL;
}

void token_text_begin(TokenText *t) {
    t->input[0] = 0; /* BOS */
    t->n = 1;
    t->open = false;
    for (int i = 0; i < TOOLS_MAX; i++) t->made[i] = 0;
}

static void put_result(TokenText *t) {
    const int32_t *said = t->input + t->said;
    Piece piece[TOOL_ARGS_MAX];
    int room = t->room - t->n, n = TOOL_NONE;
    bool whole = call_said(&t->marks, &t->set->args[t->tool], said, t->n - 1 - t->said, piece);
    if (t->made[t->tool]++ < t->set->max_calls[t->tool])
        n = t->answer(t->user, t->tool, said, whole ? piece : NULL, t->input + t->n, room);
    if (n > 0) t->n += n;
    if (t->n < t->room) t->input[t->n++] = t->marks.back;
}

TokenSaid token_text_say(TokenText *t, int32_t token) {
    CHECK(t->n < t->room);
    t->input[t->n++] = token;
    if (!t->open) {
        t->open = token >= t->marks.call && token < t->marks.next;
        if (!t->open) return SAID_FACT;
        t->tool = token - t->marks.call;
        t->said = t->n;
        return SAID_CALL;
    }
    if (token != t->marks.ask) return SAID_CALL;
    t->open = false;
    put_result(t);
    return SAID_ASKED;
}
