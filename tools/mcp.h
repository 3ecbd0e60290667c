/* internal to tools/: the Model Context Protocol over stdio, as a client of one tool. JSON-RPC 2.0, a message a line.
 * Revision 2026-07-28 has no session: every request names its version, and the probe is server/discover. A server that
 * answers that in any other way, or not at all, is spoken to by initialize of 2025-11-25.
 * https://modelcontextprotocol.io/specification/2026-07-28 */
#ifndef ROTE_TOOLS_MCP_H
#define ROTE_TOOLS_MCP_H

#include <jansson.h>

#include "tools/child.h"
#include "tools/reply.h"

typedef enum McpType { MCP_STRING, MCP_INTEGER, MCP_NUMBER, MCP_BOOLEAN } McpType;

/* What is known of a server; kept when it is started again. Zeroed before the first start. */
typedef struct Mcp {
    bool known;          /* which revision it speaks */
    bool legacy;         /* 2025-11-25 */
    json_int_t id;       /* of the last request; never used twice, so that a late answer is seen as such */
    json_int_t start_id; /* that of the last request of a start */
    char *tool;          /* the tool's name there */
    McpType type[TOOL_ARGUMENTS_MAX];
    uint64_t *strays; /* counts messages that answer nothing */
} Mcp;

/* Finds out the revision and the tool, after child_start. ERR_INPUT: no MCP server, no such tool, or its schema wants
 * other arguments; a server that has not answered by the deadline. ERR_NOMEM. */
Status mcp_start(Mcp *mcp, Child *p, const ToolSpec *spec, double deadline_s, Err *err);

/* Asks one call. A timeout leaves a healthy server: its late answer has its own id. ERR_NOMEM. */
Status mcp_call(Mcp *mcp, Child *p, const ToolSpec *spec, const ToolCall *call, double deadline_s, Reply *out,
                Err *err);

/* Which revision it speaks, once that is known. */
const char *mcp_revision(const Mcp *mcp);

void mcp_free(Mcp *mcp);

#endif
