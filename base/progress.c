#include "base/progress.h"

#include <stdarg.h>
#include <stdio.h>

static void send(const ProgressSink *sink, int64_t step, bool warning, const char *format, va_list args) {
    if (!sink || !sink->update) return;
    char text[1200];
    vsnprintf(text, sizeof text, format, args);
    Progress progress = {.step = step, .note = text, .warning = warning};
    sink->update(sink->user, &progress);
}

void run_note(const ProgressSink *sink, int64_t step, const char *format, ...) {
    va_list args;
    va_start(args, format);
    send(sink, step, false, format, args);
    va_end(args);
}

void run_warn(const ProgressSink *sink, int64_t step, const char *format, ...) {
    va_list args;
    va_start(args, format);
    send(sink, step, true, format, args);
    va_end(args);
}
