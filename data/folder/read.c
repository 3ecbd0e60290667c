/* Reading a fact set's folder: the tokens are derived again from the records, their hash and figures compared with the
 * manifest's, and the bytes of all files with their seals. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/seal.h"
#include "data/folder/drawn_with.h"
#include "data/folder/folder.h"
#include "data/folder/layout.h"
#include "data/folder/manifest.h"
#include "data/folder/pool_records.h"
#include "data/folder/recompute.h"
#include "data/import/encode.h"
#include "data/import/rows.h"
#include "data/import/text_facts.h"
#include "data/kinds/kinds.h"
#include "data/records.h"
#include "data/tokenizer/tokenizer_json.h"
#include "data/vocab.h"

/* The first n symbols of a JSON array of escaped strings; the next one is EOS, empty. */
static Status vocab_of_json(Vocab *out, const json_t *symbols, int n, bool bytes, const char *path,
                            Err *err) {
    size_t room = 1;
    for (int i = 0; i <= n; i++) room += json_string_length(json_array_get(symbols, (size_t)i));
    Text *symbol = malloc((size_t)(n + 1) * sizeof *symbol);
    char *at = malloc(room), *owned = at;
    Status status = OK;
    if (!symbol || !at) status = err_set(err, ERR_NOMEM, "%s: no memory for %d symbols", path, n);
    for (int i = 0; i <= n && status == OK; i++) {
        const json_t *item = json_array_get(symbols, (size_t)i);
        symbol[i] = (Text){at, json_string_length(item)};
        if (symbol[i].size) memcpy(at, json_string_value(item), symbol[i].size);
        at += symbol[i].size;
        bool right = json_is_string(item) && text_unescape(&symbol[i]) && (symbol[i].size == 0) == (i == n);
        if (bytes && i < n) right = right && symbol[i].size == 1;
        if (i > 0 && i < n) right = right && text_compare(symbol[i - 1], symbol[i]) < 0;
        if (!right)
            status =
                err_set(err, ERR_FORMAT,
                        "%s: symbol %d: the symbols must be escaped strings, sorted, and the last one empty",
                        path, i);
    }
    if (status == OK) status = vocab_of_symbols(out, symbol, n, bytes, err);
    for (size_t i = (size_t)n + 1; status == OK && i < json_array_size(symbols); i++) {
        const char *name = json_string_value(json_array_get(symbols, i));
        if (name) status = vocab_add_mark(out, name, err);
        else status = err_set(err, ERR_FORMAT, "%s: symbol %zu: not a string", path, i);
    }
    free(symbol);
    free(owned);
    return status;
}

/* tokenizer.json, whose hash vocab.json has; `eos` is one of its tokens. */
static Status read_tokenizer(const FolderPaths *paths, const Manifest *manifest, const char *hash,
                             json_int_t eos, Vocab *out, Err *err) {
    Buffer text = {0};
    Tokenizer *t = NULL;
    const char *path = paths->tokenizer;
    TRY(file_read(path, TOKENIZER_JSON_MAX, &text, err));
    Status status = seal_check(&manifest->tokenizer, path, text.data, text.size, err);
    if (status == OK && strcmp(hash, manifest->tokenizer.hash) != 0)
        status = err_set(err, ERR_FORMAT, "%s: it names the tokenizer %.40s, but %s is %s", paths->vocab,
                         hash, path, manifest->tokenizer.hash);
    if (status == OK) status = tokenizer_json_parse(text.data, text.size, path, &t, err);
    if (status == OK && (tokenizer_size(t) != manifest->vocab_size || eos < 0 || eos >= tokenizer_size(t)))
        status =
            err_set(err, ERR_FORMAT,
                    "%s: %d tokens, and the token %lld ends a text; expected %d as in manifest.json, and "
                    "one of them",
                    path, tokenizer_size(t), (long long)eos, manifest->vocab_size);
    if (status == OK) return vocab_of_tokenizer(out, t, text.data, manifest->vocab_size, (int)eos, err);
    tokenizer_free(t);
    buffer_free(&text);
    return status == ERR_INPUT ? ERR_FORMAT : status;
}

/* vocab.json of a set in a tokenizer's tokens. */
static Status read_tokens(const FolderPaths *paths, const Manifest *manifest, Vocab *out, Err *err) {
    Buffer file = {0};
    json_t *root = NULL;
    const char *kind, *hash;
    json_int_t eos;
    json_error_t why;
    Status status = OK;
    TRY_GOTO(folder_json(paths->vocab, seal_room(&manifest->vocab, VOCAB_MAX), &file, &root, err));
    if (json_unpack_ex(root, &why, JSON_STRICT, "{s:s, s:I, s:s}", "kind", &kind, "eos", &eos, "tokenizer",
                       &hash))
        TRY_GOTO(folder_unpack_error(paths->vocab, "", &why, err));
    if (strcmp(kind, "tokenizer") != 0)
        TRY_GOTO(err_set(err, ERR_FORMAT, "%s: kind \"%.32s\"; expected tokenizer", paths->vocab, kind));
    TRY_GOTO(seal_check(&manifest->vocab, paths->vocab, file.data, file.size, err));
    status = read_tokenizer(paths, manifest, hash, eos, out, err);
done:
    buffer_free(&file);
    json_decref(root);
    return status;
}

