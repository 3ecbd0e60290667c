#include "store/run.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "data/obtain.h"
#include "model/parametrization.h"
#include "model/quantize.h"
#include "store/checkpoints.h"
#include "store/foreign/origin.h"
#include "store/run_files.h"
#include "store/run_folder.h"

static Status find_facts(const char *dir, const char *at, const char *data_hash, Config *config,
                         FactSet *facts, Err *err) {
    char found[CONFIG_PATH_MAX];
    FactsPlaces places = {.given = at, .beside = dir, .data_hash = data_hash};
    Status status = facts_find(&config->facts, &places, facts, found, err);
    if (status != OK) {
        err_prefix(err, "%s: ", dir);
        return status;
    }
    if (*found) strcpy(config->facts.path, found);
    if (!strcmp(facts->data_hash, data_hash)) return OK;
    status = err_set(err, ERR_INPUT,
                     "%s: the generator draws other facts now: data_hash %s, the run was trained on %s", dir,
                     facts->data_hash, data_hash);
    facts_free(facts);
    return status;
}

Status run_trained(const char *dir, Err *err) {
    Origin origin;
    bool imported;
    TRY(origin_read(dir, &origin, &imported, err));
    if (!imported) return OK;
    return err_set(
        err, ERR_INPUT,
        "%s: was imported from %.400s, so it has no facts and no training, which this command needs", dir,
        origin.file);
}

Status run_read(const char *dir, const char *at, Config *config, FactSet *facts, Err *err) {
    char data_hash[33];
    TRY(run_trained(dir, err));
    TRY(folder_read(dir, config, data_hash, err));
    TRY(find_facts(dir, at, data_hash, config, facts, err));
    Status status = config_resolve(config, facts->n, facts->max_len, facts->vocab.size, err);
    if (status != OK) facts_free(facts);
    return status;
}

static Status take_params(Run *out, int64_t step, Err *err) {
    Gpt *g = &out->gpt;
    size_t bytes = (size_t)g->table.total * sizeof(real);
    out->step = step;
    content_hash(g->params, bytes, out->param_hash);
    file_map_forget(&g->map, g->params, bytes);
    if (out->config.train.quantize == QUANTIZE_NONE) return OK;
    TRY(gpt_write_params(g, err));
    quantize_params(g->params, g->params, &g->table, out->config.train.quantize, ALL_PARTS, 1);
    return OK;
}

/* The model of out->config, which is resolved. run_close it, after a failure too. */
static Status read_model(Run *out, const char *dir, const char *data_hash, const ProgressSink *notes,
                         Err *err) {
    const Ops *ops;
    RunState state = {0};
    char hash[33];
    CheckpointMark mark;
    bool found = false;
    TRY(ops_select(&ops, err));
    TRY(gpt_plan(&out->gpt, &out->config.model, ops, out->config.train.gemm, err));
    parametrization_apply(&out->gpt.table, &out->config);
    TRY(rule_states_create(&out->neurons, &out->config, err));
    state.max_steps = out->config.train.max_steps;
    state.n_neurons = out->config.n_neurons;
    state.neurons = out->neurons;
    state.width = out->config.model.n_inner;
    if (out->config.train.select != SELECT_NONE) {
        out->selection.n = out->facts.n; /* 0 where the facts need not be there */
        state.selection = &out->selection;
    }
    TRY(config_hash(&out->config, data_hash, hash, err));
    Snapshot snapshot = {.table = &out->gpt.table, .model = &out->gpt, .state = &state};
    CheckpointOwner owner = {.dir = dir, .config_hash = hash, .data_hash = data_hash};
    TRY(run_end(dir, &owner.end, err));
    TRY(checkpoints_newest(&owner, &snapshot, &mark, notes, &found, err));
    if (!found)
        return err_set(
            err, ERR_INPUT, "%s: contains no checkpoint%s", dir,
            owner.end.finished
                ? ", and the run is finished: it diverged, or they were removed; train it again in another folder"
                : " yet; train on with --resume");
    return take_params(out, state.step, err);
}

Status run_next_checkpoint(Run *run, const char *dir, int64_t after, bool *found, Err *err) {
    char hash[33];
    int64_t step = INT64_MAX, first = -1;
    RunState state = {.max_steps = run->config.train.max_steps};
    CheckpointMark mark;
    *found = false;
    TRY(config_hash(&run->config, run->facts.data_hash, hash, err));
    CheckpointOwner owner = {.dir = dir, .config_hash = hash, .data_hash = run->facts.data_hash};
    for (;;) {
        TRY(checkpoints_before(&owner, step, &step, err));
        if (step <= after) break;
        first = step;
    }
    if (first < 0) return OK;
    TRY(gpt_write_params(&run->gpt, err));
    Snapshot snapshot = {.table = &run->gpt.table, .params = run->gpt.params, .state = &state};
    TRY(checkpoints_at(&owner, first, &snapshot, &mark, err));
    TRY(take_params(run, first, err));
    *found = true;
    return OK;
}

Status run_open_with(Run *out, const char *dir, const char *facts, const ProgressSink *notes, Err *err) {
    memset(out, 0, sizeof *out);
    TRY(run_read(dir, facts, &out->config, &out->facts, err));
    Status status = read_model(out, dir, out->facts.data_hash, notes, err);
    if (status != OK) run_close(out);
    return status;
}

Status run_open(Run *out, const char *dir, const ProgressSink *notes, Err *err) {
    return run_open_with(out, dir, NULL, notes, err);
}

Status run_open_text(Run *out, const char *dir, const char *facts, const ProgressSink *notes, Err *err) {
    Origin origin;
    bool imported = false;
    int eos;
    if (!file_missing(dir)) TRY(origin_read(dir, &origin, &imported, err));
    if (!imported) return run_open_with(out, dir, facts, notes, err);
    TRY(run_open_model(out, &eos, dir, notes, err));
    Status status = origin_vocab(dir, &origin, out->config.model.vocab_size, eos, &out->facts.vocab, err);
    if (status != OK) run_close(out);
    return status;
}

Status run_open_model(Run *out, int *eos, const char *dir, const ProgressSink *notes, Err *err) {
    char data_hash[33];
    bool known;
    memset(out, 0, sizeof *out);
    TRY(folder_read(dir, &out->config, data_hash, err));
    TRY(folder_read_eos(dir, eos, &known, err));
    if (!known) {
        TRY(run_open(out, dir, notes, err));
        *eos = out->facts.vocab.eos;
        return OK;
    }
    Status status = read_model(out, dir, data_hash, notes, err);
    if (status != OK) run_close(out);
    return status;
}

void run_close(Run *run) {
    rule_states_free(run->neurons, run->config.n_neurons);
    selection_free(&run->selection);
    gpt_free(&run->gpt);
    facts_free(&run->facts);
    memset(run, 0, sizeof *run);
}
