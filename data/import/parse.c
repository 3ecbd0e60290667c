/* What a file's lines say: which field is the prompt, which the answer, which the tag. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "data/import/parse.h"
#include "data/records.h"

enum { PROMPT, ANSWER, TAG, ROLES };
static const char *const role_name[ROLES] = {"prompt", "answer", "tag"};

/* In a vocabulary of words, texts that differ in white space only are the same text. An empty tag is none. */
static Status add(Records *out, const Rows *rows, const ImportOptions *options, const Text field[ROLES],
                  Err *err) {
    Text value[ROLES];
    for (int i = 0; i < ROLES; i++)
        value[i] = field[i].data && i != TAG && !options->bytes ? text_join_words(field[i]) : field[i];
    const char *empty = !value[ANSWER].size ? (value[PROMPT].data ? "answer" : "fact") : "prompt";
    if (!value[ANSWER].size || (value[PROMPT].data && !value[PROMPT].size))
        return err_set(err, rows->bad, "%s:%d: empty %s", rows->path, rows->row_line, empty);
    if (!value[TAG].size) value[TAG] = (Text){0};
    return records_add(out, (Record){value[PROMPT], value[ANSWER], value[TAG], rows->row_line}, err);
}

/* ---- tables: TSV and CSV ---- */

typedef struct Columns {
    int of[ROLES];   /* column of each role, or -1 */
    int least, most; /* fields a row may have */
    char expected[256];
} Columns;

static int find_column(const Rows *rows, const char *name) {
    for (int i = 0; i < rows->n_fields; i++)
        if (text_is(rows->field[i], name)) return i;
    return -1;
}

/* A first row of names: the ones asked for; else it has a field "answer", and a field "prompt" or nothing
 * besides tag. */
static bool is_header(const Rows *rows, const ImportOptions *options) {
    if (options->header == HEADER_NO) return false;
    if (options->prompt || options->answer || options->tag) return true;
    if (find_column(rows, "answer") < 0) return false;
    return find_column(rows, "prompt") >= 0 || rows->n_fields == 1 + (find_column(rows, "tag") >= 0);
}

/* The header's names, parted by commas, cut at size. */
static void list_fields(const Rows *rows, char *out, size_t size) {
    size_t used = 0;
    for (int i = 0; i < rows->n_fields && used + 8 < size; i++) {
        if (i) used += text_escape(out + used, size - used, (Text){(char[]){", "}, 2});
        used += text_escape(out + used, size - used, rows->field[i]);
    }
}

static Status columns_by_name(Columns *c, const Rows *rows, const ImportOptions *options, Err *err) {
    const char *asked[ROLES] = {options->prompt, options->answer, options->tag};
    char names[200];
    list_fields(rows, names, sizeof names);
    for (int i = 0; i < ROLES; i++) {
        const char *name = asked[i] ? asked[i] : role_name[i];
        c->of[i] = find_column(rows, name);
        if (c->of[i] < 0 && (asked[i] || i == ANSWER))
            return err_set(err, rows->bad,
                           "%s:%d: no field '%s' in the first line, which has %s (--%s names it)", rows->path,
                           rows->row_line, name, names, role_name[i]);
    }
    c->least = c->most = rows->n_fields;
    snprintf(c->expected, sizeof c->expected, "%d (%s)", rows->n_fields, names);
    return OK;
}

static void columns_by_place(Columns *c, const Rows *rows) {
    if (rows->n_fields == 1) {
        *c = (Columns){.of = {-1, 0, -1}, .least = 1, .most = 1, .expected = "1 as in the first line"};
    } else {
        *c = (Columns){.of = {0, 1, 2}, .least = 2, .most = 3, .expected = "2 or 3 (prompt, answer, tag)"};
    }
}

/* --prompt 2 --answer 4, where no line names the columns. */
static Status columns_by_number(Columns *c, const Rows *rows, const ImportOptions *options, Err *err) {
    const char *asked[ROLES] = {options->prompt, options->answer, options->tag};
    for (int i = 0; i < ROLES; i++) {
        char *end = NULL;
        long column = asked[i] ? strtol(asked[i], &end, 10) : 0;
        c->of[i] = (int)column - 1;
        if (i == ANSWER && !asked[i])
            return err_set(err, rows->bad, "%s: --no-header and no --answer: which column, as in --answer 2?",
                           rows->path);
        if (asked[i] && (*end || end == asked[i] || column < 1 || column > rows->n_fields))
            return err_set(
                err, rows->bad,
                "%s:%d: --%s '%s': without a line of names it takes the number of a column, 1 to %d",
                rows->path, rows->row_line, role_name[i], asked[i], rows->n_fields);
    }
    c->least = c->most = rows->n_fields;
    snprintf(c->expected, sizeof c->expected, "%d as in the first line", rows->n_fields);
    return OK;
}

/* header: the first row, where it is one of names. */
static void tell_columns(ImportColumns *out, const Columns *c, const Rows *header, bool named) {
    char *told[ROLES] = {out->prompt, out->answer, out->tag};
    out->header = named;
    for (int i = 0; i < ROLES; i++) {
        if (c->of[i] < 0 || c->of[i] >= header->n_fields) continue;
        char name[40];
        text_escape(name, sizeof name, header->field[c->of[i]]);
        snprintf(told[i], IMPORT_NAME_MAX, named ? "column %d (%s)" : "column %d", c->of[i] + 1, name);
    }
}

