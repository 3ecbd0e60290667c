#include "cli/creativity/texts_file.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/lines.h"

enum { TEXTS_BYTES_MAX = 1 << 30 };

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }

/* At most one word for every two bytes, and one text for every byte. */
static Status split(Texts *out, const char *data, size_t size, Err *err) {
    int64_t *start = malloc((size + 2) * sizeof *start), words = 0;
    int32_t *token = malloc((size / 2 + 2) * sizeof *token);
    *out = (Texts){0, start, token};
    if (!start || !token) return err_set(err, ERR_NOMEM, "no memory for the words of %zu bytes", size);
    start[0] = 0;
    for (Lines lines = lines_of(data); lines_next(&lines);) {
        const char *at = lines.line, *end = at + lines.size;
        while (at < end) {
            while (at < end && is_blank(*at)) at++;
            const char *word = at;
            while (at < end && !is_blank(*at)) at++;
            if (at > word) token[words++] = (int32_t)(XXH3_64bits(word, (size_t)(at - word)) >> 33);
        }
        if (words > start[out->n]) start[++out->n] = words;
    }
    return OK;
}

Status texts_read(const char *path, Texts *out, Err *err) {
    Buffer file;
    *out = (Texts){0};
    TRY(lines_read(path, TEXTS_BYTES_MAX, &file, err));
    Status status = split(out, file.data, file.size, err);
    if (status == OK && !out->n) status = err_set(err, ERR_INPUT, "%s: contains no text", path);
    buffer_free(&file);
    return status;
}
