/* Writing a fact set's folder. The manifest is written last: a folder without one is no fact set. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/file.h"
#include "base/json.h"
#include "base/seal.h"
#include "data/folder/drawn_with.h"
#include "data/folder/folder.h"
#include "data/folder/layout.h"
#include "data/folder/pool_records.h"
#include "data/folder/seal.h"
#include "data/import/encode.h"
#include "data/kinds/kinds.h"
#include "data/tokenizer/tokenizer_json.h"

enum { INDENTED = JSON_INDENT(2) | JSON_REAL_PRECISION(17) };

/* A JSON string of the escaped text; NULL: no memory. */
static json_t *escaped_json(Text text) {
    size_t room = 4 * text.size + 1; /* \xHH for every byte, and a NUL */
    char *escaped = malloc(room);
    if (escaped) text_escape(escaped, room, text);
    return json_string_take(escaped);
}

/* A tokenizer's tokens stand in tokenizer.json; vocab.json names it by its hash. */
static Status write_tokens_of(FILE *stream, const char *path, const Vocab *vocab, Err *err) {
    char *text;
    TRY(json_take_text(json_pack("{s:s, s:i, s:s}", "kind", "tokenizer", "eos", vocab->eos, "tokenizer",
                                 vocab->tokenizer_hash),
                       INDENTED, path, &text, err));
    fprintf(stream, "%s\n", text); /* a failed write shows when the file is committed */
    free(text);
    return OK;
}

static Status write_vocab(FILE *stream, const char *path, const Vocab *vocab, Err *err) {
    json_ran_out(); /* what an earlier file left */
    if (vocab->tokenizer) return write_tokens_of(stream, path, vocab, err);
    json_t *symbols = json_array();
    for (int i = 0; i < vocab->size; i++)
        json_array_append_new(symbols, escaped_json((Text){vocab->text[i], (size_t)vocab->length[i]}));
    if (json_array_size(symbols) != (size_t)vocab->size) { /* escaped texts are UTF-8: nothing else fails */
        json_decref(symbols);
        return err_set(err, ERR_NOMEM, "%s: no memory to write it", path);
    }
    const char *kind = vocab->bytes ? "bytes" : "words";
    char *text;
    TRY(json_take_text(json_pack("{s:s, s:i, s:o}", "kind", kind, "eos", vocab->eos, "symbols", symbols),
                       INDENTED, path, &text, err));
    fprintf(stream, "%s\n", text); /* a failed write shows when the file is committed */
    free(text);
    return OK;
}

static json_t *real_or_null(double x, bool known) { return known ? json_real(x) : json_null(); }

/* What a set has besides that is not plain. A key that jansson had no memory for shows in json_take_text. */
static Status add_pool(json_t *root, const FactSet *facts, const char *path, Err *err) {
    json_t *fields = json_array(), *tags = json_array(), *drawn_with = NULL;
    for (int i = 0; i < facts->n_fields; i++)
        json_array_append_new(fields, json_string(facts->field_name[i]));
    for (int i = 0; i < facts->n_tags; i++) {
        char *name = facts->tag_names[i];
        json_array_append_new(tags, escaped_json((Text){name, strlen(name)}));
    }
    bool whole = json_array_size(tags) == (size_t)facts->n_tags;
    json_t *pool = json_pack("{s:i, s:i, s:i, s:I, s:o, s:o}", "heldout", facts->n_heldout, "variants",
                             facts->n_variants, "junk", facts->n_junk, "tokens",
                             (json_int_t)facts->start[facts->n_pool], "fields", fields, "tags", tags);
    json_object_set_new(root, "pool", pool);
    if (!whole) return err_set(err, ERR_NOMEM, "%s: no memory to write it", path);
    if (!facts->config.n) return OK; /* imported, or read from a folder of version 2 */
    TRY(drawn_with_json(facts, &drawn_with, err));
    json_object_set_new(root, "drawn_with", drawn_with);
    return OK;
}

/* The length of the longest fact written, where facts->max_len is that of the file they were chosen from; of drawn
 * facts the length that their kind may need, and a model is made for. */
static int longest_of(const FactSet *facts) {
    int64_t longest = 0;
    if (kind_named(facts->kind)) return facts->max_len;
    for (int i = 0; i < facts->n_pool; i++)
        if (facts->start[i + 1] - facts->start[i] > longest) longest = facts->start[i + 1] - facts->start[i];
    return (int)longest;
}

/* The seals of the other files; bytes -1: it is not there. */
typedef struct Seals {
    FileSeal records, vocab, tokenizer;
} Seals;

static json_t *seals_json(const Seals *seals) {
    json_t *files = json_object();
    json_object_set_new(files, RECORDS_NAME, seal_json(&seals->records));
    if (seals->vocab.bytes >= 0) json_object_set_new(files, VOCAB_NAME, seal_json(&seals->vocab));
    if (seals->tokenizer.bytes >= 0) json_object_set_new(files, TOKENS_NAME, seal_json(&seals->tokenizer));
    return files;
}

