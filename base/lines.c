#include "base/lines.h"

#include <string.h>

Lines lines_of(const char *text) {
    bool marked = strncmp(text, "\xef\xbb\xbf", 3) == 0;
    return (Lines){.next = text + (marked ? 3 : 0)};
}

bool lines_next(Lines *lines) {
    const char *at = lines->next;
    if (!*at) return false;
    lines->line = at;
    lines->size = strcspn(at, "\r\n");
    lines->number++;
    at += lines->size;
    lines->ended = *at != '\0';
    if (lines->ended) at += at[0] == '\r' && at[1] == '\n' ? 2 : 1;
    lines->next = at;
    return true;
}

Status lines_read(const char *path, size_t max_bytes, Buffer *out, Err *err) {
    TRY(file_read_stream(path, max_bytes, out, err));
    if (strlen(out->data) == out->size) return OK;
    Lines lines = lines_of(out->data);
    while (lines_next(&lines)) {
    }
    Status status =
        err_set(err, ERR_INPUT, "%s:%d: contains a NUL byte", file_is_stdin(path) ? STDIN_NAME : path,
                lines.number + (lines.number == 0 || lines.ended));
    buffer_free(out);
    return status;
}
