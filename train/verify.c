/* A finished run asked again: opened with its newest checkpoint, told as JSON, or replayed from step 0 and
 * compared. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/obtain.h"
#include "model/formats/npy.h"
#include "model/parametrization.h"
#include "model/quantize.h"
#include "store/result.h"
#include "store/run_files.h"
#include "store/run_folder.h"
#include "train/init_from.h"

/* The run's config and facts; facts whose hash is no longer the run's are refused. */
static Status read_run(const char *dir, Config *config, FactSet *facts, Err *err) {
    char data_hash[33];
    TRY(folder_read(dir, config, data_hash, err));
    TRY(facts_obtain(&config->facts, facts, err));
    Status status = OK;
    if (strcmp(facts->data_hash, data_hash))
        status =
            err_set(err, ERR_INPUT, "%s: %s holds other facts now: data_hash %s, the run was trained on %s",
                    dir, facts_are_read(config->facts.kind) ? config->facts.path : "the generator",
                    facts->data_hash, data_hash);
    if (status == OK) status = config_resolve(config, facts->n, facts->max_len, facts->vocab.size, err);
    if (status != OK) facts_free(facts);
    return status;
}

Status run_open(Run *out, const char *dir, const ProgressSink *notes, Err *err) {
    memset(out, 0, sizeof *out);
    TRY(read_run(dir, &out->config, &out->facts, err));
    const Ops *ops;
    RunFolder folder = {.lock_fd = -1};
    RunState state = {0};
    CheckpointMark mark;
    bool found = false;
    Status status = OK;
    TRY_GOTO(ops_select(&ops, err));
    TRY_GOTO(gpt_create(&out->gpt, &out->config.model, ops, out->config.train.gemm, err));
    parametrization_apply(&out->gpt.table, &out->config);
    TRY_GOTO(rule_states_create(&out->neurons, &out->config, err));
    state.n_neurons = out->config.n_neurons;
    state.neurons = out->neurons;
    state.width = out->config.model.n_inner;
    snprintf(folder.dir, sizeof folder.dir, "%s", dir);
    snprintf(folder.data_hash, sizeof folder.data_hash, "%s", out->facts.data_hash);
    config_hash(&out->config, out->facts.data_hash, folder.config_hash);
    Snapshot snapshot = {.table = &out->gpt.table, .params = out->gpt.params, .state = &state};
    TRY_GOTO(checkpoints_newest(&folder, &snapshot, &mark, notes, &found, err));
    if (!found) {
        FolderState there;
        TRY_GOTO(folder_look(dir, &there, err));
        status = err_set(
            err, ERR_INPUT, "%s: holds no checkpoint%s", dir,
            there == FOLDER_DONE
                ? ", and the run is over: it diverged, or they are gone; train it anew in another folder"
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

/* result.json of a finished run. */
static Status read_result(const char *dir, Buffer *text, RunResult *result, Err *err) {
    FolderState state;
    char path[CONFIG_PATH_MAX];
    if (!file_exists(dir)) return err_set(err, ERR_INPUT, "%s: there is no such run", dir);
    TRY(folder_look(dir, &state, err));
    if (state != FOLDER_DONE) return err_set(err, ERR_INPUT, "%s: not finished; train on with --resume", dir);
    TRY(run_result_text(dir, text, err));
    Status status = path_join(path, sizeof path, dir, "result.json", err);
    if (status == OK) status = result_parse(text->data, path, result, err);
    if (status != OK) buffer_free(text);
    return status;
}

/* Both are objects with one field a line: the second's fields join the first's. */
static char *merge_objects(const Buffer *first, const Buffer *second) {
    size_t room = first->size + second->size + 8;
    char *out = malloc(room), *end = strrchr(first->data, '}'), *rest = strchr(second->data, '{');
    if (!out || !end || !rest) {
        free(out);
        return NULL;
    }
    while (end > first->data && end[-1] == '\n') end--;
    snprintf(out, room, "%.*s,%s", (int)(end - first->data), first->data, rest + 1);
    return out;
}

char *run_result_json(const char *dir, bool with_timing, Err *err) {
    Buffer text, timing;
    RunResult result;
    char path[CONFIG_PATH_MAX];
    if (read_result(dir, &text, &result, err) != OK) return NULL;
    if (!with_timing) return text.data; /* the caller's now */
    char *merged = NULL;
    if (path_join(path, sizeof path, dir, "timing.json", err) == OK &&
        file_read(path, 1 << 20, &timing, err) == OK) {
        merged = merge_objects(&text, &timing);
        if (!merged) err_set(err, ERR_FORMAT, "%s: not the object that rote writes", path);
        buffer_free(&timing);
    }
    buffer_free(&text);
    return merged;
}

/* No replay is compared with the metrics, but a folder without them is not whole. */
static Status check_metrics_there(const char *dir, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, dir, "metrics.jsonl", err));
    if (file_exists(path)) return OK;
    return err_set(err, ERR_FORMAT,
                   "%s: missing; put the file back, or train anew in another folder to have its curves",
                   path);
}

static Status compare(const char *dir, const RunResult *kept, const RunResult *replayed,
                      const char *kept_text, const char *text, Err *err) {
    if (strcmp(kept->data_hash, replayed->data_hash))
        return err_set(err, ERR_FORMAT, "%s: data_hash %s, the replay's is %s", dir, kept->data_hash,
                       replayed->data_hash);
    if (strcmp(kept->param_hash, replayed->param_hash))
        return err_set(err, ERR_FORMAT, "%s: param_hash %s, the replay's is %s: the parameters differ", dir,
                       kept->param_hash, replayed->param_hash);
    if (strcmp(kept_text, text)) {
        size_t at = 0, line = 1;
        for (; kept_text[at] && kept_text[at] == text[at]; at++) line += kept_text[at] == '\n';
        return err_set(err, ERR_FORMAT, "%s/result.json:%zu: differs from the replay's", dir, line);
    }
    return OK;
}

static void keep_note(void *user, const Progress *p) {
    if (p->note) snprintf(user, sizeof((Err *)0)->msg, "%s", p->note);
}

/* n numbers of 8 bytes in a file, against those that they should be. */
static Status check_array(const char *dir, const char *name, const char *descr, const void *wanted, int n,
                          Err *err) {
    char path[CONFIG_PATH_MAX];
    void *there = NULL;
    int64_t count = 0;
    TRY(path_join(path, sizeof path, dir, name, err));
    if (!file_exists(path))
        return err_set(err, ERR_FORMAT, "%s: missing; remove DONE and train on with --resume", path);
    TRY(npy_read(path, descr, &there, &count, err));
    int64_t i = 0;
    while (i < count && i < n && !memcmp((char *)there + 8 * i, (const char *)wanted + 8 * i, 8)) i++;
    free(there);
    if (count != n)
        return err_set(err, ERR_FORMAT, "%s: %lld numbers, the run has %d facts and held-out facts", path,
                       (long long)count, n);
    if (i < n)
        return err_set(err, ERR_FORMAT, "%s: number %lld differs from what the checkpoint gives", path,
                       (long long)i);
    return OK;
}

/* pool_ids.npy and code_lengths.npy are functions of the facts and of the last checkpoint. */
static Status check_code_lengths(const Run *run, const char *dir, int threads, Err *err) {
    const FactSet *facts = &run->facts;
    int n = facts->n + facts->n_heldout;
    Evaluator evaluator;
    Evaluation evaluation;
    int64_t *id = malloc((size_t)n * sizeof *id);
    if (!id) return err_set(err, ERR_NOMEM, "%s: no memory for %d code lengths", dir, n);
    for (int i = 0; i < n; i++) id[i] = facts->source[i];
    Status status = check_array(dir, "pool_ids.npy", "<i8", id, n, err);
    free(id);
    TRY(status);
    TRY(evaluator_create(&evaluator, &run->gpt, facts, threads, err));
    evaluator_run(&evaluator, &evaluation);
    status = check_array(dir, "code_lengths.npy", "<f8", evaluator.fact_bits, n, err);
    evaluator_free(&evaluator);
    return status;
}

/* The parameters on disk must be those that the result names, too. */
static Status check_checkpoint(const char *dir, const RunResult *kept, int threads, Err *err) {
    if (strcmp(kept->verdict, "diverged") == 0) return OK; /* its last checkpoint is older than its end */
    Run run;
    char damage[sizeof err->msg] = "";
    TRY(run_open(&run, dir, &(ProgressSink){keep_note, damage}, err));
    Status status = OK;
    if (strcmp(run.param_hash, kept->param_hash) && damage[0])
        status = err_set(err, ERR_FORMAT, "%s", damage);
    else if (strcmp(run.param_hash, kept->param_hash))
        status = err_set(err, ERR_FORMAT,
                         "%s: the newest whole checkpoint's parameters hash to %s, result.json says %s", dir,
                         run.param_hash, kept->param_hash);
    else if (run.facts.n_heldout && __builtin_isfinite(kept->final.code_bits + kept->final.heldout_code_bits))
        status = check_code_lengths(&run, dir, threads, err);
    run_close(&run);
    return status;
}

Status run_verify(const char *dir, int threads, ProgressSink progress, const volatile sig_atomic_t *stop,
                  Err *err) {
    Buffer kept_text = {0};
    RunResult kept, replayed;
    Config config;
    FactSet facts;
    TRY(read_result(dir, &kept_text, &kept, err));
    Status status = kept.exact ? read_run(dir, &config, &facts, err)
                               : err_set(err, ERR_INPUT,
                                         "%s: made with train.gemm=openblas, whose bits change with the "
                                         "machine: nothing to verify",
                                         dir);
    if (status != OK) {
        buffer_free(&kept_text);
        return status;
    }
    char *text = NULL;
    RuleState *neurons = NULL;
    TRY_GOTO(init_from_resolve(&config, err));
    if (threads > 0) config.train.threads = threads;
    TRY_GOTO(rule_states_create(&neurons, &config, err));
    RunOptions options = {.stop = stop, .progress = progress, .neurons = neurons};
    TRY_GOTO(check_metrics_there(dir, err));
    TRY_GOTO(check_checkpoint(dir, &kept, config.train.threads, err));
    status = run_train(&config, &facts, &options, &replayed, err);
    if (status != OK && strcmp(replayed.verdict, "diverged")) goto done;
    text = result_text(&config, &facts, &replayed, neurons);
    status = text ? compare(dir, &kept, &replayed, kept_text.data, text, err)
                  : err_set(err, ERR_NOMEM, "no memory for the replay's result");
done:
    rule_states_free(neurons, config.n_neurons);
    free(text);
    buffer_free(&kept_text);
    facts_free(&facts);
    return status;
}
