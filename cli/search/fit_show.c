/* rote fit: the plan, and the result. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/show.h"
#include "cli/facts/import_options.h"
#include "cli/search/fit.h"
#include "eval/archive/two_part.h"
#include "eval/quantized.h"
#include "model/quantize.h"

extern char **environ;

/* ---- the plan ---- */

static void put_range(const Fit *fit) {
    const SearchRange *r = &fit->range;
    fprintf(stderr, "models      %s %d to %d in steps of %d, %d seeds each", fit_axis_name[fit->axis],
            r->unit, r->max, r->unit, SMALLEST_SEEDS);
    if (r->deepest > r->depth)
        fprintf(stderr, "; %d layer%s, up to %d where no width is enough", r->depth, plural(r->depth),
                r->deepest);
    fputc('\n', stderr);
}

void fit_show_plan(const Fit *fit, const SearchStep *step, double seconds, int done) {
    const FactSet *facts = &fit->facts;
    RunPlan plan;
    Config resolved;
    fprintf(stderr, "facts       %s of up to %d tokens, vocabulary %d; zlib needs %s bytes\n",
            show_int(facts->n), facts->max_len, facts->vocab.size, show_int(facts->zlib_bytes));
    if (!fit->is_folder) {
        import_notes(&fit->columns, fit->path);
        fprintf(stderr, "columns     %s%s%s\n", fit->columns.prompt, *fit->columns.prompt ? " -> " : "",
                fit->columns.answer);
    }
    put_range(fit);
    if (fit_needs(fit, fit->range.depth, fit->range.first, &plan, &resolved, NULL) == OK)
        fprintf(stderr,
                "a run       at most %s steps of %s facts; ends when it recalls %.4g %% of the facts\n",
                show_int(resolved.train.max_steps), show_int(resolved.train.batch_size), 100 * fit->recall);
    if (done) fprintf(stderr, "done        %d run%s in %s\n", done, plural(done), show_name(fit->dir));
    if (step->state != SEARCH_ON) return;
    char label[64];
    fit_label(fit, step->depth, step->size, label);
    if (fit_needs(fit, step->depth, step->size, &plan, &resolved, NULL) == OK)
        fprintf(stderr, "first       %s, %s parameters\n", label, show_int(plan.params));
    if (isfinite(seconds))
        fprintf(stderr, "time        %s with --jobs %d if %s is about enough\n", show_duration(seconds),
                fit->jobs, label);
}

Status fit_plan_json(const Fit *fit, const SearchStep *step, double seconds, Err *err) {
    const SearchRange *r = &fit->range;
    return json_out(json_pack("{si si ss si si si si si so so}", "facts", fit->facts.n, "zlib_bytes",
                              (int)fit->facts.zlib_bytes, "axis", fit_axis_name[fit->axis], "first", r->first,
                              "unit", r->unit, "most", r->max, "n_layer", r->depth, "n_layer_most",
                              r->deepest, "next",
                              step->state == SEARCH_ON ? json_integer(step->size) : json_null(),
                              "seconds_estimate", json_number(seconds)),
                    err);
}

/* ---- other programs ---- */

