/* rote fit: the command line, the facts, and what is tried. */
#include "cli/search/fit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/nearest.h"
#include "cli/common/estimate.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "cli/facts/import_options.h"
#include "cli/search/recipe.h"
#include "data/folder/folder.h"

enum {
    STEPS = 3000,        /* of a run that does not recall the facts before */
    BATCH = 512,         /* facts of a step, where there are so many */
    PASSES = 100,        /* at least so often is each fact trained */
    EVALUATIONS = 60,    /* how often a run looks whether it recalls them */
    DEEPER = 4,          /* how many times the layers, where no width is enough */
    INNER_UNIT = 4,      /* step of n_inner */
    MAX_SIZE_UNITS = 16, /* the largest size is at least so many units, */
    WIDTH_MAX = 4096     /* and at most this */
};

/* Bits of the facts, by zlib, for one parameter: where the search begins, and the most that it tries. Models hold two
 * to three bits of a parameter. */
static const double FIRST_BITS = 3, BITS_MIN = 0.125;

/* ---- the range ---- */

/* The smallest size, a multiple of the unit, with so many parameters; the largest possible one where none has. */
static Status size_with(const Fit *fit, double params, int *out, Err *err) {
    RunPlan plan = {0};
    Config resolved;
    int unit = fit->range.unit;
    for (*out = unit; *out + unit <= WIDTH_MAX; *out += unit) {
        TRY(fit_needs(fit, fit->range.depth, *out, &plan, &resolved, err));
        if ((double)plan.params >= params) break;
    }
    return OK;
}

static Status find_range(Fit *fit, Err *err) {
    SearchRange *r = &fit->range;
    const ModelConfig *m = &fit->base.model;
    static const int unit[FIT_AXES] = {[AXIS_N_INNER] = INNER_UNIT, [AXIS_N_LAYER] = 1};
    r->unit = fit->axis == AXIS_N_EMBD ? m->n_head : unit[fit->axis];
    r->depth = r->deepest = fit->axis == AXIS_N_LAYER ? 1 : m->n_layer;
    if (fit->axis == AXIS_N_EMBD) r->deepest *= DEEPER;
    double bits = 8.0 * (double)fit->facts.zlib_bytes;
    TRY(size_with(fit, bits / FIRST_BITS, &r->first, err));
    TRY(size_with(fit, bits / BITS_MIN, &r->max, err));
    if (r->max < MAX_SIZE_UNITS * r->unit) r->max = MAX_SIZE_UNITS * r->unit;
    return OK;
}

/* ---- the facts ---- */

static Status read_facts(Fit *fit, const Args *args, Err *err) {
    struct stat about;
    ImportOptions options;
    TRY(read_import_options(args, &options, err));
    if (file_is_stdin(fit->path))
        return err_set(err, ERR_INPUT,
                       "fit: reads a file, so that it can go on when it was stopped; write the facts "
                       "into one and name it");
    if (options.allow_conflicts && fit->recall >= 1)
        return err_set(err, ERR_INPUT,
                       "fit: no model gives one prompt two answers, so --allow-conflicts needs "
                       "--recall below 1");
    fit->is_folder = stat(fit->path, &about) == 0 && S_ISDIR(about.st_mode);
    if (fit->is_folder) return facts_load(fit->path, &fit->facts, err);
    return facts_import(fit->path, &options, &fit->facts, &fit->columns, err);
}

/* Whether the sweep's folder has the facts: of a file it has its own copy, which its runs read. ERR_INPUT: it has
 * others. */
static Status has_facts(const Fit *fit, bool *out, Err *err) {
    char manifest[CONFIG_PATH_MAX];
    *out = fit->is_folder;
    if (fit->is_folder) return OK;
    TRY(path_join(manifest, sizeof manifest, fit->base.facts.path, "manifest.json", err));
    if (file_missing(manifest)) return OK;
    FactSet there;
    TRY(facts_load(fit->base.facts.path, &there, err));
    *out = !strcmp(there.data_hash, fit->facts.data_hash);
    facts_free(&there);
    if (*out) return OK;
    return err_set(err, ERR_INPUT, "fit: %s contains a search for other facts; choose another --out",
                   show_name(fit->dir));
}

static Status save_facts(const Fit *fit, Err *err) {
    TRY(grown_begin(fit->dir, err));
    return facts_save(&fit->facts, fit->base.facts.path, err);
}

/* ---- the base config ---- */

