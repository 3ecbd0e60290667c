#include "store/done.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text_stream.h"

#define FORMAT    "rote-done-1"
#define REWRITTEN "remove DONE and train on with --resume, which writes it again"
#define KEPT      "put the file back, or train anew in another folder"

enum { DONE_MAX = 4096, PATH_ROOM = 1200 };
static const size_t SEALED_BYTES_MAX = (size_t)1 << 40;

/* The files that are sealed if they exist, and the advice if one was altered. timing.json has clock times, so it is not
 * sealed. */
static const struct {
    const char *name, *help;
} sealed[] = {
    {"manifest.json", KEPT},         {"config.yaml", KEPT},       {"metrics.jsonl", KEPT},
    {"code_lengths.npy", REWRITTEN}, {"pool_ids.npy", REWRITTEN}, {"result.json", REWRITTEN},
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

/* The last line holds the hash of the lines before it. */
static bool seals_itself(const Buffer *text) {
    char hash[33], last[64];
    size_t length = strlen("seal \n") + 32;
    if (text->size < length || strlen(text->data) != text->size) return false;
    content_hash(text->data, text->size - length, hash);
    snprintf(last, sizeof last, "seal %s\n", hash);
    return !strcmp(text->data + text->size - length, last);
}

static bool parse(Buffer *text, Seal *out) {
    char *at = text->data, *word, *value, *end;
    size_t first = strlen(FORMAT "\n");
    if (strncmp(at, FORMAT "\n", first) != 0 || !seals_itself(text)) return false;
    at += first;
    if (!next_line(&at, &word, &value) || strcmp(word, "config_hash") || !is_hash(value)) return false;
    memcpy(out->config_hash, value, sizeof out->config_hash);
    if (!next_line(&at, &word, &value) || strcmp(word, "checkpoint")) return false;
    out->checkpoint = strtoll(value, &end, 10);
    if (*end || end == value || out->checkpoint < -1) return false;
    while (next_line(&at, &word, &value) && strcmp(word, "seal")) {
        if (out->n == SEAL_FILES_MAX || strlen(word) >= SEAL_NAME_MAX || !is_hash(value)) return false;
        SealedFile *file = &out->file[out->n++];
        snprintf(file->name, sizeof file->name, "%s", word);
        memcpy(file->hash, value, sizeof file->hash);
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

Status done_check(const Seal *seal, const char *dir, const char *name, const void *data, size_t size,
                  Err *err) {
    char hash[33];
    const char *help = KEPT;
    int i = 0;
    while (i < seal->n && strcmp(seal->file[i].name, name) != 0) i++;
    if (i == seal->n) return OK;
    content_hash(data, size, hash);
    if (!strcmp(hash, seal->file[i].hash)) return OK;
    for (int k = 0; k < SEALED_COUNT; k++)
        if (!strcmp(sealed[k].name, name)) help = sealed[k].help;
    return err_set(err, ERR_FORMAT, "%s/%s: altered since the run ended (DONE names other content); %s", dir,
                   name, help);
}

/* ---- writing ---- */

static Status put_file(FILE *f, const char *dir, const char *name, Err *err) {
    char path[PATH_ROOM], hash[33];
    struct stat info;
    Buffer text;
    TRY(path_join(path, sizeof path, dir, name, err));
    if (stat(path, &info) != 0 && errno == ENOENT) return OK;
    TRY(file_read(path, SEALED_BYTES_MAX, &text, err));
    content_hash(text.data, text.size, hash);
    buffer_free(&text);
    fprintf(f, "%s %s\n", name, hash);
    return OK;
}

Status done_text(const char *dir, const char *config_hash, int64_t checkpoint, char **out, Err *err) {
    TextStream *stream;
    char *body, hash[33];
    size_t size;
    *out = NULL;
    TRY(text_begin(&stream, err));
    fprintf(text_file(stream), FORMAT "\nconfig_hash %s\ncheckpoint %" PRId64 "\n", config_hash, checkpoint);
    for (int i = 0; i < SEALED_COUNT; i++) {
        Status status = put_file(text_file(stream), dir, sealed[i].name, err);
        if (status == OK) continue;
        text_abort(stream);
        return status;
    }
    TRY(text_end(stream, &body, &size, err));
    content_hash(body, size, hash);
    bool whole = asprintf(out, "%sseal %s\n", body, hash) >= 0;
    free(body);
    if (whole) return OK;
    *out = NULL;
    return err_set(err, ERR_NOMEM, "%s: no memory for DONE", dir);
}
