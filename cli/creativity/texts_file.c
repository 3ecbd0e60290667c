#include "cli/creativity/texts_file.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/file.h"

enum { TEXTS_BYTES_MAX = 1 << 30 };

static bool is_end(char c) { return c == '\n' || c == '\r' || c == '\0'; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }

/* At most one word for every two bytes, and one text for every byte. */
static Status split(Texts *out, const char *data, size_t size, Err *err) {
    int64_t *start = malloc((size + 2) * sizeof *start), words = 0;
    int32_t *token = malloc((size / 2 + 2) * sizeof *token);
    *out = (Texts){0, start, token};
    if (!start || !token) return err_set(err, ERR_NOMEM, "no memory for the words of %zu bytes", size);
    start[0] = 0;
    for (const char *at = data; *at; at++) {
        while (is_blank(*at)) at++;
        const char *word = at;
        while (!is_end(*at) && !is_blank(*at)) at++;
        if (at > word) token[words++] = (int32_t)(XXH3_64bits(word, (size_t)(at - word)) >> 33);
        if (is_end(*at) && words > start[out->n]) start[++out->n] = words;
        if (!*at) break;
    }
    return OK;
}

Status texts_read(const char *path, Texts *out, Err *err) {
    Buffer file;
    *out = (Texts){0};
    TRY(file_read_stream(path, TEXTS_BYTES_MAX, &file, err));
    Status status = OK;
    if (strlen(file.data) != file.size) status = err_set(err, ERR_INPUT, "%s: contains a NUL byte", path);
    else status = split(out, file.data, file.size, err);
    if (status == OK && !out->n) status = err_set(err, ERR_INPUT, "%s: contains no text", path);
    buffer_free(&file);
    return status;
}
