/* A finished run: its result as JSON, and a replay from step 0 that is compared with it. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/obtain.h"
#include "eval/evaluate.h"
#include "eval/tools/tool_spec.h"
#include "model/formats/npy.h"
#include "store/result.h"
#include "store/run.h"
#include "store/run_files.h"
#include "store/run_folder.h"
#include "train/init_from.h"
#include "train/trainer.h"

/* result.json of a finished run. */
static Status read_result(const char *dir, Buffer *text, RunResult *result, Err *err) {
    FolderState state;
    char path[CONFIG_PATH_MAX];
    TRY(file_named(dir, "run", err));
    TRY(folder_look(dir, &state, err));
    TRY(run_trained(dir, err));
    if (state != FOLDER_DONE) return err_set(err, ERR_INPUT, "%s: not finished; train on with --resume", dir);
    TRY(run_result_text(dir, text, err));
    Status status = path_join(path, sizeof path, dir, "result.json", err);
    if (status == OK) status = result_parse(text->data, path, RESULT_WHOLE, result, err);
    if (status != OK) buffer_free(text);
    return status;
}

/* The fields of timing.json join those of the result: both are objects with one field a line. */
static char *merge_timing(const Buffer *result, const char *timing) {
    size_t room = result->size + strlen(timing) + 8;
    char *out = malloc(room);
    const char *end = strrchr(result->data, '}');
    if (!out) return NULL;
    while (end > result->data && end[-1] == '\n') end--;
    snprintf(out, room, "%.*s,%s\n", (int)(end - result->data), result->data, timing + 1);
    return out;
}

char *run_result_json(const char *dir, bool with_timing, Err *err) {
    Buffer text;
    RunResult result;
    RunTiming timing;
    char json[TIMING_JSON_MAX], *merged = NULL;
    if (read_result(dir, &text, &result, err) != OK) return NULL;
    result_free(&result);
    if (!with_timing) return text.data; /* the caller's now */
    if (folder_read_timing(dir, &timing, err) == OK) {
        timing_json(&timing, json);
        merged = merge_timing(&text, json);
        if (!merged) (void)err_set(err, ERR_NOMEM, "%s: no memory for its result", dir);
    }
    buffer_free(&text);
    return merged;
}

/* Files that no replay is compared with must be what the run ended with, too. DONE of an older version names none, but
 * a folder without metrics is not whole. */
static Status check_files(const char *dir, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(run_sealed(dir, NULL, err));
    TRY(path_join(path, sizeof path, dir, "metrics.jsonl", err));
    if (!file_missing(path)) return OK;
    return err_set(err, ERR_FORMAT,
                   "%s: missing; put the file back, or train again in another folder to have its curves",
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

/* n numbers of 8 bytes in a file, against those that they should be. */
static Status check_array(const char *dir, const char *name, const char *descr, const void *expected, int n,
                          Err *err) {
    char path[CONFIG_PATH_MAX];
    void *there = NULL;
    int64_t count = 0;
    TRY(path_join(path, sizeof path, dir, name, err));
    if (file_missing(path))
        return err_set(err, ERR_FORMAT, "%s: missing; remove DONE and train on with --resume", path);
    TRY(run_sealed(dir, name, err));
    TRY(npy_read(path, descr, n, &there, &count, err));
    int64_t i = 0;
    while (count == n && i < n && !memcmp((char *)there + 8 * i, (const char *)expected + 8 * i, 8)) i++;
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

/* selected.tsv is a function of the config and of the last checkpoint. */
static Status check_selection(const Run *run, const char *dir, Err *err) {
    char path[CONFIG_PATH_MAX], *expected;
    Buffer text;
    if (!run->selection.n) return OK;
    TRY(path_join(path, sizeof path, dir, "selected.tsv", err));
    if (file_missing(path))
        return err_set(err, ERR_FORMAT, "%s: missing; remove DONE and train on with --resume", path);
    TRY(run_sealed(dir, "selected.tsv", err));
    TRY(select_table(&run->selection, &run->config.train, &expected, err));
    Status status = file_read(path, strlen(expected), &text, err);
    if (status == OK) {
        if (strcmp(text.data, expected))
            status = err_set(err, ERR_FORMAT, "%s: differs from what the checkpoint gives", path);
        buffer_free(&text);
    }
    free(expected);
    return status;
}

/* A result whose code lengths are finite: their files were written with it. */
static bool has_code_lengths(const RunResult *kept) {
    const double *x = kept->figures.value;
    return __builtin_isfinite(x[FIG_CODE_BITS] + x[FIG_HELDOUT_CODE_BITS]);
}

/* The last checkpoint is whole and has the parameters that the result names (run_open), and its code lengths are those
 * of the files. The older ones that are kept, of which DONE knows nothing, are whole. */
static Status check_checkpoints(const char *dir, const char *facts, const RunResult *kept, int threads,
                                Err *err) {
    if (strcmp(kept->verdict, "diverged") == 0) return OK; /* its last checkpoint is older than its end */
    Run run;
    TRY(run_open_with(&run, dir, facts, NULL, err));
    Status status = OK;
    if (run.facts.n_heldout && has_code_lengths(kept)) status = check_code_lengths(&run, dir, threads, err);
    if (status == OK) status = check_selection(&run, dir, err);
    int64_t after = -1;
    for (bool found = true; status == OK && found; after = run.step)
        status = run_next_checkpoint(&run, dir, after, &found, err);
    run_close(&run);
    return status;
}

/* Config and facts of a run whose replay has the same bits everywhere. */
static Status read_exact_run(const char *dir, const char *at, const RunResult *kept, Config *config,
                             FactSet *facts, Err *err) {
    if (kept->exact) return run_read(dir, at, config, facts, err);
    return err_set(err, ERR_INPUT,
                   "%s: made with train.gemm=openblas, whose bits change with the machine: nothing to verify",
                   dir);
}

Status run_verify(const char *dir, int threads, ProgressSink progress, const volatile sig_atomic_t *stop,
                  Err *err) {
    return run_verify_with(dir, NULL, false, threads, progress, stop, err);
}

Status run_verify_with(const char *dir, const char *at, bool allow_program, int threads,
                       ProgressSink progress, const volatile sig_atomic_t *stop, Err *err) {
    Buffer kept_text = {0};
    RunResult kept, replayed = {.n_neurons = 0};
    Config config;
    FactSet facts;
    TRY(read_result(dir, &kept_text, &kept, err));
    char *text = NULL;
    Status status = read_exact_run(dir, at, &kept, &config, &facts, err);
    if (status != OK) {
        result_free(&kept);
        buffer_free(&kept_text);
        return status;
    }
    TRY_GOTO(init_from_resolve(&config, err));
    TRY_GOTO(tool_files_resolve(&config, err));
    if (threads > 0) config.train.threads = threads;
    RunOptions options = {
        .stop = stop, .progress = progress, .allow_program = allow_program, .tape_dir = dir};
    TRY_GOTO(check_files(dir, err));
    TRY_GOTO(check_checkpoints(dir, at, &kept, config.train.threads, err));
    status = run_train(&config, &facts, &options, &replayed, err);
    if (status != OK && strcmp(replayed.verdict, "diverged")) goto done;
    TRY_GOTO(result_text(&replayed, &text, err));
    status = compare(dir, &kept, &replayed, kept_text.data, text, err);
done:
    result_free(&kept);
    result_free(&replayed);
    free(text);
    buffer_free(&kept_text);
    facts_free(&facts);
    return status;
}
