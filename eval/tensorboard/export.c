/* Runs as event files. */
#include "eval/tensorboard/export.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "eval/neurons/activations.h"
#include "eval/report/axes.h"
#include "eval/tensorboard/events.h"
#include "store/run_files.h"
#include "store/sweep_files.h"

/* ---- scalars ---- */

/* The numbers of an object, each under group/key. */
static void add_numbers(Bytes *b, int64_t step, const char *group, json_t *object) {
    char tag[128];
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (!json_is_number(value) || !strcmp(key, "step") || !strcmp(key, "rule")) continue;
        snprintf(tag, sizeof tag, "%s/%s", group, key);
        event_scalar(b, step, tag, json_number_value(value));
    }
}

static void add_line(Bytes *b, json_t *line, int64_t *last) {
    char group[32] = "train";
    json_t *eval = json_object_get(line, "eval"), *rule = json_object_get(line, "rule");
    json_int_t step;
    if (!json_whole(json_object_get(line, "step"), 0, INT64_MAX, &step)) return;
    if (rule) snprintf(group, sizeof group, "rule_%d", (int)json_integer_value(rule));
    add_numbers(b, step, eval ? "eval" : group, eval ? eval : line);
    *last = step;
}

/* As run_curves: a line that is not JSON was being written when the run was killed. *last: the last step. */
static Status add_metrics(Bytes *b, const char *dir, int64_t *last, Err *err) {
    Buffer text;
    Status status = OK;
    TRY(run_text(dir, "metrics.jsonl", &text, err));
    for (Lines lines = lines_of(text.data); status == OK && lines_next(&lines) && lines.ended;) {
        json_t *line;
        Err why;
        Status parsed = json_read(lines.line, lines.size, 0, "metrics.jsonl", &line, &why);
        if (parsed == ERR_NOMEM) status = err_set(err, parsed, "%s", why.msg);
        if (line) add_line(b, line, last);
        json_decref(line);
    }
    buffer_free(&text);
    return status;
}

static Status add_result(Bytes *b, const char *dir, int64_t last, Err *err) {
    RunResult *result;
    char tag[128];
    bool finished;
    TRY(run_holds(dir, "DONE", &finished, err));
    if (!finished) return OK;
    TRY(run_result_new(dir, RESULT_ANY, &result, err));
    for (int i = 0; i < FIGURE_COUNT; i++) {
        if (!result->figures.present[i] || isnan(result->figures.value[i])) continue;
        snprintf(tag, sizeof tag, "result/%s", figure_rows[i].key);
        event_scalar(b, last, tag, result->figures.value[i]);
    }
    run_result_drop(result);
    return OK;
}

/* ---- histograms ---- */

/* hook_resid_post of every block, and mlp.hook_post where there is one. out: room for hooks_max. */
static int hooks_shown(Hook *out, const ModelConfig *config) {
    int n = 0, all = hooks_all(out, config);
    for (int i = 0; i < all; i++)
        if (out[i].site == HOOK_RESID_POST || out[i].site == HOOK_POST) out[n++] = out[i];
    return n;
}

static Status add_histograms(Bytes *b, const Run *run, Err *err) {
    const FactSet *facts = &run->facts;
    Activations a = {.n_hooks = 0};
    Status status = OK;
    int64_t tokens = 0;
    char name[HOOK_NAME_MAX];
    Hook *hook = calloc((size_t)hooks_max(&run->gpt.config), sizeof *hook);
    bool *chosen = calloc((size_t)(facts->n + facts->n_heldout), sizeof *chosen);
    if (!hook || !chosen) TRY_GOTO(err_set(err, ERR_NOMEM, "out of memory for %d facts", facts->n));
    for (int i = 0; i < facts->n; i++) {
        tokens += fact_length(facts, i);
        chosen[i] = i == 0 || tokens <= TENSORBOARD_TOKENS;
    }
    int n = hooks_shown(hook, &run->gpt.config);
    if (n > 0) TRY_GOTO(activations_collect(&a, &run->gpt, facts, chosen, hook, n, err));
    for (int i = 0; i < n; i++)
        event_histogram(b, run->step, hook_name(name, hook[i]), a.data[i],
                        (size_t)a.rows * (size_t)a.width[i]);
done:
    activations_free(&a);
    free(hook);
    free(chosen);
    return status;
}

