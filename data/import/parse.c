/* What a file's lines say: which field is the prompt, which the answer, which the tag. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/import/delimiter.h"
#include "data/import/json_line.h"
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
    int of[ROLES];              /* column of each role, or -1 */
    int min_fields, max_fields; /* fields a row may have */
    char expected[256];
} Columns;

/* A name in its own bytes, or escaped as it is shown. */
static int find_column(const Rows *rows, const char *name) {
    for (int i = 0; i < rows->n_fields; i++)
        if (text_is(rows->field[i], name)) return i;
    for (int i = 0; i < rows->n_fields; i++)
        if (text_spelled(rows->field[i], name)) return i;
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

/* A name from the command line or of a column, escaped and cut. */
typedef struct ShownName {
    char text[40];
} ShownName;

static ShownName shown_name(const char *name) {
    ShownName shown;
    text_escape(shown.text, sizeof shown.text, (Text){(char *)(uintptr_t)name, strlen(name)});
    return shown;
}

/* The header's names, separated by commas, cut at size. */
static void list_fields(const Rows *rows, char *out, size_t size) {
    size_t used = 0;
    for (int i = 0; i < rows->n_fields && used + 8 < size; i++) {
        if (i) used += text_escape(out + used, size - used, (Text){(char[]){", "}, 2});
        used += text_escape(out + used, size - used, rows->field[i]);
    }
}

static Status columns_by_name(Columns *c, const Rows *rows, const ImportOptions *options, Err *err) {
    const char *wanted[ROLES] = {options->prompt, options->answer, options->tag};
    char names[200];
    list_fields(rows, names, sizeof names);
    for (int i = 0; i < ROLES; i++) {
        const char *name = wanted[i] ? wanted[i] : role_name[i];
        c->of[i] = find_column(rows, name);
        if (c->of[i] < 0 && (wanted[i] || i == ANSWER))
            return err_set(err, rows->bad,
                           "%s:%d: no field '%s' in the first line, which has %s (--%s names it)", rows->path,
                           rows->row_line, shown_name(name).text, names, role_name[i]);
    }
    c->min_fields = c->max_fields = rows->n_fields;
    snprintf(c->expected, sizeof c->expected, "%d (%s)", rows->n_fields, names);
    return OK;
}

static void columns_by_place(Columns *c, const Rows *rows) {
    if (rows->n_fields == 1) {
        *c = (Columns){
            .of = {-1, 0, -1}, .min_fields = 1, .max_fields = 1, .expected = "1 as in the first line"};
    } else {
        *c = (Columns){
            .of = {0, 1, 2}, .min_fields = 2, .max_fields = 3, .expected = "2 or 3 (prompt, answer, tag)"};
    }
}

/* The number that the text is; 0: it is none, or larger than any column's. */
static int column_number(const char *text) {
    int n = 0;
    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9' || n > ROW_FIELDS_MAX) return 0;
        n = 10 * n + (*c - '0');
    }
    return n;
}

/* --prompt 2 --answer 4, where no line names the columns. */
static Status columns_by_number(Columns *c, const Rows *rows, const ImportOptions *options, Err *err) {
    const char *wanted[ROLES] = {options->prompt, options->answer, options->tag};
    for (int i = 0; i < ROLES; i++) {
        int column = wanted[i] ? column_number(wanted[i]) : 0;
        c->of[i] = column - 1;
        if (i == ANSWER && !wanted[i])
            return err_set(err, rows->bad, "%s: --no-header and no --answer: which column, as in --answer 2?",
                           rows->path);
        if (wanted[i] && (column < 1 || column > rows->n_fields))
            return err_set(
                err, rows->bad,
                "%s:%d: --%s '%s': without a line of names it takes the number of a column, 1 to %d",
                rows->path, rows->row_line, role_name[i], shown_name(wanted[i]).text, rows->n_fields);
    }
    c->min_fields = c->max_fields = rows->n_fields;
    snprintf(c->expected, sizeof c->expected, "%d as in the first line", rows->n_fields);
    return OK;
}

/* header: the first row, where it is one of names. */
static void describe_columns(ImportColumns *out, const Columns *c, const Rows *header, bool named) {
    char *label[ROLES] = {out->prompt, out->answer, out->tag};
    out->header = named;
    for (int i = 0; i < ROLES; i++) {
        if (c->of[i] < 0 || c->of[i] >= header->n_fields) continue;
        char name[40];
        text_escape(name, sizeof name, header->field[c->of[i]]);
        snprintf(label[i], IMPORT_NAME_MAX, named ? "column %d (%s)" : "column %d", c->of[i] + 1, name);
    }
}

/* How a table is read, and what its rows have shown so far. */
typedef struct Table {
    Rows *rows;
    bool tsv, delimiter_given; /* by the user or the line sep= */
    Delimiters seen;
} Table;

static Status next_row(Table *t, bool *more, Err *err) {
    TRY((t->tsv ? rows_tsv : rows_csv)(t->rows, more, err));
    if (*more) delimiters_see(&t->seen, t->rows, t->tsv ? '\t' : t->rows->delimiter);
    return OK;
}

static void note_delimiter(const Table *t, char out[DELIMITER_NOTE_MAX]) {
    out[0] = '\0';
    if (!t->delimiter_given) delimiters_note(&t->seen, t->tsv ? '\t' : t->rows->delimiter, t->tsv, out);
}

