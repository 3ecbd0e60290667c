#include "store/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/places.h"
#include "model/formats/npy.h"
#include "store/done.h"
#include "store/early.h"
#include "store/run_files.h"
#include "store/run_manifest.h"

/* ---- what is in the folder ---- */

Status run_default_dir(const Config *config, const char *data_hash, char *out, int size, Err *err) {
    char hash[33];
    TRY(config_hash(config, data_hash, hash, err));
    snprintf(out, (size_t)size, "runs/%s-%.8s", config->name, hash);
    return OK;
}

Status folder_look(const char *dir, FolderState *out, Err *err) {
    *out = FOLDER_NEW;
    struct stat info;
    if (stat(dir, &info) != 0) {
        if (errno == ENOENT) return OK;
        return err_set(err, errno == ENOTDIR ? ERR_INPUT : ERR_IO, "%s: %s", dir, strerror(errno));
    }
    if (!S_ISDIR(info.st_mode)) return err_set(err, ERR_INPUT, "%s: exists and is not a folder", dir);
    bool config, manifest, done, sweep;
    TRY(run_holds(dir, "config.yaml", &config, err));
    TRY(run_holds(dir, "manifest.json", &manifest, err));
    TRY(run_holds(dir, "DONE", &done, err));
    TRY(run_holds(dir, "sweep.yaml", &sweep, err));
    if (config && manifest) {
        *out = done ? FOLDER_DONE : FOLDER_STARTED;
        return OK;
    }
    if (sweep) return err_set(err, ERR_INPUT, "%s: the folder of a sweep; its runs are in %s/runs", dir, dir);
    bool began;
    TRY(early_began(dir, &began, err));
    if (began || done)
        return err_set(err, ERR_FORMAT, "%s/%s: missing, though a run has begun there; " RUN_FILE_LOST, dir,
                       config ? "manifest.json" : "config.yaml");
    return early_check(dir, err);
}

Status folder_read_eos(const char *dir, int *eos, bool *known, Err *err) {
    RunManifest manifest;
    TRY(run_manifest_read(dir, &manifest, err));
    *eos = manifest.eos;
    *known = manifest.has_eos;
    return OK;
}

Status folder_read(const char *dir, Config *config, char data_hash[33], Err *err) {
    FolderState state;
    RunManifest manifest;
    char hash[33];
    TRY(file_named(dir, "run", err));
    TRY(folder_look(dir, &state, err));
    if (state == FOLDER_NEW)
        return err_set(err, ERR_INPUT, "%s: no run has begun there (no config.yaml)", dir);
    TRY(run_manifest_read(dir, &manifest, err));
    if (strcmp(manifest.numeric_spec, NUMERIC_SPEC))
        return err_set(
            err, ERR_INPUT,
            "%s: made with arithmetic '%s', but this program has '%s'; use the version that made it", dir,
            manifest.numeric_spec, NUMERIC_SPEC);
    TRY(run_config(dir, config, err));
    TRY(config_hash(config, manifest.data_hash, hash, err));
    if (strcmp(hash, manifest.config_hash))
        return err_set(
            err, ERR_FORMAT,
            "%s/config.yaml: altered since the run began: its keys hash to %s, manifest.json has %s; " RUN_FILE_LOST,
            dir, hash, manifest.config_hash);
    strcpy(data_hash, manifest.data_hash);
    return OK;
}

Status folder_same_run(const char *dir, const Config *config, const char *data_hash, Err *err) {
    Config before;
    char before_hash[33];
    TRY(folder_read(dir, &before, before_hash, err));
    char *difference;
    Status status = OK;
    TRY(config_difference(&before, config, 4, &difference, err));
    if (difference) {
        status = err_set(err, ERR_INPUT, "%s: contains a run with another config (%s); choose another --out",
                         dir, difference);
    } else if (strcmp(before_hash, data_hash)) {
        status = err_set(
            err, ERR_INPUT,
            "%s: contains a run with other facts: its data_hash is %s, that of these facts is %s; choose another --out",
            dir, before_hash, data_hash);
    }
    free(difference);
    return status;
}

/* ---- opening and beginning ---- */

/* Removes temporary files of a process that was killed between writing and renaming. */
static void remove_temporaries(const char *dir) {
    DIR *stream = opendir(dir);
    if (!stream) return;
    for (struct dirent *entry; (entry = readdir(stream));) {
        char path[CONFIG_PATH_MAX];
        if (early_temporary(entry->d_name) && path_join(path, sizeof path, dir, entry->d_name, NULL) == OK)
            unlink(path);
    }
    closedir(stream);
}