/* marks: whether symbols may follow EOS. */
static Status read_vocab(const FolderPaths *paths, const Manifest *manifest, bool marks, Vocab *out,
                         Err *err) {
    const int vocab_size = manifest->vocab_size;
    const char *path = paths->vocab;
    Buffer file = {0};
    json_t *root = NULL, *symbols;
    const char *kind;
    json_int_t eos;
    json_error_t why;
    Status status = OK;
    if (manifest->sealed && !manifest->has_vocab)
        return err_set(err, ERR_FORMAT, "%s: files: " VOCAB_NAME " is missing", paths->manifest);
    if (manifest->has_tokenizer) return read_tokens(paths, manifest, out, err);
    TRY_GOTO(folder_json(path, manifest->sealed ? seal_room(&manifest->vocab, VOCAB_MAX) : VOCAB_MAX, &file,
                         &root, err));
    if (json_unpack_ex(root, &why, JSON_STRICT, "{s:s, s:I, s:o}", "kind", &kind, "eos", &eos, "symbols",
                       &symbols))
        TRY_GOTO(folder_unpack_error(path, "", &why, err));
    bool bytes = strcmp(kind, "bytes") == 0;
    if ((!bytes && strcmp(kind, "words") != 0) || json_array_size(symbols) != (size_t)vocab_size ||
        eos > vocab_size - 1 || (eos < vocab_size - 1 && !marks) || eos < 0) {
        status =
            err_set(err, ERR_FORMAT,
                    "%s: kind \"%.32s\", %zu symbols, eos %lld; expected bytes or words, %d symbols as in "
                    "manifest.json, eos %s%d",
                    path, kind, json_array_size(symbols), (long long)eos, vocab_size, marks ? "at most " : "",
                    vocab_size - 1);
        goto done;
    }
    TRY_GOTO(vocab_of_json(out, symbols, (int)eos, bytes, path, err));
    if (manifest->sealed) status = seal_check(&manifest->vocab, path, file.data, file.size, err);
done:
    buffer_free(&file);
    json_decref(root);
    return status;
}

/* Token ids of one row of a random set, appended to the set's tokens. */
static Status read_numbers(FactSet *facts, const Rows *rows, int64_t *end, Err *err) {
    Text row = rows->field[0], word;
    int length = 0;
    for (; text_word(&row, &word); length++) {
        int64_t token = 0;
        for (size_t i = 0; i < word.size; i++) {
            int digit = word.data[i] - '0';
            if (digit < 0 || digit > 9 || word.size > 10) {
                char quote[QUOTE_SIZE];
                return err_set(err, ERR_FORMAT, "%s:%d: %s is not a token", rows->path, rows->row_line,
                               text_quote(quote, word));
            }
            token = 10 * token + digit;
        }
        if (token >= facts->vocab.size)
            return err_set(err, ERR_FORMAT, "%s:%d: token %lld, vocabulary is %d", rows->path, rows->row_line,
                           (long long)token, facts->vocab.size);
        if (length < facts->max_len) facts->tokens[(*end)++] = (int32_t)token;
    }
    if (length != facts->max_len)
        return err_set(err, ERR_FORMAT, "%s:%d: %d token%s, expected %d", rows->path, rows->row_line, length,
                       length == 1 ? "" : "s", facts->max_len);
    return OK;
}

static Status wrong_count(const Rows *rows, int n, bool more, Err *err) {
    return err_set(err, ERR_FORMAT, "%s: the manifest has %d records, the file has %s", rows->path, n,
                   more ? "more" : "fewer");
}

static Status load_random(FactSet *facts, Rows *rows, const FolderPaths *paths, const Manifest *manifest,
                          Err *err) {
    int n = manifest->n, S = manifest->max_len;
    if (manifest->tokens != (json_int_t)n * S)
        return err_set(err, ERR_FORMAT, "%s: the manifest has %lld tokens for %d facts of %d", rows->path,
                       (long long)manifest->tokens, n, S);
    facts->vocab = (Vocab){.size = manifest->vocab_size, .eos = -1};
    facts->max_len = S;
    facts->n = n;
    TRY(facts_allocate(facts, manifest->tokens, err));
    int64_t end = 0;
    for (int i = 0; i < n; i++) {
        facts->start[i] = end;
        if (!rows_line(rows)) return wrong_count(rows, n, false, err);
        TRY(read_numbers(facts, rows, &end, err));
    }
    facts->start[n] = end;
    if (rows->at < rows->end) return wrong_count(rows, n, true, err);
    Config config;
    config_defaults(&config);
    facts->config = config.facts;
    facts->config.n = n, facts->config.seq_len = S, facts->config.vocab_size = manifest->vocab_size;
    facts->config.seed = manifest->seed;
    TRY(facts_hash(facts, err));
    return recompute_drawn(facts, manifest, paths, err);
}

