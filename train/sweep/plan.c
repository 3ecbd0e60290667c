/* From a spec to its runs: points are resolved, hashed, merged where they are the same run, and named. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
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

/* The point's config, and what it means as far as its facts are concerned: facts.n, where facts.load chooses it, is set
 * before points are compared by their facts. facts: their hash. */
static Status take_point(Sweep *sweep, SweepRun *run, char facts[33], Err *err) {
    Config config;
    TRY(sweep_spec_point(&sweep->spec, run->point, &config, err));
    TRY(config_pack(&run->config, &sweep->base[0], &config, err));
    if (config.facts.load != 0) {
        FactSet planned;
        TRY(facts_plan_load(&config, &planned, err));
        facts_free(&planned);
    }
    content_hash(&config.facts, sizeof config.facts, facts);
    return config_pack(&run->resolved, &sweep->base[0], &config, err);
}

/* 0: not all sequences have the same length. */
static int common_length(const FactSet *facts) {
    for (int i = 0; i < facts->n_pool; i++)
        if (fact_length(facts, i) != facts->max_len) return 0;
    return facts->max_len;
}

/* The worker must find the same weights and stores. */
static Status keep_hashes(SweepRun *run, const Config *base, const Config *resolved, Err *err) {
    Config config;
    if (!*resolved->train.init_hash && resolved->n_tools == 0) return OK;
    config_unpack(&config, &run->config);
    strcpy(config.train.init_hash, resolved->train.init_hash);
    for (int i = 0; i < config.n_tools; i++) strcpy(config.tools[i].file_hash, resolved->tools[i].file_hash);
    config_packed_free(&run->config);
    return config_pack(&run->config, base, &config, err);
}

static Status plan_run(Sweep *sweep, SweepRun *run, const FactSet *facts, int length, Err *err) {
    Config c;
    config_unpack(&c, &run->resolved);
    TRY(config_resolve(&c, facts->n, facts->max_len, facts->vocab.size, err));
    TRY(init_from_resolve(&c, err));
    TRY(tool_files_resolve(&c, err));
    TRY(keep_hashes(run, &sweep->base[0], &c, err));
    TRY(config_hash(&c, facts->data_hash, run->config_hash, err));
    run->length = length;
    TRY(together_shape(&c, run->length, run->shape, err));
    if (run->point == 0) sweep->base[1] = c;
    config_packed_free(&run->resolved);
    TRY(config_pack(&run->resolved, &sweep->base[1], &c, err));
    run->max_steps = c.train.max_steps;
    run->threads = c.train.threads;
    if (c.train.threads == 0)
        c.train.threads = 1; /* memory: of the one thread that most runs of a sweep have */
    return run_needs(&run->plan, &c, facts, err);
}

/* Plans every point whose facts are those of point i. */
static Status plan_sharing(Sweep *sweep, int64_t i, char (*hash)[33], Err *err) {
    Config config;
    FactSet facts;
    char shared[33];
    memcpy(shared, hash[i], sizeof shared);
    config_unpack(&config, &sweep->run[i].resolved);
    Status status = facts_obtain(&config.facts, &facts, err);
    if (status != OK) return at_point(sweep, i, status, err);
    int length = common_length(&facts);
    for (int64_t j = i; status == OK && j < sweep->n_points; j++) {
        if (memcmp(hash[j], shared, sizeof shared) != 0) continue;
        status = plan_run(sweep, &sweep->run[j], &facts, length, err);
        if (status != OK) status = at_point(sweep, j, status, err);
        hash[j][0] = '\0';
    }
    facts_free(&facts);
    return status;
}

/* Keeps one fact set in memory at a time. */
static Status plan_points(Sweep *sweep, Err *err) {
    char(*facts)[33] = calloc((size_t)sweep->n_points, sizeof *facts);
    if (!facts) return err_set(err, ERR_NOMEM, "no memory for %lld points", (long long)sweep->n_points);
    Status status = OK;
    for (int64_t i = 0; status == OK && i < sweep->n_points; i++) {
        sweep->run[i].point = i;
        sweep->run[i].seconds = NAN;
        status = take_point(sweep, &sweep->run[i], facts[i], err);
        if (status != OK) status = at_point(sweep, i, status, err);
    }
    for (int64_t i = 0; status == OK && i < sweep->n_points; i++)
        if (*facts[i]) status = plan_sharing(sweep, i, facts, err);
    free(facts);
    return status;
}