/* The user's settings, over those of the search. steps: the search sets the number of steps. */
static Status load_base(Config *out, const Fit *fit, int n_users, const char *const *users, bool steps,
                        Err *err) {
    int n_facts = fit->facts.n, batch = n_facts < BATCH ? n_facts : BATCH;
    int64_t passes = ((int64_t)PASSES * n_facts + batch - 1) / batch,
            max_steps = passes > STEPS ? passes : STEPS;
    char batch_word[48], steps_word[48], path_word[CONFIG_PATH_MAX + 32];
    snprintf(path_word, sizeof path_word, "facts.path=%s%s", fit->is_folder ? fit->path : fit->dir,
             fit->is_folder ? "" : "/facts");
    snprintf(batch_word, sizeof batch_word, "train.batch_size=%d", batch);
    snprintf(steps_word, sizeof steps_word, "train.max_steps=%lld", (long long)max_steps);
    const char *ours[] = {RECIPE_WORDS,     path_word,  "model.n_layer=1",
                          "model.n_head=4", batch_word, steps ? steps_word : batch_word};
    int n_ours = (int)(sizeof ours / sizeof *ours);
    const char **words = calloc((size_t)(n_ours + n_users), sizeof *words);
    if (!words) return err_set(err, ERR_NOMEM, "fit: no memory for the settings");
    memcpy(words, ours, sizeof ours);
    if (n_users) memcpy(words + n_ours, users, (size_t)n_users * sizeof *words);
    Status status = config_load(out, NULL, n_ours + n_users, words, err);
    free(words);
    return status;
}

/* What the search sets itself. */
static Status check_settings(const Config *c, const Config *ours, FitAxis axis, Err *err) {
    const struct {
        bool changed;
        const char *key;
    } own[] = {{c->train.seed != ours->train.seed, "train.seed"},
               {c->train.stop_recall != ours->train.stop_recall, "train.stop_recall"},
               {c->train.eval_interval != ours->train.eval_interval, "train.eval_interval"},
               {memcmp(&c->facts, &ours->facts, sizeof c->facts) != 0, "a key of facts"},
               {c->model.match_params != ours->model.match_params, "model.match_params"},
               {axis == AXIS_N_EMBD && c->model.n_embd != ours->model.n_embd, "model.n_embd"},
               {axis == AXIS_N_INNER && c->model.n_inner != ours->model.n_inner, "model.n_inner"},
               {axis == AXIS_N_LAYER && c->model.n_layer != ours->model.n_layer, "model.n_layer"}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].changed)
            return err_set(err, ERR_INPUT, "fit: %s is set by the search; leave it out", own[i].key);
    return OK;
}

static Status make_base(Fit *fit, const Args *args, Err *err) {
    Config ours, *c = &fit->base;
    int n_users = args->n_words - 1;
    const char *const *users = args->words + 1;
    for (int i = 1; i < args->n_words; i++) {
        if (!is_setting(args->words[i]))
            return err_set(err, ERR_INPUT, "fit: '%s' is not key=value; one file of facts, then settings",
                           args->words[i]);
        if (!strncmp(args->words[i], "facts.", 6))
            return err_set(err, ERR_INPUT, "fit: '%s': the facts are those of %s; leave it out",
                           args->words[i], show_name(fit->path));
    }
    TRY(load_base(&ours, fit, 0, NULL, true, err));
    TRY(load_base(c, fit, n_users, users, true, err));
    if (c->train.exposures > 0) TRY(load_base(c, fit, n_users, users, false, err));
    TRY(check_settings(c, &ours, fit->axis, err));
    fit->rate_by_width = c->train.learning_rate == RECIPE_NO_RATE;
    if (fit->rate_by_width && c->train.optimizer != OPT_SOAP)
        return err_set(err, ERR_INPUT,
                       "fit: train.optimizer=%s needs train.learning_rate: only SOAP's follows from "
                       "the width",
                       config_choice("train.optimizer", (int)c->train.optimizer));
    if (fit->rate_by_width) c->train.learning_rate = recipe_rate(c->model.n_embd);
    Config resolved = *c;
    if (fit->axis == AXIS_N_EMBD) resolved.model.n_embd = c->model.n_head;
    TRY(config_resolve(&resolved, fit->facts.n, fit->facts.max_len, fit->facts.vocab.size, err));
    c->train.stop_recall = fit->recall;
    c->train.eval_interval = resolved.train.max_steps / EVALUATIONS;
    if (c->train.eval_interval < 1) c->train.eval_interval = 1;
    return OK;
}

/* ---- the command ---- */

static Status read_axis(const Args *args, FitAxis *out, Err *err) {
    const char *word = args_value(args, "axis");
    *out = AXIS_N_EMBD;
    if (!word) return OK;
    const char *name = !strncmp(word, "model.", 6) ? word + 6 : word;
    for (int a = 0; a < FIT_AXES; a++)
        if (!strcmp(name, fit_axis_name[a])) {
            *out = (FitAxis)a;
            return OK;
        }
    const char *near = nearest_name(name, fit_axis_name);
    return err_set(err, ERR_INPUT, "fit: --axis '%s' is not one of n_embd, n_inner, n_layer%s%s", word,
                   near ? "; nearest: " : "", near ? near : "");
}

