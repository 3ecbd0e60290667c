#include "eval/tools/store_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "data/import/rows.h"

typedef struct Writer {
    StoreTable *table; /* without buffers it is only measured */
    const ToolArgs *args;
    const Spelling *spelling;
    int tool;
} Writer;

static void add_byte(StoreTable *t, char byte) {
    if (t->text) t->text[t->used] = byte;
    t->used++;
}

static void add_text(Writer *w, const int32_t *tokens, Piece piece) {
    StoreTable *t = w->table;
    char *to = t->text ? t->text + t->used : NULL;
    t->used += spelling_text(w->spelling, tokens + piece.first, piece.n, to, to ? t->room - t->used : 0);
}

/* The byte before the key says what is changed. */
static RowChange change_of(const ToolRow *row) { return (RowChange)row->key.bytes[-1]; }

static void add_row(Writer *w, const StoreSource *s, int sequence, int64_t call) {
    StoreTable *t = w->table;
    const Call *c = &s->calls->call[call];
    RowChange change = s->change ? (RowChange)s->change[call] : ROW_KEPT;
    int64_t start = s->facts->start[sequence];
    if (change == ROW_LEFT_OUT) return;
    add_byte(t, (char)change);
    size_t key = t->used;
    for (int a = 0; a < w->args->n; a++) {
        if (a > 0) add_byte(t, '\t');
        add_text(w, s->facts->tokens + start,
                 call_piece(c, w->args, a, s->facts->tokens + start, w->spelling));
    }
    size_t value = t->used;
    add_text(w, (change == ROW_EDITED ? s->edited : s->facts->tokens) + start, (Piece){c->row, c->n_result});
    if (t->row) t->row[t->n] = (ToolRow){{t->text + key, value - key}, {t->text + value, t->used - value}};
    t->n++;
}

static void add_rows(Writer *w, const StoreSource *source, int n_sources) {
    w->table->n = w->table->used = 0;
    for (const StoreSource *s = source; s < source + n_sources; s++) {
        const FactSet *facts = s->facts;
        for (int i = 0; i < facts->n_pool; i++) {
            bool heldout = i >= facts->n && i < facts->n + facts->n_heldout;
            bool junk = i >= facts->n_pool - facts->n_junk;
            if (junk || (heldout && s->rows == ROWS_TRAINED)) continue;
            for (int64_t c = s->calls->start[i]; c < s->calls->start[i + 1]; c++)
                if (s->calls->call[c].tool == w->tool) add_row(w, s, i, c);
        }
    }
}

static int compare_texts(ToolText a, ToolText b) {
    int order = memcmp(a.bytes, b.bytes, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* Of one key the changed rows come first, edited ones before deleted ones. */
static int compare_rows(const void *left, const void *right) {
    const ToolRow *a = left, *b = right;
    int order = compare_texts(a->key, b->key);
    if (!order) order = (int)change_of(b) - (int)change_of(a);
    return order ? order : compare_texts(a->value, b->value);
}

/* Of each key its first row, which decides for all of them. */
static Status merge_rows(StoreTable *t, int tool, Err *err) {
    size_t n = 0;
    qsort(t->row, t->n, sizeof *t->row, compare_rows);
    for (size_t i = 0, next; i < t->n; i = next) {
        const ToolRow *first = &t->row[i];
        for (next = i + 1; next < t->n && compare_texts(t->row[next].key, first->key) == 0; next++) {
            if (change_of(&t->row[next]) != change_of(first) || change_of(first) == ROW_DELETED) continue;
            if (compare_texts(t->row[next].value, first->value) == 0) continue;
            return err_set(err, ERR_INPUT,
                           "tools.%d: two facts give the key '%.*s' different values; take more arguments: "
                           "tools.%d.args",
                           tool, first->key.size < 64 ? (int)first->key.size : 64, first->key.bytes, tool);
        }
        if (change_of(first) != ROW_DELETED) t->row[n++] = *first;
    }
    t->n = n;
    return OK;
}

Status store_table_create(StoreTable *out, const StoreSource *source, int n_sources, int tool,
                          const ToolArgs *args, const Spelling *spelling, Err *err) {
    Writer w = {.table = out, .args = args, .spelling = spelling, .tool = tool};
    *out = (StoreTable){.n = 0};
    add_rows(&w, source, n_sources);
    out->room = out->used + 1;
    out->row = malloc((out->n + 1) * sizeof *out->row);
    out->text = malloc(out->room);
    if (!out->row || !out->text) return err_set(err, ERR_NOMEM, "no memory for a store of %zu rows", out->n);
    add_rows(&w, source, n_sources);
    return merge_rows(out, tool, err);
}

/* ---- a user's table ---- */

enum { FILE_BYTES_MAX = 1 << 30, LINE_BYTES_MAX = 1 << 20 };

static bool is_header(const Rows *rows, const ToolArgs *args) {
    bool named = text_is(rows->field[args->n], "value");
    for (int a = 0; a < args->n; a++) named = named && text_is(rows->field[a], args->name[a]);
    return named;
}

static Status take_row(StoreTable *t, const Rows *rows, const ToolArgs *args, bool first, Err *err) {
    if (rows->n_fields != args->n + 1)
        return err_set(err, ERR_INPUT, "%s:%d: %d columns; expected %d: the tool's arguments and the value",
                       rows->path, rows->row_line, rows->n_fields, args->n + 1);
    if (first && is_header(rows, args)) return OK;
    size_t at[2] = {t->used, 0};
    for (int f = 0; f <= args->n; f++) {
        if (f > 0 && f < args->n) add_byte(t, '\t');
        if (f == args->n) at[1] = t->used;
        memcpy(t->text + t->used, rows->field[f].data, rows->field[f].size);
        t->used += rows->field[f].size;
    }
    t->row[t->n++] = (ToolRow){{t->text + at[0], at[1] - at[0]}, {t->text + at[1], t->used - at[1]}};
    return OK;
}

Status store_table_read(StoreTable *out, const char *path, const ToolArgs *args, Err *err) {
    Rows rows = {.path = path, .bad = ERR_INPUT, .max_bytes = FILE_BYTES_MAX, .max_line = LINE_BYTES_MAX};
    size_t length = strlen(path), lines = 1;
    bool tabs = length > 4 && !strcmp(path + length - 4, ".tsv"), more = true;
    Buffer file = {NULL, 0};
    Status status = OK;
    *out = (StoreTable){.n = 0};
    TRY_GOTO(rows_open(&rows, &file, err));
    for (size_t i = 0; i < file.size; i++) lines += file.data[i] == '\n' || file.data[i] == '\r';
    out->row = malloc(lines * sizeof *out->row);
    out->text = malloc(file.size + 1);
    if (!out->row || !out->text) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the rows of %s", path));
    for (bool first = true;; first = false) {
        TRY_GOTO(tabs ? rows_tsv(&rows, &more, err) : rows_csv(&rows, &more, err));
        if (!more) break;
        TRY_GOTO(take_row(out, &rows, args, first, err));
    }
done:
    buffer_free(&file);
    return status;
}

void store_table_free(StoreTable *table) {
    free(table->row);
    free(table->text);
    *table = (StoreTable){.n = 0};
}
