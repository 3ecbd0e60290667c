/* internal to tools/: the arguments of an MCP tool, by its inputSchema. */
#ifndef ROTE_TOOLS_MCP_SCHEMA_H
#define ROTE_TOOLS_MCP_SCHEMA_H

#include "tools/mcp.h"

/* The types of spec's arguments in an entry of tools/list. ERR_INPUT: the schema lacks one of them, requires another,
 * or wants an object or a list. */
Status mcp_schema_read(const json_t *tool, const ToolSpec *spec, McpType *type, Err *err);

/* A call's arguments as an object of these types. *out NULL: one of them is not of its type (a whole number beyond 64
 * bits is none that JSON's readers agree on). ERR_NOMEM. */
Status mcp_schema_arguments(json_t **out, const ToolSpec *spec, const McpType *type, const ToolCall *call,
                            Err *err);

#endif
