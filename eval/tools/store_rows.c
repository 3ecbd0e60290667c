#include "eval/tools/store_rows.h"

#include <stdlib.h>
#include <string.h>

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
    add_byte(t, (char)change);
    size_t key = t->used;
    for (int a = 0; a < w->args->n; a++) {
        if (a > 0) add_byte(t, '\t');
        add_text(w, s->facts->tokens + start, c->argument[a]);
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
    if (!out->row || !out->text)
        return err_set(err, ERR_NOMEM, "no memory for a store of %zu rows", out->n);
    add_rows(&w, source, n_sources);
    return merge_rows(out, tool, err);
}

void store_table_free(StoreTable *table) {
    free(table->row);
    free(table->text);
    *table = (StoreTable){.n = 0};
}
