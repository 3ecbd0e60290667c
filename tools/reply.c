#include "tools/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* What a program or a server says may be anything: the line stays UTF-8, and one line. */
static void clean(char *text) {
    size_t size = strlen(text), at = 0;
    for (size_t n; at < size && (n = utf8_character(text + at, size - at)) > 0; at += n)
        if ((unsigned char)text[at] < 0x20 || text[at] == 0x7f) text[at] = ' ';
    text[at] = '\0';
}

void reply_none(Reply *reply, ToolReason reason, const char *format, ...) {
    va_list arguments;
    reply->reason = reason;
    reply->text.size = 0;
    va_start(arguments, format);
    vsnprintf(reply->why, sizeof reply->why, format, arguments);
    va_end(arguments);
    clean(reply->why);
}