static Status wrong_width(const Table *t, const Columns *columns, bool first, Err *err) {
    char note[DELIMITER_NOTE_MAX];
    const Rows *rows = t->rows;
    note_delimiter(t, note);
    return err_set(err, rows->bad, "%s:%d: %d field%s, expected %s%s%s%s", rows->path, rows->row_line,
                   rows->n_fields, rows->n_fields == 1 ? "" : "s", columns->expected,
                   first && rows->n_fields > 3 ? "; --prompt and --answer say which" : "", *note ? "; " : "",
                   note);
}

/* Excel's first line "sep=;". */
static Status read_declared(Table *t, const ImportOptions *options, Err *err) {
    char said = delimiter_declared(t->rows), name[DELIMITER_NAME_MAX], asked[DELIMITER_NAME_MAX];
    if (!said) return OK;
    delimiter_name(name, said);
    if (t->tsv && said != '\t')
        return err_set(err, t->rows->bad,
                       "%s:1: the line declares %s as the separator; --format csv reads such a table",
                       t->rows->path, name);
    if (!delimiter_possible(said))
        return err_set(err, t->rows->bad,
                       "%s:1: the line declares %s as the separator, which is not possible; remove the line",
                       t->rows->path, name);
    if (options->delimiter && options->delimiter != said)
        return err_set(
            err, t->rows->bad,
            "%s:1: the line declares %s as the separator, but --delimiter is %s; remove one of them",
            t->rows->path, name, delimiter_name(asked, options->delimiter));
    t->rows->delimiter = said;
    t->delimiter_given = true;
    rows_line(t->rows);
    return OK;
}

static Status parse_rows(Table *t, const ImportOptions *options, Records *out, ImportColumns *used,
                         Err *err) {
    Columns columns;
    Rows *rows = t->rows;
    bool more, named_columns = options->prompt || options->answer || options->tag;
    TRY(read_declared(t, options, err));
    TRY(next_row(t, &more, err));
    if (!more) return OK;
    bool by_name = is_header(rows, options), named = by_name || options->header == HEADER_YES;
    if (by_name) TRY(columns_by_name(&columns, rows, options, err));
    else if (named_columns) TRY(columns_by_number(&columns, rows, options, err));
    else columns_by_place(&columns, rows);
    if (named && columns.max_fields < rows->n_fields) {
        char names[200];
        list_fields(rows, names, sizeof names);
        return err_set(err, rows->bad, "%s:%d: %d columns (%s); --prompt and --answer say which", rows->path,
                       rows->row_line, rows->n_fields, names);
    }
    describe_columns(used, &columns, rows, named);
    if (named) TRY(next_row(t, &more, err));
    while (more) {
        if (rows->n_fields < columns.min_fields || rows->n_fields > columns.max_fields)
            return wrong_width(t, &columns, out->n == 0, err);
        Text field[ROLES] = {{0}};
        for (int i = 0; i < ROLES; i++)
            if (columns.of[i] >= 0 && columns.of[i] < rows->n_fields) field[i] = rows->field[columns.of[i]];
        TRY(add(out, rows, options, field, err));
        TRY(next_row(t, &more, err));
    }
    note_delimiter(t, used->note);
    return OK;
}

Status parse_tsv(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err) {
    return parse_rows(&(Table){.rows = rows, .tsv = true}, options, out, columns, err);
}

Status parse_csv(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err) {
    if (options->delimiter) rows->delimiter = options->delimiter;
    return parse_rows(&(Table){.rows = rows, .delimiter_given = options->delimiter != 0}, options, out,
                      columns, err);
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

Status parse_jsonl(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns, Err *err) {
    const char *name[ROLES] = {options->prompt ? options->prompt : role_name[PROMPT],
                               options->answer ? options->answer : role_name[ANSWER],
                               options->tag ? options->tag : role_name[TAG]};
    bool needed[ROLES] = {options->prompt != NULL, true, false};
    while (rows_line(rows)) {
        JsonField field[ROLES];
        Text text[ROLES];
        TRY(json_line_read(rows, name, ROLES, field, err));
        for (int i = 0; i < ROLES; i++) {
            text[i] = field[i].text;
            if (text[i].data || !needed[i]) continue;
            if (field[i].null)
                return err_set(err, rows->bad,
                               "%s:%d: field '%s' is null; give it a text, or leave the line out", rows->path,
                               rows->row_line, shown_name(name[i]).text);
            return err_set(err, rows->bad, "%s:%d: no field '%s'%s", rows->path, rows->row_line,
                           shown_name(name[i]).text,
                           i == PROMPT ? "; all records have a prompt, or none" : " (--answer names it)");
        }
        TRY(add(out, rows, options, text, err));
        if (out->n == 1) needed[PROMPT] = text[PROMPT].data != NULL;
        if (text[PROMPT].data && !needed[PROMPT])
            return err_set(err, rows->bad,
                           "%s:%d: field '%s' is not in the first record; all records have a "
                           "prompt, or none",
                           rows->path, rows->row_line, shown_name(name[PROMPT]).text);
        char *label[ROLES] = {columns->prompt, columns->answer, columns->tag};
        for (int i = 0; i < ROLES; i++)
            if (text[i].data && !*label[i])
                snprintf(label[i], IMPORT_NAME_MAX, "field %s", shown_name(name[i]).text);
    }
    return OK;
}
