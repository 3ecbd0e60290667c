/* From a spec to its runs: points are resolved, hashed, merged where they are the same run, and named. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/obtain.h"
#include "eval/tools/tool_spec.h"
#include "store/run_files.h"
#include "train/facts_load.h"
#include "train/init_from.h"
#include "train/sweep/sweep.h"
#include "train/together.h"

const char *const sweep_state_name[SWEEP_STATES] = {"waiting", "running", "done", "diverged", "failed"};

/* Adds the point's name to the message in err. */
static Status at_point(const Sweep *sweep, int64_t point, Status status, Err *err) {
    char label[SWEEP_LABEL_MAX];
    sweep_spec_label(&sweep->spec, point, label);
    if (*label) err_prefix(err, "point %s: ", label);
    return status;
}

/* Sets facts.n where facts.load chooses it: before points are compared by their facts. */
static Status choose_facts(SweepRun *run, Err *err) {
    run->resolved = run->config;
    if (run->config.facts.load == 0) return OK;
    FactSet planned;
    TRY(facts_plan_load(&run->resolved, &planned, err));
    facts_free(&planned);
    return OK;
}

/* 0: not all sequences have the same length. */
static int common_length(const FactSet *facts) {
    for (int i = 0; i < facts->n_pool; i++)
        if (fact_length(facts, i) != facts->max_len) return 0;
    return facts->max_len;
}

static Status plan_run(SweepRun *run, const FactSet *facts, Err *err) {
    TRY(config_resolve(&run->resolved, facts->n, facts->max_len, facts->vocab.size, err));
    TRY(init_from_resolve(&run->resolved, err));
    TRY(tool_files_resolve(&run->resolved, err));
    /* The worker must find the same weights and stores. */
    strcpy(run->config.train.init_hash, run->resolved.train.init_hash);
    for (int i = 0; i < run->config.n_tools; i++)
        strcpy(run->config.tools[i].file_hash, run->resolved.tools[i].file_hash);
    TRY(config_hash(&run->resolved, facts->data_hash, run->config_hash, err));
    run->length = common_length(facts);
    TRY(together_shape(&run->resolved, run->length, run->shape, err));
    Config single = run->resolved; /* memory is estimated for one thread, which most runs of a sweep have */
    if (single.train.threads == 0) single.train.threads = 1;
    return run_needs(&run->plan, &single, facts, err);
}

/* Plans every point whose facts are those of point i. */
static Status plan_sharing(Sweep *sweep, int64_t i, bool *planned, Err *err) {
    FactsConfig shared = sweep->run[i].resolved.facts;
    FactSet facts;
    Status status = facts_obtain(&shared, &facts, err);
    if (status != OK) return at_point(sweep, i, status, err);
    for (int64_t j = i; status == OK && j < sweep->n_points; j++) {
        if (planned[j] || memcmp(&sweep->run[j].resolved.facts, &shared, sizeof shared) != 0) continue;
        status = plan_run(&sweep->run[j], &facts, err);
        if (status != OK) status = at_point(sweep, j, status, err);
        planned[j] = true;
    }
    facts_free(&facts);
    return status;
}

/* Keeps one fact set in memory at a time. */
static Status plan_points(Sweep *sweep, Err *err) {
    bool *planned = calloc((size_t)sweep->n_points, sizeof *planned);
    if (!planned) return err_set(err, ERR_NOMEM, "no memory for %lld points", (long long)sweep->n_points);
    Status status = OK;
    for (int64_t i = 0; status == OK && i < sweep->n_points; i++) {
        status = choose_facts(&sweep->run[i], err);
        if (status != OK) status = at_point(sweep, i, status, err);
    }
    for (int64_t i = 0; status == OK && i < sweep->n_points; i++)
        if (!planned[i]) status = plan_sharing(sweep, i, planned, err);
    free(planned);
    return status;
}

/* ---- points that are the same run ---- */

static int by_hash(const void *a, const void *b) {
    const SweepRun *x = *(const SweepRun *const *)a, *y = *(const SweepRun *const *)b;
    int order = strcmp(x->config_hash, y->config_hash);
    return order ? order : (x->point > y->point) - (x->point < y->point);
}

static Status drop_duplicates(Sweep *sweep, Err *err) {
    size_t n = (size_t)sweep->n_points;
    SweepRun **sorted = calloc(n, sizeof *sorted);
    bool *drop = calloc(n, sizeof *drop);
    if (!sorted || !drop) {
        free(sorted);
        free(drop);
        return err_set(err, ERR_NOMEM, "no memory for %zu points", n);
    }
    for (size_t i = 0; i < n; i++) sorted[i] = &sweep->run[i];
    qsort(sorted, n, sizeof *sorted, by_hash);
    for (size_t i = 1; i < n; i++)
        drop[sorted[i]->point] = !strcmp(sorted[i - 1]->config_hash, sorted[i]->config_hash);
    sweep->n = 0;
    for (size_t i = 0; i < n; i++)
        if (!drop[i]) sweep->run[sweep->n++] = sweep->run[i];
    free(sorted);
    free(drop);
    return OK;
}

