/* The tools of a run, opened: a call of a model, a number and places in its input, becomes text, is asked, and the
 * answer becomes symbols again. */
#ifndef ROTE_EVAL_TOOLS_TOOL_SET_H
#define ROTE_EVAL_TOOLS_TOOL_SET_H

#include "data/calls.h"
#include "eval/tools/tool_spec.h"

/* The rows of a store that is written from facts. */
typedef enum StoreRows { ROWS_TRAINED, ROWS_ALL } StoreRows; /* without, with those held out */

typedef struct ToolSet {
    int n;
    Spelling spelling;
    ToolConfig config[TOOLS_MAX];
    ToolArgs args[TOOLS_MAX];
    int first_pointer[TOOLS_MAX + 1];
    int max_calls[TOOLS_MAX]; /* of each, in one sequence */
    Tool *tool[TOOLS_MAX];
    const char *words[TOOLS_MAX][WORD_LIST_MAX + 1]; /* of programs */
    char *text;                                      /* of a call's arguments, one after the other */
    int32_t *symbols;                                /* of an answer */
    int64_t unspelled;                               /* answers that the vocabulary cannot spell: none */
    double store_bits; /* that stores hold: sum over their rows of 8 bits for each byte of key and value. Of
                        * a user's file all its bytes */
    Status status;     /* of the first call that failed; all later ones have no result */
    Err err;
} ToolSet;

/* facts have the vocabulary; calls are theirs and make the rows of stores. Both must outlive it.
 * The set stays where it is.
 *   programs  NULL: no program is answered
 * ERR_INPUT: two facts give one key different values; a store's file is not that of file_hash; as tool_open.
 * ERR_NOMEM. Free with tool_set_close, after an error too. */
Status tool_set_open_with(ToolSet *out, const ToolConfig *tools, int n, const FactSet *facts,
                          const Calls *calls, StoreRows rows, const ToolPrograms *programs, Err *err);
/* The same with programs NULL. */
Status tool_set_open(ToolSet *out, const ToolConfig *tools, int n, const FactSet *facts, const Calls *calls,
                     StoreRows rows, Err *err);
void tool_set_close(ToolSet *set);

/* A sequence whose calls are answered. */
typedef struct ToolReader {
    ToolSet *set;
    const int32_t *tokens; /* at least as many as the row has read */
} ToolReader;

/* A ToolResult (model/tool_writes.h); user: a ToolReader. */
int tool_set_result(void *user, int position, int call, const int32_t *place, int32_t *result, int room);

/* The pieces that a call means; false: one of them means nothing. */
bool tool_set_arguments(const ToolSet *set, const int32_t *tokens, int position, int call,
                        const int32_t *place, Piece out[TOOL_ARGS_MAX]);

#endif
