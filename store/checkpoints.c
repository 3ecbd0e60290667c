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

enum { NAME_ROOM = 64 };

static const char *name_of(char out[NAME_ROOM], int64_t step) {
    snprintf(out, NAME_ROOM, "checkpoint-%09" PRId64 ".safetensors", step);
    return out;
}

static Status checkpoint_path(const CheckpointOwner *owner, int64_t step, char out[CONFIG_PATH_MAX],
                              Err *err) {
    char name[NAME_ROOM];
    return path_join(out, CONFIG_PATH_MAX, owner->dir, name_of(name, step), err);
}

/* The step of a checkpoint's name; -1: it is none that this program gives. */
static int64_t step_of(const char *name) {
    char again[NAME_ROOM];
    const char *digits = name + strlen("checkpoint-");
    if (strncmp(name, "checkpoint-", strlen("checkpoint-")) != 0) return -1;
    errno = 0;
    int64_t step = strtoll(digits, NULL, 10);
    return errno == 0 && step >= 0 && !strcmp(name_of(again, step), name) ? step : -1;
}

/* The largest step below limit that has a checkpoint, complete or not; -1: none. ERR_IO: the folder cannot be read. */
Status checkpoints_before(const CheckpointOwner *owner, int64_t limit, int64_t *newest, Err *err) {
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
        TRY(checkpoints_before(owner, old, &old, err));
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
                     {"", NULL},  /* neurons */
                     {"", NULL}}; /* selection */
    int n_meta = sizeof meta / sizeof meta[0] - 2;
    char *neurons = NULL, *selection = NULL;
    if (state->n_neurons) {
        TRY(rule_states_text(state->neurons, state->n_neurons, &neurons, err));
        meta[n_meta++] = (StMeta){"neurons", neurons};
    }
    Status written = state->selection ? selection_text(state->selection, &selection, err) : OK;
    if (selection) meta[n_meta++] = (StMeta){"selection", selection};
    if (written == OK)
        written = checkpoint_write(path, snapshot->table, snapshot->params, snapshot->slot, snapshot->n_slots,
                                   meta, n_meta, err);
    free(neurons);
    free(selection);
    if (written != OK) return written;

    fault_point("checkpoint", "before_tidy");
    return checkpoints_tidy(owner, state->step, checkpoints_kept(owner), err);
}

/* ERR_FORMAT: a field of the metadata has another value, so the checkpoint does not belong to this run. */
static Status check_field(const char *path, const StFile *file, const char *key, const char *expected,
                          Err *err) {
    const char *value = safetensors_meta(file, key);
    if (value && !strcmp(value, expected)) return OK;
    return err_set(err, ERR_FORMAT, "%s: %s is '%s', this run's is '%s'", path, key,
                   value ? value : "missing", expected);
}

/* Digits as this program writes a number from 0 to max. */
static bool parse_count(const char *text, int64_t max, int64_t *out) {
    char again[32];
    errno = 0;
    *out = strtoll(text, NULL, 10);
    snprintf(again, sizeof again, "%" PRId64, *out);
    return errno == 0 && *out >= 0 && *out <= max && !strcmp(text, again);
}

/* null, or a number as this program writes it, not below 0. */
static bool parse_bits(const char *text, double *out) {
    char again[NUMBER_TEXT_MAX];
    bool known = strcmp(text, "null") != 0;
    *out = known ? strtod(text, NULL) : __builtin_nan("");
    return !known || (*out >= 0 && !strcmp(text, number_text(again, *out)));
}

static bool parse_crc(const char *text, uint32_t *out) {
    *out = (uint32_t)strtoul(text, NULL, 16);
    return strlen(text) == 8 && strspn(text, "0123456789abcdef") == 8;
}

/* What train/trainer.c may have decided. A diverged state is never written. */
static bool parse_verdict(const char *text, char out[16]) {
    static const char *const verdicts[] = {"", "annealed", "stopped"};
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
        if (!strcmp(text, verdicts[i])) {
            strcpy(out, text);
            return true;
        }
    return false;
}

static Status read_neurons(const char *path, const StFile *file, RunState *state, Err *err) {
    const char *neurons = safetensors_meta(file, "neurons");
    if (!neurons) return err_set(err, ERR_FORMAT, "%s: 'neurons' is missing from __metadata__", path);
    Status status = rule_states_parse(neurons, state->neurons, state->n_neurons, state->width, err);
    if (status != OK) err_prefix(err, "%s: ", path);
    return status;
}

/* n: facts that it must be about; 0: any number. */
static Status read_selection(const char *path, const StFile *file, int n, Selection *out, Err *err) {
    const char *text = safetensors_meta(file, "selection");
    if (!text) return err_set(err, ERR_FORMAT, "%s: 'selection' is missing from __metadata__", path);
    Status status = selection_parse(text, n, out, err);
    if (status != OK) err_prefix(err, "%s: ", path);
    return status;
}

