/* internal to tools/: a program of the user's: when it is started, asked, given up and started again. */
#ifndef ROTE_TOOLS_PROGRAM_H
#define ROTE_TOOLS_PROGRAM_H

#include "tools/reply.h"

typedef struct Program Program;

/* As tool_open of a TOOL_PROGRAM. counts: of the tool; spec and counts must stay until program_close. Errors as
 * tool_open. */
Status program_open(Program **out, const ToolSpec *spec, ToolCounts *counts, Err *err);
/* Asks one call, which takes timeout_s + 1 s at most; a first start before it has START_S of its own.
 * ERR_INPUT: the first start failed. ERR_NOMEM. */
Status program_call(Program *program, const ToolCall *call, Reply *out, Err *err);
/* See tool_describe. */
void program_describe(const Program *program, char *out, size_t size);
/* NULL does nothing. */
void program_close(Program *program);

#endif
