#include "base/config/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/memory.h"

/* Takes a value in quotes, *at behind the first one, into room that holds the rest of the text. */
static Status take_quoted(const char **at, char *to, const char *text, Err *err) {
    const char *c = *at;
    for (; *c && *c != '"'; c++) {
        if (*c == '\\' && (c[1] == '"' || c[1] == '\\')) c++;
        *to++ = *c;
    }
    *to = '\0';
    if (!*c)
        return err_set(
            err, ERR_INPUT,
            "'%s' has a quote without its end; a value that begins with a quote ends with one (\\\" is a "
            "quote within it)",
            quoted(text, strlen(text)).text);
    *at = ++c;
    if (*c && *c != ',')
        return err_set(err, ERR_INPUT, "'%s': a comma or the end must follow a value in quotes",
                       quoted(text, strlen(text)).text);
    return OK;
}

/* The bytes of a value in quotes, from the first to the last. */
static size_t quoted_bytes(const char *text) {
    size_t n = 1;
    while (text[n] && text[n] != '"')
        n += text[n] == '\\' && (text[n + 1] == '"' || text[n + 1] == '\\') ? 2 : 1;
    return n;
}

static Status add_value(Values *out, const char **at, const char *text, Err *err) {
    void *more = memory_one_more(out->value, (size_t)out->n, sizeof *out->value);
    if (more) out->value = more;
    bool in_quotes = **at == '"';
    size_t length = in_quotes ? quoted_bytes(*at) : strcspn(*at, ",");
    char *value = more ? malloc(length + 1) : NULL;
    if (!value) return err_set(err, ERR_NOMEM, "no memory for a list of values");
    out->value[out->n++] = value;
    if (in_quotes) {
        ++*at;
        out->quoted = true;
        return take_quoted(at, value, text, err);
    }
    memcpy(value, *at, length);
    value[length] = '\0';
    *at += length;
    return OK;
}

static Status read_all(Values *out, const char *text, Err *err) {
    for (const char *at = text;; at++) {
        const char *from = at;
        TRY(add_value(out, &at, text, err));
        if (at == from && (*at || out->n > 1))
            return err_set(err, ERR_INPUT, "an empty value in the list '%s'",
                           quoted(text, strlen(text)).text);
        if (!*at) return OK;
    }
}

Status values_read(Values *out, const char *text, Err *err) {
    Values values = {.n = 0};
    Status status = read_all(&values, text, err);
    if (status == OK) *out = values;
    else values_free(&values);
    return status;
}

void values_free(Values *values) {
    for (int i = 0; i < values->n; i++) free(values->value[i]);
    free(values->value);
    *values = (Values){.n = 0};
}

char *value_quoted(const char *value) {
    char *out = malloc(2 * strlen(value) + 3), *to = out;
    if (!out) return NULL;
    *to++ = '"';
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\') *to++ = '\\';
        *to++ = *c;
    }
    strcpy(to, "\"");
    return out;
}
