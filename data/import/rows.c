#include "data/import/rows.h"
#include <string.h>

/* NUL bytes and long lines are found before any field is looked at. */
static Status check_lines(const Rows *rows, Err *err) {
    int32_t line = 1;
    for (const char *p = rows->at; p < rows->end; line++) {
        const char *newline = memchr(p, '\n', (size_t)(rows->end - p));
        size_t length = (size_t)((newline ? newline : rows->end) - p);
        const char *nul = memchr(p, '\0', length);
        if (nul)
            return err_set(
                err, rows->bad,
                "%s:%d: NUL byte in column %td; the file must be text in UTF-8 or another encoding "
                "without NUL bytes",
                rows->path, line, nul - p + 1);
        if (length > rows->max_line)
            return err_set(err, rows->bad, "%s:%d: a line of %zu bytes, at most %zu are possible", rows->path,
                           line, length, rows->max_line);
        p += length + 1;
    }
    return OK;
}

Status rows_open(Rows *rows, Buffer *buffer, Err *err) {
    TRY(file_read(rows->path, rows->max_bytes, buffer, err));
    rows->at = buffer->data;
    rows->end = buffer->data + buffer->size;
    rows->line = 1;
    if (buffer->size >= 3 && memcmp(buffer->data, "\xef\xbb\xbf", 3) == 0) rows->at += 3;
    if (rows->at == rows->end) return err_set(err, rows->bad, "%s: the file is empty", rows->path);
    return check_lines(rows, err);
}

bool rows_line(Rows *rows) {
    while (rows->at < rows->end) {
        char *from = rows->at, *newline = memchr(from, '\n', (size_t)(rows->end - from));
        size_t length = (size_t)((newline ? newline : rows->end) - from);
        rows->at = newline ? newline + 1 : rows->end;
        rows->row_line = rows->line++;
        if (length && from[length - 1] == '\r') length--;
        if (!length) continue;
        rows->field[0] = (Text){from, length};
        rows->n_fields = 1;
        return true;
    }
    return false;
}

static Status add_field(Rows *rows, Text field, Err *err) {
    if (rows->n_fields == ROW_FIELDS_MAX)
        return err_set(err, rows->bad, "%s:%d: more than %d fields", rows->path, rows->row_line,
                       ROW_FIELDS_MAX);
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
        TRY(add_field(rows, (Text){rest.data, size}, err));
        if (!tab) return OK;
        rest = (Text){tab + 1, rest.size - size - 1};
    }
}

/* Bytes of the line end at p: 0 inside a line, also at the end of the file. */
static size_t line_end(const char *p, const char *end) {
    if (p < end && *p == '\n') return 1;
    return end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
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
            if (rows->at == rows->end || *rows->at != '"') break;
            rows->at++;
        }
        rows->line += c == '\n';
        field.data[field.size++] = c; /* behind at: unescaping shortens */
    }
    if (rows->at < rows->end && *rows->at != ',' && !line_end(rows->at, rows->end))
        return err_set(err, rows->bad,
                       "%s:%d: text after a closing quote; a quote inside a quoted field is written twice",
                       rows->path, rows->line);
    return add_field(rows, field, err);
}

static Status plain_field(Rows *rows, Err *err) {
    Text field = {rows->at, 0};
    for (; rows->at < rows->end && *rows->at != ',' && !line_end(rows->at, rows->end);
         rows->at++, field.size++) {
        if (*rows->at == '"')
            return err_set(
                err, rows->bad,
                "%s:%d: a quote inside a field that has none around it; put the field in quotes and write "
                "the quote twice",
                rows->path, rows->line);
        if (*rows->at == '\r')
            return err_set(
                err, rows->bad,
                "%s:%d: a carriage return without a line feed; end lines with LF or CRLF, or put the field "
                "in quotes",
                rows->path, rows->line);
    }
    return add_field(rows, field, err);
}

Status rows_csv(Rows *rows, bool *more, Err *err) {
    size_t newline;
    while ((newline = line_end(rows->at, rows->end)) > 0) {
        rows->at += newline;
        rows->line++;
    }
    *more = rows->at < rows->end;
    if (!*more) return OK;
    rows->row_line = rows->line;
    rows->n_fields = 0;
    for (;;) {
        bool quoted = rows->at < rows->end && *rows->at == '"';
        TRY(quoted ? quoted_field(rows, err) : plain_field(rows, err));
        if (rows->at < rows->end && *rows->at == ',') {
            rows->at++;
            continue;
        }
        newline = line_end(rows->at, rows->end);
        rows->at += newline;
        rows->line += newline > 0;
        return OK;
    }
}