/* ---- names ---- */

/* A manifest that is no JSON is no run's. */
static Status is_run(const char *runs, const char *name, const char *config_hash, bool *same, Err *err) {
    char dir[CONFIG_PATH_MAX];
    bool there;
    Buffer text;
    json_t *manifest;
    Err why;
    *same = false;
    TRY(path_join(dir, sizeof dir, runs, name, err));
    TRY(run_holds(dir, "manifest.json", &there, err));
    if (!there) return OK;
    TRY(run_text(dir, "manifest.json", &text, err));
    Status status = json_read(text.data, text.size, 0, name, &manifest, &why);
    buffer_free(&text);
    if (status == ERR_NOMEM) return err_set(err, status, "%s", why.msg);
    const char *hash = json_string_value(json_object_get(manifest, "config_hash"));
    *same = hash && !strcmp(hash, config_hash);
    json_decref(manifest);
    return OK;
}

/* A run from before the sweep was extended by a key has a name without that key, and keeps it. */
static Status keep_old_name(Sweep *sweep, const char *runs, const char *name, Err *err) {
    const char *dash = strrchr(name, '-');
    size_t size = strlen(name) + 1;
    if (!dash || strlen(dash + 1) != 8 || size > SWEEP_NAME_MAX) return OK;
    for (int i = 0; i < sweep->n; i++) {
        SweepRun *run = &sweep->run[i];
        bool same;
        if (strncmp(dash + 1, run->config_hash, 8) != 0 || !strcmp(name, run->name)) continue;
        TRY(is_run(runs, name, run->config_hash, &same, err));
        if (same) memcpy(run->name, name, size);
    }
    return OK;
}

static Status keep_old_names(Sweep *sweep, Err *err) {
    char runs[CONFIG_PATH_MAX];
    TRY(path_join(runs, sizeof runs, sweep->dir, "runs", err));
    DIR *stream = opendir(runs);
    if (!stream && (errno == ENOENT || errno == ENOTDIR)) return OK;
    if (!stream) return err_set(err, ERR_IO, "%s: %s", runs, strerror(errno));
    Status status = OK;
    for (struct dirent *entry; status == OK && (entry = readdir(stream));)
        status = keep_old_name(sweep, runs, entry->d_name, err);
    closedir(stream);
    return status;
}

static Status name_runs(Sweep *sweep, Err *err) {
    for (int i = 0; i < sweep->n; i++) {
        SweepRun *run = &sweep->run[i];
        char label[SWEEP_LABEL_MAX];
        sweep_spec_label(&sweep->spec, run->point, label);
        snprintf(run->name, sizeof run->name, "%s-%.8s", *label ? label : run->config.name, run->config_hash);
    }
    return keep_old_names(sweep, err);
}

/* ---- the plan ---- */

Status sweep_plan(Sweep *out, const SweepSpec *spec, const char *dir, Err *err) {
    *out = (Sweep){.spec = *spec, .n_points = sweep_spec_points(spec), .lock_fd = -1};
    TRY(path_join(out->dir, sizeof out->dir, dir, NULL, err));
    out->run = calloc((size_t)out->n_points, sizeof *out->run);
    if (!out->run) return err_set(err, ERR_NOMEM, "no memory for %lld points", (long long)out->n_points);
    Status status = OK;
    for (int64_t i = 0; i < out->n_points; i++) {
        out->run[i].point = i;
        status = sweep_spec_point(spec, i, &out->run[i].config, err);
        if (status != OK) TRY_GOTO(at_point(out, i, status, err));
    }
    TRY_GOTO(plan_points(out, err));
    TRY_GOTO(drop_duplicates(out, err));
    TRY_GOTO(name_runs(out, err));
done:
    if (status != OK) sweep_free(out);
    return status;
}

void sweep_free(Sweep *sweep) {
    for (int i = 0; i < sweep->n; i++) run_result_drop(sweep->run[i].result);
    free(sweep->run);
    lock_release(sweep->lock_fd);
    *sweep = (Sweep){.lock_fd = -1};
}

Status sweep_check_room(const Sweep *sweep, Err *err) {
    double memory = (double)memory_available(), disk = (double)disk_available(sweep->dir), needed = 0;
    char needs[NUMBER_TEXT_MAX], has[NUMBER_TEXT_MAX];
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        if (run->state == SWEEP_DONE || run->state == SWEEP_DIVERGED) continue;
        needed += run->plan.disk_bytes;
        if (run->plan.memory_bytes > memory)
            return err_set(err, ERR_INPUT,
                           "run %s needs %s of memory, %s are available; lower train.batch_size, "
                           "train.grad_leaves, the model's size or facts.n",
                           run->name, bytes_text(needs, run->plan.memory_bytes), bytes_text(has, memory));
    }
    if (needed > disk)
        return err_set(err, ERR_INPUT,
                       "the sweep needs %s on the disk of %s, %s are free; choose another --out",
                       bytes_text(needs, needed), sweep->dir, bytes_text(has, disk));
    return OK;
}
