#include "store/foreign/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/config/load.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/tokenizer/gguf_tokenizer.h"
#include "data/tokenizer/tokenizer_json.h"
#include "model/formats/gguf_model.h"
#include "model/formats/hf_model.h"
#include "store/run_folder.h"

/* What the files say, whatever their format. */
typedef struct Source {
    bool folder; /* hf, else gguf */
    Gguf gguf;
    HfModel hf;
    ForeignModel model; /* of a GGUF file */
    Tokenizer *tokenizer;
    int64_t bos, eos; /* -1: none */
    bool adds_bos;    /* texts begin with bos */
} Source;

static void source_close(Source *s) {
    foreign_free(&s->model);
    hf_model_close(&s->hf);
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

/* Whether tokenizer_config.json says that texts begin with BOS. */
static Status reads_bos(const char *dir, bool *out, Err *err) {
    char path[CONFIG_PATH_MAX];
    json_t *root;
    TRY(path_join(path, sizeof path, dir, "tokenizer_config.json", err));
    bool there;
    TRY(file_there(path, &there, err));
    if (!there) return OK;
    TRY(hf_json_read(path, &root, err));
    *out = json_is_true(json_object_get(root, "add_bos_token"));
    json_decref(root);
    return OK;
}

static Status open_hf(Source *s, const ImportModel *options, Err *err) {
    char path[CONFIG_PATH_MAX];
    s->folder = true;
    TRY(hf_model_open(&s->hf, options->path, options->context, err));
    s->bos = s->hf.bos;
    s->eos = s->hf.eos;
    TRY(reads_bos(options->path, &s->adds_bos, err));
    TRY(path_join(path, sizeof path, options->path, "tokenizer.json", err));
    if (file_missing(path)) return err_set(err, ERR_INPUT, "%s: it has no tokenizer.json", options->path);
    return tokenizer_json_read(path, &s->tokenizer, err);
}

static ForeignModel *model_of(Source *s) { return s->folder ? &s->hf.model : &s->model; }

/* ---- the origin ---- */

/* Of a folder: the XXH3-128 of lines "NAME BYTES HASH", of config.json, tokenizer.json and the files of weights. */
static Status hash_folder(const Source *s, const char *dir, Origin *out, Err *err) {
    Bytes lines = {0};
    Status status = OK;
    out->bytes = 0;
    for (int i = 0; status == OK && i < s->hf.files.n + 2; i++) {
        const char *name = i == 0 ? "config.json" : i == 1 ? "tokenizer.json" : s->hf.files.file[i - 2].name;
        char path[CONFIG_PATH_MAX], hash[33], line[400];
        int64_t bytes = 0;
        status = path_join(path, sizeof path, dir, name, err);
        if (status == OK) status = file_hash(path, &bytes, hash, err);
        if (status != OK) break;
        out->bytes += bytes;
        snprintf(line, sizeof line, "%s %lld %s\n", name, (long long)bytes, hash);
        bytes_add(&lines, line, strlen(line));
    }
    if (status == OK && lines.failed) status = err_set(err, ERR_NOMEM, "%s: no memory to hash it", dir);
    if (status == OK) content_hash(lines.data, lines.size, out->hash);
    bytes_free(&lines);
    return status;
}

static Status make_origin(const Source *s, const char *path, Origin *out, Err *err) {
    snprintf(out->format, sizeof out->format, s->folder ? "hf" : "gguf");
    if (!escape(out->file, sizeof out->file, path))
        return err_set(err, ERR_INPUT, "%s: its path is too long; name it by a shorter one", path);
    return s->folder ? hash_folder(s, path, out, err) : file_hash(path, &out->bytes, out->hash, err);
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
static Status make_config(Source *s, const ImportModel *options, Imported *out, Err *err) {
    Config config;
    config_defaults(&config);
    config.model = model_of(s)->config;
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

/* Before anything is allocated or written. */
static Status check_room(const ImportModel *options, const ParamTable *table, Err *err) {
    double needs = (double)table->total * sizeof(real), memory = (double)memory_available();
    double disk = (double)disk_available(options->dir);
    char needs_text[NUMBER_TEXT_MAX], has_text[NUMBER_TEXT_MAX];
    if (needs <= memory && needs <= disk) return OK;
    return err_set(err, ERR_INPUT, "%s: its weights need %s of memory and disk, %s of %s are available",
                   options->path, bytes_text(needs_text, needs),
                   bytes_text(has_text, memory < needs ? memory : disk), memory < needs ? "memory" : "disk");
}

/* ---- the folder ---- */

static Status write_run(const ImportModel *options, Imported *out, const char *tokenizer, Gpt *g, Err *err) {
    char hash[33];
    RunFolder folder;
    RunState state = {.code_bits = __builtin_nan("")};
    Snapshot snapshot = {.table = &g->table, .params = g->params, .state = &state};
    TRY(config_hash(&out->config, out->origin.hash, hash, err));
    Status status = folder_open(&folder, options->dir, hash, out->origin.hash, err);
    RunTokens tokens = {.eos = out->eos}; /* its tokenizer.json stands beside origin.json */
    if (status == OK) status = folder_begin(&folder, &out->config, &tokens, g->ops, 1, err);
    if (status == OK) status = origin_write(options->dir, &out->origin, tokenizer, err);
    if (status == OK) status = folder_save(&folder, &snapshot, err);
    folder_close(&folder);
    return status;
}

/* An import that has ended early, or whose result could not be shown, is made again: with the same files, the same. */
static Status check_folder(const char *dir, const Imported *new, Err *err) {
    FolderState state;
    TRY(folder_look(dir, &state, err));
    return state == FOLDER_NEW ? OK : folder_same_run(dir, &new->config, new->origin.hash, err);
}

/* tokenizer.json, made before anything is written: it cannot hold every tokenizer. */
static Status make_tokenizer(const Source *s, const char *path, char **out, Err *err) {
    Status status = tokenizer_json_text(s->tokenizer, out, err);
    if (status != OK) err_prefix(err, "%s: ", path);
    return status;
}

static Status import(Source *s, const ImportModel *options, Imported *out, Err *err) {
    const Ops *ops;
    char *tokenizer;
    Gpt g = {0};
    ParamTable table = {0};
    TRY(make_config(s, options, out, err));
    TRY(params_plan(&table, &out->config.model, err));
    Status status = check_room(options, &table, err);
    out->params = table.total;
    params_free(&table);
    TRY(status);
    TRY(make_origin(s, options->path, &out->origin, err));
    TRY(check_folder(options->dir, out, err));
    TRY(ops_select(&ops, err));
    TRY(make_tokenizer(s, options->path, &tokenizer, err));
    status = gpt_create(&g, &out->config.model, ops, GEMM_EXACT, err);
    if (status == OK) status = foreign_weights(&g, model_of(s), err);
    if (status == OK) status = write_run(options, out, tokenizer, &g, err);
    free(tokenizer);
    gpt_free(&g);
    return status;
}

Status import_model(const ImportModel *options, Imported *out, Err *err) {
    Source s = {.bos = -1, .eos = -1};
    *out = (Imported){.eos = -1};
    struct stat info;
    bool folder = stat(options->path, &info) == 0 && S_ISDIR(info.st_mode);
    Status status = folder ? open_hf(&s, options, err) : open_gguf(&s, options, err);
    if (status == OK) status = import(&s, options, out, err);
    source_close(&s);
    return status;
}
