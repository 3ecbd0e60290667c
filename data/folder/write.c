/* Writing a fact set's folder. The manifest is written last: a folder without one is no fact set. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/file.h"
#include "data/folder/drawn_with.h"
#include "data/folder/folder.h"
#include "data/folder/layout.h"
#include "data/folder/pool_records.h"
#include "data/import/encode.h"

static Status write_json(FILE *stream, const char *path, json_t *root, Err *err) {
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (!text) return err_set(err, ERR_NOMEM, "%s: no memory to write it", path);
    fprintf(stream, "%s\n", text); /* a failed write shows when the file is committed */
    free(text);
    return OK;
}

static Status write_vocab(FILE *stream, const char *path, const Vocab *vocab, Err *err) {
    json_t *symbols = json_array();
    for (int i = 0; i < vocab->size; i++) {
        Text text = {vocab->text[i], (size_t)vocab->length[i]};
        size_t room = 4 * text.size + 1; /* \xHH for every byte, and a NUL */
        char *escaped = malloc(room);
        if (!escaped) {
            json_decref(symbols);
            return err_set(err, ERR_NOMEM, "%s: no memory to write it", path);
        }
        text_escape(escaped, room, text);
        json_array_append_new(symbols,
                              json_string(escaped)); /* a failure leaves the array short: see below */
        free(escaped);
    }
    if (json_array_size(symbols) != (size_t)vocab->size) {
        json_decref(symbols);
        return err_set(err, ERR_NOMEM, "%s: no memory to write it", path);
    }
    const char *kind = vocab->bytes ? "bytes" : "words";
    return write_json(stream, path,
                      json_pack("{s:s, s:i, s:o}", "kind", kind, "eos", vocab->eos, "symbols", symbols), err);
}

static json_t *real_or_null(double x, bool known) { return known ? json_real(x) : json_null(); }

/* A set that was read from version 2 does not know its config. */
static int version_of(const FactSet *facts) {
    if (folder_plain(facts)) return VERSION_PLAIN;
    return facts->config.n ? VERSION_DRAWN : VERSION_POOL;
}

/* What versions 2 and 3 have besides; false: no memory. */
static bool add_pool(json_t *root, const FactSet *facts) {
    json_t *fields = json_array(), *tags = json_array();
    bool whole = true;
    for (int i = 0; i < facts->n_fields; i++)
        whole = !json_array_append_new(fields, json_string(facts->field_name[i])) && whole;
    for (int i = 0; i < facts->n_tags; i++)
        whole = !json_array_append_new(tags, json_string(facts->tag_names[i])) && whole;
    json_t *pool = json_pack("{s:i, s:i, s:i, s:I, s:o, s:o}", "heldout", facts->n_heldout, "variants",
                             facts->n_variants, "junk", facts->n_junk, "tokens",
                             (json_int_t)facts->start[facts->n_pool], "fields", fields, "tags", tags);
    whole = json_object_set_new(root, "pool", pool) == 0 && whole;
    if (version_of(facts) == VERSION_POOL) return whole;
    return json_object_set_new(root, "drawn_with", drawn_with_json(facts)) == 0 && whole;
}

static Status write_manifest(FILE *stream, const char *path, const FactSet *facts, Err *err) {
    bool known = facts->entropy_known;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)facts->seed);
    json_t *root = json_pack(
        "{s:s, s:i, s:s, s:i, s:I, s:i, s:i, s:s, s:o, s:o, s:o, s:s, s:i, s:{s:o, s:o}, s:s}", "format",
        FORMAT_NAME, "version", version_of(facts), "kind", facts->kind, "n", facts->n, "tokens",
        (json_int_t)facts->start[facts->n], "max_len", facts->max_len, "vocab_size", facts->vocab.size,
        "seed", seed, "entropy_bits", real_or_null(facts->data_bits, known), "data_bits_set",
        real_or_null(facts->data_bits_set, known), "ceiling_bits", real_or_null(facts->ceiling_bits, known),
        "derivation", facts->derivation, "duplicates", facts->duplicates, "baselines", "answer_bits",
        real_or_null(facts->answer_bits, !known || facts->answer_bits > 0), "zlib_bytes",
        known ? json_null() : json_integer(facts->zlib_bytes), "data_hash", facts->data_hash);
    if (root && !folder_plain(facts) && !add_pool(root, facts)) {
        json_decref(root);
        root = NULL;
    }
    return write_json(stream, path, root, err);
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

/* One of the two files that come before the manifest. */
static Status write_file(const char *path, const char *fault_name, const FactSet *facts, Err *err) {
    AtomicFile file;
    Status status = OK;
    TRY(atomic_open(&file, path, err));
    if (!strcmp(fault_name, "vocab")) status = write_vocab(file.stream, path, &facts->vocab, err);
    else if (!folder_plain(facts)) pool_records_write(file.stream, facts);
    else status = facts_write_records(file.stream, path, facts, facts->vocab.text != NULL, err);
    if (status == OK) return atomic_commit(&file, fault_name, err);
    atomic_abort(&file);
    return status;
}

static bool one_of(const char *name, const char *const *names) {
    while (*names && strcmp(name, *names) != 0) names++;
    return *names != NULL;
}

#define TEMPORARY(name) "." name TEMPORARY_END /* base/file.h */

/* Nothing that stands in the folder is ever overwritten, but what a process left there that died while it
 * made a fact set: the manifest's temporary is there first and says so. */
static Status check_folder(const char *dir, Err *err) {
    static const char *const OURS[] = {".",
                                       "..",
                                       TEMPORARY("manifest.json"),
                                       "records.tsv",
                                       TEMPORARY("records.tsv"),
                                       "vocab.json",
                                       TEMPORARY("vocab.json"),
                                       NULL};
    static const char *const NOTHING[] = {".", "..", NULL};
    char begun[CONFIG_PATH_MAX + 32];
    TRY(path_join(begun, sizeof begun, dir, TEMPORARY("manifest.json"), err));
    const char *const *allowed = file_exists(begun) ? OURS : NOTHING;
    DIR *folder = opendir(dir);
    if (!folder) return err_set(err, ERR_IO, "%s: %s", dir, strerror(errno));
    const struct dirent *entry;
    while ((entry = readdir(folder)) && one_of(entry->d_name, allowed)) {
    }
    Status status = OK;
    if (entry)
        status = err_set(err, ERR_INPUT, "%s: the folder is not empty (%s is there); name a new one", dir,
                         entry->d_name);
    closedir(folder);
    return status;
}

Status facts_save(const FactSet *facts, const char *dir, Err *err) {
    FolderPaths paths;
    AtomicFile manifest;
    TRY(folder_paths(&paths, dir, err));
    bool made = !file_exists(dir), begun = false;
    Status status = OK;
    TRY_GOTO(make_directories(dir, err));
    TRY_GOTO(check_folder(dir, err));
    TRY_GOTO(atomic_open(&manifest, paths.manifest, err));
    begun = true;
    TRY_GOTO(write_file(paths.records, "records", facts, err));
    if (facts->vocab.text) TRY_GOTO(write_file(paths.vocab, "vocab", facts, err));
    TRY_GOTO(write_manifest(manifest.stream, paths.manifest, facts, err));
    TRY_GOTO(atomic_commit(&manifest, "manifest", err));
done:
    if (status != OK && begun) {
        atomic_abort(&manifest);
        unlink(paths.manifest);
        unlink(paths.vocab);
        unlink(paths.records);
    }
    if (status != OK && made) rmdir(dir);
    return status;
}