/* runs/fit-capitals for capitals.csv. */
static Status read_dir(const Args *args, const char *path, char out[CONFIG_PATH_MAX], Err *err) {
    if (args_has(args, "out")) return path_join(out, CONFIG_PATH_MAX, args_value(args, "out"), NULL, err);
    char name[CONFIG_PATH_MAX];
    snprintf(name, sizeof name, "%s", path);
    for (size_t n = strlen(name); n > 1 && name[n - 1] == '/'; n--) name[n - 1] = '\0';
    const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
    int length = (int)strcspn(last, ".");
    if (!length) length = (int)strlen(last);
    int n = snprintf(out, CONFIG_PATH_MAX, "runs/fit-%.*s", length, last);
    return n < CONFIG_PATH_MAX ? OK
                               : err_set(err, ERR_INPUT, "fit: the file's name is too long; give --out DIR");
}

static int runs_done(const Grown *g) {
    return sweep_count(&g->sweep, SWEEP_DONE) + sweep_count(&g->sweep, SWEEP_DIVERGED);
}

static Status search_and_show(const Fit *fit, const Args *args, Err *err) {
    Grown grown;
    TriedModel *tried = NULL;
    int n;
    bool has;
    TRY(has_facts(fit, &has, err));
    const char *keys[5];
    fit_keys(fit, keys);
    TRY(grown_open(&grown, "fit", fit->dir, &fit->base, keys, err));
    Status status = OK;
    TRY_GOTO(fit_tried(fit, &grown, &tried, &n, err));
    SearchStep step = search_next(&fit->range, tried, n);
    int cores = fit->jobs < threads_cores() ? fit->jobs : threads_cores();
    double seconds = search_cost(&fit->range, tried, n, step.reached ? step.reached : step.size,
                                 fit_run_seconds, (void *)fit) /
                     cores;
    if (args_has(args, "dry-run") && args_has(args, "json")) {
        status = fit_plan_json(fit, &step, seconds, err);
        goto done;
    }
    if (!fit->quiet || args_has(args, "dry-run")) fit_show_plan(fit, &step, seconds, runs_done(&grown));
    if (args_has(args, "dry-run")) goto done;
    if (!has) TRY_GOTO(save_facts(fit, err));
    signals_catch();
    TRY_GOTO(fit_search(fit, &grown, &step, err));
    TRY_GOTO(grown_table(&grown, err));
    status = fit_show_result(fit, &grown, &step, grown_seconds(&grown), args_has(args, "json"), err);
done:
    free(tried);
    grown_free(&grown);
    return status;
}

static Status cmd_fit(const Args *args, Err *err) {
    const Ops *ops;
    Fit fit = {.path = args->words[0], .recall = 1, .quiet = args_has(args, "quiet")};
    TRY(ops_select(&ops, err));
    TRY(args_jobs(args, &fit.jobs, err));
    TRY(args_real(args, "recall", 0.01, 1, &fit.recall, err));
    TRY(read_axis(args, &fit.axis, err));
    TRY(read_dir(args, fit.path, fit.dir, err));
    TRY(sweep_check_place(fit.dir, err));
    TRY(read_facts(&fit, args, err));
    Status status = make_base(&fit, args, err);
    if (status == OK) status = find_range(&fit, err);
    if (status == OK) {
        fit.peak = peak_best_of_five(ops, 1);
        if (fit.axis == AXIS_N_EMBD) fit.base = fit_config(&fit, fit.range.depth, fit.range.first);
        status = search_and_show(&fit, args, err);
    }
    facts_free(&fit.facts);
    return status;
}

static const Option fit_options[] = {
    OPTION("recall", "SHARE", "share of the facts that every seed must recall (default: 1.0)"),
    OPTION("axis", "n_embd|n_inner|n_layer", "what is made larger (default: n_embd, then more layers)"),
    OPTION("out", "DIR", "the sweep's folder, in which a stopped search goes on (default: runs/fit-NAME)"),
    OPTION("jobs", "N", "threads for all runs together (default: see `rote doctor`)"),
    IMPORT_OPTIONS,
    FLAG("dry-run", "only print plan and cost"),
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command fit_command = {
    .name = "fit",
    .words = "FACTS.csv|DIR [key=value...]",
    .min_words = 1,
    .max_words = ARGS_WORDS_MAX,
    .reads = "file or folder",
    .n_reads = 1,
    .summary = "finds the smallest model that recalls your facts, with its size, its archive and its config",
    .options = fit_options,
    .run = cmd_fit,
};
