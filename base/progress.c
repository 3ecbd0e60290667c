#include "base/progress.h"

#include <stdarg.h>
#include <stdio.h>

void run_note(const ProgressSink *sink, int64_t step, const char *format, ...) {
    if (!sink || !sink->update) return;
    char text[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Progress progress = {.step = step, .note = text};
    sink->update(sink->user, &progress);
}
