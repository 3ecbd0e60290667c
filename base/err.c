#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message may quote a text with line ends. */
static void make_one_line(char *msg) {
    for (; *msg; msg++)
        if (*msg == '\n' || *msg == '\r') *msg = ' ';
}

Status err_set(Err *err, Status status, const char *format, ...) {
    if (err) {
        char msg[sizeof err->msg]; /* the arguments may point into err */
        va_list args;
        va_start(args, format);
        vsnprintf(msg, sizeof msg, format, args);
        va_end(args);
        make_one_line(msg);
        snprintf(err->msg, sizeof err->msg, "%s", msg);
        err->status = status;
    }
    return status;
}

void err_prefix(Err *err, const char *format, ...) {
    if (!err) return;
    char head[sizeof err->msg], tail[sizeof err->msg];
    va_list args;
    va_start(args, format);
    vsnprintf(head, sizeof head, format, args);
    va_end(args);
    make_one_line(head);
    snprintf(tail, sizeof tail, "%s", err->msg);
    size_t used = strlen(head), max = sizeof err->msg - 1;
    if (used > max) used = max;
    memcpy(err->msg, head, used);
    size_t rest = strlen(tail);
    if (rest > max - used) rest = max - used;
    memcpy(err->msg + used, tail, rest);
    err->msg[used + rest] = '\0';
}

_Noreturn void check_failed(const char *file, int line, const char *condition) {
    fprintf(stderr, "rote: %s:%d: check failed: %s (this is a bug in rote)\n", file, line, condition);
    abort();
}
