#include "store/checkpoints.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"

#define FORMAT "rote-checkpoint-1"

static Status checkpoint_path(const CheckpointOwner *owner, int64_t step, char out[CONFIG_PATH_MAX],
                              Err *err) {
    char name[64];
    snprintf(name, sizeof name, "checkpoint-%09" PRId64 ".safetensors", step);
    return path_join(out, CONFIG_PATH_MAX, owner->dir, name, err);
}

/* The step of a checkpoint's name; -1: it is no checkpoint. */
static int64_t step_of(const char *name) {
    int64_t step;
    int end = 0;
    if (sscanf(name, "checkpoint-%" SCNd64 ".safetensors%n", &step, &end) != 1 || end == 0) return -1;
    return name[end] == '\0' ? step : -1;
}

/* The largest step below limit that has a checkpoint, whole or not; -1: none. ERR_IO: nobody knows. */
static Status newest_below(const CheckpointOwner *owner, int64_t limit, int64_t *newest, Err *err) {
    *newest = -1;
    DIR *dir = opendir(owner->dir);
    if (!dir && errno == ENOENT) return OK;
    if (!dir)
        return err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: %s", owner->dir, strerror(errno));
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)); errno = 0) {
        int64_t step = step_of(entry->d_name);
        if (step < limit && step > *newest) *newest = step;
    }
    int why = errno;
    closedir(dir);
    return why ? err_set(err, ERR_IO, "%s: cannot list it: %s", owner->dir, strerror(why)) : OK;
}

Status checkpoints_tidy(const CheckpointOwner *owner, int64_t step, int keep, Err *err) {
    int64_t old = step;
    for (int seen = 1;; seen++) {
        char path[CONFIG_PATH_MAX];
        TRY(newest_below(owner, old, &old, err));
        if (old < 0) break;
        if (seen < keep) continue;
        TRY(checkpoint_path(owner, old, path, err));
        if (unlink(path) != 0 && errno != ENOENT)
            return err_set(err, ERR_IO, "%s: cannot remove it: %s", path, strerror(errno));
    }
    return OK;
}

Status checkpoints_add(const CheckpointOwner *owner, const Snapshot *snapshot, const CheckpointMark *mark,
                       Err *err) {
    const RunState *state = snapshot->state;
    char path[CONFIG_PATH_MAX], step[32], tokens[32], bits[NUMBER_TEXT_MAX], bytes[32], crc[16];
    TRY(checkpoint_path(owner, state->step, path, err));
    snprintf(step, sizeof step, "%" PRId64, state->step);
    snprintf(tokens, sizeof tokens, "%" PRId64, state->tokens);
    number_text(bits, state->code_bits);
    snprintf(bytes, sizeof bytes, "%" PRId64, mark->metrics_bytes);
    snprintf(crc, sizeof crc, "%08" PRIx32, mark->metrics_crc);
    StMeta meta[] = {{"format", FORMAT},
                     {"numeric_spec", NUMERIC_SPEC},
                     {"config_hash", (char *)owner->config_hash},
                     {"data_hash", (char *)owner->data_hash},
                     {"step", step},
                     {"tokens", tokens},
                     {"code_bits", bits},
                     {"verdict", (char *)state->verdict},
                     {"metrics_bytes", bytes},
                     {"metrics_crc32", crc},
                     {"neurons", NULL}};
    int n_meta = sizeof meta / sizeof meta[0];
    if (state->n_neurons) {
        TRY(rule_states_text(state->neurons, state->n_neurons, &meta[n_meta - 1].value, err));
    } else {
        n_meta--;
    }
    Status written = checkpoint_write(path, snapshot->table, snapshot->params, snapshot->slot,
                                      snapshot->n_slots, meta, n_meta, err);
    if (state->n_neurons) free(meta[n_meta - 1].value);
    if (written != OK) return written;

    fault_point("checkpoint", "before_tidy");
    return checkpoints_tidy(owner, state->step, CHECKPOINTS_KEPT, err);
}

/* What the metadata must say for a checkpoint to belong to this run. */
static Status check_field(const char *path, const StFile *file, const char *key, const char *wanted,
                          Err *err) {
    const char *value = safetensors_meta(file, key);
    if (value && !strcmp(value, wanted)) return OK;
    return err_set(err, ERR_FORMAT, "%s: %s is '%s', this run's is '%s'", path, key,
                   value ? value : "missing", wanted);
}

