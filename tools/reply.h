/* What one kind of tool says to one call; tools/tool.c makes the answer of it. */
#ifndef ROTE_TOOLS_REPLY_H
#define ROTE_TOOLS_REPLY_H

#include "base/bytes.h"
#include "tools/tool.h"

enum { REPLY_WHY_MAX = 512 };

/* Empty (TOOL_ANSWERED, no text) before the call. Bytes that could not be added are text.failed, which the caller
 * looks at. */
typedef struct Reply {
    ToolReason reason;
    Bytes text;
    char why[REPLY_WHY_MAX];
} Reply;

/* Says that there is no answer, and why, in one line; drops the text. */
void reply_none(Reply *reply, ToolReason reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