/* step: that of the file's name. */
static Status read_fields(const char *path, int64_t step, const StFile *file, RunState *state,
                          CheckpointMark *mark, Err *err) {
    enum { STEP, TOKENS, BITS, VERDICT, BYTES, CRC, FIELDS };
    static const char *const KEYS[FIELDS] = {"step",    "tokens",        "code_bits",
                                             "verdict", "metrics_bytes", "metrics_crc32"};
    const int64_t many = (int64_t)1 << 40, max_step = state->max_steps > 0 ? state->max_steps : many;
    const char *value[FIELDS];
    bool right[FIELDS];
    for (int i = 0; i < FIELDS; i++)
        if (!(value[i] = safetensors_meta(file, KEYS[i])))
            return err_set(err, ERR_FORMAT, "%s: '%s' is missing from __metadata__", path, KEYS[i]);
    right[STEP] = parse_count(value[STEP], max_step, &state->step) && state->step == step;
    right[TOKENS] = parse_count(value[TOKENS], (int64_t)1 << 53, &state->tokens);
    right[BITS] = parse_bits(value[BITS], &state->code_bits);
    right[VERDICT] = parse_verdict(value[VERDICT], state->verdict);
    /* A step has at most a line, an evaluation and the lines of its rules, each below 4 KiB. */
    right[BYTES] = right[STEP] && parse_count(value[BYTES], (step + 1) * (2 + NEURON_RULES_MAX) * 4096,
                                              &mark->metrics_bytes);
    right[CRC] = parse_crc(value[CRC], &mark->metrics_crc);
    for (int i = 0; i < FIELDS; i++)
        if (!right[i])
            return err_set(err, ERR_FORMAT, "%s: %s is '%s', which is never written there", path, KEYS[i],
                           value[i]);
    if (state->n_neurons) TRY(read_neurons(path, file, state, err));
    return OK;
}

static Status read_one(const CheckpointOwner *owner, const char *path, int64_t step, Snapshot *snapshot,
                       CheckpointMark *mark, Err *err) {
    StFile file;
    TRY(checkpoint_read(path, snapshot->table, &file, err));
    RunState state = *snapshot->state;
    Selection selection = {0};
    Status status = OK;
    TRY_GOTO(check_field(path, &file, "format", FORMAT, err));
    TRY_GOTO(check_field(path, &file, "numeric_spec", NUMERIC_SPEC, err));
    TRY_GOTO(check_field(path, &file, "config_hash", owner->config_hash, err));
    TRY_GOTO(check_field(path, &file, "data_hash", owner->data_hash, err));
    TRY_GOTO(read_fields(path, step, &file, &state, mark, err));
    if (state.selection) TRY_GOTO(read_selection(path, &file, state.selection->n, &selection, err));
    if (snapshot->model) TRY_GOTO(checkpoint_place(path, &file, snapshot->model, err));
    else
        TRY_GOTO(checkpoint_load(path, &file, snapshot->table, snapshot->params, snapshot->slot,
                                 snapshot->n_slots, err));
    if (state.selection) {
        selection_free(state.selection);
        *state.selection = selection;
        selection = (Selection){0};
    }
    *snapshot->state = state;
done:
    selection_free(&selection);
    safetensors_free(&file);
    return status;
}

Status checkpoints_at(const CheckpointOwner *owner, int64_t step, Snapshot *snapshot, CheckpointMark *mark,
                      Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(checkpoint_path(owner, step, path, err));
    return read_one(owner, path, step, snapshot, mark, err);
}

/* Checks that the newest checkpoint of a finished run is the one with which it ended. */
static Status check_end(const CheckpointOwner *owner, const char *path, int64_t step,
                        const Snapshot *snapshot, Err *err) {
    const RunEnd *end = &owner->end;
    char hash[33];
    if (!end->finished) return OK;
    if (end->checkpoint >= 0 && end->checkpoint != step)
        return err_set(err, ERR_FORMAT, "%s: the newest checkpoint, but DONE names that of step %" PRId64,
                       path, end->checkpoint);
    if (!*end->param_hash) return OK;
    const real *params = snapshot->model ? snapshot->model->params : snapshot->params;
    content_hash(params, (size_t)snapshot->table->total * sizeof(real), hash);
    if (!strcmp(hash, end->param_hash)) return OK;
    return err_set(err, ERR_FORMAT, "%s: its parameters hash to %s, result.json has %s", path, hash,
                   end->param_hash);
}

/* A process that trains removes old checkpoints while others read. */
static bool was_removed(const char *path) {
    struct stat info;
    return lstat(path, &info) != 0 && errno == ENOENT;
}

Status checkpoints_newest(const CheckpointOwner *owner, Snapshot *snapshot, CheckpointMark *mark,
                          const ProgressSink *notes, bool *found, Err *err) {
    Err newest = {.status = OK}; /* why the newest one could not be used */
    int64_t step = INT64_MAX;
    *found = false;
    for (;;) {
        char path[CONFIG_PATH_MAX];
        Err why;
        TRY(checkpoints_before(owner, step, &step, err));
        if (step < 0) break;
        TRY(checkpoint_path(owner, step, path, err));
        Status status = read_one(owner, path, step, snapshot, mark, &why);
        if (status == OK) status = check_end(owner, path, step, snapshot, &why);
        if (status == OK) {
            *found = true;
            if (newest.status != OK)
                run_warn(notes, step, "%s; the one of step %" PRId64 " is complete", newest.msg, step);
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
                "%s; the run is finished, and no older checkpoint has its model: remove DONE and train "
                "on with --resume, which makes it again",
                why.msg);
        if (newest.status == OK) newest = why;
    }
    if (newest.status == OK) return OK;
    return err_set(err, ERR_FORMAT, "%s; no other checkpoint in %s is complete: train again", newest.msg,
                   owner->dir);
}