static Status read_fields(const char *path, const StFile *file, RunState *state, CheckpointMark *mark,
                          Err *err) {
    static const char *const KEYS[] = {"step",    "tokens",        "code_bits",
                                       "verdict", "metrics_bytes", "metrics_crc32"};
    const char *value[sizeof KEYS / sizeof KEYS[0]];
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (!(value[i] = safetensors_meta(file, KEYS[i])))
            return err_set(err, ERR_FORMAT, "%s: '%s' is missing from __metadata__", path, KEYS[i]);
    state->step = strtoll(value[0], NULL, 10);
    state->tokens = strtoll(value[1], NULL, 10);
    state->code_bits = strcmp(value[2], "null") ? strtod(value[2], NULL) : __builtin_nan("");
    snprintf(state->verdict, sizeof state->verdict, "%s", value[3]);
    mark->metrics_bytes = strtoll(value[4], NULL, 10);
    mark->metrics_crc = (uint32_t)strtoul(value[5], NULL, 16);
    if (state->n_neurons == 0) return OK;
    const char *neurons = safetensors_meta(file, "neurons");
    if (!neurons) return err_set(err, ERR_FORMAT, "%s: 'neurons' is missing from __metadata__", path);
    Status status = rule_states_parse(neurons, state->neurons, state->n_neurons, state->width, err);
    if (status != OK) err_prefix(err, "%s: ", path);
    return status;
}

static Status read_one(const CheckpointOwner *owner, const char *path, Snapshot *snapshot,
                       CheckpointMark *mark, Err *err) {
    StFile file;
    TRY(safetensors_read(path, &file, err));
    RunState state = *snapshot->state;
    Status status = OK;
    TRY_GOTO(check_field(path, &file, "format", FORMAT, err));
    TRY_GOTO(check_field(path, &file, "numeric_spec", NUMERIC_SPEC, err));
    TRY_GOTO(check_field(path, &file, "config_hash", owner->config_hash, err));
    TRY_GOTO(check_field(path, &file, "data_hash", owner->data_hash, err));
    TRY_GOTO(read_fields(path, &file, &state, mark, err));
    TRY_GOTO(checkpoint_load(path, &file, snapshot->table, snapshot->params, snapshot->slot,
                             snapshot->n_slots, err));
    *snapshot->state = state;
done:
    safetensors_free(&file);
    return status;
}

/* Whether the newest checkpoint of a finished run is the one that it ended with. */
static Status check_end(const CheckpointOwner *owner, const char *path, int64_t step,
                        const Snapshot *snapshot, Err *err) {
    const RunEnd *end = &owner->end;
    char hash[33];
    if (!end->finished) return OK;
    if (end->checkpoint >= 0 && end->checkpoint != step)
        return err_set(err, ERR_FORMAT, "%s: the newest checkpoint, but DONE names that of step %" PRId64,
                       path, end->checkpoint);
    if (!*end->param_hash) return OK;
    content_hash(snapshot->params, (size_t)snapshot->table->total * sizeof(real), hash);
    if (!strcmp(hash, end->param_hash)) return OK;
    return err_set(err, ERR_FORMAT, "%s: its parameters hash to %s, result.json says %s", path, hash,
                   end->param_hash);
}

/* A process that trains removes old checkpoints while others read. */
static bool was_removed(const char *path) {
    struct stat info;
    return lstat(path, &info) != 0 && errno == ENOENT;
}

Status checkpoints_newest(const CheckpointOwner *owner, Snapshot *snapshot, CheckpointMark *mark,
                          const ProgressSink *notes, bool *found, Err *err) {
    Err newest = {.status = OK}; /* why the newest one was of no use */
    int64_t step = INT64_MAX;
    *found = false;
    for (;;) {
        char path[CONFIG_PATH_MAX];
        Err why;
        TRY(newest_below(owner, step, &step, err));
        if (step < 0) break;
        TRY(checkpoint_path(owner, step, path, err));
        Status status = read_one(owner, path, snapshot, mark, &why);
        if (status == OK) status = check_end(owner, path, step, snapshot, &why);
        if (status == OK) {
            *found = true;
            if (newest.status != OK)
                run_note(notes, step, "%s; the one of step %" PRId64 " is whole", newest.msg, step);
            return OK;
        }
        if (status == ERR_IO && was_removed(path)) {
            step = INT64_MAX; /* the newer one that took its place */
            continue;
        }
        if (status != ERR_FORMAT) return err_set(err, status, "%s", why.msg);
        if (owner->end.finished)
            return err_set(
                err, ERR_FORMAT,
                "%s; the run is finished, and no older checkpoint is its model: remove DONE and train "
                "on with --resume, which makes it again",
                why.msg);
        if (newest.status == OK) newest = why;
    }
    if (newest.status == OK) return OK;
    return err_set(err, ERR_FORMAT, "%s; no other checkpoint in %s is whole: train anew", newest.msg,
                   owner->dir);
}
