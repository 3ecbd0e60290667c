#include "eval/tools/tool_set.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model/batch.h"

enum { TEXT_ROOM = 1 << 16 };

/* ---- rows of a store ---- */

/* Rows as texts that lie in one buffer. */
typedef struct Table {
    ToolRow *row;
    char *text;
    size_t n, used, room;
} Table;

static size_t add_text(Table *t, const Spelling *spelling, const int32_t *tokens, Piece piece) {
    size_t room = t->room - t->used,
           size = spelling_text(spelling, tokens + piece.first, piece.n, t->text ? t->text + t->used : NULL,
                                t->text ? room : 0);
    t->used += size;
    return size;
}

/* The row of a call; without a buffer it is only measured. */
static void add_row(Table *t, const ToolSet *set, const int32_t *tokens, const Call *call) {
    size_t key = t->used, value;
    for (int a = 0; a < set->args[call->tool].n; a++) {
        if (a > 0) {
            if (t->text) t->text[t->used] = '\t';
            t->used++;
        }
        add_text(t, &set->spelling, tokens, call->argument[a]);
    }
    value = t->used;
    add_text(t, &set->spelling, tokens, (Piece){call->row, call->n_result});
    if (t->row) t->row[t->n] = (ToolRow){{t->text + key, value - key}, {t->text + value, t->used - value}};
    t->n++;
}

static void add_rows(Table *t, const ToolSet *set, int tool, const FactSet *facts, const Calls *calls,
                     StoreRows rows) {
    t->n = t->used = 0;
    for (int i = 0; i < facts->n_pool; i++) {
        bool heldout = i >= facts->n && i < facts->n + facts->n_heldout;
        bool junk = i >= facts->n_pool - facts->n_junk;
        if (junk || (heldout && rows == ROWS_TRAINED)) continue;
        for (int64_t c = calls->start[i]; c < calls->start[i + 1]; c++)
            if (calls->call[c].tool == tool)
                add_row(t, set, facts->tokens + facts->start[i], &calls->call[c]);
    }
}

