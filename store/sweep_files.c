#include "store/sweep_files.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "store/run_files.h"

const char *const swept_state_name[SWEPT_STATES] = {
    [SWEPT_DONE] = "done",
    [SWEPT_DIVERGED] = "diverged",
    [SWEPT_FAILED] = "failed",
    [SWEPT_UNFINISHED] = "unfinished",
    [SWEPT_UNREADABLE] = "unreadable",
};

enum { FAILED_MAX_BYTES = 1 << 20 };

static bool holds(const char *dir, const char *name) {
    char path[1200];
    return path_join(path, sizeof path, dir, name, NULL) == OK && file_exists(path);
}

static bool is_run_folder(const char *dir) {
    return holds(dir, "config.yaml") || holds(dir, "manifest.json") || holds(dir, "result.json") ||
           holds(dir, "failed.json") || holds(dir, "lock");
}

static void set_reason(SweptRun *run, const char *text) {
    snprintf(run->reason, sizeof run->reason, "%s", text ? text : "");
}

/* failed.json is written by who ran the sweep; one that is torn is a failure all the same. */
static void read_failure(SweptRun *run) {
    char path[1200];
    Buffer text;
    Err why = {.msg = "failed.json is torn"};
    run->state = SWEPT_FAILED;
    set_reason(run, why.msg);
    if (path_join(path, sizeof path, run->path, "failed.json", &why) != OK ||
        file_read(path, FAILED_MAX_BYTES, &text, &why) != OK)
        return;
    json_t *root = json_loadb(text.data, text.size, 0, NULL);
    const char *reason = json_string_value(json_object_get(root, "reason"));
    if (reason) set_reason(run, reason);
    json_decref(root);
    buffer_free(&text);
}

static void read_config(SweptRun *run, Err *why) {
    char path[1200];
    if (!holds(run->path, "config.yaml")) return;
    run->has_config = path_join(path, sizeof path, run->path, "config.yaml", why) == OK &&
                      config_load(&run->config, path, 0, NULL, why) == OK;
    if (run->has_config) return;
    run->state = SWEPT_UNREADABLE;
    set_reason(run, why->msg);
}

static void read_result(SweptRun *run, Err *why) {
    RunResult *result;
    if (run_result_new(run->path, RESULT_COMPARED, &result, why) != OK || !run->has_config) {
        run_result_drop(result);
        run->state = SWEPT_UNREADABLE;
        if (!run->reason[0]) set_reason(run, run->has_config ? why->msg : "config.yaml is missing");
        return;
    }
    run->result = result;
    snprintf(run->verdict, sizeof run->verdict, "%s", result->verdict);
    run->state = strcmp(run->verdict, "diverged") ? SWEPT_DONE : SWEPT_DIVERGED;
    set_reason(run, result->reason);
}

static void read_run(SweptRun *run) {
    Err why = {.msg = ""};
    run->state = SWEPT_UNFINISHED;
    read_config(run, &why);
    if (run->state == SWEPT_UNREADABLE) return;
    if (holds(run->path, "DONE")) read_result(run, &why);
    else if (holds(run->path, "failed.json")) read_failure(run);
}

static Status add_run(SweepFiles *out, const char *dir, const char *name, Err *err) {
    SweptRun run = {.state = SWEPT_UNFINISHED};
    struct stat info;
    TRY(path_join(run.path, sizeof run.path, dir, name, err));
    if (stat(run.path, &info) != 0 || !S_ISDIR(info.st_mode) || !is_run_folder(run.path)) return OK;
    SweptRun *more = realloc(out->runs, (size_t)(out->n + 1) * sizeof *more);
    if (!more) return err_set(err, ERR_NOMEM, "%s: no memory for %d runs", dir, out->n + 1);
    snprintf(run.name, sizeof run.name, "%s", name);
    out->runs = more;
    out->runs[out->n++] = run;
    return OK;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const SweptRun *)a)->name, ((const SweptRun *)b)->name);
}

Status sweep_files_read(SweepFiles *out, const char *dir, Err *err) {
    char folder[1100];
    struct stat info;
    *out = (SweepFiles){.n = 0};
    if (stat(dir, &info) != 0) return err_set(err, ERR_INPUT, "%s: there is no such sweep", dir);
    if (!S_ISDIR(info.st_mode)) return err_set(err, ERR_INPUT, "%s: not a folder; name a sweep's", dir);
    TRY(path_join(out->dir, sizeof out->dir, dir, NULL, err));
    TRY(path_join(folder, sizeof folder, dir, "runs", err));
    bool plain = stat(folder, &info) != 0 || !S_ISDIR(info.st_mode);
    if (plain && is_run_folder(dir))
        return err_set(err, ERR_INPUT, "%s: one run; name a folder of runs (`rote eval` asks a run)", dir);
    if (plain) TRY(path_join(folder, sizeof folder, dir, NULL, err));

    DIR *stream = opendir(folder);
    if (!stream) return err_set(err, ERR_IO, "%s: %s", folder, strerror(errno));
    Status status = OK;
    for (struct dirent *entry; status == OK && (entry = readdir(stream));)
        if (entry->d_name[0] != '.') status = add_run(out, folder, entry->d_name, err);
    closedir(stream);
    TRY(status);
    if (out->n == 0)
        return err_set(err, ERR_INPUT, "%s: no run has begun there; `rote sweep run` makes them", dir);
    qsort(out->runs, (size_t)out->n, sizeof *out->runs, by_name);
    for (int i = 0; i < out->n; i++) read_run(&out->runs[i]);
    return OK;
}

void sweep_files_free(SweepFiles *sweep) {
    for (int i = 0; i < sweep->n; i++) run_result_drop(sweep->runs[i].result);
    free(sweep->runs);
    *sweep = (SweepFiles){.n = 0};
}

double sweep_figure(const SweptRun *run, const char *key) {
    RunFigure figure = figure_find(key);
    CHECK(figure < FIGURE_COUNT);
    return run->result ? run->result->figures.value[figure] : NAN;
}
