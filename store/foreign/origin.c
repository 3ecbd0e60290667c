#include "store/foreign/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/seal.h"
#include "base/utf8.h"
#include "data/tokenizer/tokenizer_json.h"
#include "data/vocab.h"
#include "store/run_files.h"
#include "store/run_manifest.h"

enum { ORIGIN_MAX = 1 << 14 };

/* ---- writing ---- */

static Status write_file(const char *dir, const char *name, const char *text, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, dir, name, err));
    return file_write_atomic(path, text, strlen(text), err);
}

static Status origin_text(const Origin *o, char **out, Err *err) {
    char *text;
    json_ran_out(); /* what an earlier object left */
    TRY(json_take_text(json_pack("{s:s, s:s, s:I, s:s, s:s}", "format", o->format, "file", o->file, "bytes",
                                 (json_int_t)o->bytes, "hash", o->hash, "tokenizer", o->tokenizer),
                       JSON_INDENT(2), "origin.json", &text, err));
    Status status = seal_text(text, SEAL_JSON, out, err);
    free(text);
    return status;
}

Status origin_write(const char *dir, Origin *origin, const char *tokenizer, Err *err) {
    char *text;
    content_hash(tokenizer, strlen(tokenizer), origin->tokenizer);
    TRY(write_file(dir, "tokenizer.json", tokenizer, err));
    TRY(origin_text(origin, &text, err));
    Status status = write_file(dir, "origin.json", text, err);
    free(text);
    return status;
}

/* ---- reading ---- */

static Status parse(const Buffer *text, const char *path, Origin *out, Err *err) {
    json_t *root;
    const char *format, *file, *hash, *tokenizer, *seal;
    json_int_t bytes;
    TRY(json_read(text->data, text->size, JSON_REJECT_DUPLICATES, path, &root, err));
    bool whole =
        json_unpack_ex(root, NULL, JSON_STRICT, "{s:s, s:s, s:I, s:s, s:s, s:s}", "format", &format, "file",
                       &file, "bytes", &bytes, "hash", &hash, "tokenizer", &tokenizer, "seal", &seal) == 0 &&
        seal_holds(text, SEAL_JSON) && strlen(hash) == 32 && strlen(tokenizer) == 32;
    if (whole) {
        *out = (Origin){.bytes = bytes};
        snprintf(out->format, sizeof out->format, "%s", format);
        snprintf(out->file, sizeof out->file, "%s", file);
        snprintf(out->hash, sizeof out->hash, "%s", hash);
        snprintf(out->tokenizer, sizeof out->tokenizer, "%s", tokenizer);
    }
    json_decref(root);
    return whole ? OK : err_set(err, ERR_FORMAT, "%s: altered, or torn; import the model again", path);
}

Status origin_read(const char *dir, Origin *out, bool *imported, Err *err) {
    char path[CONFIG_PATH_MAX];
    Buffer text;
    Origin origin;
    TRY(run_holds(dir, "origin.json", imported, err));
    if (!*imported) return OK;
    TRY(path_join(path, sizeof path, dir, "origin.json", err));
    TRY(file_read(path, ORIGIN_MAX, &text, err));
    Status status = parse(&text, path, out ? out : &origin, err);
    buffer_free(&text);
    return status;
}

/* ---- the symbols ---- */

/* tokenizer.json as it was written (the hash `written`): its text, and what it says. */
static Status read_tokenizer(const char *dir, const char *written, bool imported, int rows, Buffer *text,
                             Tokenizer **out, Err *err) {
    char hash[33], path[CONFIG_PATH_MAX];
    *out = NULL;
    TRY(path_join(path, sizeof path, dir, "tokenizer.json", err));
    TRY(file_read(path, TOKENIZER_JSON_MAX, text, err));
    content_hash(text->data, text->size, hash);
    Status status = strcmp(hash, written) == 0 ? tokenizer_json_parse(text->data, text->size, path, out, err)
                                               : err_set(err, ERR_FORMAT, "%s: altered since %s", path,
                                                         imported ? "the import; import the model again"
                                                                  : "training began; " RUN_FILE_LOST);
    if (status == OK && tokenizer_size(*out) > rows)
        status =
            err_set(err, ERR_FORMAT, "%s: %d tokens, but the model has %d", path, tokenizer_size(*out), rows);
    if (status == OK) return OK;
    tokenizer_free(*out);
    buffer_free(text);
    return status;
}

Status origin_vocab(const char *dir, const Origin *origin, int rows, int eos, Vocab *out, Err *err) {
    Buffer text;
    Tokenizer *t;
    TRY(read_tokenizer(dir, origin->tokenizer, true, rows, &text, &t, err));
    return vocab_of_tokenizer(out, t, text.data, rows, eos, err);
}

/* ---- export ---- */

/* null: there is none, or it is a part of a character, which JSON cannot hold. */
static json_t *text_of(const Tokenizer *t, int token) {
    if (token < 0 || token >= tokenizer_size(t)) return json_null();
    Text bytes = tokenizer_bytes(t, token);
    return utf8_text(bytes.data, bytes.size) ? json_stringn(bytes.data, bytes.size) : json_null();
}

/* rote's models read BOS first: add_bos_token says so. */
static Status config_text_of(const ModelConfig *c, const Tokenizer *t, int eos, char **out, Err *err) {
    json_ran_out();
    return json_take_text(json_pack("{s:s, s:o, s:o, s:b, s:i}", "tokenizer_class", "PreTrainedTokenizerFast",
                                    "bos_token", text_of(t, c->bos), "eos_token", text_of(t, eos),
                                    "add_bos_token", 1, "model_max_length", c->block_size),
                          JSON_INDENT(2), "tokenizer_config.json", out, err);
}

Status origin_files(const char *dir, const Gpt *g, int eos, OriginFiles *out, Err *err) {
    Origin origin;
    Buffer text;
    Tokenizer *t;
    bool imported;
    *out = (OriginFiles){0};
    TRY(origin_read(dir, &origin, &imported, err));
    RunManifest manifest = {.tokenizer = ""};
    if (!imported) TRY(run_manifest_read(dir, &manifest, err));
    const char *written = imported ? origin.tokenizer : manifest.tokenizer;
    if (!*written) return OK;
    TRY(read_tokenizer(dir, written, imported, g->config.vocab_size, &text, &t, err));
    Status status = config_text_of(&g->config, t, eos, &out->text[1], err);
    tokenizer_free(t);
    out->text[0] = text.data;
    out->file[0] = (ExportFile){"tokenizer.json", out->text[0]};
    out->file[1] = (ExportFile){"tokenizer_config.json", out->text[1]};
    if (status != OK) origin_files_free(out);
    return status;
}

void origin_files_free(OriginFiles *files) {
    free(files->text[0]);
    free(files->text[1]);
    *files = (OriginFiles){0};
}
