/* Reading a fact set's folder: the tokens are derived again from the records, and their hash and figures compared with
 * the manifest's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "data/folder/drawn_with.h"
#include "data/folder/folder.h"
#include "data/folder/layout.h"
#include "data/folder/pool_records.h"
#include "data/import/encode.h"
#include "data/import/rows.h"
#include "data/import/text_facts.h"
#include "data/kinds/kinds.h"
#include "data/kinds/random.h"
#include "data/records.h"
#include "data/vocab.h"

/* Bytes that a file may have; a larger one is none of ours. */
enum { MANIFEST_MAX = 1 << 20 };
#define VOCAB_MAX   ((size_t)1 << 30)
#define RECORDS_MAX ((size_t)1 << 35)

static Status read_json(const char *path, size_t max_bytes, json_t **out, Err *err) {
    Buffer buffer = {0};
    TRY(file_read(path, max_bytes, &buffer, err));
    json_error_t why;
    *out = json_loadb(buffer.data, buffer.size, JSON_REJECT_DUPLICATES, &why);
    buffer_free(&buffer);
    if (!*out) return err_set(err, ERR_FORMAT, "%s:%d: %s", path, why.line, why.text);
    return OK;
}

/* What the manifest says and the records do not. */
typedef struct Manifest {
    json_t *root;
    const char *kind, *data_hash, *derivation;
    int n, max_len, vocab_size, duplicates;
    json_int_t tokens;
    uint64_t seed;
    json_t *entropy_bits, *data_bits_set, *ceiling_bits, *answer_bits, *zlib_bytes;
    json_t *pool;       /* from version 2 on */
    json_t *drawn_with; /* from version 3 on */
} Manifest;

static Status read_manifest(const char *path, Manifest *out, Err *err) {
    *out = (Manifest){0};
    TRY(read_json(path, MANIFEST_MAX, &out->root, err));
    const char *format, *seed;
    int version;
    json_error_t why;
    if (json_unpack_ex(out->root, &why, 0, "{s:s, s:i}", "format", &format, "version", &version) != 0)
        return err_set(err, ERR_FORMAT, "%s: %s", path, why.text);
    if (strcmp(format, FORMAT_NAME) != 0 || version < VERSION_PLAIN || version > VERSION_DRAWN)
        return err_set(err, ERR_FORMAT,
                       "%s: format %.32s, version %d; this program reads %s, versions %d to %d", path, format,
                       version, FORMAT_NAME, VERSION_PLAIN, VERSION_DRAWN);
    static const char *const layouts[] = {
        [VERSION_PLAIN] =
            "{s:s, s:i, s:s, s:i, s:I, s:i, s:i, s:s, s:o, s:o, s:o, s:s, s:i, s:{s:o, s:o}, s:s}",
        [VERSION_POOL] =
            "{s:s, s:i, s:s, s:i, s:I, s:i, s:i, s:s, s:o, s:o, s:o, s:s, s:i, s:{s:o, s:o}, s:s, s:o}",
        [VERSION_DRAWN] =
            "{s:s, s:i, s:s, s:i, s:I, s:i, s:i, s:s, s:o, s:o, s:o, s:s, s:i, s:{s:o, s:o}, s:s, s:o, s:o}"};
    if (json_unpack_ex(out->root, &why, JSON_STRICT, layouts[version], "format", &format, "version", &version,
                       "kind", &out->kind, "n", &out->n, "tokens", &out->tokens, "max_len", &out->max_len,
                       "vocab_size", &out->vocab_size, "seed", &seed, "entropy_bits", &out->entropy_bits,
                       "data_bits_set", &out->data_bits_set, "ceiling_bits", &out->ceiling_bits, "derivation",
                       &out->derivation, "duplicates", &out->duplicates, "baselines", "answer_bits",
                       &out->answer_bits, "zlib_bytes", &out->zlib_bytes, "data_hash", &out->data_hash,
                       "pool", &out->pool, "drawn_with", &out->drawn_with) != 0)
        return err_set(err, ERR_FORMAT, "%s: %s", path, why.text);
    char *end;
    errno = 0;
    out->seed = strtoull(seed, &end, 10);
    if (errno || *end || seed[0] < '0' || seed[0] > '9')
        return err_set(err, ERR_FORMAT, "%s: seed \"%.32s\" is not a number", path, seed);
    bool plain = folder_kind_plain(out->kind);
    if (!plain && (version == VERSION_PLAIN || !kind_named(out->kind)))
        return err_set(err, ERR_FORMAT, "%s: kind \"%.32s\"; this program reads %s", path, out->kind,
                       version == VERSION_PLAIN ? "random, import and text in version 1"
                                                : "import and the kinds of `rote help facts.kind`");
    if (out->n < 1 || out->max_len < 1 || out->vocab_size < 1 || out->duplicates < 0 ||
        out->tokens < out->n || out->tokens > INT32_MAX)
        return err_set(err, ERR_FORMAT, "%s: n, tokens, max_len, vocab_size or duplicates is out of range",
                       path);
    return OK;
}

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

