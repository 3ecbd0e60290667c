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

/* Every tensor of `all` must be in both tables, of one size. */
static Status same_tensors(const char *dir, const ParamTable *all, const ParamTable *there,
                           const ParamTable *here, Err *err) {
    for (int i = 0; i < all->count; i++) {
        const Tensor *a = params_find(there, all->tensor[i].name),
                     *b = params_find(here, all->tensor[i].name);
        char size_there[32], size_here[32];
        if (a && b && a->rows == b->rows && a->cols == b->cols) continue;
        size_text(size_there, a);
        size_text(size_here, b);
        return err_set(
            err, ERR_INPUT,
            "%s: tensor '%s' is %s there and %s in this model; take the model keys of %s/config.yaml", dir,
            all->tensor[i].name, size_there, size_here, dir);
    }
    return OK;
}

static Status check_shape(const char *dir, const ModelConfig *model, const ParamTable *here, Err *err) {
    ParamTable there;
    TRY(params_plan(&there, model, err));
    Status status = same_tensors(dir, here, &there, here, err);
    if (status == OK) status = same_tensors(dir, &there, &there, here, err);
    params_free(&there);
    return status;
}

static void keep_note(void *user, const Progress *p) {
    if (p->note) snprintf(user, sizeof((Err *)0)->msg, "%s", p->note);
}

static Status read_weights(const char *dir, const ParamTable *table, real *params, Err *err) {
    Config config;
    CheckpointMark mark;
    RunState state = {0};
    Snapshot snapshot = {.table = table, .params = params, .state = &state};
    char damage[sizeof err->msg] = "", data_hash[33], hash[33];
    CheckpointOwner owner = {.dir = dir, .config_hash = hash, .data_hash = data_hash};
    bool found;
    TRY(folder_read(dir, &config, data_hash, err));
    TRY(check_shape(dir, &config.model, table, err));
    TRY(config_hash(&config, data_hash, hash, err));
    state.max_steps = config.train.max_steps;
    TRY(run_end(dir, &owner.end, err));
    TRY(checkpoints_newest(&owner, &snapshot, &mark, &(ProgressSink){keep_note, damage}, &found, err));
    if (damage[0]) return err_set(err, ERR_INPUT, "%s", damage); /* older weights are not what was meant */
    return found ? OK : err_set(err, ERR_INPUT, "%s: contains no checkpoint", dir);
}

Status init_from_read(const TrainConfig *config, const ParamTable *table, real *params, char hash[33],
                      Err *err) {
    Status status = read_weights(config->init_from, table, params, err);
    if (status == OK) {
        content_hash(params, (size_t)table->total * sizeof(real), hash);
        if (*config->init_hash && strcmp(config->init_hash, hash))
            status = err_set(
                err, ERR_INPUT,
                "%s: contains other weights: param_hash is %s, train.init_hash is %s; name the run that "
                "has those, or leave init_hash out",
                config->init_from, hash, config->init_hash);
    }
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