Status folder_open(RunFolder *folder, const char *dir, const char *config_hash, const char *data_hash,
                   Err *err) {
    *folder = (RunFolder){.lock_fd = -1, .saved_step = -1, .synced_bytes = -1};
    snprintf(folder->config_hash, sizeof folder->config_hash, "%s", config_hash);
    snprintf(folder->data_hash, sizeof folder->data_hash, "%s", data_hash);
    if (!dir) return OK;
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, dir, "lock", err));
    TRY(make_directories(dir, err));
    TRY(lock_take_patient(path, &folder->lock_fd, err));
    snprintf(folder->dir, sizeof folder->dir, "%s", dir);
    remove_temporaries(dir);
    return OK;
}

/* Whether the folder's name still leads to the folder whose lock we hold. Whoever has moved it, or put another in its
 * place, must not find our files there. */
static Status still_there(const RunFolder *folder, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, folder->dir, "lock", err));
    bool stands;
    TRY(lock_stands(path, folder->lock_fd, &stands, err));
    if (stands) return OK;
    return err_set(
        err, ERR_IO,
        "%s: the folder was moved or replaced during the run, or its lock removed or taken over; continue "
        "with --resume where the run is now",
        folder->dir);
}

typedef Status Commit(AtomicFile *file, const char *fault_name, Err *err);

static Status write_text_by(Commit *commit, const RunFolder *folder, const char *name, const char *text,
                            const char *fault, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, folder->dir, name, err));
    TRY(still_there(folder, err));
    AtomicFile file;
    TRY(atomic_open(&file, path, err));
    size_t size = strlen(text);
    if (fputs(text, file.stream) < 0 ||
        ((size == 0 || text[size - 1] != '\n') && fputc('\n', file.stream) < 0)) {
        atomic_abort(&file);
        return err_set(err, ERR_IO, "%s: cannot write: %s", path, strerror(errno));
    }
    return commit(&file, fault, err);
}

static Status write_text(const RunFolder *folder, const char *name, const char *text, const char *fault,
                         Err *err) {
    return write_text_by(atomic_commit, folder, name, text, fault, err);
}

static Status write_manifest(const RunFolder *folder, const RunTokens *tokens, const Ops *ops, int threads,
                             Err *err) {
    char *text;
    TRY(run_manifest_text(folder->config_hash, folder->data_hash, tokens, ops->isa, threads, &text, err));
    Status status = write_text(folder, "manifest.json", text, "manifest", err);
    free(text);
    return status;
}

/* Another file of the same text, in the place of one to which a process that was paused may still add lines. */
static Status renew_metrics(const char *path, Err *err) {
    Buffer text = {0};
    bool there;
    TRY(file_there(path, &there, err));
    if (!there) return OK;
    TRY(file_read(path, FILE_BYTES(40), &text, err));
    Status status = file_write_atomic(path, text.data, text.size, err);
    buffer_free(&text);
    return status;
}

/* The bytes whose hash the manifest has. */
static Status write_tokenizer(const RunFolder *folder, const char *json, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, folder->dir, "tokenizer.json", err));
    TRY(still_there(folder, err));
    return file_write_atomic(path, json, strlen(json), err);
}

/* Adds lines to those that are there; empty: drops them first. */
static Status open_metrics(RunFolder *folder, bool empty, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, folder->dir, "metrics.jsonl", err));
    if (lock_is_claim(folder->lock_fd)) TRY(renew_metrics(path, err));
    return file_append_open(path, empty, &folder->metrics, err);
}

Status folder_begin(RunFolder *folder, const Config *config, const RunTokens *tokens, const Ops *ops,
                    int threads, Err *err) {
    if (!folder->dir[0]) return OK;
    TRY(write_manifest(folder, tokens, ops, threads, err));
    if (tokens->json) TRY(write_tokenizer(folder, tokens->json, err));
    TRY(open_metrics(folder, true, err));
    folder->mark = (CheckpointMark){0};

    char *text;
    TRY(config_file_text(config, folder->dir, &text, err));
    Status status = write_text(folder, "config.yaml", text, "config", err);
    free(text);
    return status;
}

/* ---- metrics and checkpoints ---- */

void folder_metrics(RunFolder *folder, const char *format, ...) {
    if (!folder->metrics.file) return;
    char line[4096];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    CHECK(n > 0 && (size_t)n < sizeof line);
    /* Whoever follows the run reads whole lines. The stream records errors, and folder_save reports them. */
    fwrite(line, 1, (size_t)n, folder->metrics.file);
    (void)write_stream_flush(&folder->metrics);
    folder->mark.metrics_bytes += n;
    folder->mark.metrics_crc = (uint32_t)crc32(folder->mark.metrics_crc, (const Bytef *)line, (uInt)n);
}