/* ---- files ---- */

static Status check_new(const char *out, bool replace, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, out, TENSORBOARD_FILE, err));
    if (replace || file_missing(path)) return OK;
    return err_set(err, ERR_INPUT, "%s: exists; choose another folder, or replace it with --force", path);
}

/* Writes b and frees it. */
static Status write_events(const char *out, Bytes *b, Err *err) {
    char path[CONFIG_PATH_MAX];
    Status status = b->failed ? err_set(err, ERR_NOMEM, "%s: no memory for its events", out) : OK;
    if (status == OK) status = path_join(path, sizeof path, out, TENSORBOARD_FILE, err);
    if (status == OK) status = make_directories(out, err);
    if (status == OK) status = file_write_atomic(path, b->data, b->size, err);
    bytes_free(b);
    return status;
}

Status tensorboard_run(const char *out, const char *run_dir, const Run *model, bool replace, Err *err) {
    Bytes b = {.data = NULL};
    int64_t last = 0;
    Status status;
    bool there;
    TRY(check_new(out, replace, err));
    TRY(run_ended_with(run_dir, "metrics.jsonl", &there, err));
    if (!there)
        return err_set(err, ERR_INPUT, "%s: has no metrics.jsonl; name a run that was trained, or a sweep",
                       run_dir);
    event_begin(&b);
    TRY_GOTO(add_metrics(&b, run_dir, &last, err));
    TRY_GOTO(add_result(&b, run_dir, last, err));
    if (model) TRY_GOTO(add_histograms(&b, model, err));
    return write_events(out, &b, err);
done:
    bytes_free(&b);
    return status;
}

/* ---- sweeps ---- */

static void add_hparams(Bytes *b, const SweepKeys *sweep, int run) {
    HParam param[KEY_COUNT];
    int n = 0;
    for (int k = 0; k < KEY_COUNT; k++)
        if (run_value(&sweep->values, run, k) && (sweep->varies[k] || sweep_is_axis(sweep, k)))
            param[n++] = (HParam){keys[k].name, run_value(&sweep->values, run, k)};
    event_hparams(b, param, n);
}

static Status write_swept(const char *out, const SweptRun *run, const SweepKeys *sweep, int number,
                          Err *err) {
    static const HParamsEnd ends[SWEPT_STATES] = {[SWEPT_DONE] = HPARAMS_SUCCESS,
                                                  [SWEPT_DIVERGED] = HPARAMS_FAILURE,
                                                  [SWEPT_FAILED] = HPARAMS_FAILURE,
                                                  [SWEPT_UNFINISHED] = HPARAMS_RUNNING,
                                                  [SWEPT_UNREADABLE] = HPARAMS_UNKNOWN};
    Bytes b = {.data = NULL};
    int64_t last = 0;
    bool there = false;
    Status status;
    event_begin(&b);
    add_hparams(&b, sweep, number);
    if (run->state != SWEPT_UNREADABLE) TRY_GOTO(run_ended_with(run->path, "metrics.jsonl", &there, err));
    if (there) TRY_GOTO(add_metrics(&b, run->path, &last, err));
    if (run->state == SWEPT_DONE) TRY_GOTO(add_result(&b, run->path, last, err));
    event_hparams_end(&b, ends[run->state]);
    return write_events(out, &b, err);
done:
    bytes_free(&b);
    return status;
}

Status tensorboard_sweep(const char *out, const char *dir, bool replace, int *n, Err *err) {
    SweepFiles files = {.n = 0};
    SweepKeys sweep = {.n = 0};
    char path[CONFIG_PATH_MAX];
    Status status = sweep_files_read(&files, dir, err);
    if (status == OK) status = sweep_keys(&sweep, &files, err);
    for (int i = 0; status == OK && i < files.n; i++) {
        status = path_join(path, sizeof path, out, files.runs[i].name, err);
        if (status == OK) status = check_new(path, replace, err);
    }
    for (int i = 0; status == OK && i < files.n; i++) {
        status = path_join(path, sizeof path, out, files.runs[i].name, err);
        if (status == OK) status = write_swept(path, &files.runs[i], &sweep, i, err);
    }
    *n = files.n;
    sweep_keys_free(&sweep);
    sweep_files_free(&files);
    return status;
}
