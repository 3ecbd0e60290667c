#include "store/run.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "data/obtain.h"
#include "model/parametrization.h"
#include "model/quantize.h"
#include "store/checkpoints.h"
#include "store/run_files.h"
#include "store/run_folder.h"

Status run_read(const char *dir, Config *config, FactSet *facts, Err *err) {
    char data_hash[33];
    TRY(folder_read(dir, config, data_hash, err));
    TRY(facts_obtain(&config->facts, facts, err));
    Status status = OK;
    if (strcmp(facts->data_hash, data_hash))
        status = err_set(err, ERR_INPUT,
                         "%s: %s now contains other facts: data_hash is %s, but the run was trained on %s",
                         dir, facts_are_read(config->facts.kind) ? config->facts.path : "the generator",
                         facts->data_hash, data_hash);
    if (status == OK) status = config_resolve(config, facts->n, facts->max_len, facts->vocab.size, err);
    if (status != OK) facts_free(facts);
    return status;
}

Status run_open(Run *out, const char *dir, const ProgressSink *notes, Err *err) {
    memset(out, 0, sizeof *out);
    TRY(run_read(dir, &out->config, &out->facts, err));
    const Ops *ops;
    RunState state = {0};
    char hash[33];
    CheckpointMark mark;
    bool found = false;
    Status status = OK;
    TRY_GOTO(ops_select(&ops, err));
    TRY_GOTO(gpt_create(&out->gpt, &out->config.model, ops, out->config.train.gemm, err));
    parametrization_apply(&out->gpt.table, &out->config);
    TRY_GOTO(rule_states_create(&out->neurons, &out->config, err));
    state.max_steps = out->config.train.max_steps;
    state.n_neurons = out->config.n_neurons;
    state.neurons = out->neurons;
    state.width = out->config.model.n_inner;
    TRY_GOTO(config_hash(&out->config, out->facts.data_hash, hash, err));
    Snapshot snapshot = {.table = &out->gpt.table, .params = out->gpt.params, .state = &state};
    CheckpointOwner owner = {.dir = dir, .config_hash = hash, .data_hash = out->facts.data_hash};
    TRY_GOTO(run_end(dir, &owner.end, err));
    TRY_GOTO(checkpoints_newest(&owner, &snapshot, &mark, notes, &found, err));
    if (!found) {
        status = err_set(
            err, ERR_INPUT, "%s: contains no checkpoint%s", dir,
            owner.end.finished
                ? ", and the run is finished: it diverged, or they were removed; train it anew in another folder"
                : " yet; train on with --resume");
        goto done;
    }
    out->step = state.step;
    content_hash(out->gpt.params, (size_t)out->gpt.table.total * sizeof(real), out->param_hash);
    quantize_params(out->gpt.params, out->gpt.params, &out->gpt.table, out->config.train.quantize, ALL_PARTS,
                    1);
done:
    if (status != OK) run_close(out);
    return status;
}

void run_close(Run *run) {
    rule_states_free(run->neurons, run->config.n_neurons);
    gpt_free(&run->gpt);
    facts_free(&run->facts);
    memset(run, 0, sizeof *run);
}
