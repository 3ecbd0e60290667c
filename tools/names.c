/* The words of tools/tool.h. */
#include "tools/tool.h"

const char *const tool_reason_name[TOOL_REASONS] = {"answered", "missing", "refused",  "failed",
                                                    "timeout",  "gone",    "malformed"};
const char *const tool_kind_name[TOOL_KIND_COUNT] = {"calculator", "store", "program"};
const char *const tool_protocol_name[TOOL_PROTOCOLS] = {"lines", "mcp"};