static Status load_imported(FactSet *facts, Rows *rows, Records *records, const FolderPaths *paths,
                            const Manifest *manifest, Err *err) {
    TRY(read_vocab(paths, manifest, false, &facts->vocab, err));
    bool more;
    TRY(rows_tsv(rows, &more, err));
    int c = 0, prompt = -1, answer = -1, tag = -1, columns = rows->n_fields;
    if (c < columns && text_is(rows->field[c], "prompt")) prompt = c++;
    if (c < columns && text_is(rows->field[c], "answer")) answer = c++;
    if (c < columns && text_is(rows->field[c], "tag")) tag = c++;
    if (answer < 0 || c != columns)
        return err_set(err, ERR_FORMAT, "%s:1: the first line must name the columns [prompt] answer [tag]",
                       rows->path);
    for (;;) {
        TRY(rows_tsv(rows, &more, err));
        if (!more) break;
        bool right = rows->n_fields == columns;
        for (int i = 0; i < columns && right; i++) right = text_unescape(&rows->field[i]);
        if (!right)
            return err_set(err, ERR_FORMAT, "%s:%d: expected %d fields with well-formed escapes", rows->path,
                           rows->row_line, columns);
        Record record = {.answer = rows->field[answer], .line = rows->row_line};
        if (prompt >= 0 && rows->field[prompt].size) record.prompt = rows->field[prompt];
        if (tag >= 0 && rows->field[tag].size) record.tag = rows->field[tag];
        TRY(records_add(records, record, err));
    }
    if (records->n != manifest->n) return wrong_count(rows, manifest->n, records->n > manifest->n, err);
    TRY(facts_of_records(facts, records, rows->path, err));
    return facts_count_imported(facts, err);
}

/* escaped: whether tags are, from version 4 on; before, they were not escaped. */
static Status names_of_json(FactSet *facts, const json_t *fields, const json_t *tags, bool escaped,
                            const char *path, Err *err) {
    size_t n_fields = json_array_size(fields), n_tags = json_array_size(tags);
    bool right = n_fields <= FIELDS_MAX && n_tags <= INT32_MAX;
    for (size_t i = 0; i < n_fields && right; i++) {
        const char *name = json_string_value(json_array_get(fields, i));
        right = name && strlen(name) < FIELD_NAME_MAX;
        if (right) strcpy(facts->field_name[facts->n_fields++], name);
    }
    if (n_tags && right && !(facts->tag_names = calloc(n_tags, sizeof *facts->tag_names)))
        return err_set(err, ERR_NOMEM, "%s: no memory for %zu tags", path, n_tags);
    for (size_t i = 0; i < n_tags && right; i++) {
        const char *name = json_string_value(json_array_get(tags, i));
        right = name != NULL;
        char *copy = right ? strdup(name) : NULL;
        if (right && !copy) return err_set(err, ERR_NOMEM, "%s: no memory for %zu tags", path, n_tags);
        if (!copy) continue;
        facts->tag_names[facts->n_tags++] = copy;
        Text text = {copy, strlen(copy)};
        if (escaped && (right = text_unescape(&text))) copy[text.size] = '\0';
    }
    if (right) return OK;
    return err_set(err, ERR_FORMAT, "%s: fields must be at most %d names of at most %d bytes, tags names",
                   path, FIELDS_MAX, FIELD_NAME_MAX - 1);
}

static int longest_of(const FactSet *facts) {
    int longest = 0;
    for (int i = 0; i < facts->n_pool; i++)
        if (fact_length(facts, i) > longest) longest = fact_length(facts, i);
    return longest;
}

