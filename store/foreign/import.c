#include "store/foreign/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/load.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "model/formats/gguf_model.h"
#include "store/foreign/gguf_tokenizer.h"
#include "store/run_folder.h"

/* What the files say, whatever their format. */
typedef struct Source {
    Gguf gguf;
    ForeignModel model;
    Tokenizer *tokenizer;
    int64_t bos, eos; /* -1: none */
    bool adds_bos;    /* texts begin with bos */
} Source;

static void source_close(Source *s) {
    foreign_free(&s->model);
    tokenizer_free(s->tokenizer);
    gguf_close(&s->gguf);
}

static Status open_gguf(Source *s, const ImportModel *options, Err *err) {
    TRY(gguf_open(options->path, &s->gguf, err));
    TRY(gguf_model(&s->gguf, options->path, options->context, &s->model, err));
    TRY(gguf_tokenizer(&s->gguf, options->path, &s->tokenizer, err));
    gguf_whole(gguf_key(&s->gguf, "tokenizer.ggml.bos_token_id"), &s->bos);
    gguf_whole(gguf_key(&s->gguf, "tokenizer.ggml.eos_token_id"), &s->eos);
    gguf_bool(gguf_key(&s->gguf, "tokenizer.ggml.add_bos_token"), &s->adds_bos);
    return OK;
}

/* ---- tokens that begin and end a text ---- */

static Status choose_bos(const Source *s, const ImportModel *options, int *out, Err *err) {
    static char name[] = "<|endoftext|>";
    int64_t bos = options->bos;
    if (bos < 0 && s->adds_bos) bos = s->bos;
    if (bos < 0) bos = tokenizer_find_special(s->tokenizer, (Text){name, sizeof name - 1});
    if (bos < 0) bos = s->eos;
    if (bos < 0 || bos >= tokenizer_size(s->tokenizer))
        return err_set(err, ERR_INPUT, "%s: no token begins a text; name one of its %d: --bos N",
                       options->path, tokenizer_size(s->tokenizer));
    *out = (int)bos;
    return OK;
}

static void show(char out[64], const Tokenizer *t, int token) {
    out[0] = '\0';
    if (token >= 0) text_escape(out, 64, tokenizer_bytes(t, token));
}

/* ---- the config ---- */

/* Written and read once more, so that each value is in its key's range. */
static Status make_config(const Source *s, const ImportModel *options, Imported *out, Err *err) {
    Config config;
    config_defaults(&config);
    config.model = s->model.config;
    snprintf(config.name, sizeof config.name, "imported");
    TRY(choose_bos(s, options, &config.model.bos, err));
    char *text = config_text(&config, false);
    if (!text) return err_set(err, ERR_NOMEM, "%s: no memory for its config", options->path);
    Status status = config_load_text(&out->config, text, options->path, err);
    free(text);
    TRY(status);
    if (tokenizer_size(s->tokenizer) > config.model.vocab_size)
        return err_set(err, ERR_INPUT, "%s: the tokenizer has %d tokens, the model %d", options->path,
                       tokenizer_size(s->tokenizer), config.model.vocab_size);
    out->bos = config.model.bos;
    out->eos = s->eos >= 0 && s->eos < tokenizer_size(s->tokenizer) ? (int)s->eos : -1;
    show(out->bos_text, s->tokenizer, out->bos);
    show(out->eos_text, s->tokenizer, out->eos);
    status = config_resolve(&out->config, 1, 1, config.model.vocab_size, err);
    if (status != OK) err_prefix(err, "%s: ", options->path);
    return status;
}

/* Before anything is allocated. */
static Status check_memory(const ImportModel *options, const ParamTable *table, Err *err) {
    double needs = (double)table->total * sizeof(real), has = (double)memory_available();
    char needs_text[NUMBER_TEXT_MAX], has_text[NUMBER_TEXT_MAX];
    if (needs <= has) return OK;
    return err_set(err, ERR_INPUT, "%s: its weights need %s of memory, %s are available", options->path,
                   bytes_text(needs_text, needs), bytes_text(has_text, has));
}

/* ---- the folder ---- */

static Status write_run(const ImportModel *options, Imported *out, const Tokenizer *tokenizer, Gpt *g,
                        Err *err) {
    char hash[33];
    RunFolder folder;
    RunState state = {.code_bits = __builtin_nan("")};
    Snapshot snapshot = {.table = &g->table, .params = g->params, .state = &state};
    TRY(config_hash(&out->config, out->origin.hash, hash, err));
    Status status = folder_open(&folder, options->dir, hash, out->origin.hash, err);
    if (status == OK) status = folder_begin(&folder, &out->config, out->eos, g->ops, 1, err);
    if (status == OK) status = origin_write(options->dir, &out->origin, tokenizer, err);
    if (status == OK) status = folder_save(&folder, &snapshot, err);
    folder_close(&folder);
    return status;
}

static Status check_folder(const char *dir, Err *err) {
    FolderState state;
    TRY(folder_look(dir, &state, err));
    if (state == FOLDER_NEW) return OK;
    return err_set(err, ERR_INPUT, "%s: contains a run; choose another --out", dir);
}

static Status import(Source *s, const ImportModel *options, Imported *out, Err *err) {
    const Ops *ops;
    Gpt g = {0};
    ParamTable table = {0};
    snprintf(out->origin.format, sizeof out->origin.format, "gguf");
    snprintf(out->origin.file, sizeof out->origin.file, "%s", options->path);
    TRY(make_config(s, options, out, err));
    TRY(params_plan(&table, &out->config.model, err));
    Status status = check_memory(options, &table, err);
    out->params = table.total;
    params_free(&table);
    TRY(status);
    TRY(file_hash(options->path, &out->origin.bytes, out->origin.hash, err));
    TRY(ops_select(&ops, err));
    TRY(gpt_create(&g, &out->config.model, ops, GEMM_EXACT, err));
    status = foreign_weights(&g, &s->model, err);
    if (status == OK) status = write_run(options, out, s->tokenizer, &g, err);
    gpt_free(&g);
    return status;
}

Status import_model(const ImportModel *options, Imported *out, Err *err) {
    Source s = {.bos = -1, .eos = -1};
    *out = (Imported){.eos = -1};
    TRY(check_folder(options->dir, err));
    Status status = open_gguf(&s, options, err);
    if (status == OK) status = import(&s, options, out, err);
    source_close(&s);
    return status;
}