static Status write_manifest(FILE *stream, const char *path, const FactSet *facts, const Seals *seals,
                             Err *err) {
    bool known = facts->entropy_known;
    char seed[24], *text = NULL, *sealed = NULL;
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)facts->seed);
    json_ran_out(); /* what an earlier file left */
    json_t *root = json_pack(
        "{s:s, s:i, s:s, s:i, s:I, s:i, s:i, s:s, s:o, s:o, s:o, s:s, s:i, s:{s:o, s:o}, s:s}", "format",
        FORMAT_NAME, "version", facts->vocab.tokenizer ? VERSION_TOKENIZER : VERSION_SEALED, "kind",
        facts->kind, "n", facts->n, "tokens", (json_int_t)facts->start[facts->n], "max_len",
        longest_of(facts), "vocab_size", facts->vocab.size, "seed", seed, "entropy_bits",
        real_or_null(facts->data_bits, known), "data_bits_set", real_or_null(facts->data_bits_set, known),
        "ceiling_bits", real_or_null(facts->ceiling_bits, known), "derivation", facts->derivation,
        "duplicates", facts->duplicates, "baselines", "answer_bits",
        real_or_null(facts->answer_bits, !known || facts->answer_bits > 0), "zlib_bytes",
        known ? json_null() : json_integer(facts->zlib_bytes), "data_hash", facts->data_hash);
    Status status = OK;
    if (!folder_plain(facts)) TRY_GOTO(add_pool(root, facts, path, err));
    json_object_set_new(root, "files", seals_json(seals));
    status = json_take_text(root, INDENTED, path, &text, err);
    root = NULL;
    TRY_GOTO(status);
    TRY_GOTO(seal_text(text, SEAL_JSON, &sealed, err));
    if (strlen(sealed) > MANIFEST_MAX)
        TRY_GOTO(err_set(err, ERR_INPUT, "%s: %zu bytes, at most %zu are possible; use fewer or shorter tags",
                         path, strlen(sealed), MANIFEST_MAX));
    fputs(sealed, stream);
done:
    json_decref(root);
    free(text);
    free(sealed);
    return status;
}

static void write_numbers(FILE *stream, const FactSet *facts) {
    for (int i = 0; i < facts->n; i++)
        for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++)
            fprintf(stream, "%d%c", facts->tokens[t], t + 1 < facts->start[i + 1] ? ' ' : '\n');
}

/* A first line of names says which of the columns prompt, answer, tag there are. */
static Status write_texts(FILE *stream, const char *path, const FactSet *facts, Err *err) {
    bool prompts = false;
    size_t room = 1;
    for (int i = 0; i < facts->n; i++) {
        size_t bytes = facts_text_bytes(facts, i);
        if (bytes > room) room = bytes;
        prompts = prompts || facts->prompt_len[i] > 0;
    }
    char *bytes = malloc(room);
    if (!bytes) return err_set(err, ERR_NOMEM, "%s: no memory to write a fact of %zu bytes", path, room);
    bool tags = facts->n_tags > 0;
    fprintf(stream, "%sanswer%s\n", prompts ? "prompt\t" : "", tags ? "\ttag" : "");
    for (int i = 0; i < facts->n; i++) {
        Text prompt, answer;
        facts_fields(facts, i, bytes, &prompt, &answer);
        text_write(stream, prompt);
        if (prompts) fputc('\t', stream);
        text_write(stream, answer);
        if (tags) fputc('\t', stream);
        if (facts->tag[i] >= 0) {
            char *tag = facts->tag_names[facts->tag[i]];
            text_write(stream, (Text){tag, strlen(tag)});
        }
        fputc('\n', stream);
    }
    free(bytes);
    return OK;
}

Status facts_write_records(FILE *stream, const char *path, const FactSet *facts, bool table, Err *err) {
    if (table) return write_texts(stream, path, facts, err);
    write_numbers(stream, facts);
    return OK;
}

/* The files that come before the manifest. */
typedef enum Part { PART_RECORDS, PART_VOCAB, PART_TOKENIZER, PARTS } Part;
static const char *const part_fault[PARTS] = {"records", "vocab", "tokenizer"};
static const size_t part_most[PARTS] = {RECORDS_MAX, VOCAB_MAX, TOKENIZER_JSON_MAX};

/* One of them.
 *   made   whether it exists now, after an error too */
static Status write_file(const char *path, Part part, const FactSet *facts, bool *made, FileSeal *seal,
                         Err *err) {
    AtomicFile file;
    Status status = OK;
    TRY(atomic_open(&file, path, err));
    if (part == PART_VOCAB) status = write_vocab(file.stream, path, &facts->vocab, err);
    else if (part == PART_TOKENIZER) fputs(facts->vocab.tokenizer_json, file.stream);
    else if (!folder_plain(facts)) pool_records_write(file.stream, facts);
    else status = facts_write_records(file.stream, path, facts, facts->vocab.text != NULL, err);
    if (status != OK) {
        atomic_abort(&file);
        return status;
    }
    status = atomic_commit_new(&file, part_fault[part], err);
    *made = file.placed;
    TRY(status);
    TRY(file_hash(path, &seal->bytes, seal->hash, err));
    if ((uint64_t)seal->bytes <= part_most[part]) return OK;
    return err_set(err, ERR_INPUT, "%s: %lld bytes, at most %zu are possible; use fewer or shorter facts",
                   path, (long long)seal->bytes, part_most[part]);
}

