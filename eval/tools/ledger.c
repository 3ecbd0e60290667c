#include "eval/tools/ledger.h"

#include <math.h>

#include "base/file.h"
#include "base/number.h"
#include "data/import/deflated.h"
#include "model/quantize.h"

enum { FILE_BYTES_MAX = 1 << 30 };

static double packed_bits(Deflated *d) { return 8.0 * (double)deflated_end(d); }

/* A store is packed as zlib packs its rows, sorted, as lines "key TAB value". */
static Status rows_bits(double *out, const StoreSource *source, int tool, const ToolArgs *args,
                        const Spelling *spelling, Err *err) {
    StoreTable t;
    Deflated d;
    Status status = store_table_create(&t, source, 1, tool, args, spelling, err);
    if (status == OK) status = deflated_begin(&d, err);
    if (status == OK) {
        for (size_t i = 0; i < t.n; i++) {
            const ToolRow *row = &t.row[i];
            deflated_add(&d, (Text){(char *)(uintptr_t)row->key.bytes, row->key.size});
            deflated_add_char(&d, '\t');
            deflated_add(&d, (Text){(char *)(uintptr_t)row->value.bytes, row->value.size});
            deflated_add_char(&d, '\n');
        }
        *out += packed_bits(&d);
    }
    store_table_free(&t);
    return status;
}

static Status file_bits(double *out, const char *path, Err *err) {
    Buffer file;
    Deflated d;
    TRY(file_read(path, FILE_BYTES_MAX, &file, err));
    Status status = deflated_begin(&d, err);
    if (status == OK) {
        deflated_add(&d, (Text){file.data, file.size});
        *out += packed_bits(&d);
    }
    buffer_free(&file);
    return status;
}

static Status store_bits(double *out, const Config *config, const StoreSource *source, const ToolSet *set,
                         Err *err) {
    *out = 0;
    for (int i = 0; i < config->n_tools; i++) {
        const ToolConfig *tool = &config->tools[i];
        if (tool->tool == TOOL_PROGRAM) *out = NAN;
        else if (tool_holds_facts(tool)) TRY(rows_bits(out, source, i, &set->args[i], set->spelling, err));
        else if (tool->tool == TOOL_STORE) TRY(file_bits(out, tool->file, err));
    }
    return OK;
}

static Status code_bits(double *out, const Gpt *g, const FactSet *facts, const Calls *calls, ToolSet *set,
                        bool off, int threads, Err *err) {
    const ToolEvalOptions options = {.off = off, .threads = threads};
    ToolFigures figures;
    TRY(tool_evaluate(&figures, g, facts, 0, facts->n, calls, set, &options, err));
    *out = bits_of_nats(figures.code_nats);
    return OK;
}

Status ledger_make(Ledger *out, const Gpt *g, const Config *config, const FactSet *facts,
                   const ToolPrograms *programs, int threads, Err *err) {
    Spelling spelling = {.vocab = NULL};
    Calls calls = {NULL, NULL};
    ToolSet set = {.config = NULL};
    const StoreSource trained = {.facts = facts, .calls = &calls, .rows = ROWS_TRAINED};
    const StoreContent content = {.source = &trained, .n_sources = 1};
    Status status = OK;
    *out = (Ledger){.data_bits = facts->entropy_known ? facts->data_bits : NAN,
                    .weight_bits = (double)quantize_weight_bits(&g->table, config->train.quantize)};
    TRY_GOTO(spelling_create(&spelling, &facts->vocab, err));
    TRY_GOTO(calls_create(&calls, facts, &spelling, config->tools, config->n_tools, err));
    TRY_GOTO(tool_set_open(&set, config, &spelling, &content, programs, err));
    TRY_GOTO(store_bits(&out->store_bits, config, &trained, &set, err));
    TRY_GOTO(code_bits(&out->code_bits, g, facts, &calls, &set, true, threads, err));
    TRY_GOTO(code_bits(&out->code_bits_with_tools, g, facts, &calls, &set, false, threads, err));
done:
    tool_set_close(&set);
    calls_free(&calls);
    spelling_free(&spelling);
    return status;
}

double ledger_margin(const Ledger *l, bool with_stores) {
    return l->code_bits_with_tools + l->weight_bits + (with_stores ? l->store_bits : 0) - l->data_bits;
}
