#include "data/folder/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "data/kinds/kinds.h"

Status folder_json(const char *path, size_t max_bytes, Buffer *file, json_t **out, Err *err) {
    Buffer buffer = {0};
    TRY(file_read(path, max_bytes, &buffer, err));
    Status status = json_read(buffer.data, buffer.size, JSON_REJECT_DUPLICATES, path, out, err);
    if (file) *file = buffer;
    else buffer_free(&buffer);
    return status;
}

Status folder_unpack_error(const char *path, const char *where, const json_error_t *why, Err *err) {
    if (json_ran_out()) return err_set(err, ERR_NOMEM, "%s: no memory to read it", path);
    return err_set(err, ERR_FORMAT, "%s: %s%s", path, where, why->text);
}

static Status read_version(Manifest *out, const char *path, Err *err) {
    const char *format;
    json_int_t version;
    json_error_t why;
    if (json_unpack_ex(out->root, &why, 0, "{s:s, s:I}", "format", &format, "version", &version) != 0)
        return folder_unpack_error(path, "", &why, err);
    if (strcmp(format, FORMAT_NAME) != 0 || version < VERSION_PLAIN || version > VERSION_TOKENIZER)
        return err_set(err, ERR_FORMAT,
                       "%s: format %.32s, version %lld; this program reads %s, versions %d to %d", path,
                       format, (long long)version, FORMAT_NAME, VERSION_PLAIN, VERSION_TOKENIZER);
    out->version = (int)version;
    return OK;
}

/* What each version has, and nothing else. */
#define COMMON "{s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:s, s:o, s:o, s:o, s:s, s:I, s:{s:o, s:o}, s:s"
static const char *const layout[] = {[VERSION_PLAIN] = COMMON "}",
                                     [VERSION_POOL] = COMMON ", s:o}",
                                     [VERSION_DRAWN] = COMMON ", s:o, s:o}",
                                     [VERSION_SEALED] = COMMON ", s?o, s?o, s:{s:o, s?o}, s:s}",
                                     [VERSION_TOKENIZER] = COMMON ", s:o, s?o, s:{s:o, s:o, s:o}, s:s}"};

static Status read_fields(Manifest *out, const char *path, Err *err) {
    const char *format, *seed, *seal;
    json_int_t version, n, tokens, max_len, vocab_size, duplicates; /* then each has its range */
    json_t *records = NULL, *vocab = NULL, *tokenizer = NULL;
    json_error_t why;
    bool tokens_file = out->version == VERSION_TOKENIZER; /* the layout then has its name before the seal */
    if (json_unpack_ex(out->root, &why, JSON_STRICT, layout[out->version], "format", &format, "version",
                       &version, "kind", &out->kind, "n", &n, "tokens", &tokens, "max_len", &max_len,
                       "vocab_size", &vocab_size, "seed", &seed, "entropy_bits", &out->entropy_bits,
                       "data_bits_set", &out->data_bits_set, "ceiling_bits", &out->ceiling_bits, "derivation",
                       &out->derivation, "duplicates", &duplicates, "baselines", "answer_bits",
                       &out->answer_bits, "zlib_bytes", &out->zlib_bytes, "data_hash", &out->data_hash,
                       "pool", &out->pool, "drawn_with", &out->drawn_with, "files", RECORDS_NAME, &records,
                       VOCAB_NAME, &vocab, tokens_file ? TOKENS_NAME : "seal",
                       tokens_file ? (void *)&tokenizer : (void *)&seal, "seal", &seal) != 0)
        return folder_unpack_error(path, "", &why, err);
    if (tokens < n || tokens > INT32_MAX || n < 1 || max_len < 1 || max_len > INT32_MAX || vocab_size < 1 ||
        vocab_size > INT32_MAX || duplicates < 0 || duplicates > INT32_MAX)
        return err_set(err, ERR_FORMAT, "%s: n, tokens, max_len, vocab_size or duplicates is out of range",
                       path);
    out->n = (int)n, out->tokens = tokens, out->max_len = (int)max_len;
    out->vocab_size = (int)vocab_size, out->duplicates = (int)duplicates;
    char *end;
    errno = 0;
    out->seed = strtoull(seed, &end, 10);
    if (errno || *end || seed[0] < '0' || seed[0] > '9')
        return err_set(err, ERR_FORMAT, "%s: seed \"%.32s\" is not a number", path, seed);
    out->sealed = out->version >= VERSION_SEALED;
    out->has_vocab = vocab != NULL;
    out->has_tokenizer = tokenizer != NULL;
    if (tokenizer) TRY(seal_read(&out->tokenizer, tokenizer, path, TOKENS_NAME, err));
    if (records) TRY(seal_read(&out->records, records, path, RECORDS_NAME, err));
    return vocab ? seal_read(&out->vocab, vocab, path, VOCAB_NAME, err) : OK;
}

Status manifest_read(const char *path, Manifest *out, Err *err) {
    *out = (Manifest){0};
    TRY(folder_json(path, MANIFEST_MAX, &out->file, &out->root, err));
    TRY(read_version(out, path, err));
    TRY(read_fields(out, path, err));
    if (!folder_kind_plain(out->kind) && (out->version == VERSION_PLAIN || !kind_named(out->kind)))
        return err_set(err, ERR_FORMAT, "%s: kind \"%.32s\"; this program reads %s", path, out->kind,
                       out->version == VERSION_PLAIN ? "random, import and text in version 1"
                                                     : "import and the kinds of `rote help facts.kind`");
    if (!out->pool && !folder_kind_plain(out->kind))
        return err_set(err, ERR_FORMAT, "%s: pool: facts of kind %s have one", path, out->kind);
    return OK;
}

void manifest_free(Manifest *manifest) {
    json_decref(manifest->root);
    buffer_free(&manifest->file);
    *manifest = (Manifest){0};
}