static CheckpointOwner owner_of(const RunFolder *folder) {
    return (CheckpointOwner){.dir = folder->dir,
                             .config_hash = folder->config_hash,
                             .data_hash = folder->data_hash,
                             .keep = folder->keep};
}

static Status sync_metrics(RunFolder *folder, Err *err) {
    if (folder->synced_bytes == folder->mark.metrics_bytes) return OK;
    int why = write_stream_flush(&folder->metrics);
    if (!why && fsync(folder->metrics.fd) != 0) why = errno;
    if (why)
        return err_set(
            err, ERR_IO,
            "%s/metrics.jsonl: cannot write: %s; the last checkpoint is safe; continue with --resume",
            folder->dir, strerror(why));
    folder->synced_bytes = folder->mark.metrics_bytes;
    return OK;
}

Status folder_save(RunFolder *folder, const Snapshot *snapshot, Err *err) {
    if (!folder->dir[0]) return OK;
    TRY(still_there(folder, err));
    TRY(sync_metrics(folder, err));
    fault_point("metrics", "synced");
    CheckpointOwner owner = owner_of(folder);
    TRY(checkpoints_add(&owner, snapshot, &folder->mark, err));
    folder->saved_step = snapshot->state->step;
    return OK;
}

/* Checks that the file begins with the bytes that it had at the time of the checkpoint; whole: and has no others. */
static Status check_metrics(const RunFolder *folder, const CheckpointMark *mark, bool whole, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, folder->dir, "metrics.jsonl", err));
    uint32_t crc;
    int64_t size;
    bool there;
    TRY(file_there(path, &there, err));
    if (!there) return err_set(err, ERR_FORMAT, "%s: missing; " RUN_FILE_LOST, path);
    TRY(file_crc32(path, mark->metrics_bytes, &crc, &size, err));
    if ((whole ? size == mark->metrics_bytes : size >= mark->metrics_bytes) && crc == mark->metrics_crc)
        return OK;
    return err_set(err, ERR_FORMAT,
                   "%s: altered: its first %" PRId64
                   " bytes are not those at the time of the checkpoint; " RUN_FILE_LOST,
                   path, mark->metrics_bytes);
}

Status folder_restore(RunFolder *folder, Snapshot *snapshot, const ProgressSink *notes, bool *found,
                      Err *err) {
    CheckpointOwner owner = owner_of(folder);
    CheckpointMark mark;
    Err why;
    Status status = checkpoints_newest(&owner, snapshot, &mark, notes, found, &why);
    if (status == ERR_FORMAT) { /* no checkpoint can be used: the same as if there were none */
        run_warn(notes, 0, "%s", why.msg);
        return OK;
    }
    if (status != OK) return err_set(err, status, "%s", why.msg);
    if (!*found) return OK;
    TRY(check_metrics(folder, &mark, false, err));
    TRY(open_metrics(folder, false, err));
    if (ftruncate(folder->metrics.fd, mark.metrics_bytes) != 0)
        return err_set(err, ERR_IO, "%s/metrics.jsonl: cannot be cut back to %" PRId64 " bytes: %s",
                       folder->dir, mark.metrics_bytes, strerror(errno));
    folder->mark = mark;
    folder->saved_step = snapshot->state->step;
    /* A process may have died before it did. */
    return checkpoints_tidy(&owner, snapshot->state->step, checkpoints_kept(&owner), err);
}

/* ---- the end ---- */

enum { TIMING_BYTES = 4096 };

/* A number from timing.json; NAN: unknown. */
static double timing_number(const json_t *root, const char *key) {
    const json_t *value = json_object_get(root, key);
    double x = json_is_number(value) ? json_number_value(value) : __builtin_nan("");
    return x >= 0 && x < 1e18 ? x : __builtin_nan("");
}

Status folder_read_timing(const char *dir, RunTiming *out, Err *err) {
    double unknown = __builtin_nan("");
    char path[CONFIG_PATH_MAX];
    bool there;
    int64_t size;
    Buffer text;
    json_t *root;
    *out = (RunTiming){unknown, unknown, unknown, unknown, unknown};
    TRY(run_holds(dir, "timing.json", &there, err));
    if (!there) return OK;
    TRY(path_join(path, sizeof path, dir, "timing.json", err));
    TRY(file_read_head(path, TIMING_BYTES, &text, &size, err)); /* what is longer is torn */
    Status status = json_read(text.data, text.size, 0, "timing.json", &root, err);
    buffer_free(&text);
    if (status == ERR_NOMEM) return status;
    *out = (RunTiming){.seconds = timing_number(root, "seconds"),
                       .tokens_per_s = timing_number(root, "tokens_per_s"),
                       .peak_rss_mib = timing_number(root, "peak_rss_mib"),
                       .tokens = timing_number(root, "timed_tokens"),
                       .together = timing_number(root, "trained_together")};
    if (!__builtin_isfinite(out->together) && __builtin_isfinite(out->seconds)) out->together = 1;
    json_decref(root);
    return OK;
}

