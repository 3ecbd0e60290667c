#include "train/init_from.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/run_files.h"
#include "store/run_folder.h"

static void size_text(char out[32], const Tensor *t) {
    if (t) snprintf(out, 32, "%d x %d", t->rows, t->cols);
    else snprintf(out, 32, "none");
}

/* Every tensor of `all` must be in both tables, of one size; but those of a stage of tools may be missing there. */
static Status same_tensors(const char *dir, const ParamTable *all, const ParamTable *there,
                           const ParamTable *here, Err *err) {
    for (int i = 0; i < all->count; i++) {
        const Tensor *a = params_find(there, all->tensor[i].name),
                     *b = params_find(here, all->tensor[i].name);
        char size_there[32], size_here[32];
        if (a && b && a->rows == b->rows && a->cols == b->cols) continue;
        if (b && b->part == PART_TOOLS && !there->by_part[PART_TOOLS]) continue;
        size_text(size_there, a);
        size_text(size_here, b);
        return err_set(
            err, ERR_INPUT,
            "%s: tensor '%s' is %s there and %s in this model; take the model keys of %s/config.yaml", dir,
            all->tensor[i].name, size_there, size_here, dir);
    }
    return OK;
}

/* there: the table of that model, to be freed, after an error too. Without a stage of tools, whose tensors are behind
 * all others, it lays out the first part of `here`. */
static Status check_shape(const char *dir, const ModelConfig *model, const ParamTable *here,
                          ParamTable *there, Err *err) {
    TRY(params_plan(there, model, err));
    TRY(same_tensors(dir, here, there, here, err));
    return same_tensors(dir, there, there, here, err);
}

static void keep_note(void *user, const Progress *p) {
    if (p->note) snprintf(user, sizeof((Err *)0)->msg, "%s", p->note);
}

/* The newest checkpoint of the run in dir, which is laid out by `there`. */
static Status read_newest(const char *dir, const Config *config, const char *data_hash,
                          const ParamTable *there, real *params, Err *err) {
    CheckpointMark mark;
    RunState state = {.max_steps = config->train.max_steps};
    Snapshot snapshot = {.table = there, .params = params, .state = &state};
    char damage[sizeof err->msg] = "", hash[33];
    CheckpointOwner owner = {.dir = dir, .config_hash = hash, .data_hash = data_hash};
    bool found;
    TRY(config_hash(config, data_hash, hash, err));
    TRY(run_end(dir, &owner.end, err));
    TRY(checkpoints_newest(&owner, &snapshot, &mark, &(ProgressSink){keep_note, damage}, &found, err));
    if (damage[0]) return err_set(err, ERR_INPUT, "%s", damage); /* older weights are not what was meant */
    return found ? OK : err_set(err, ERR_INPUT, "%s: contains no checkpoint", dir);
}

/* hash: of what was read. */
static Status read_weights(const char *dir, const ParamTable *table, real *params, char hash[33], Err *err) {
    Config config;
    ParamTable there = {0};
    char data_hash[33];
    TRY(folder_read(dir, &config, data_hash, err));
    Status status = check_shape(dir, &config.model, table, &there, err);
    if (status == OK) status = read_newest(dir, &config, data_hash, &there, params, err);
    if (status == OK) content_hash(params, (size_t)there.total * sizeof(real), hash);
    params_free(&there);
    return status;
}

Status init_from_read(const TrainConfig *config, const ParamTable *table, real *params, char hash[33],
                      Err *err) {
    Status status = read_weights(config->init_from, table, params, hash, err);
    if (status == OK && *config->init_hash && strcmp(config->init_hash, hash))
        status =
            err_set(err, ERR_INPUT,
                    "%s: contains other weights: param_hash is %s, train.init_hash is %s; name the run that "
                    "has those, or leave init_hash out",
                    config->init_from, hash, config->init_hash);
    if (status == OK || status == ERR_NOMEM) return status;
    err_prefix(err, "train.init_from: ");
    if (err) err->status = ERR_INPUT;
    return ERR_INPUT;
}

Status init_from_resolve(Config *config, Err *err) {
    ParamTable table;
    char hash[33];
    if (!*config->train.init_from) return OK;
    TRY(params_plan(&table, &config->model, err));
    real *params = memory_alloc((size_t)table.total * sizeof *params);
    Status status = params ? init_from_read(&config->train, &table, params, hash, err)
                           : err_set(err, ERR_NOMEM, "no memory for %lld parameters", (long long)table.total);
    if (status == OK) strcpy(config->train.init_hash, hash);
    memory_free(params);
    params_free(&table);
    return status;
}
