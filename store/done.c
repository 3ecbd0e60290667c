#include "store/done.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/seal.h"
#include "base/text_stream.h"

#define FORMAT    "rote-done-1"
#define REWRITTEN "remove DONE and train on with --resume, which writes it again"
#define KEPT      "put the file back, or train again in another folder"

enum { DONE_MAX = 4096, PATH_ROOM = 1200 };

/* The files that are sealed if they exist, and the advice if one was altered. timing.json has clock times, so it is not
 * sealed. */
static const struct {
    const char *name, *help;
} sealed[] = {
    {"manifest.json", KEPT},         {"config.yaml", KEPT},       {"metrics.jsonl", KEPT},
    {"code_lengths.npy", REWRITTEN}, {"pool_ids.npy", REWRITTEN}, {"result.json", REWRITTEN},
    {"selected.tsv", REWRITTEN},
};
enum { SEALED_COUNT = sizeof sealed / sizeof sealed[0] };
_Static_assert((int)SEALED_COUNT <= (int)SEAL_FILES_MAX, "a seal has room for every file");

static Status altered(const char *path, Err *err) {
    return err_set(err, ERR_FORMAT, "%s: altered, or torn; " REWRITTEN, path);
}

/* ---- reading ---- */

/* Older versions wrote the config's hash and a line end, or an empty file. */
static bool seals_nothing(const Buffer *text) {
    if (text->size == 0) return true;
    size_t digits = strspn(text->data, "0123456789abcdef");
    return digits == 32 && (text->size == 32 || (text->size == 33 && text->data[32] == '\n'));
}

/* Reads the line "WORD VALUE" at *at, and moves *at behind it; false: not a complete line. */
static bool next_line(char **at, char **word, char **value) {
    char *end = strchr(*at, '\n'), *blank = strchr(*at, ' ');
    if (!end || !blank || blank > end) return false;
    *blank = *end = '\0';
    *word = *at;
    *value = blank + 1;
    *at = end + 1;
    return true;
}

static bool is_hash(const char *text) { return strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32; }

/* "NAME BYTES HASH" */
static bool parse_file(const char *name, const char *value, SealedFile *out) {
    char *end;
    if (strlen(name) >= SEAL_NAME_MAX || value[0] < '0' || value[0] > '9') return false;
    errno = 0;
    out->bytes = strtoll(value, &end, 10);
    if (errno || *end != ' ' || !is_hash(end + 1)) return false;
    strcpy(out->name, name);
    strcpy(out->hash, end + 1);
    return true;
}

static bool parse(Buffer *text, Seal *out) {
    char *at = text->data, *word, *value, *end;
    size_t first = strlen(FORMAT "\n");
    if (strlen(at) != text->size || strncmp(at, FORMAT "\n", first) != 0) return false;
    if (!seal_holds(text, SEAL_LINE)) return false;
    at += first;
    if (!next_line(&at, &word, &value) || strcmp(word, "config_hash") || !is_hash(value)) return false;
    memcpy(out->config_hash, value, sizeof out->config_hash);
    if (!next_line(&at, &word, &value) || strcmp(word, "checkpoint")) return false;
    errno = 0;
    out->checkpoint = strtoll(value, &end, 10);
    if (errno || *end || end == value || out->checkpoint < -1) return false;
    while (next_line(&at, &word, &value) && strcmp(word, "seal")) {
        if (out->n == SEAL_FILES_MAX || !parse_file(word, value, &out->file[out->n])) return false;
        out->n++;
    }
    return *at == '\0' && out->n > 0;
}

Status done_read(const char *dir, Seal *out, Err *err) {
    char path[PATH_ROOM];
    struct stat info;
    Buffer text;
    *out = (Seal){.checkpoint = -1};
    TRY(path_join(path, sizeof path, dir, "DONE", err));
    if (stat(path, &info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return OK;
        return err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: cannot be looked at: %s", path,
                       strerror(errno));
    }
    out->finished = true;
    if (S_ISREG(info.st_mode) && info.st_size > DONE_MAX) return altered(path, err);
    TRY(file_read(path, DONE_MAX, &text, err));
    bool sound = seals_nothing(&text) || parse(&text, out);
    buffer_free(&text);
    return sound ? OK : altered(path, err);
}

const SealedFile *done_file(const Seal *seal, const char *name) {
    for (int i = 0; i < seal->n; i++)
        if (!strcmp(seal->file[i].name, name)) return &seal->file[i];
    return NULL;
}

static Status other_content(const SealedFile *file, const char *dir, const char *what, Err *err) {
    const char *help = KEPT;
    for (int k = 0; k < SEALED_COUNT; k++)
        if (!strcmp(sealed[k].name, file->name)) help = sealed[k].help;
    return err_set(err, ERR_FORMAT, "%s/%s: %s; %s", dir, file->name, what, help);
}

static const char altered_since[] = "altered since the run ended (DONE names other content)";
static const char missing[] = "missing, though the run ended with it (DONE names it)";

Status done_read_file(const SealedFile *file, const char *dir, Buffer *out, Err *err) {
    char path[PATH_ROOM], hash[33];
    int64_t size;
    bool there;
    TRY(path_join(path, sizeof path, dir, file->name, err));
    TRY(file_there(path, &there, err));
    if (!there) return other_content(file, dir, missing, err);
    TRY(file_read_head(path, (size_t)file->bytes, out, &size, err));
    content_hash(out->data, out->size, hash);
    if (size == file->bytes && out->size == (size_t)size && !strcmp(hash, file->hash)) return OK;
    buffer_free(out);
    return other_content(file, dir, altered_since, err);
}

Status done_check_file(const SealedFile *file, const char *dir, Err *err) {
    char path[PATH_ROOM], hash[33];
    int64_t size;
    Buffer none;
    bool there;
    TRY(path_join(path, sizeof path, dir, file->name, err));
    TRY(file_there(path, &there, err));
    if (!there) return other_content(file, dir, missing, err);
    TRY(file_read_head(path, 0, &none, &size,
                       err)); /* its size; one that has grown to gigabytes is not read */
    buffer_free(&none);
    if (size == file->bytes) TRY(file_hash(path, &size, hash, err));
    if (size == file->bytes && !strcmp(hash, file->hash)) return OK;
    return other_content(file, dir, altered_since, err);
}

/* ---- writing ---- */

static Status put_file(FILE *f, const char *dir, const char *name, Err *err) {
    char path[PATH_ROOM], hash[33];
    int64_t size;
    bool there;
    TRY(path_join(path, sizeof path, dir, name, err));
    TRY(file_there(path, &there, err));
    if (!there) return OK;
    TRY(file_hash(path, &size, hash, err));
    fprintf(f, "%s %" PRId64 " %s\n", name, size, hash);
    return OK;
}

Status done_text(const char *dir, const char *config_hash, int64_t checkpoint, char **out, Err *err) {
    TextStream *stream;
    char *body;
    *out = NULL;
    TRY(text_begin(&stream, err));
    fprintf(text_file(stream), FORMAT "\nconfig_hash %s\ncheckpoint %" PRId64 "\n", config_hash, checkpoint);
    for (int i = 0; i < SEALED_COUNT; i++) {
        Status status = put_file(text_file(stream), dir, sealed[i].name, err);
        if (status == OK) continue;
        text_abort(stream);
        return status;
    }
    TRY(text_end(stream, &body, NULL, err));
    Status status = seal_text(body, SEAL_LINE, out, err);
    free(body);
    return status;
}
