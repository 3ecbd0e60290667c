#include "data/import/json_line.h"

#include <string.h>

#include "base/json.h"

/* Brackets that are told apart while a value is skipped; deeper ones are only counted. */
enum { NESTING_TOLD = 4096 };

typedef struct Scanner {
    const Rows *rows;
    char *at, *end; /* what is not read yet, of the line */
} Scanner;

static Status wrong(const Scanner *s, const char *at, const char *what, Err *err) {
    return err_set(err, s->rows->bad, "%s:%d: column %td: %s", s->rows->path, s->rows->row_line,
                   at - s->rows->field[0].data + 1, what);
}

static Status cut_off(const Scanner *s, Err *err) {
    return wrong(s, s->end, "the line ends inside the object; one object a line is needed", err);
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_plain(char c) { /* of numbers and words: what JSON has, and what other programs write */
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.' || c == '_';
}

/* The next character that is no blank; 0: the line ends. */
static char peek(Scanner *s) {
    while (s->at < s->end && is_blank(*s->at)) s->at++;
    return s->at < s->end ? *s->at : '\0';
}

/* From a quote to behind the closing one; *out: the string with its quotes. */
static Status skip_string(Scanner *s, Text *out, Err *err) {
    char *from = s->at++;
    while (s->at < s->end && *s->at != '"') s->at += 1 + (*s->at == '\\');
    if (s->at >= s->end) return wrong(s, from, "a quote is opened here and never closed", err);
    s->at++;
    *out = (Text){from, (size_t)(s->at - from)};
    return OK;
}

/* A list or an object, from its first bracket to behind its last. No recursion: nesting may be as deep as the line is
 * long. */
static Status skip_nested(Scanner *s, Err *err) {
    unsigned char object[NESTING_TOLD / 8] = {0}; /* bit d: the bracket at depth d is that of an object */
    size_t depth = 0;
    Text string;
    do {
        char c = peek(s);
        if (!c) return cut_off(s, err);
        if (c == '"') {
            TRY(skip_string(s, &string, err));
            continue;
        }
        if (c == '{' || c == '[') {
            unsigned char bit = (unsigned char)(1u << depth % 8);
            if (depth < NESTING_TOLD)
                object[depth / 8] = (unsigned char)((object[depth / 8] & ~bit) | (c == '{' ? bit : 0));
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
            if (depth < NESTING_TOLD && (object[depth / 8] >> depth % 8 & 1) != (c == '}'))
                return wrong(s, s->at, "this bracket closes one of the other kind", err);
        } else if (!is_plain(c) && c != ',' && c != ':') {
            return wrong(s, s->at, "malformed JSON", err);
        }
        s->at++;
    } while (depth > 0);
    return OK;
}

/* *out: the value as it is written. */
static Status skip_value(Scanner *s, Text *out, Err *err) {
    char c = peek(s), *from = s->at;
    if (!c) return cut_off(s, err);
    if (c == '"') return skip_string(s, out, err);
    if (c == '{' || c == '[') {
        TRY(skip_nested(s, err));
    } else {
        while (s->at < s->end && is_plain(*s->at)) s->at++;
        if (s->at == from) return wrong(s, from, "a value is missing here", err);
    }
    *out = (Text){from, (size_t)(s->at - from)};
    return OK;
}

/* Whether a string with its quotes is its own text: nothing to unescape, and surely UTF-8. */
static bool is_simple(Text string) {
    for (size_t i = 1; i + 1 < string.size; i++) {
        unsigned char c = (unsigned char)string.data[i];
        if (c < ' ' || c > '~' || c == '\\') return false;
    }
    return true;
}

/* Replaces a string with its quotes by its text, in place: that is shorter. */
static Status unquote(const Scanner *s, Text *string, Err *err) {
    Text inner = {string->data + 1, string->size - 2};
    if (!is_simple(*string)) {
        json_error_t why;
        json_ran_out();
        json_t *value =
            json_loadb(string->data, string->size, JSON_DECODE_ANY, &why); /* `why` has the column */
        if (json_ran_out()) {
            json_decref(value);
            return err_set(err, ERR_NOMEM, "%s: no memory to read it", s->rows->path);
        }
        if (!value) {
            char text[200];
            text_escape(text, sizeof text, (Text){why.text, strlen(why.text)});
            bool nul = json_error_code(&why) == json_error_null_character;
            return wrong(s, string->data + (why.position > 0 ? why.position - 1 : 0),
                         nul ? "\\u0000 in a string; texts have no NUL" : text, err);
        }
        inner.size = json_string_length(value);
        memcpy(inner.data, json_string_value(value), inner.size);
        json_decref(value);
    }
    *string = inner;
    return OK;
}

/* -0.50e+3 */
static bool is_number(Text t) {
    const char *c = t.data, *end = t.data + t.size;
    if (c < end && *c == '-') c++;
    const char *first = c;
    while (c < end && *c >= '0' && *c <= '9') c++;
    if (c == first || (*first == '0' && c > first + 1)) return false;
    if (c < end && *c == '.') {
        const char *point = c++;
        while (c < end && *c >= '0' && *c <= '9') c++;
        if (c == point + 1) return false;
    }
    if (c < end && (*c == 'e' || *c == 'E')) {
        if (++c < end && (*c == '+' || *c == '-')) c++;
        first = c;
        while (c < end && *c >= '0' && *c <= '9') c++;
        if (c == first) return false;
    }
    return c == end;
}

static Status take(const Scanner *s, const char *name, Text value, JsonField *out, Err *err) {
    const char *is = NULL;
    if (out->null || out->text.data) is = "occurs twice; keep one";
    else if (*value.data == '[') is = "is a list; write it as a text, in quotes, or choose another field";
    else if (*value.data == '{') is = "is an object; write it as a text, in quotes, or choose another field";
    else if (text_is(value, "null")) out->null = true;
    else if (*value.data == '"' || is_number(value) || text_is(value, "true") || text_is(value, "false"))
        out->text = value;
    else is = "is neither a text nor a number, true or false; write it as a text, in quotes";
    if (!is) return *value.data == '"' ? unquote(s, &out->text, err) : OK;
    char shown[40];
    text_escape(shown, sizeof shown, (Text){(char *)(uintptr_t)name, strlen(name)});
    return err_set(err, s->rows->bad, "%s:%d: field '%s' %s", s->rows->path, s->rows->row_line, shown, is);
}

/* Which of the names a key with its quotes is, as it is or as it is shown; n: none. A key that cannot be unescaped is
 * none. */
static Status find_name(const Scanner *s, Text key, const char *const *name, int n, int *out, Err *err) {
    Text text = {key.data + 1, key.size - 2};
    Err why;
    if (memchr(key.data, '\\', key.size)) {
        Status status = unquote(s, &key, &why);
        if (status == ERR_NOMEM) return err_set(err, status, "%s", why.msg);
        if (status == OK) text = key;
    }
    for (*out = 0; *out < n && !text_is(text, name[*out]) && !text_spelled(text, name[*out]); ++*out) {
    }
    return OK;
}

static Status not_an_object(Scanner *s, char first, Err *err) {
    const char *what = first == '['
                           ? "a JSON array; one object a line is needed, which jq -c '.[]' FILE makes of it"
                           : "not a JSON object; one object a line is needed";
    return err_set(err, s->rows->bad, "%s:%d: %s", s->rows->path, s->rows->row_line, what);
}

Status json_line_read(const Rows *rows, const char *const *name, int n, JsonField *out, Err *err) {
    Scanner s = {rows, rows->field[0].data, rows->field[0].data + rows->field[0].size};
    for (int i = 0; i < n; i++) out[i] = (JsonField){0};
    char c = peek(&s);
    if (c != '{') return not_an_object(&s, c, err);
    s.at++;
    bool empty = peek(&s) == '}';
    while (!empty) {
        Text key = {0}, value = {0};
        int which;
        c = peek(&s);
        if (!c) return cut_off(&s, err);
        if (c != '"') return wrong(&s, s.at, "a name in quotes is missing here", err);
        TRY(skip_string(&s, &key, err));
        c = peek(&s);
        if (!c) return cut_off(&s, err);
        if (c != ':') return wrong(&s, s.at, "a ':' is missing here", err);
        s.at++;
        TRY(skip_value(&s, &value, err));
        TRY(find_name(&s, key, name, n, &which, err));
        if (which < n) TRY(take(&s, name[which], value, &out[which], err));
        c = peek(&s);
        if (!c) return cut_off(&s, err);
        if (c == '}') break;
        if (c != ',') return wrong(&s, s.at, "a ',' or '}' is missing here", err);
        s.at++;
    }
    s.at++;
    return peek(&s) ? wrong(&s, s.at, "text behind the object; one object a line is needed", err) : OK;
}
