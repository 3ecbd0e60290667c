/* internal to tools/: the protocol `lines`: one line out, one line back. Nothing says which question a line answers, so
 * a program that has said too much or too little is to be started again. */
#ifndef ROTE_TOOLS_LINES_H
#define ROTE_TOOLS_LINES_H

#include "tools/child.h"
#include "tools/reply.h"

/* ERR_INPUT: `ask` is missing, or names what is no argument, or does not use one. */
Status lines_check(const ToolSpec *spec, Err *err);

/* Asks one call. first: the program's first since its start; its answer then gets a moment in which a second line (a
 * banner before it) shows. An empty line is TOOL_MISSING. strays: counts lines that answer nothing. ERR_NOMEM. */
Status lines_call(Child *p, const ToolSpec *spec, const ToolCall *call, bool first, double deadline_s,
                  Reply *out, uint64_t *strays, Err *err);

#endif
