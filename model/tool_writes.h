/* What is written at each row of one sequence, from the calls that the model makes there. Symbol j of the result of a
 * call at row t is written at row t + j: row t predicts the first symbol of the answer. TOOL_END follows behind the
 * last one. A call without result writes TOOL_NONE at row t and nothing behind it. As long as a result is being written
 * no call counts. From the row of TOOL_END on the next may: there its result takes the place of TOOL_END, as answers
 * of adjacent values need it.
 *
 * For a decoder (tool_writes_step is a DecoderTool), and for full passes: the rows of gpt_tool_choices in order. */
#ifndef ROTE_MODEL_TOOL_WRITES_H
#define ROTE_MODEL_TOOL_WRITES_H

#include <stdint.h>

#include "base/err.h"
#include "model/batch.h"

/* Answers a call. Writes the symbols of the result, at most `room` of them (there are no more rows), and returns how
 * many; TOOL_NONE: there is no result.
 *   position, call, place   as in DecoderTool (model/decode.h); call is 1 .. n */
typedef int ToolResult(void *user, int position, int call, const int32_t *place, int32_t *result, int room);

typedef struct ToolWrites {
    int length;           /* rows there is room for */
    int position;         /* rows that were asked for */
    const int *max_calls; /* of each tool, in one sequence: max_calls[i] is that of call i + 1 */
    ToolResult *answer;
    void *user;
    int32_t *written; /* (length) */
    int32_t *caller;  /* (length) the row of the call whose result is written there; -1: nothing is written */
    int32_t *called;  /* (length) the call that was answered at that row, 1 .. n; 0: none */
} ToolWrites;

/* max_calls, answer and user must outlive its use. ERR_NOMEM. Free with tool_writes_free. */
Status tool_writes_create(ToolWrites *out, int length, const int *max_calls, ToolResult *answer, void *user,
                          Err *err);
void tool_writes_free(ToolWrites *writes);

/* What is written at row `position`. Rows come in order from 0. An earlier row than the next one goes back to it: what
 * calls from there on wrote is forgotten, what earlier calls wrote stays. */
int32_t tool_writes_step(void *writes, int position, int call, const int32_t *place);

#endif
