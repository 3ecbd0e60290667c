#include "store/sweep_files.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "store/run_files.h"

const char *const swept_state_name[SWEPT_STATES] = {
    [SWEPT_DONE] = "done",
    [SWEPT_DIVERGED] = "diverged",
    [SWEPT_FAILED] = "failed",
    [SWEPT_UNFINISHED] = "unfinished",
    [SWEPT_UNREADABLE] = "unreadable",
};

static void set_reason(SweptRun *run, const char *text) {
    snprintf(run->reason, sizeof run->reason, "%s", text ? text : "");
}

/* Marks the run as unreadable. ERR_NOMEM is not a property of the run, so it is returned. */
static Status unreadable(SweptRun *run, Status status, const Err *why, Err *err) {
    if (status == ERR_NOMEM) return err_set(err, status, "%s", why->msg);
    run->state = SWEPT_UNREADABLE;
    set_reason(run, why->msg);
    return OK;
}

static Status is_run_folder(const char *dir, bool *out, Err *err) {
    static const char *const OURS[] = {"config.yaml", "manifest.json", "result.json", "failed.json", "lock"};
    *out = false;
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0] && !*out; i++) TRY(run_holds(dir, OURS[i], out, err));
    return OK;
}

/* The coordinator of a sweep writes failed.json; the run has failed also if that file is damaged. */
static Status read_failure(SweptRun *run, Err *err) {
    Buffer text;
    json_t *root;
    run->state = SWEPT_FAILED;
    TRY(run_text(run->path, "failed.json", &text, err));
    Status status = json_read(text.data, text.size, 0, "failed.json", &root, err);
    buffer_free(&text);
    if (status == ERR_NOMEM) return status;
    const char *reason = json_string_value(json_object_get(root, "reason"));
    set_reason(run, reason ? reason : "failed.json is incomplete");
    json_decref(root);
    return OK;
}

static Status read_result(SweptRun *run, Err *err) {
    TRY(run_result_new(run->path, RESULT_COMPARED, &run->result, err));
    snprintf(run->verdict, sizeof run->verdict, "%s", run->result->verdict);
    run->state = strcmp(run->verdict, "diverged") ? SWEPT_DONE : SWEPT_DIVERGED;
    set_reason(run, run->result->reason);
    return OK;
}

/* Reads config.yaml, packed against the first config of the folder. */
static Status read_config(SweepFiles *files, SweptRun *run, Err *err) {
    Config config;
    TRY(run_config_like(run->path, &files->before, &config, err));
    if (!files->base) {
        files->base = malloc(sizeof *files->base);
        if (!files->base) return err_set(err, ERR_NOMEM, "%s: no memory for its configs", files->dir);
        *files->base = config;
    }
    return config_pack(&run->config, files->base, &config, err);
}

static Status read_files(SweepFiles *files, SweptRun *run, Err *err) {
    bool config, done, failed, ended;
    run->state = SWEPT_UNFINISHED;
    TRY(run_holds(run->path, "config.yaml", &config, err));
    TRY(run_holds(run->path, "DONE", &done, err));
    TRY(run_holds(run->path, "failed.json", &failed, err));
    if (config) TRY(read_config(files, run, err));
    run->has_config = config;
    if (done && !config) return err_set(err, ERR_FORMAT, "config.yaml is missing");
    if (done) return read_result(run, err);
    if (failed) return read_failure(run, err);
    TRY(run_holds(run->path, "result.json", &ended, err));
    set_reason(run, ended ? RUN_WITHOUT_DONE : "");
    return OK;
}

static Status read_run(SweepFiles *files, SweptRun *run, Err *err) {
    Err why;
    if (run->state == SWEPT_UNREADABLE) return OK;
    Status status = read_files(files, run, &why);
    return status == OK ? OK : unreadable(run, status, &why, err);
}