/* ---- points that are the same run ---- */

static int by_hash(const void *a, const void *b) {
    const SweepRun *x = *(const SweepRun *const *)a, *y = *(const SweepRun *const *)b;
    int order = strcmp(x->config_hash, y->config_hash);
    return order ? order : (x->point > y->point) - (x->point < y->point);
}

static void drop_run(SweepRun *run) {
    config_packed_free(&run->config);
    config_packed_free(&run->resolved);
    run_result_drop(run->result);
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
    for (size_t i = 0; i < n; i++) {
        if (drop[i]) drop_run(&sweep->run[i]);
        else sweep->run[sweep->n++] = sweep->run[i];
    }
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

typedef struct ByHash { /* the runs in the order of their hashes */
    Sweep *sweep;
    SweepRun **run;
} ByHash;

static int hash_order(const void *a, const void *b) {
    const SweepRun *x = *(const SweepRun *const *)a, *y = *(const SweepRun *const *)b;
    return strcmp(x->config_hash, y->config_hash);
}

/* The first of them whose hash is not below the digits. */
static int first_with(const ByHash *by, const char *digits) {
    int from = 0, to = by->sweep->n;
    while (from < to) {
        int mid = from + (to - from) / 2;
        if (strncmp(by->run[mid]->config_hash, digits, 8) < 0) from = mid + 1;
        else to = mid;
    }
    return from;
}

/* A run from before the sweep was extended by a key has a name without that key, and keeps it. */
static Status keep_old_name(const ByHash *by, const char *runs, const char *name, Err *err) {
    const char *dash = strrchr(name, '-');
    size_t size = strlen(name) + 1;
    if (!dash || strlen(dash + 1) != 8 || size > SWEEP_NAME_MAX) return OK;
    for (int i = first_with(by, dash + 1); i < by->sweep->n; i++) {
        SweepRun *run = by->run[i];
        bool same;
        if (strncmp(dash + 1, run->config_hash, 8) != 0) break;
        if (!strcmp(name, run->name)) continue;
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
    ByHash by = {sweep, calloc((size_t)sweep->n, sizeof *by.run)};
    if (!by.run) status = err_set(err, ERR_NOMEM, "no memory for %d runs", sweep->n);
    for (int i = 0; i < sweep->n && by.run; i++) by.run[i] = &sweep->run[i];
    if (by.run) qsort(by.run, (size_t)sweep->n, sizeof *by.run, hash_order);
    for (struct dirent *entry; status == OK && (entry = readdir(stream));)
        status = keep_old_name(&by, runs, entry->d_name, err);
    free(by.run);
    closedir(stream);
    return status;
}

static Status name_runs(Sweep *sweep, Err *err) {
    for (int i = 0; i < sweep->n; i++) {
        SweepRun *run = &sweep->run[i];
        char label[SWEEP_LABEL_MAX];
        sweep_spec_label(&sweep->spec, run->point, label);
        if (!*label) {
            Config config;
            config_unpack(&config, &run->config);
            snprintf(label, sizeof label, "%.*s", (int)sizeof label - 1, config.name);
        }
        snprintf(run->name, sizeof run->name, "%s-%.8s", label, run->config_hash);
    }
    return keep_old_names(sweep, err);
}

/* ---- the plan ---- */

Status sweep_plan(Sweep *out, const SweepSpec *spec, const char *dir, Err *err) {
    *out = (Sweep){.spec = *spec, .n_points = sweep_spec_points(spec), .lock_fd = -1};
    TRY(path_join(out->dir, sizeof out->dir, dir, NULL, err));
    out->run = calloc((size_t)out->n_points, sizeof *out->run);
    out->base = calloc(2, sizeof *out->base);
    Status status = OK;
    out->n = out->run ? (int)out->n_points : 0; /* what sweep_free has to free */
    if (!out->run || !out->base)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %lld points", (long long)out->n_points));
    out->base[0] = spec->base;
    TRY_GOTO(plan_points(out, err));
    TRY_GOTO(drop_duplicates(out, err));
    TRY_GOTO(name_runs(out, err));
done:
    if (status != OK) sweep_free(out);
    return status;
}

void sweep_free(Sweep *sweep) {
    for (int i = 0; i < sweep->n; i++) drop_run(&sweep->run[i]);
    free(sweep->run);
    free(sweep->base);
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
