/* A text in which tools are called by tokens (data/call_text.h), while it is said: token by token, and where a call
 * ends its result is put in. It knows no model. */
#ifndef ROTE_EVAL_TOOLS_TOKEN_TEXT_H
#define ROTE_EVAL_TOOLS_TOKEN_TEXT_H

#include "data/call_text.h"
#include "eval/tools/tool_set.h"

/* Answers a call. Writes the symbols of the result, at most `room`, and returns how many; TOOL_NONE: there is none.
 *   tokens, piece  the arguments are pieces of tokens; piece NULL: what was said is no call */
typedef int TokenResult(void *user, int tool, const int32_t *tokens, const Piece *piece, int32_t *result,
                        int room);

typedef struct TokenText {
    CallMarks marks;
    const ToolSet *set;
    TokenResult *answer;
    void *user;
    int32_t *input; /* (room) BOS, then what is read */
    int n, room;    /* tokens in input */
    bool open;      /* a call is being said: */
    int tool;       /* whose */
    int said;       /* where it begins in input, behind its mark */
    int made[TOOLS_MAX];
} TokenText;

/* A text of at most `room` tokens, BOS included; all else must outlive its use. ERR_NOMEM. Free with
 * token_text_free, after an error too. */
Status token_text_create(TokenText *out, const ToolSet *set, int room, TokenResult *answer, void *user,
                         Err *err);
void token_text_free(TokenText *t);
/* A new text, of BOS alone. The caller may add tokens to it before anything is said, within its room. */
void token_text_begin(TokenText *t);

typedef enum TokenSaid {
    SAID_FACT, /* a token of the fact */
    SAID_CALL, /* one of a call, which is not complete */
    SAID_ASKED /* the last one of a call: its result and <back> are now in the text, as far as there is room */
} TokenSaid;

/* Adds a token; there is room (CHECK). The tool is not asked more often than max_calls: then the result is none. */
TokenSaid token_text_say(TokenText *t, int32_t token);

#endif