/* Adds dir/name if it is a run folder, or a folder that may not be read. */
static Status add_run(SweepFiles *out, const char *dir, const char *name, Err *err) {
    SweptRun run = {.state = SWEPT_UNFINISHED};
    struct stat info;
    Err why;
    bool ours = true;
    TRY(path_join(run.path, sizeof run.path, dir, name, err));
    Status status = OK;
    if (stat(run.path, &info) == 0) {
        if (!S_ISDIR(info.st_mode)) return OK;
        status = is_run_folder(run.path, &ours, &why);
    } else {
        if (errno == ENOENT) return OK;
        status = err_set(&why, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: %s", run.path, strerror(errno));
    }
    if (status != OK) TRY(unreadable(&run, status, &why, err));
    if (status == OK && !ours) return OK;
    SweptRun *more = memory_one_more(out->runs, (size_t)out->n, sizeof *more);
    if (!more) return err_set(err, ERR_NOMEM, "%s: no memory for %d runs", dir, out->n + 1);
    snprintf(run.name, sizeof run.name, "%s", name);
    out->runs = more;
    out->runs[out->n++] = run;
    return OK;
}

/* Adds every run folder in `folder`. */
static Status add_runs(SweepFiles *out, const char *folder, Err *err) {
    DIR *stream = opendir(folder);
    if (!stream) return err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: %s", folder, strerror(errno));
    Status status = OK;
    errno = 0;
    for (struct dirent *entry; status == OK && (entry = readdir(stream)); errno = 0)
        if (entry->d_name[0] != '.') status = add_run(out, folder, entry->d_name, err);
    if (status == OK && errno)
        status = err_set(err, ERR_IO, "%s: cannot list it: %s", folder, strerror(errno));
    closedir(stream);
    return status;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const SweptRun *)a)->name, ((const SweptRun *)b)->name);
}

Status sweep_files_read(SweepFiles *out, const char *dir, Err *err) {
    char folder[1100];
    struct stat info;
    bool one_run = false;
    *out = (SweepFiles){.n = 0};
    TRY(file_named(dir, "sweep", err));
    if (stat(dir, &info) != 0)
        return err_set(err, ERR_IO, "%s: cannot be looked at: %s", dir, strerror(errno));
    if (!S_ISDIR(info.st_mode)) return err_set(err, ERR_INPUT, "%s: not a folder; name a sweep's", dir);
    TRY(path_join(out->dir, sizeof out->dir, dir, NULL, err));
    TRY(path_join(folder, sizeof folder, dir, "runs", err));
    bool runs = stat(folder, &info) == 0;
    if (!runs && errno != ENOENT)
        return err_set(err, ERR_IO, "%s: cannot be looked at: %s", folder, strerror(errno));
    bool plain = !runs || !S_ISDIR(info.st_mode);
    if (plain) TRY(is_run_folder(dir, &one_run, err));
    if (one_run)
        return err_set(err, ERR_INPUT,
                       "%s: a single run; name a folder of runs, or use `rote eval` for one run", dir);
    if (plain) TRY(path_join(folder, sizeof folder, dir, NULL, err));
    TRY(add_runs(out, folder, err));
    if (out->n == 0) return err_set(err, ERR_INPUT, "%s: contains no run; `rote sweep run` makes them", dir);
    qsort(out->runs, (size_t)out->n, sizeof *out->runs, by_name);
    for (int i = 0; i < out->n; i++) TRY(read_run(out, &out->runs[i], err));
    return OK;
}

Status sweep_files_run(SweepFiles *out, const char *dir, bool *is_run, Err *err) {
    char runs[1100];
    *out = (SweepFiles){.n = 0};
    TRY(path_join(runs, sizeof runs, dir, "runs", err));
    *is_run = false;
    if (!file_exists(runs)) TRY(is_run_folder(dir, is_run, err));
    if (!*is_run) return OK;
    TRY(path_join(out->dir, sizeof out->dir, dir, NULL, err));
    TRY(add_run(out, dir, ".", err));
    return out->n ? read_run(out, out->runs, err) : OK;
}

void sweep_files_free(SweepFiles *sweep) {
    for (int i = 0; i < sweep->n; i++) {
        run_result_drop(sweep->runs[i].result);
        config_packed_free(&sweep->runs[i].config);
    }
    free(sweep->runs);
    free(sweep->base);
    free(sweep->before.text);
    *sweep = (SweepFiles){.n = 0};
}

double sweep_figure(const SweptRun *run, const char *key) {
    RunFigure figure = figure_find(key);
    CHECK(figure < FIGURE_COUNT);
    return run->result ? run->result->figures.value[figure] : NAN;
}