static int compare_texts(ToolText a, ToolText b) {
    int order = memcmp(a.bytes, b.bytes, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_rows(const void *left, const void *right) {
    const ToolRow *a = left, *b = right;
    int order = compare_texts(a->key, b->key);
    return order ? order : compare_texts(a->value, b->value);
}

/* Renderings of a fact give equal rows: each once. */
static void merge_rows(Table *t) {
    size_t n = 0;
    qsort(t->row, t->n, sizeof *t->row, compare_rows);
    for (size_t i = 0; i < t->n; i++)
        if (n == 0 || compare_rows(&t->row[n - 1], &t->row[i]) != 0) t->row[n++] = t->row[i];
    t->n = n;
}

static Status open_store(ToolSet *set, int tool, ToolSpec *spec, const FactSet *facts, const Calls *calls,
                         StoreRows rows, Err *err) {
    Table t = {.row = NULL};
    add_rows(&t, set, tool, facts, calls, rows);
    t.room = t.used + 1;
    t.row = malloc((t.n + 1) * sizeof *t.row);
    t.text = malloc(t.room);
    Status status = OK;
    if (!t.row || !t.text) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for a store of %zu rows", t.n));
    add_rows(&t, set, tool, facts, calls, rows);
    merge_rows(&t);
    for (size_t i = 0; i < t.n; i++)
        set->store_bits += 8.0 * (double)(t.row[i].key.size + t.row[i].value.size);
    spec->row = t.row, spec->n_rows = t.n;
    spec->n_arguments = 1, spec->argument[0] = "key";
    TRY_GOTO(tool_open(&set->tool[tool], spec, err));
done:
    free(t.row);
    free(t.text);
    return status;
}

/* ---- open and closed ---- */

static Status open_file(ToolSet *set, int tool, const ToolSpec *spec, Err *err) {
    struct stat file;
    TRY(tool_open(&set->tool[tool], spec, err));
    if (stat(spec->file, &file) == 0) set->store_bits += 8.0 * (double)file.st_size;
    return tool_file_same(&set->config[tool], tool, set->tool[tool], err);
}

Status tool_set_open_with(ToolSet *out, const ToolConfig *tools, int n, const FactSet *facts,
                          const Calls *calls, StoreRows rows, const ToolPrograms *programs, Err *err) {
    const ToolPrograms none = {NULL, false};
    *out = (ToolSet){.n = n, .text = malloc(TEXT_ROOM), .symbols = malloc(TEXT_ROOM * sizeof *out->symbols)};
    if (!out->text || !out->symbols) return err_set(err, ERR_NOMEM, "no memory for the calls of tools");
    TRY(spelling_create(&out->spelling, &facts->vocab, err));
    for (int i = 0; i < n; i++) {
        out->config[i] = tools[i];
        out->max_calls[i] = tools[i].max_calls;
        TRY(tool_args_parse(tools[i].args, &out->args[i], err));
        out->first_pointer[i + 1] = tool_first_pointer(tools, i + 1);
    }
    for (int i = 0; i < n; i++) {
        ToolSpec spec =
            tool_spec(&out->config[i], &out->args[i], i, out->words[i], programs ? programs : &none);
        if (spec.file) TRY(open_file(out, i, &spec, err));
        else if (spec.kind == TOOL_STORE) TRY(open_store(out, i, &spec, facts, calls, rows, err));
        else TRY(tool_open(&out->tool[i], &spec, err));
    }
    return OK;
}

Status tool_set_open(ToolSet *out, const ToolConfig *tools, int n, const FactSet *facts, const Calls *calls,
                     StoreRows rows, Err *err) {
    return tool_set_open_with(out, tools, n, facts, calls, rows, NULL, err);
}

void tool_set_close(ToolSet *set) {
    for (int i = 0; i < set->n; i++) tool_close(set->tool[i]);
    spelling_free(&set->spelling);
    free(set->text);
    free(set->symbols);
    *set = (ToolSet){.n = 0};
}

/* ---- asking ---- */

bool tool_set_arguments(const ToolSet *set, const int32_t *tokens, int position, int call,
                        const int32_t *place, Piece out[TOOL_ARGS_MAX]) {
    const ToolArgs *args = &set->args[call - 1];
    bool whole = true;
    place += set->first_pointer[call - 1];
    for (int a = 0; a < args->n; a++) {
        out[a] = call_argument(args->arg[a], tokens, &set->spelling, position, place);
        whole = whole && out[a].n > 0;
        place += tool_arg_pointers(args->arg[a]);
    }
    return whole;
}

/* The arguments as texts; those of a store that is made from facts are one, its key. false: they are too long. */
static bool spell_call(ToolSet *set, int tool, const int32_t *tokens, const Piece *piece, ToolCall *out) {
    size_t used = 0, first = 0;
    bool is_key = set->config[tool].tool == TOOL_STORE && !*set->config[tool].file;
    for (int a = 0; a < set->args[tool].n; a++) {
        if (is_key && a > 0) set->text[used++] = '\t';
        size_t size = spelling_text(&set->spelling, tokens + piece[a].first, piece[a].n, set->text + used,
                                    TEXT_ROOM - 1 - used);
        if (size > TEXT_ROOM - 1 - used) return false;
        used += size;
        if (is_key) out->argument[0] = (ToolText){set->text, used};
        else out->argument[a] = (ToolText){set->text + first, used - first};
        first = used;
    }
    return true;
}

int tool_set_result(void *user, int position, int call, const int32_t *place, int32_t *result, int room) {
    ToolReader *reader = user;
    ToolSet *set = reader->set;
    Piece piece[TOOL_ARGS_MAX];
    ToolCall spelled = {.argument = {{NULL, 0}}};
    ToolAnswer answer;
    if (set->status != OK || !tool_set_arguments(set, reader->tokens, position, call, place, piece))
        return TOOL_NONE;
    if (!spell_call(set, call - 1, reader->tokens, piece, &spelled)) return TOOL_NONE;
    set->status = tool_call(set->tool[call - 1], &spelled, 1, &answer, &set->err);
    if (set->status != OK || answer.reason != TOOL_ANSWERED) return TOOL_NONE;
    Text text = {(char *)answer.text.bytes, answer.text.size};
    int n = spelling_tokens(&set->spelling, text, set->symbols, TEXT_ROOM);
    if (n < 0) {
        set->unspelled++;
        return TOOL_NONE;
    }
    if (n > room) n = room;
    memcpy(result, set->symbols, (size_t)n * sizeof *result);
    return n;
}
