/* How the calls of a tool ended, counted by reason (tools/tool.h), for people and as JSON. */
#ifndef ROTE_CLI_TOOLS_REASONS_H
#define ROTE_CLI_TOOLS_REASONS_H

#include <jansson.h>

#include "tools/tool.h"

/* "900 answered, 3 missing", without those that are 0. */
void reasons_print(const ToolCounts *counts);
/* All of them: {"answered": 900, "missing": 3, "refused": 0, ..}. */
json_t *reasons_json(const ToolCounts *counts);

#endif
