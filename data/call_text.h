/* Calls by tokens (tools.N.call: tokens): the same calls of tools as those of a stage (data/calls.h), written into the
 * text. Before an answer that a tool serves the text has
 *
 *   <call N> argument <next> argument .. <ask> result <back>
 *
 * The model says everything up to <ask>. Then the tool is asked, and its result and <back> are put into the context;
 * they are read and never asked for. A call without result has nothing between <ask> and <back>. (In-Tool Learning,
 * 2508.20755, does the same in JSON.) */
#ifndef ROTE_DATA_CALL_TEXT_H
#define ROTE_DATA_CALL_TEXT_H

#include "data/calls.h"

/* The marks: symbols behind those of the facts. */
typedef struct CallMarks {
    int n_tools;
    int32_t call; /* of tool 0; call + i is that of tool i */
    int32_t next, ask, back;
} CallMarks;

CallMarks call_marks(const Vocab *vocab, int n_tools);
enum { CALL_MARK_NAME_MAX = 24 };
/* Its name, "<call 0>"; false: it is no mark. */
bool call_mark_name(const CallMarks *marks, int32_t token, char out[CALL_MARK_NAME_MAX]);

/* What the sequences of a pool become. */
typedef struct CallText {
    const FactSet *facts;
    const CallMarks *marks;
    const ToolArgs *args; /* of each tool */
    const Spelling *spelling;
    const int32_t *tokens; /* of the pool: the facts', or others in the place of their answers */
} CallText;

/* The text of the first `end` tokens of a sequence, with the calls before them.
 *   call       of the sequence, in the order of their rows
 *   token      receives it; NULL: it is only counted
 *   is_target  whether each token is a target of training: those of calls, and those of the fact by facts_is_target.
 *              NULL: not wanted
 * Returns the number of its tokens. */
int call_text(const CallText *t, int sequence, const Call *call, int n_calls, int end, int32_t *token,
              bool *is_target);

/* The pieces of a call that was said: n tokens behind its first mark, up to <ask>, which is not among them. false: they
 * are not as many arguments as the tool takes, or one of them is empty or holds a mark.
 *   out  places in said */
bool call_said(const CallMarks *marks, const ToolArgs *args, const int32_t *said, int n,
               Piece out[TOOL_ARGS_MAX]);

#endif
