#include "eval/tools/tool_set.h"

#include <stdlib.h>
#include <string.h>

#include "model/batch.h"

enum { TEXT_ROOM = 1 << 16 };

/* A store of the facts' own answers. */
static bool holds_facts(const ToolConfig *tool) { return tool->tool == TOOL_STORE && !*tool->file; }

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
        add_text(t, set->spelling, tokens, call->argument[a]);
    }
    value = t->used;
    add_text(t, set->spelling, tokens, (Piece){call->row, call->n_result});
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

/* Merged rows are sorted: rows of one key stand side by side. */
static Status check_keys(const Table *t, int tool, Err *err) {
    for (size_t i = 1; i < t->n; i++) {
        ToolText key = t->row[i].key;
        if (compare_texts(t->row[i - 1].key, key) != 0) continue;
        return err_set(err, ERR_INPUT,
                       "tools.%d: two facts give the key '%.*s' different values; take more arguments: "
                       "tools.%d.args",
                       tool, key.size < 64 ? (int)key.size : 64, key.bytes, tool);
    }
    return OK;
}

static Status open_rows(ToolSet *set, int tool, ToolSpec *spec, const FactSet *facts, const Calls *calls,
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
    TRY_GOTO(check_keys(&t, tool, err));
    spec->row = t.row, spec->n_rows = t.n;
    spec->n_arguments = 1, spec->argument[0] = "key";
    TRY_GOTO(tool_open(&set->tool[tool], spec, err));
done:
    free(t.row);
    free(t.text);
    return status;
}

/* ---- open and closed ---- */

static Status prepare(ToolSet *out, const Config *config, const Spelling *spelling, Err *err) {
    *out = (ToolSet){.config = config,
                     .spelling = spelling,
                     .text = malloc(TEXT_ROOM),
                     .symbols = malloc(TEXT_ROOM * sizeof *out->symbols)};
    if (!out->text || !out->symbols) return err_set(err, ERR_NOMEM, "no memory for the calls of tools");
    for (int i = 0; i < config->n_tools; i++) {
        out->max_calls[i] = config->tools[i].max_calls;
        TRY(tool_args_parse(config->tools[i].args, &out->args[i], err));
    }
    return OK;
}

Status tool_set_open(ToolSet *out, const Config *config, const FactSet *facts, const Spelling *spelling,
                     const Calls *calls, StoreRows rows, const ToolPrograms *programs, Err *err) {
    const ToolPrograms none = {NULL, false};
    TRY(prepare(out, config, spelling, err));
    for (int i = 0; i < config->n_tools; i++) {
        const ToolConfig *tool = &config->tools[i];
        ToolSpec spec = tool_spec(tool, &out->args[i], i, out->words[i], programs ? programs : &none);
        if (holds_facts(tool)) TRY(open_rows(out, i, &spec, facts, calls, rows, err));
        else TRY(tool_open(&out->tool[i], &spec, err));
        if (spec.file) TRY(tool_file_same(tool, i, out->tool[i], err));
    }
    return OK;
}

static Status check_store(ToolSet *set, int tool, const FactSet *facts, const Calls *calls, Err *err) {
    ToolSpec spec = tool_spec(&set->config->tools[tool], &set->args[tool], tool, NULL, NULL);
    TRY(open_rows(set, tool, &spec, facts, calls, ROWS_ALL, err));
    tool_close(set->tool[tool]);
    set->tool[tool] = NULL;
    return OK;
}

Status tool_set_check(const Config *config, const FactSet *facts, const Spelling *spelling,
                      const Calls *calls, Err *err) {
    ToolSet set;
    Status status = prepare(&set, config, spelling, err);
    for (int i = 0; i < config->n_tools && status == OK; i++)
        if (holds_facts(&config->tools[i])) status = check_store(&set, i, facts, calls, err);
    tool_set_close(&set);
    return status;
}

/* Of a symbol as text, with what stands between two. */
static double symbol_bytes(const Vocab *vocab) {
    double bytes = 0;
    if (!vocab->text) return 11; /* a number */
    for (int v = 0; v < vocab->size; v++) bytes += vocab->length[v] + 1;
    return bytes / vocab->size;
}

/* The texts of a sequence's rows: values and words before them are apart from each other, names are not, and a prompt
 * is all before a value. Each row is held twice: in SQLite, and until SQLite has it. */
double tool_set_bytes(const Config *config, const FactSet *facts) {
    double bytes = (1 + sizeof(int32_t)) * TEXT_ROOM, calls = calls_most(facts);
    double sequence = facts->max_len * symbol_bytes(&facts->vocab);
    for (int i = 0; i < config->n_tools; i++) {
        if (!holds_facts(&config->tools[i])) continue;
        double texts = strstr(config->tools[i].args, "prompt") ? calls : 2;
        bytes += 2 * facts->n_pool * (calls * sizeof(ToolRow) + texts * sequence);
    }
    return bytes;
}

void tool_set_begin(ToolSet *set) {
    for (int i = 0; i < set->config->n_tools; i++) tool_begin(set->tool[i]);
}

void tool_set_close(ToolSet *set) {
    for (int i = 0; i < TOOLS_MAX; i++) tool_close(set->tool[i]);
    free(set->text);
    free(set->symbols);
    *set = (ToolSet){.config = NULL};
}

/* ---- asking ---- */

bool tool_set_arguments(const ToolSet *set, const int32_t *tokens, int position, int call,
                        const int32_t *place, Piece out[TOOL_ARGS_MAX]) {
    const ToolArgs *args = &set->args[call - 1];
    bool whole = true;
    place += set->config->model.tool.first_pointer[call - 1];
    for (int a = 0; a < args->n; a++) {
        out[a] = call_argument(args->arg[a], tokens, set->spelling, position, place);
        whole = whole && out[a].n > 0;
        place += tool_arg_pointers(args->arg[a]);
    }
    return whole;
}

/* The arguments as texts; those of a store that is made from facts are one, its key. false: they are too long. */
static bool spell_call(ToolSet *set, int tool, const int32_t *tokens, const Piece *piece, ToolCall *out) {
    size_t used = 0, first = 0;
    bool is_key = holds_facts(&set->config->tools[tool]);
    for (int a = 0; a < set->args[tool].n; a++) {
        if (is_key && a > 0 && used == TEXT_ROOM - 1) return false;
        if (is_key && a > 0) set->text[used++] = '\t';
        size_t size = spelling_text(set->spelling, tokens + piece[a].first, piece[a].n, set->text + used,
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
    set->status = tool_call(set->tool[call - 1], &spelled, &answer, &set->err);
    if (set->status != OK || answer.reason != TOOL_ANSWERED) return TOOL_NONE;
    Text text = {(char *)answer.text.bytes, answer.text.size};
    int n = spelling_tokens(set->spelling, text, set->symbols, TEXT_ROOM);
    if (n < 0) {
        set->unspelled++;
        return TOOL_NONE;
    }
    if (n > room) n = room;
    memcpy(result, set->symbols, (size_t)n * sizeof *result);
    return n;
}
