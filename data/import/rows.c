#include "data/import/rows.h"
#include <string.h>

/* Bytes of the line end at p: 0 inside a line, also at the end of the file. A NUL follows the file. */
static size_t line_end(const char *p) { return *p == '\n' ? 1 : *p == '\r' ? 1 + (p[1] == '\n') : 0; }

/* NUL bytes and long lines are found before any field is looked at. */
static Status check_lines(const Rows *rows, Err *err) {
    int32_t line = 1;
    for (const char *p = rows->at; p < rows->end; line++) {
        size_t length = strcspn(p, "\r\n");
        if (p + length < rows->end && !p[length])
            return err_set(
                err, rows->bad,
                "%s:%d: NUL byte in column %zu; the file must be text in UTF-8 or another encoding "
                "without NUL bytes",
                rows->path, line, length + 1);
        if (length > rows->max_line)
            return err_set(err, rows->bad, "%s:%d: a line of %zu bytes, at most %zu are possible", rows->path,
                           line, length, rows->max_line);
        p += length + line_end(p + length);
    }
    return OK;
}

/* Two bytes a symbol behind a mark. A table of other bytes could begin like that, but hardly with an even size. */
static bool is_utf16(const Buffer *file) {
    bool marked =
        file->size >= 2 && (memcmp(file->data, "\xff\xfe", 2) == 0 || memcmp(file->data, "\xfe\xff", 2) == 0);
    return marked && (file->size % 2 == 0 || memchr(file->data, '\0', file->size));
}

Status rows_open(Rows *rows, Buffer *buffer, Err *err) {
    TRY((rows->stream ? file_read_stream : file_read)(rows->path, rows->max_bytes, buffer, err));
    if (rows->stream && file_is_stdin(rows->path)) rows->path = STDIN_NAME;
    if (!rows->delimiter) rows->delimiter = ',';
    rows->at = buffer->data;
    rows->end = buffer->data + buffer->size;
    rows->line = 1;
    if (is_utf16(buffer))
        return err_set(
            err, rows->bad,
            "%s: its first two bytes are those of UTF-16; convert it to UTF-8 first, as with iconv -f UTF-16 -t "
            "UTF-8",
            rows->path);
    if (buffer->size >= 3 && memcmp(buffer->data, "\xef\xbb\xbf", 3) == 0) rows->at += 3;
    if (rows->at == rows->end) return err_set(err, rows->bad, "%s: the file is empty", rows->path);
    return check_lines(rows, err);
}

bool rows_line(Rows *rows) {
    while (rows->at < rows->end) {
        char *from = rows->at;
        size_t length = strcspn(from, "\r\n");
        rows->at += length + line_end(from + length);
        rows->row_line = rows->line++;
        if (!length) continue;
        rows->field[0] = (Text){from, length};
        rows->n_fields = 1;
        return true;
    }
    return false;
}

static Status add_field(Rows *rows, Text field, bool quoted, Err *err) {
    if (rows->n_fields == ROW_FIELDS_MAX)
        return err_set(err, rows->bad, "%s:%d: more than %d fields", rows->path, rows->row_line,
                       ROW_FIELDS_MAX);
    rows->quoted[rows->n_fields] = quoted;
    rows->field[rows->n_fields++] = field;
    return OK;
}

Status rows_tsv(Rows *rows, bool *more, Err *err) {
    *more = rows_line(rows);
    if (!*more) return OK;
    Text rest = rows->field[0];
    rows->n_fields = 0;
    for (;;) {
        char *tab = memchr(rest.data, '\t', rest.size);
        size_t size = tab ? (size_t)(tab - rest.data) : rest.size;
        TRY(add_field(rows, (Text){rest.data, size}, false, err));
        if (!tab) return OK;
        rest = (Text){tab + 1, rest.size - size - 1};
    }
}

/* Whether a field of CSV ends at `at`. */
static bool field_ends(const Rows *rows) {
    return rows->at == rows->end || *rows->at == rows->delimiter || line_end(rows->at);
}

static Status quoted_field(Rows *rows, Err *err) {
    int32_t opened = rows->line;
    Text field = {++rows->at, 0};
    for (;;) {
        if (rows->at == rows->end)
            return err_set(err, rows->bad, "%s:%d: a quote is opened here and never closed", rows->path,
                           opened);
        char c = *rows->at++;
        if (c == '"') {
            if (*rows->at != '"') break;
            rows->at++;
        }
        rows->line += c == '\r' || (c == '\n' && rows->at[-2] != '\r'); /* CR LF is one line end */
        field.data[field.size++] = c;                                   /* behind at: unescaping shortens */
    }
    if (!field_ends(rows))
        return err_set(err, rows->bad,
                       "%s:%d: text after a closing quote; a quote inside a quoted field is written twice",
                       rows->path, rows->line);
    return add_field(rows, field, true, err);
}

static Status plain_field(Rows *rows, Err *err) {
    Text field = {rows->at, 0};
    for (; !field_ends(rows); rows->at++, field.size++) {
        if (*rows->at != '"') continue;
        bool blanks = strspn(field.data, " ") >= field.size;
        return err_set(err, rows->bad, "%s:%d: a quote %s; %s", rows->path, rows->line,
                       blanks ? "behind a blank" : "inside a field that has none around it",
                       blanks ? "a field in quotes begins with its quote, so take the blank away"
                              : "put the field in quotes and write the quote twice");
    }
    return add_field(rows, field, false, err);
}

Status rows_csv(Rows *rows, bool *more, Err *err) {
    size_t newline;
    while (rows->at < rows->end && (newline = line_end(rows->at)) > 0) {
        rows->at += newline;
        rows->line++;
    }
    *more = rows->at < rows->end;
    if (!*more) return OK;
    rows->row_line = rows->line;
    rows->n_fields = 0;
    for (;;) {
        bool quoted = *rows->at == '"';
        TRY(quoted ? quoted_field(rows, err) : plain_field(rows, err));
        if (rows->at < rows->end && *rows->at == rows->delimiter) {
            rows->at++;
            continue;
        }
        newline = rows->at < rows->end ? line_end(rows->at) : 0;
        rows->at += newline;
        rows->line += newline > 0;
        return OK;
    }
}