/* The bytes that `xz -9e` makes of a file; -1: there is no xz, or it failed. */
static int64_t xz_bytes(const char *path) {
    char program[] = "xz", best[] = "-9e", out[] = "--stdout", end[] = "--", *name = strdup(path),
         block[4096];
    char *const argv[] = {program, best, out, end, name, NULL};
    posix_spawn_file_actions_t actions;
    int pipes[2], state = -1;
    int64_t bytes = 0;
    pid_t pid;
    if (!name || pipe(pipes) != 0) {
        free(name);
        return -1;
    }
    fcntl(pipes[0], F_SETFD, FD_CLOEXEC);
    fcntl(pipes[1], F_SETFD, FD_CLOEXEC);
    int failed = posix_spawn_file_actions_init(&actions);
    if (!failed) {
        failed = posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
        if (!failed)
            failed = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        if (!failed) failed = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(pipes[1]);
    for (ssize_t n; !failed && ((n = read(pipes[0], block, sizeof block)) > 0 || (n < 0 && errno == EINTR));)
        if (n > 0) bytes += n;
    close(pipes[0]);
    free(name);
    if (failed) return -1;
    while (waitpid(pid, &state, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(state) && WEXITSTATUS(state) == 0 ? bytes : -1;
}

static int64_t file_bytes(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 ? (int64_t)about.st_size : -1;
}

/* ---- the winner ---- */

enum { FORMATS = 3 };
static const struct {
    int bits;
    Quantize kind;
} format[FORMATS] = {{32, QUANTIZE_NONE}, {8, QUANTIZE_INT8}, {4, QUANTIZE_INT4}};

typedef struct Winner {
    const Fit *fit;
    const Grown *grown;
    const SearchStep *step;
    const SweepRun *run; /* of the first seed */
    char label[64], config[CONFIG_PATH_MAX], dir[CONFIG_PATH_MAX];
    double seconds, search_seconds;             /* of this run; of all runs together */
    int64_t weights[FORMATS], archive[FORMATS]; /* bytes */
    double recall[FORMATS];
    char text_path[CONFIG_PATH_MAX]; /* the facts as a file */
    int64_t text, xz;
} Winner;

static Status measure_format(Winner *w, const Run *run, int f, Err *err) {
    QuantizeMethod method = quantize_has_codes(format[f].kind) ? METHOD_GPTQ : METHOD_RTN;
    Gpt small;
    Bytes archive = {0};
    Evaluator evaluator;
    Evaluation evaluation;
    TRY(quantized_model(&small, &run->gpt, format[f].kind, method, &run->facts, 0, err));
    w->weights[f] = (quantize_weight_bits(&small.table, format[f].kind) + 7) / 8;
    Status status = OK;
    TRY_GOTO(evaluator_create(&evaluator, &small, &run->facts, 0, err));
    evaluator_run(&evaluator, &evaluation);
    evaluator_free(&evaluator);
    w->recall[f] = evaluation.recall;
    const TwoPartOptions options = {format[f].kind, false, 0};
    TRY_GOTO(two_part_write(&archive, &small, &run->facts, &options, NULL, err));
    w->archive[f] = (int64_t)archive.size;
done:
    bytes_free(&archive);
    gpt_free(&small);
    return status;
}

/* Its config, with which `rote train` makes the same run again. */
static Status write_config(Winner *w, const Run *run, Err *err) {
    Config c = run->config;
    char *text;
    TRY(path_join(w->config, sizeof w->config, w->fit->dir, "winner.yaml", err));
    /* As it was given: the run's is absolute, once it is read. */
    strcpy(c.facts.path, w->fit->base.facts.path);
    TRY(config_file_text(&c, w->fit->dir, &text, err));
    Status status = file_write_atomic(w->config, text, strlen(text), err);
    free(text);
    return status;
}

static Status winner_of(Winner *w, Err *err) {
    const Fit *fit = w->fit;
    RunTiming timing;
    Run run;
    w->run = fit_run(fit, w->grown, w->step->depth, w->step->size, 0);
    CHECK(w->run);
    fit_label(fit, w->step->depth, w->step->size, w->label);
    TRY(sweep_path(&w->grown->sweep, w->run, NULL, w->dir, err));
    TRY(folder_read_timing(w->dir, &timing, err));
    w->seconds = timing.seconds;
    TRY(open_run(&run, w->dir, NULL, err));
    Status status = OK;
    for (int f = 0; f < FORMATS; f++) TRY_GOTO(measure_format(w, &run, f, err));
    TRY_GOTO(write_config(w, &run, err));
    TRY_GOTO(
        path_join(w->text_path, sizeof w->text_path, fit->path, fit->is_folder ? "records.tsv" : NULL, err));
    w->text = file_bytes(w->text_path);
    w->xz = xz_bytes(w->text_path);
done:
    run_close(&run);
    return status;
}

/* ---- the curve ---- */

static double recall_of(const SweepRun *run) {
    return run && run->state == SWEEP_DONE ? run->result->figures.value[FIG_RECALL] : (double)NAN;
}

typedef struct CurveRow {
    const TriedModel *model;
    int64_t params;
} CurveRow;

static int by_params(const void *a, const void *b) {
    const CurveRow *x = a, *y = b;
    return (x->params > y->params) - (x->params < y->params);
}

/* The models tried, by parameters. malloc'd. */
static Status curve_of(const Fit *fit, const Grown *g, const TriedModel *tried, int n, CurveRow **out,
                       Err *err) {
    *out = calloc((size_t)n + 1, sizeof **out);
    if (!*out) return err_set(err, ERR_NOMEM, "fit: no memory for %d models", n);
    for (int i = 0; i < n; i++) {
        const SweepRun *run = NULL;
        for (int seed = 0; seed < SMALLEST_SEEDS && !run; seed++)
            run = fit_run(fit, g, tried[i].depth, tried[i].size, seed);
        (*out)[i] = (CurveRow){&tried[i], run ? run->plan.params : 0};
    }
    qsort(*out, (size_t)n, sizeof **out, by_params);
    return OK;
}

static void print_curve(const Fit *fit, const Grown *g, const CurveRow *row, int n) {
    printf("\n  %-20s %10s  %-23s %s\n", "model", "parameters", "recall of three seeds", "enough");
    for (int i = 0; i < n; i++) {
        const TriedModel *m = row[i].model;
        char label[64], recall[64] = "";
        int used = 0;
        fit_label(fit, m->depth, m->size, label);
        for (int seed = 0; seed < SMALLEST_SEEDS; seed++) {
            const SweepRun *run = fit_run(fit, g, m->depth, m->size, seed);
            double value = recall_of(run);
            if (run && isnan(value))
                used += snprintf(recall + used, sizeof recall - (size_t)used, "diverged ");
            else if (run) used += snprintf(recall + used, sizeof recall - (size_t)used, "%.4f ", value);
        }
        printf("  %-20s %10s  %-23s %s\n", label, show_int(row[i].params), recall,
               model_tried(m) == TRIED_REACHED  ? "yes"
               : model_tried(m) == TRIED_MISSED ? "no"
                                                : "unknown");
    }
}

static json_t *curve_json(const Fit *fit, const Grown *g, const CurveRow *row, int n) {
    json_t *all = json_array();
    for (int i = 0; i < n; i++) {
        const TriedModel *m = row[i].model;
        Config c = fit_config(fit, m->depth, m->size);
        json_t *recall = json_array();
        for (int seed = 0; seed < SMALLEST_SEEDS; seed++) {
            const SweepRun *run = fit_run(fit, g, m->depth, m->size, seed);
            if (run) json_array_append_new(recall, json_number(recall_of(run)));
        }
        json_array_append_new(all, json_pack("{si si si sI so sb}", "n_layer", c.model.n_layer, "n_embd",
                                             c.model.n_embd, "n_inner", c.model.n_inner, "params",
                                             (json_int_t)row[i].params, "recall", recall, "enough",
                                             model_tried(m) == TRIED_REACHED));
    }
    return all;
}

/* ---- the result ---- */

static void print_winner(const Winner *w) {
    const Fit *fit = w->fit;
    Config resolved, *c = &resolved;
    config_unpack(c, &w->run->resolved);
    printf(
        "%s with %s parameters is the smallest model tried that recalls %.4g %% of %s facts with %d seeds\n",
        w->label, show_int(w->run->plan.params), 100 * fit->recall, show_int(fit->facts.n), SMALLEST_SEEDS);
    printf("\nmodel       n_layer %d, n_head %d, n_embd %d, n_inner %d, vocabulary %d, block_size %d\n",
           c->model.n_layer, c->model.n_head, c->model.n_embd, c->model.n_inner, c->model.vocab_size,
           c->model.block_size);
    printf("config      %s\nrun         %s\n", show_name(w->config), show_name(w->dir));
    printf("training    %.1f s, %s steps; all runs together %.1f s\n", w->seconds,
           show_int((int64_t)w->run->result->figures.value[FIG_STEPS]), w->search_seconds);
    printf("\n  %-16s %14s %14s %8s\n", "bits a weight", "weights, bytes", "archive, bytes", "recall");
    for (int f = 0; f < FORMATS; f++)
        printf("  %-16d %14s %14s %8.4f\n", format[f].bits, show_int(w->weights[f]), show_int(w->archive[f]),
               w->recall[f]);
    printf("  %-16s %14s %14s\n", "the file; xz -9e", show_int(w->text),
           w->xz < 0 ? "no xz" : show_int(w->xz));
}

static json_t *winner_json(const Winner *w) {
    json_t *formats = json_array();
    Config resolved, *c = &resolved;
    config_unpack(c, &w->run->resolved);
    for (int f = 0; f < FORMATS; f++)
        json_array_append_new(formats,
                              json_pack("{si sI sI so}", "bits", format[f].bits, "bytes",
                                        (json_int_t)w->weights[f], "archive_bytes", (json_int_t)w->archive[f],
                                        "recall", json_number(w->recall[f])));
    return json_pack("{si si si si sI so so so sI so so sI so}", "n_layer", c->model.n_layer, "n_head",
                     c->model.n_head, "n_embd", c->model.n_embd, "n_inner", c->model.n_inner, "params",
                     (json_int_t)w->run->plan.params, "config", json_name(w->config), "run",
                     json_name(w->dir), "seconds", json_number(w->seconds), "steps",
                     (json_int_t)w->run->result->figures.value[FIG_STEPS], "seconds_of_all_runs",
                     json_number(w->search_seconds), "weights", formats, "file_bytes", (json_int_t)w->text,
                     "xz_bytes", w->xz < 0 ? json_null() : json_integer(w->xz));
}

/* The lowest recall of a model's seeds that are done; NAN: none is. */
static double sure_recall(const Fit *fit, const Grown *g, const TriedModel *m) {
    double lowest = NAN;
    for (int seed = 0; seed < SMALLEST_SEEDS; seed++)
        lowest = fmin(lowest, recall_of(fit_run(fit, g, m->depth, m->size, seed)));
    return lowest;
}

/* No model recalls enough: the best of them, and what to do. */
static Status none_found(const Fit *fit, const Grown *g, const CurveRow *row, int n, Err *err) {
    double best = -1;
    char label[64] = "";
    for (int i = 0; i < n; i++) {
        double recall = sure_recall(fit, g, row[i].model);
        if (!(recall > best)) continue;
        best = recall;
        fit_label(fit, row[i].model->depth, row[i].model->size, label);
    }
    return err_set(
        err, ERR_NUMERIC,
        "fit: no model up to %s %d%s recalls %.4g %% of the facts with every seed; the best, %s, recalls "
        "%.4g %% with its worst: give more steps (train.max_steps=%lld and another --out), or a lower --recall",
        fit_axis_name[fit->axis], fit->range.max,
        fit->range.deepest > fit->range.depth ? " and more layers" : "", 100 * fit->recall, label, 100 * best,
        (long long)(n ? 2 * g->sweep.run[0].max_steps : 0));
}

Status fit_show_result(const Fit *fit, const Grown *g, const SearchStep *step, double seconds, bool json,
                       Err *err) {
    Winner w = {.fit = fit, .grown = g, .step = step, .search_seconds = seconds};
    TriedModel *tried;
    CurveRow *curve = NULL;
    int n;
    bool found = step->state == SEARCH_FOUND;
    TRY(fit_tried(fit, g, &tried, &n, err));
    Status status = OK;
    TRY_GOTO(curve_of(fit, g, tried, n, &curve, err));
    if (found) TRY_GOTO(winner_of(&w, err));
    if (json)
        TRY_GOTO(
            json_out(json_pack("{si sf sb so so so}", "facts", fit->facts.n, "recall", fit->recall, "found",
                               found, "sweep", json_name(fit->dir), "winner",
                               found ? winner_json(&w) : json_null(), "curve", curve_json(fit, g, curve, n)),
                     err));
    if (!json && found) print_winner(&w);
    if (!json) print_curve(fit, g, curve, n);
    if (!found) status = none_found(fit, g, curve, n, err);
done:
    free(curve);
    free(tried);
    return status;
}
