#include "store/early.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

enum { PATH_ROOM = 1200, NOTE_MAX = 1 << 16 }; /* bytes of the files that are looked into */

static bool ends_in(const char *text, const char *end) {
    size_t n = strlen(text), k = strlen(end);
    return n >= k && !strcmp(text + n - k, end);
}

bool early_temporary(const char *name) {
    static const char *const OURS[] = {
        "manifest.json",  "config.yaml", "result.json",  "timing.json",      "DONE",         "failed.json",
        "tokenizer.json", "origin.json", "pool_ids.npy", "code_lengths.npy", "selected.tsv", "metrics.jsonl"};
    if (name[0] != '.' || !ends_in(name, TEMPORARY_END)) return false;
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++) {
        size_t length =
            strlen(OURS[i]); /* then TEMPORARY_END, or the writer's name before it (base/atomic.c) */
        if (!strncmp(name + 1, OURS[i], length) && name[1 + length] == '.') return true;
    }
    return !strncmp(name + 1, "checkpoint-", 11) &&
           (ends_in(name, ".safetensors" TEMPORARY_END) || strstr(name, ".safetensors."));
}

/* dir/name as JSON; NULL: it is none, or too large for a note of ours. ERR_IO, ERR_NOMEM: it cannot be read. */
static Status read_note(const char *dir, const char *name, json_t **out, Err *err) {
    char path[PATH_ROOM];
    Buffer text;
    Err why;
    int64_t size;
    *out = NULL;
    TRY(path_join(path, sizeof path, dir, name, err));
    Status status = file_read_head(path, NOTE_MAX, &text, &size, &why);
    if (status == OK) {
        status = json_read(text.data, text.size, 0, path, out, &why);
        buffer_free(&text);
    }
    if (status == OK || status == ERR_INPUT || status == ERR_FORMAT) return OK;
    return err_set(err, status, "%s", why.msg);
}

static Status is_manifest(const char *dir, bool *out, Err *err) {
    json_t *root;
    TRY(read_note(dir, "manifest.json", &root, err));
    *out = json_is_string(json_object_get(root, "config_hash")) &&
           json_is_string(json_object_get(root, "data_hash")) &&
           json_is_string(json_object_get(root, "numeric_spec"));
    json_decref(root);
    return OK;
}

/* An object with no other keys than that of a failure (train/sweep/sweep.h). */
static Status is_failure(const char *dir, bool *out, Err *err) {
    static const char *const KEYS[] = {"reason", "exit", "signal", "attempts"};
    json_t *root;
    size_t known = 0;
    TRY(read_note(dir, "failed.json", &root, err));
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) known += json_object_get(root, KEYS[i]) != NULL;
    *out = json_is_object(root) && known == json_object_size(root);
    json_decref(root);
    return OK;
}

/* Lines are added once config.yaml is safe: before that, metrics.jsonl is empty. */
static Status is_empty(const char *dir, const char *name, bool *out, Err *err) {
    char path[PATH_ROOM];
    struct stat info;
    TRY(path_join(path, sizeof path, dir, name, err));
    if (lstat(path, &info) != 0)
        return err_set(err, ERR_IO, "%s: cannot be looked at: %s", path, strerror(errno));
    *out = S_ISREG(info.st_mode) && info.st_size == 0;
    return OK;
}

/* A lock that is somebody's is refused where it is taken, and a failed.json stays until the run is done. */
static Status is_ours(const char *dir, const char *name, bool *out, Err *err) {
    static const char *const UNTOUCHED[] = {".", "..", "lock", "failed.json"};
    *out = early_temporary(name);
    for (size_t i = 0; i < sizeof UNTOUCHED / sizeof UNTOUCHED[0]; i++) *out |= !strcmp(name, UNTOUCHED[i]);
    *out |= !strncmp(name, "lock.", 5) && name[5] && strspn(name + 5, "0123456789") == strlen(name + 5);
    if (!strcmp(name, "manifest.json")) return is_manifest(dir, out, err);
    if (!strcmp(name, "metrics.jsonl")) return is_empty(dir, name, out, err);
    return OK;
}

Status early_began(const char *dir, bool *began, Err *err) {
    bool config = false, metrics = false, checkpoint = false;
    DIR *stream = opendir(dir);
    if (!stream) return err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: %s", dir, strerror(errno));
    errno = 0;
    for (struct dirent *entry; (entry = readdir(stream)); errno = 0) {
        const char *name = entry->d_name;
        checkpoint |= !strncmp(name, "checkpoint-", 11) && ends_in(name, ".safetensors");
        config |= !strcmp(name, "config.yaml");
        metrics |= !strcmp(name, "metrics.jsonl");
    }
    int why = errno;
    closedir(stream);
    *began = checkpoint || (config && metrics);
    return why ? err_set(err, ERR_IO, "%s: cannot list it: %s", dir, strerror(why)) : OK;
}

Status early_check(const char *dir, Err *err) {
    DIR *stream = opendir(dir);
    if (!stream) return err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: %s", dir, strerror(errno));
    Status status = OK;
    errno = 0;
    for (struct dirent *entry; status == OK && (entry = readdir(stream)); errno = 0) {
        bool ours;
        status = is_ours(dir, entry->d_name, &ours, err);
        if (status == OK && !ours)
            status = err_set(err, ERR_INPUT, "%s: exists and is not a run folder (it contains %s)", dir,
                             entry->d_name);
    }
    if (status == OK && errno) status = err_set(err, ERR_IO, "%s: cannot list it: %s", dir, strerror(errno));
    closedir(stream);
    return status;
}

Status early_forget_failure(const char *dir, Err *err) {
    char path[PATH_ROOM];
    bool ours;
    struct stat info;
    TRY(path_join(path, sizeof path, dir, "failed.json", err));
    if (lstat(path, &info) != 0) {
        if (errno == ENOENT) return OK;
        return err_set(err, ERR_IO, "%s: cannot be looked at: %s", path, strerror(errno));
    }
    TRY(is_failure(dir, &ours, err));
    if (!ours || unlink(path) == 0 || errno == ENOENT) return OK;
    return err_set(err, ERR_IO, "%s: cannot remove it: %s", path, strerror(errno));
}
