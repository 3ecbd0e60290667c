#include "eval/tools/tool_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/batch.h"

enum { TEXT_ROOM = 1 << 16 };

bool tool_holds_facts(const ToolConfig *tool) { return tool->tool == TOOL_STORE && !*tool->file; }

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

static Status open_table(ToolSet *set, int tool, ToolSpec *spec, const StoreTable *table, Err *err) {
    spec->row = table->row, spec->n_rows = table->n;
    spec->n_arguments = 1, spec->argument[0] = "key";
    set->keyed[tool] = true;
    return tool_open(&set->tool[tool], spec, err);
}

/* The facts' own answers as a store. */
static Status open_rows(ToolSet *set, int tool, ToolSpec *spec, const StoreContent *content, Err *err) {
    StoreTable t;
    Status status = store_table_create(&t, content->source, content->n_sources, tool, &set->args[tool],
                                       set->spelling, err);
    if (status == OK) status = open_table(set, tool, spec, &t, err);
    store_table_free(&t);
    return status;
}

static Status open_other_rows(ToolSet *set, int tool, ToolSpec *spec, const char *file, Err *err) {
    StoreTable t;
    spec->file = spec->query = NULL;
    Status status = store_table_read(&t, file, &set->args[tool], err);
    if (status == OK) status = open_table(set, tool, spec, &t, err);
    if (status != OK && !strstr(err->msg, file)) err_prefix(err, "%s: ", file);
    store_table_free(&t);
    return status;
}

/* Another file than the run's store. */
static Status open_other(ToolSet *set, int tool, ToolSpec *spec, const char *file, Err *err) {
    static const char magic[] = "SQLite format 3";
    Buffer head;
    int64_t bytes;
    TRY(file_read_head(file, sizeof magic, &head, &bytes, err));
    bool sqlite = head.size == sizeof magic && memcmp(head.data, magic, sizeof magic) == 0;
    buffer_free(&head);
    if (!sqlite) return open_other_rows(set, tool, spec, file, err);
    if (!spec->file) {
        spec->query = "select value from facts where key = ?1";
        spec->n_arguments = 1, spec->argument[0] = "key";
        set->keyed[tool] = true;
    }
    spec->file = file;
    return tool_open(&set->tool[tool], spec, err);
}

Status tool_set_open(ToolSet *out, const Config *config, const Spelling *spelling,
                     const StoreContent *content, const ToolPrograms *programs, Err *err) {
    const ToolPrograms none = {NULL, false};
    TRY(prepare(out, config, spelling, err));
    for (int i = 0; i < config->n_tools; i++) {
        const ToolConfig *tool = &config->tools[i];
        ToolSpec spec = tool_spec(tool, &out->args[i], i, out->words[i], programs ? programs : &none);
        if (content->other && content->other_tool == i) {
            TRY(open_other(out, i, &spec, content->other, err));
            continue;
        }
        if (tool_holds_facts(tool)) TRY(open_rows(out, i, &spec, content, err));
        else TRY(tool_open(&out->tool[i], &spec, err));
        if (spec.file) TRY(tool_file_same(tool, i, out->tool[i], err));
    }
    return OK;
}

static Status check_store(ToolSet *set, int tool, const StoreContent *content, Err *err) {
    ToolSpec spec = tool_spec(&set->config->tools[tool], &set->args[tool], tool, NULL, NULL);
    TRY(open_rows(set, tool, &spec, content, err));
    tool_close(set->tool[tool]);
    set->tool[tool] = NULL;
    return OK;
}

Status tool_set_check(const Config *config, const FactSet *facts, const Spelling *spelling,
                      const Calls *calls, Err *err) {
    ToolSet set;
    const StoreSource all = {.facts = facts, .calls = calls, .rows = ROWS_ALL};
    const StoreContent content = {.source = &all, .n_sources = 1};
    Status status = prepare(&set, config, spelling, err);
    for (int i = 0; i < config->n_tools && status == OK; i++)
        if (tool_holds_facts(&config->tools[i])) status = check_store(&set, i, &content, err);
    tool_set_close(&set);
    return status;
}

/* The bytes of a symbol as text, with the separator. */
static double symbol_bytes(const Vocab *vocab) {
    double bytes = 0;
    if (!vocab->text) return 11; /* a number */
    for (int v = 0; v < vocab->size; v++) bytes += vocab->length[v] + 1;
    return bytes / vocab->size;
}

/* The texts of a sequence's rows: values and words before them are apart from each other, names are not, and a prompt
 * is all before a value. Each row is held twice: in SQLite, and until SQLite has it. */
double tool_set_bytes(const Config *config, const FactSet *facts) {
    double bytes = (1 + sizeof(int32_t)) * TEXT_ROOM, calls = calls_max(facts);
    double sequence = facts->max_len * symbol_bytes(&facts->vocab);
    for (int i = 0; i < config->n_tools; i++) {
        if (!tool_holds_facts(&config->tools[i])) continue;
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
    bool is_key = set->keyed[tool];
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

int tool_set_ask(ToolSet *set, int tool, const int32_t *tokens, const Piece *piece, int32_t *result,
                 int room) {
    ToolCall spelled = {.argument = {{NULL, 0}}};
    ToolAnswer *answer = &set->answer;
    *answer = (ToolAnswer){.reason = TOOL_REFUSED, .why = "an argument means nothing, or is too long"};
    if (set->status != OK || !piece || !spell_call(set, tool, tokens, piece, &spelled)) return TOOL_NONE;
    set->status = tool_call(set->tool[tool], &spelled, answer, &set->err);
    if (set->status != OK || answer->reason != TOOL_ANSWERED) return TOOL_NONE;
    Text text = {(char *)answer->text.bytes, answer->text.size};
    int n = spelling_tokens(set->spelling, text, set->symbols, TEXT_ROOM);
    if (n < 0) {
        set->unspelled++;
        return TOOL_NONE;
    }
    if (n > room) n = room;
    memcpy(result, set->symbols, (size_t)n * sizeof *result);
    return n;
}

int tool_set_result(void *user, int position, int call, const int32_t *place, int32_t *result, int room) {
    ToolReader *reader = user;
    Piece piece[TOOL_ARGS_MAX];
    bool whole = tool_set_arguments(reader->set, reader->tokens, position, call, place, piece);
    return tool_set_ask(reader->set, call - 1, reader->tokens, whole ? piece : NULL, result, room);
}
