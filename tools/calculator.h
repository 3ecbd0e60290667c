/* Exact integers of any length: sum, difference, product, comparison. */
#ifndef ROTE_TOOLS_CALCULATOR_H
#define ROTE_TOOLS_CALCULATOR_H

#include "tools/reply.h"

/* Answers a call of 3 arguments (number, operation, number), or of 1 that holds all three; see TOOL_CALCULATOR.
 * Leading zeros are read and never written; neither is "-0". TOOL_REFUSED: anything else. ERR_NOMEM. */
Status calculator_call(const ToolCall *call, int n_arguments, Reply *out, Err *err);

#endif