static bool one_of(const char *name, const char *const *names) {
    while (*names && strcmp(name, *names) != 0) names++;
    return *names != NULL;
}

#define TEMPORARY(name) "." name TEMPORARY_END /* base/file.h */

/* No file of the folder is ever overwritten, but what a process left there that died while it
 * made a fact set: the manifest's temporary is there first and says so.
 *   begun   whether there is such a rest */
static Status check_folder(const char *dir, bool *begun, Err *err) {
    static const char *const OURS[] = {".",          "..",
                                       LOCK_NAME,    TEMPORARY(MANIFEST_NAME),
                                       RECORDS_NAME, TEMPORARY(RECORDS_NAME),
                                       VOCAB_NAME,   TEMPORARY(VOCAB_NAME),
                                       TOKENS_NAME,  TEMPORARY(TOKENS_NAME),
                                       NULL};
    static const char *const NOTHING[] = {".", "..", LOCK_NAME, NULL};
    char manifest[CONFIG_PATH_MAX + 32];
    TRY(path_join(manifest, sizeof manifest, dir, TEMPORARY(MANIFEST_NAME), err));
    *begun = !file_missing(manifest);
    const char *const *allowed = *begun ? OURS : NOTHING;
    DIR *folder = opendir(dir);
    if (!folder) return err_set(err, ERR_IO, "%s: %s", dir, strerror(errno));
    const struct dirent *entry;
    Status status = OK;
    for (errno = 0; (entry = readdir(folder)) && one_of(entry->d_name, allowed);) errno = 0;
    if (entry)
        status = err_set(err, ERR_INPUT, "%s: the folder is not empty (%s is there); name a new one", dir,
                         entry->d_name);
    else if (errno) status = err_set(err, ERR_IO, "%s: cannot read the folder: %s", dir, strerror(errno));
    closedir(folder);
    return status;
}

/* Makes the folder and takes its lock; what the folder holds is looked at before, so that a folder of others is not
 * touched, and again once it is locked. Whoever fails takes a folder that it has made away, maybe between the two:
 * once more.
 *   made   whether the folder is new, after an error too */
static Status lock_folder(const FolderPaths *paths, const char *dir, bool *made, int *lock, bool *begun,
                          Err *err) {
    enum { TRIES = 100 };
    for (int i = 0;; i++) {
        *made = file_missing(dir);
        TRY(make_directories(dir, err));
        Status status = *made ? OK : check_folder(dir, begun, err);
        if (status == OK) status = lock_take(paths->lock, lock, err);
        if (status == OK) break;
        if (!file_missing(dir) || i == TRIES) return status;
    }
    return check_folder(dir, begun, err);
}

/* What this process has put under final names. */
typedef struct Made {
    bool folder, records, vocab, tokenizer;
} Made;

static Status write_set(const FactSet *facts, const FolderPaths *paths, AtomicFile *manifest, Made *made,
                        Err *err) {
    Seals seals = {.vocab.bytes = -1, .tokenizer.bytes = -1};
    TRY(write_file(paths->records, PART_RECORDS, facts, &made->records, &seals.records, err));
    if (facts->vocab.text) TRY(write_file(paths->vocab, PART_VOCAB, facts, &made->vocab, &seals.vocab, err));
    if (facts->vocab.tokenizer)
        TRY(write_file(paths->tokenizer, PART_TOKENIZER, facts, &made->tokenizer, &seals.tokenizer, err));
    TRY(write_manifest(manifest->stream, paths->manifest, facts, &seals, err));
    return atomic_commit_new(manifest, "manifest", err);
}

Status facts_save(const FactSet *facts, const char *dir, Err *err) {
    FolderPaths paths;
    AtomicFile manifest = {0};
    TRY(folder_paths(&paths, dir, err));
    Made made = {0};
    int lock = -1;
    bool begun = false;
    Status status = OK;
    TRY_GOTO(lock_folder(&paths, dir, &made.folder, &lock, &begun, err));
    TRY_GOTO(atomic_open(&manifest, paths.manifest, err));
    if (begun) { /* a dead process's */
        unlink(paths.records);
        unlink(paths.vocab);
        unlink(paths.tokenizer);
    }
    status = write_set(facts, &paths, &manifest, &made, err);
done:
    if (status != OK) {
        if (manifest.placed) unlink(paths.manifest);
        if (made.tokenizer) unlink(paths.tokenizer);
        if (made.vocab) unlink(paths.vocab);
        if (made.records) unlink(paths.records);
        atomic_abort(&manifest); /* the last: it marks the others as ours */
    }
    lock_remove(paths.lock, lock);
    if (status != OK && made.folder) rmdir(dir);
    return status;
}