typedef Status (*NextRow)(Rows *rows, bool *more, Err *err);

static Status parse_rows(Rows *rows, NextRow next, const ImportOptions *options, Records *out,
                         ImportColumns *told, Err *err) {
    Columns columns;
    bool more, asked = options->prompt || options->answer || options->tag;
    TRY(next(rows, &more, err));
    if (!more) return OK;
    bool by_name = is_header(rows, options), named = by_name || options->header == HEADER_YES;
    if (by_name) TRY(columns_by_name(&columns, rows, options, err));
    else if (asked) TRY(columns_by_number(&columns, rows, options, err));
    else columns_by_place(&columns, rows);
    if (named && columns.most < rows->n_fields) {
        char names[200];
        list_fields(rows, names, sizeof names);
        return err_set(err, rows->bad, "%s:%d: %d columns (%s); --prompt and --answer say which", rows->path,
                       rows->row_line, rows->n_fields, names);
    }
    tell_columns(told, &columns, rows, named);
    if (named) TRY(next(rows, &more, err));
    while (more) {
        if (rows->n_fields < columns.least || rows->n_fields > columns.most)
            return err_set(err, rows->bad, "%s:%d: %d field%s, expected %s%s", rows->path, rows->row_line,
                           rows->n_fields, rows->n_fields == 1 ? "" : "s", columns.expected,
                           out->n == 0 && rows->n_fields > 3 ? "; --prompt and --answer say which" : "");
        Text field[ROLES] = {{0}};
        for (int i = 0; i < ROLES; i++)
            if (columns.of[i] >= 0 && columns.of[i] < rows->n_fields) field[i] = rows->field[columns.of[i]];
        TRY(add(out, rows, options, field, err));
        TRY(next(rows, &more, err));
    }
    return OK;
}

Status parse_tsv(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err) {
    return parse_rows(rows, rows_tsv, options, out, columns, err);
}

Status parse_csv(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err) {
    return parse_rows(rows, rows_csv, options, out, columns, err);
}

/* ---- lines of text ---- */

Status parse_text(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err) {
    if (options->prompt || options->answer || options->tag)
        return err_set(err, rows->bad,
                       "%s: lines of text have no fields to be named; choose tsv, csv or jsonl", rows->path);
    strcpy(columns->answer, "the line");
    while (rows_line(rows)) TRY(add(out, rows, options, (Text[ROLES]){[ANSWER] = rows->field[0]}, err));
    return OK;
}

/* ---- JSONL: one object a line ---- */

static Status parse_object(Rows *rows, json_t **out, Err *err) {
    json_error_t why;
    Text line = rows->field[0];
    *out = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, &why);
    if (*out && json_is_object(*out)) return OK;
    if (*out) return err_set(err, rows->bad, "%s:%d: not a JSON object", rows->path, rows->row_line);
    enum json_error_code code = json_error_code(&why);
    if (code == json_error_out_of_memory)
        return err_set(err, ERR_NOMEM, "%s: no memory to read it", rows->path);
    char text[200];
    text_escape(text, sizeof text, (Text){why.text, strlen(why.text)});
    const char *what = code == json_error_null_character ? "\\u0000 in a string; texts have no NUL" : text;
    return err_set(err, rows->bad, "%s:%d: column %d: %s", rows->path, rows->row_line, why.column, what);
}

/* Moves the object's texts into the line they came from: unescaped they are never longer, and no two share
 * bytes. */
static Status object_fields(const Rows *rows, const json_t *object, const char *const name[ROLES],
                            const bool needed[ROLES], Text field[ROLES], Err *err) {
    char *at = rows->field[0].data;
    for (int i = 0; i < ROLES; i++) {
        field[i] = (Text){0};
        const json_t *value = json_object_get(object, name[i]);
        if (json_is_null(value)) value = NULL;
        if (!value && !needed[i]) continue;
        if (!value)
            return err_set(err, rows->bad, "%s:%d: no field '%s'%s", rows->path, rows->row_line, name[i],
                           i == PROMPT ? "; all records have a prompt, or none" : " (--answer names it)");
        if (!json_is_string(value))
            return err_set(err, rows->bad, "%s:%d: field '%s' is not a string", rows->path, rows->row_line,
                           name[i]);
        field[i] = (Text){at, json_string_length(value)};
        memcpy(at, json_string_value(value), field[i].size);
        at += field[i].size;
    }
    return OK;
}

Status parse_jsonl(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err) {
    const char *name[ROLES] = {options->prompt ? options->prompt : role_name[PROMPT],
                               options->answer ? options->answer : role_name[ANSWER],
                               options->tag ? options->tag : role_name[TAG]};
    bool needed[ROLES] = {options->prompt != NULL, true, false};
    while (rows_line(rows)) {
        json_t *object = NULL;
        Text field[ROLES];
        Status status = parse_object(rows, &object, err);
        if (status == OK) status = object_fields(rows, object, name, needed, field, err);
        json_decref(object);
        if (status == OK) status = add(out, rows, options, field, err);
        if (status != OK) return status;
        if (out->n == 1) needed[PROMPT] = field[PROMPT].data != NULL;
        char *told[ROLES] = {columns->prompt, columns->answer, columns->tag};
        for (int i = 0; i < ROLES; i++)
            if (field[i].data) snprintf(told[i], IMPORT_NAME_MAX, "field %s", name[i]);
    }
    return OK;
}
