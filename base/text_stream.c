#include "base/text_stream.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

struct TextStream {
    FILE *file;
    char *data;
    size_t size, capacity;
    bool failed;
};

/* Makes space for `more` bytes and the NUL. */
static bool grow(TextStream *t, size_t more) {
    if (more < t->capacity - t->size) return true;
    size_t capacity = 2 * t->capacity + more + 64;
    char *data = capacity > t->capacity ? realloc(t->data, capacity) : NULL;
    if (!data) return false;
    t->data = data;
    t->capacity = capacity;
    return true;
}

static ssize_t write_bytes(void *user, const char *bytes, size_t n) {
    TextStream *t = user;
    if (t->failed || !grow(t, n)) {
        t->failed = true;
        return 0; /* an error, which stdio records too */
    }
    memcpy(t->data + t->size, bytes, n);
    t->size += n;
    t->data[t->size] = '\0';
    return (ssize_t)n;
}

#ifdef __APPLE__
static int write_bytes_bsd(void *user, const char *bytes, int n) {
    return (int)write_bytes(user, bytes, (size_t)n) == n ? n : -1;
}
static FILE *open_stream(TextStream *t) { return funopen(t, NULL, write_bytes_bsd, NULL, NULL); }
#else
static FILE *open_stream(TextStream *t) {
    return fopencookie(t, "w", (cookie_io_functions_t){.write = write_bytes});
}
#endif

Status text_begin(TextStream **out, Err *err) {
    *out = NULL;
    TextStream *t = calloc(1, sizeof *t);
    if (t && grow(t, 1)) {
        t->data[0] = '\0';
        t->file = open_stream(t);
    }
    if (!t || !t->file) {
        text_abort(t);
        return err_set(err, ERR_NOMEM, "no memory for a text");
    }
    *out = t;
    return OK;
}

FILE *text_file(TextStream *text) { return text->file; }

Status text_end(TextStream *text, char **out, size_t *size, Err *err) {
    bool failed = ferror(text->file) != 0;
    failed = fclose(text->file) != 0 || failed || text->failed;
    text->file = NULL;
    *out = NULL;
    if (failed) {
        size_t written = text->size;
        text_abort(text);
        return err_set(err, ERR_NOMEM, "no memory for a text of more than %zu bytes", written);
    }
    *out = text->data;
    if (size) *size = text->size;
    text->data = NULL;
    text_abort(text);
    return OK;
}

void text_abort(TextStream *text) {
    if (!text) return;
    if (text->file) fclose(text->file);
    free(text->data);
    free(text);
}