static Status load_pool(FactSet *facts, Rows *rows, const FolderPaths *paths, const Manifest *manifest,
                        Err *err) {
    json_error_t why;
    json_int_t heldout, variants, junk, tokens;
    json_t *fields, *tags;
    if (json_unpack_ex(manifest->pool, &why, JSON_STRICT, "{s:I, s:I, s:I, s:I, s:o, s:o}", "heldout",
                       &heldout, "variants", &variants, "junk", &junk, "tokens", &tokens, "fields", &fields,
                       "tags", &tags) != 0)
        return folder_unpack_error(paths->manifest, "pool: ", &why, err);
    if (tokens < 0 || tokens > INT32_MAX || heldout < 0 || heldout > tokens || variants < 0 ||
        variants > tokens || junk < 0 || junk > tokens || manifest->n + heldout + variants + junk > tokens)
        return err_set(err, ERR_FORMAT, "%s: pool: heldout, variants, junk or tokens is out of range",
                       paths->manifest);
    facts->n_heldout = (int)heldout, facts->n_variants = (int)variants, facts->n_junk = (int)junk;
    TRY(names_of_json(facts, fields, tags, manifest->sealed, paths->manifest, err));
    bool drawn = kind_named(facts->kind) != NULL; /* else texts, which have no marks */
    if (drawn && manifest->has_tokenizer)
        return err_set(err, ERR_FORMAT, "%s: kind %s: drawn facts have no tokenizer", paths->manifest,
                       facts->kind);
    bool text = manifest->sealed ? manifest->has_vocab : !file_missing(paths->vocab);
    if (!drawn || text) TRY(read_vocab(paths, manifest, drawn, &facts->vocab, err));
    else facts->vocab = (Vocab){.size = manifest->vocab_size, .eos = -1};
    facts->n = manifest->n;
    facts->max_len = manifest->max_len;
    if (manifest->drawn_with) TRY(drawn_with_read(facts, manifest->drawn_with, paths->manifest, err));
    TRY(pool_records_read(facts, rows, tokens, err));
    TRY(facts_hash(facts, err));
    if (drawn) return recompute_drawn(facts, manifest, paths, err);
    facts->max_len = longest_of(facts);
    return facts_count_imported(facts, err);
}

static Status load_facts(FactSet *facts, Rows *rows, Records *records, const FolderPaths *paths,
                         const Manifest *manifest, Err *err) {
    if (manifest->pool) return load_pool(facts, rows, paths, manifest, err);
    if (strcmp(manifest->kind, "random") == 0) return load_random(facts, rows, paths, manifest, err);
    return load_imported(facts, rows, records, paths, manifest, err);
}

/* The manifest's own seal, last: what is wrong inside may be named better. But a manifest that was altered may be why
 * another file seems wrong (`status`, err): then it is named. */
static Status check_manifest(const Manifest *manifest, const char *path, Status status, Err *err) {
    static const char altered[] = "was altered: it does not end in the seal of its other bytes";
    if (!manifest->sealed || seal_holds(&manifest->file, SEAL_JSON)) return status;
    if (status == OK) return err_set(err, ERR_FORMAT, "%s: %s", path, altered);
    if (err && strncmp(err->msg, path, strlen(path)) != 0) err_prefix(err, "%s: %s; ", path, altered);
    return status;
}

Status facts_load(const char *dir, FactSet *out, Err *err) {
    *out = (FactSet){.vocab = {.eos = -1}};
    FolderPaths paths;
    TRY(folder_paths(&paths, dir, err));
    if (file_missing(paths.manifest))
        return err_set(err, ERR_INPUT,
                       "%s: no fact set is there (manifest.json is missing); `rote facts make` and "
                       "`rote facts import` write one",
                       dir);
    Manifest manifest;
    Records records = {0};
    Rows rows = {.path = paths.records, .bad = ERR_FORMAT, .max_line = RECORDS_MAX};
    Status status = OK, altered = OK;
    Err how = {0};
    TRY_GOTO(manifest_read(paths.manifest, &manifest, err));
    snprintf(out->kind, sizeof out->kind, "%s", manifest.kind);
    out->seed = manifest.seed;
    out->duplicates = manifest.duplicates;
    /* Not counted again: other zlibs pack otherwise. */
    out->zlib_bytes = json_integer_value(manifest.zlib_bytes);
    rows.max_bytes = manifest.sealed ? seal_room(&manifest.records, RECORDS_MAX) : RECORDS_MAX;
    TRY_GOTO(rows_open(&rows, &records.file, err));
    if (manifest.sealed) /* before escapes are undone in place; what is wrong inside may be named better */
        altered = seal_check(&manifest.records, paths.records, records.file.data, records.file.size, &how);
    TRY_GOTO(load_facts(out, &rows, &records, &paths, &manifest, err));
    if (strcmp(manifest.kind, "text") == 0 && out->vocab.bytes) TRY_GOTO(text_facts_count(out, err));
    TRY_GOTO(recompute_compare(out, &manifest, &paths, err));
    if (altered != OK) TRY_GOTO(err_set(err, altered, "%s", how.msg));
done:
    if (status == OK || status == ERR_FORMAT) status = check_manifest(&manifest, paths.manifest, status, err);
    manifest_free(&manifest);
    records_free(&records);
    if (status != OK) facts_free(out);
    return status;
}