/* The number with so many digits, or "null". */
static const char *timing_text(char out[64], int digits, double x) {
    snprintf(out, 64, "%.*f", digits, x);
    return __builtin_isfinite(x) ? out : "null";
}

void timing_json(const RunTiming *timing, char out[TIMING_JSON_MAX]) {
    char seconds[64], rate[64], memory[64], tokens[64], together[96] = "";
    if (timing->together > 1)
        snprintf(together, sizeof together, ",\n  \"trained_together\": %.0f", timing->together);
    snprintf(out, TIMING_JSON_MAX,
             "{\n  \"seconds\": %s,\n  \"tokens_per_s\": %s,\n"
             "  \"peak_rss_mib\": %s,\n  \"timed_tokens\": %s%s\n}",
             timing_text(seconds, 3, timing->seconds), timing_text(rate, 1, timing->tokens_per_s),
             timing_text(memory, 1, timing->peak_rss_mib), timing_text(tokens, 0, timing->tokens), together);
}

Status folder_timing(RunFolder *folder, double seconds, int64_t tokens, int together, Err *err) {
    if (!folder->dir[0]) return OK;
    RunTiming timing;
    char json[TIMING_JSON_MAX];
    TRY(folder_read_timing(folder->dir, &timing, err));
    timing.seconds = seconds + (timing.seconds > 0 ? timing.seconds : 0);
    timing.tokens = (double)tokens + (timing.tokens > 0 ? timing.tokens : 0);
    timing.tokens_per_s = timing.seconds > 0 ? timing.tokens / timing.seconds : 0;
    timing.together = together;
    timing.peak_rss_mib = (double)memory_peak_rss() / (1024 * 1024);
    timing_json(&timing, json);
    return write_text_by(atomic_commit_unsynced, folder, "timing.json", json, "timing",
                         err); /* only a clock */
}

Status folder_selection(RunFolder *folder, const char *text, Err *err) {
    return folder->dir[0] ? write_text(folder, "selected.tsv", text, "selected", err) : OK;
}

Status folder_code_lengths(RunFolder *folder, const double *bits, const int32_t *source, int n, Err *err) {
    if (!folder->dir[0]) return OK;
    char path[CONFIG_PATH_MAX];
    TRY(still_there(folder, err));
    int64_t *id = malloc((size_t)n * sizeof *id);
    if (!id) return err_set(err, ERR_NOMEM, "%s: no memory for %d code lengths", folder->dir, n);
    for (int i = 0; i < n; i++) id[i] = source[i];
    Status status = path_join(path, sizeof path, folder->dir, "pool_ids.npy", err);
    if (status == OK) status = npy_write(path, "pool_ids", "<i8", id, n, err);
    free(id);
    TRY(status);
    TRY(path_join(path, sizeof path, folder->dir, "code_lengths.npy", err));
    return npy_write(path, "code_lengths", "<f8", bits, n, err);
}

Status folder_finish(RunFolder *folder, const char *result, bool keep_previous, Err *err) {
    if (!folder->dir[0]) return OK;
    TRY(sync_metrics(folder, err));
    TRY(still_there(folder, err));
    /* the seal must cover exactly what this run has written */
    TRY(check_metrics(folder, &folder->mark, true, err));
    TRY(write_text(folder, "result.json", result, "result", err));
    TRY(early_forget_failure(folder->dir, err)); /* who ran the sweep may have left it */
    CheckpointOwner owner = owner_of(folder);
    if (!keep_previous && folder->saved_step >= 0) TRY(checkpoints_tidy(&owner, folder->saved_step, 1, err));
    char *seal;
    TRY(done_text(folder->dir, folder->config_hash, folder->saved_step, &seal, err));
    Status status = write_text(folder, "DONE", seal, "done", err);
    free(seal);
    return status;
}

void folder_close(RunFolder *folder) {
    if (folder->metrics.file) fclose(folder->metrics.file);
    if (folder->lock_fd >= 0) lock_release(folder->lock_fd);
    *folder = (RunFolder){.lock_fd = -1, .saved_step = -1};
}
