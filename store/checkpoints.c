#include "store/checkpoints.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
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

/* The largest step below limit that has a checkpoint, whole or not; -1: none. */
static int64_t newest_below(const CheckpointOwner *owner, int64_t limit) {
    int64_t newest = -1;
    DIR *dir = opendir(owner->dir);
    if (!dir) return -1;
    for (struct dirent *entry; (entry = readdir(dir));) {
        int64_t step;
        int end = 0;
        if (sscanf(entry->d_name, "checkpoint-%" SCNd64 ".safetensors%n", &step, &end) != 1 || end == 0 ||
            entry->d_name[end] != '\0')
            continue;
        if (step < limit && step > newest) newest = step;
    }
    closedir(dir);
    return newest;
}

Status checkpoints_tidy(const CheckpointOwner *owner, int64_t step, Err *err) {
    int64_t before = newest_below(owner, step);
    for (int64_t old = before; (old = newest_below(owner, old)) >= 0;) {
        char path[CONFIG_PATH_MAX];
        TRY(checkpoint_path(owner, old, path, err));
        if (unlink(path) != 0) break; /* a leftover is no harm */
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
        if (!(meta[n_meta - 1].value = rule_states_text(state->neurons, state->n_neurons)))
            return err_set(err, ERR_NOMEM, "no memory for the checkpoint's neurons");
    } else {
        n_meta--;
    }
    Status written = checkpoint_write(path, snapshot->table, snapshot->params, snapshot->slot,
                                      snapshot->n_slots, meta, n_meta, err);
    if (state->n_neurons) free(meta[n_meta - 1].value);
    if (written != OK) return written;

    fault_point("checkpoint", "before_tidy");
    return checkpoints_tidy(owner, state->step, err);
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

Status checkpoints_newest(const CheckpointOwner *owner, Snapshot *snapshot, CheckpointMark *mark,
                          const ProgressSink *notes, bool *found, Err *err) {
    Err newest = {.status = OK}; /* why the newest one was of no use */
    *found = false;
    for (int64_t step = INT64_MAX; (step = newest_below(owner, step)) >= 0;) {
        char path[CONFIG_PATH_MAX];
        Err why;
        TRY(checkpoint_path(owner, step, path, err));
        Status status = read_one(owner, path, snapshot, mark, &why);
        if (status == OK) {
            *found = true;
            if (newest.status != OK)
                run_note(notes, step, "%s; the one of step %" PRId64 " is whole", newest.msg, step);
            return OK;
        }
        if (status == ERR_NOMEM) return err_set(err, status, "%s", why.msg);
        if (newest.status == OK) newest = why;
    }
    if (newest.status == OK) return OK;
    return err_set(err, ERR_FORMAT, "%s; no other checkpoint in %s is whole: train anew", newest.msg,
                   owner->dir);
}
