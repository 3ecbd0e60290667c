#include "store/foreign/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/seal.h"
#include "data/tokenizer/tokenizer_json.h"
#include "data/vocab.h"
#include "store/run_files.h"

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

/* Takes the tokenizer. */
static Status vocab_of(Tokenizer *t, int rows, int eos, Vocab *out, Err *err) {
    *out = (Vocab){.eos = eos, .bytes = true, .tokenizer = t};
    out->text = calloc((size_t)rows, sizeof *out->text);
    out->length = calloc((size_t)rows, sizeof *out->length);
    bool whole = out->text && out->length;
    for (int i = 0; whole && i < rows; i++) {
        Text bytes = i < tokenizer_size(t) ? tokenizer_bytes(t, i) : (Text){NULL, 0};
        out->text[i] = calloc(bytes.size + 1, 1);
        out->size = i + 1;
        whole = out->text[i] != NULL;
        if (whole && bytes.size) memcpy(out->text[i], bytes.data, bytes.size);
        out->length[i] = (int)bytes.size;
    }
    if (whole) return OK;
    vocab_free(out);
    return err_set(err, ERR_NOMEM, "no memory for a vocabulary of %d symbols", rows);
}

/* tokenizer.json as it was written. */
static Status read_tokenizer(const char *dir, const Origin *origin, Buffer *text, char path[CONFIG_PATH_MAX],
                             Err *err) {
    char hash[33];
    TRY(path_join(path, CONFIG_PATH_MAX, dir, "tokenizer.json", err));
    TRY(file_read(path, TOKENIZER_JSON_MAX, text, err));
    content_hash(text->data, text->size, hash);
    if (strcmp(hash, origin->tokenizer) == 0) return OK;
    buffer_free(text);
    return err_set(err, ERR_FORMAT, "%s: altered since the import; import the model again", path);
}

Status origin_vocab(const char *dir, const Origin *origin, int rows, int eos, Vocab *out, Err *err) {
    char path[CONFIG_PATH_MAX];
    Buffer text;
    Tokenizer *t = NULL;
    TRY(read_tokenizer(dir, origin, &text, path, err));
    Status status = tokenizer_json_parse(text.data, text.size, path, &t, err);
    buffer_free(&text);
    if (status == OK && tokenizer_size(t) > rows)
        status =
            err_set(err, ERR_FORMAT, "%s: %d tokens, but the model has %d", path, tokenizer_size(t), rows);
    if (status == OK) return vocab_of(t, rows, eos, out, err);
    tokenizer_free(t);
    return status;
}

/* ---- export ---- */

static json_t *text_of(const Vocab *vocab, int token) {
    return token < 0 || token >= vocab->size ? json_null()
                                             : json_stringn(vocab->text[token], (size_t)vocab->length[token]);
}

/* rote's models read BOS first: add_bos_token says so. */
static Status write_config(const char *to, const ModelConfig *c, const Vocab *vocab, Err *err) {
    char *text;
    json_ran_out();
    TRY(json_take_text(json_pack("{s:s, s:o, s:o, s:b, s:i}", "tokenizer_class", "PreTrainedTokenizerFast",
                                 "bos_token", text_of(vocab, c->bos), "eos_token", text_of(vocab, vocab->eos),
                                 "add_bos_token", 1, "model_max_length", c->block_size),
                       JSON_INDENT(2), "tokenizer_config.json", &text, err));
    Status status = write_file(to, "tokenizer_config.json", text, err);
    free(text);
    return status;
}

Status origin_export(const char *dir, const Gpt *g, int eos, const char *to, Err *err) {
    Origin origin;
    Vocab vocab;
    Buffer text;
    char path[CONFIG_PATH_MAX];
    bool imported;
    TRY(origin_read(dir, &origin, &imported, err));
    if (!imported) return OK;
    TRY(origin_vocab(dir, &origin, g->config.vocab_size, eos, &vocab, err));
    Status status = read_tokenizer(dir, &origin, &text, path, err);
    if (status == OK) {
        status = write_file(to, "tokenizer.json", text.data, err);
        buffer_free(&text);
    }
    if (status == OK) status = write_config(to, &g->config, &vocab, err);
    vocab_free(&vocab);
    return status;
}