/* marks: whether symbols may follow EOS. */
static Status read_vocab(const char *path, int vocab_size, bool marks, Vocab *out, Err *err) {
    json_t *root = NULL, *symbols;
    const char *kind;
    int eos;
    json_error_t why;
    Status status = OK;
    TRY_GOTO(read_json(path, VOCAB_MAX, &root, err));
    if (json_unpack_ex(root, &why, JSON_STRICT, "{s:s, s:i, s:o}", "kind", &kind, "eos", &eos, "symbols",
                       &symbols)) {
        status = err_set(err, ERR_FORMAT, "%s: %s", path, why.text);
        goto done;
    }
    bool bytes = strcmp(kind, "bytes") == 0;
    if ((!bytes && strcmp(kind, "words") != 0) || json_array_size(symbols) != (size_t)vocab_size ||
        eos > vocab_size - 1 || (eos < vocab_size - 1 && !marks) || eos < 0) {
        status = err_set(err, ERR_FORMAT,
                         "%s: kind \"%.32s\", %zu symbols, eos %d; expected bytes or words, %d symbols as in "
                         "manifest.json, eos %s%d",
                         path, kind, json_array_size(symbols), eos, vocab_size, marks ? "at most " : "",
                         vocab_size - 1);
        goto done;
    }
    status = vocab_of_json(out, symbols, eos, bytes, path, err);
done:
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

static Status load_random(FactSet *facts, Rows *rows, const Manifest *manifest, Err *err) {
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
    facts_count_random(facts);
    Config config;
    config_defaults(&config);
    facts->config = config.facts;
    facts->config.n = n, facts->config.seq_len = S, facts->config.vocab_size = manifest->vocab_size;
    facts->config.seed = manifest->seed;
    return facts_hash(facts, err);
}

static Status load_imported(FactSet *facts, Rows *rows, Records *records, const char *vocab_path,
                            const Manifest *manifest, Err *err) {
    TRY(read_vocab(vocab_path, manifest->vocab_size, false, &facts->vocab, err));
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

static double real_of(const json_t *number) {
    return json_is_number(number) ? json_number_value(number) : __builtin_nan("");
}

static Status names_of_json(FactSet *facts, const json_t *fields, const json_t *tags, const char *path,
                            Err *err) {
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
        if (copy) facts->tag_names[facts->n_tags++] = copy;
    }
    if (right) return OK;
    return err_set(err, ERR_FORMAT, "%s: fields must be at most %d names of at most %d bytes, tags names",
                   path, FIELDS_MAX, FIELD_NAME_MAX - 1);
}

/* Figures of a drawn set follow from its source, not from its records: they are taken as they stand. */
static Status load_pool(FactSet *facts, Rows *rows, const FolderPaths *paths, const Manifest *manifest,
                        Err *err) {
    json_error_t why;
    json_int_t tokens;
    json_t *fields, *tags;
    if (json_unpack_ex(manifest->pool, &why, JSON_STRICT, "{s:i, s:i, s:i, s:I, s:o, s:o}", "heldout",
                       &facts->n_heldout, "variants", &facts->n_variants, "junk", &facts->n_junk, "tokens",
                       &tokens, "fields", &fields, "tags", &tags) != 0)
        return err_set(err, ERR_FORMAT, "%s: pool: %s", paths->manifest, why.text);
    json_int_t pool = (json_int_t)manifest->n + facts->n_heldout + facts->n_variants + facts->n_junk;
    if (facts->n_heldout < 0 || facts->n_variants < 0 || facts->n_junk < 0 || tokens < pool ||
        tokens > INT32_MAX)
        return err_set(err, ERR_FORMAT, "%s: pool: heldout, variants, junk or tokens is out of range",
                       paths->manifest);
    TRY(names_of_json(facts, fields, tags, paths->manifest, err));
    bool drawn = kind_named(facts->kind) != NULL; /* else texts, which have no marks */
    if (!drawn || file_exists(paths->vocab))
        TRY(read_vocab(paths->vocab, manifest->vocab_size, drawn, &facts->vocab, err));
    else facts->vocab = (Vocab){.size = manifest->vocab_size, .eos = -1};
    facts->n = manifest->n;
    facts->max_len = manifest->max_len;
    if (manifest->drawn_with) TRY(drawn_with_read(facts, manifest->drawn_with, paths->manifest, err));
    TRY(pool_records_read(facts, rows, tokens, err));
    facts->entropy_known = json_is_number(manifest->entropy_bits);
    facts->data_bits = real_of(manifest->entropy_bits);
    facts->data_bits_set = real_of(manifest->data_bits_set);
    facts->ceiling_bits = real_of(manifest->ceiling_bits);
    facts->answer_bits = json_number_value(manifest->answer_bits);
    if (!drawn) TRY(facts_count_imported(facts, err)); /* what is known of them follows from the records */
    return facts_hash(facts, err);
}

/* A figure of the manifest against what the records give. */
static Status same_figure(const char *path, const char *name, const json_t *said, bool known, double counted,
                          Err *err) {
    if (known ? json_is_number(said) && json_number_value(said) == counted : json_is_null(said)) return OK;
    char *text = json_dumps(said, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    Status status =
        known ? err_set(err, ERR_FORMAT, "%s: %s is %.40s, the records give %.17g", path, name,
                        text ? text : "?", counted)
              : err_set(err, ERR_FORMAT, "%s: %s is %.40s, expected null", path, name, text ? text : "?");
    free(text);
    return status;
}

static Status compare_manifest(const FactSet *facts, const Manifest *manifest, const FolderPaths *paths,
                               Err *err) {
    if (strcmp(manifest->data_hash, facts->data_hash) != 0)
        return err_set(err, ERR_FORMAT,
                       "%s: its content has the hash %s, manifest.json says %.40s: one was altered",
                       paths->records, facts->data_hash, manifest->data_hash);
    bool known = facts->entropy_known;
    TRY(same_figure(paths->manifest, "entropy_bits", manifest->entropy_bits, known, facts->data_bits, err));
    TRY(same_figure(paths->manifest, "data_bits_set", manifest->data_bits_set, known, facts->data_bits_set,
                    err));
    TRY(same_figure(paths->manifest, "ceiling_bits", manifest->ceiling_bits, known, facts->ceiling_bits,
                    err));
    TRY(same_figure(paths->manifest, "answer_bits", manifest->answer_bits, !known || facts->answer_bits > 0,
                    facts->answer_bits, err));
    TRY(same_figure(paths->manifest, "zlib_bytes", manifest->zlib_bytes, !known, (double)facts->zlib_bytes,
                    err));
    TRY(same_figure(paths->manifest, "max_len", json_object_get(manifest->root, "max_len"), true,
                    facts->max_len, err));
    return same_figure(paths->manifest, "tokens", json_object_get(manifest->root, "tokens"), true,
                       (double)facts->start[facts->n], err);
}

Status facts_load(const char *dir, FactSet *out, Err *err) {
    *out = (FactSet){.vocab = {.eos = -1}};
    FolderPaths paths;
    TRY(folder_paths(&paths, dir, err));
    if (!file_exists(paths.manifest))
        return err_set(err, ERR_INPUT,
                       "%s: no fact set is there (manifest.json is missing); `rote facts make` and "
                       "`rote facts import` write one",
                       dir);
    Manifest manifest;
    Records records = {0};
    Rows rows = {.path = paths.records, .bad = ERR_FORMAT, .max_bytes = RECORDS_MAX, .max_line = RECORDS_MAX};
    Status status = OK;
    TRY_GOTO(read_manifest(paths.manifest, &manifest, err));
    snprintf(out->kind, sizeof out->kind, "%s", manifest.kind);
    snprintf(out->derivation, sizeof out->derivation, "%s", manifest.derivation);
    out->seed = manifest.seed;
    out->duplicates = manifest.duplicates;
    out->zlib_bytes =
        json_integer_value(manifest.zlib_bytes); /* not counted again: other zlibs pack otherwise */
    TRY_GOTO(rows_open(&rows, &records.file, err));
    if (manifest.pool) TRY_GOTO(load_pool(out, &rows, &paths, &manifest, err));
    else if (strcmp(manifest.kind, "random") == 0) TRY_GOTO(load_random(out, &rows, &manifest, err));
    else TRY_GOTO(load_imported(out, &rows, &records, paths.vocab, &manifest, err));
    if (strcmp(manifest.kind, "text") == 0 && out->vocab.bytes) TRY_GOTO(text_facts_count(out, err));
    TRY_GOTO(compare_manifest(out, &manifest, &paths, err));
done:
    json_decref(manifest.root);
    records_free(&records);
    if (status != OK) facts_free(out);
    return status;
}
