/* rote sweep run, sweep status, sweep retry. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/words.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cli/common/args.h"
#include "cli/common/estimate.h"
#include "cli/common/json.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "cli/sweep/screen.h"
#include "store/run_files.h"
#include "store/sweep_yaml.h"
#include "train/sweep/sweep.h"

/* The spec of "[CFG] [key=value...]"; without words, that of the folder's sweep.yaml. */
static Status load_spec(SweepSpec *spec, const Args *args, const char *dir, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, dir, "sweep.yaml", err));
    if (args->n_words == 0) {
        bool there, began;
        TRY(run_holds(dir, "sweep.yaml", &there, err));
        TRY(run_holds(dir, "locks/sweep", &began, err));
        if (!there && began)
            return err_set(err, ERR_INPUT,
                           "%s: missing; put it back, or give the config and the keys of this sweep again",
                           path);
        if (!there)
            return err_set(err, ERR_INPUT, "sweep run: the config is missing; usage: rote sweep run %s",
                           args->command->words);
        return sweep_yaml_read(spec, dir, err);
    }
    int n_files;
    TRY(args_settings(args, &n_files, err));
    TRY(sweep_spec_load(spec, n_files ? args->words[0] : NULL, args->n_words - n_files, args->words + n_files,
                        err));
    Status status = sweep_spec_check(spec, err);
    if (status != OK) sweep_spec_free(spec);
    return status;
}

/* The sweep of a folder, with the states of its runs. */
static Status open_folder(SweepSpec *spec, Sweep *sweep, const char *dir, Err *err) {
    bool there;
    TRY(run_holds(dir, "sweep.yaml", &there, err));
    if (!there) return err_set(err, ERR_INPUT, "%s: is not a sweep's folder (no sweep.yaml)", dir);
    TRY(sweep_yaml_read(spec, dir, err));
    Status status = sweep_plan(sweep, spec, dir, err);
    if (status == OK) {
        status = sweep_look(sweep, err);
        if (status != OK) sweep_free(sweep);
    }
    if (status != OK) sweep_spec_free(spec);
    return status;
}

static void close_folder(SweepSpec *spec, Sweep *sweep) {
    sweep_free(sweep);
    sweep_spec_free(spec);
}

/* ---- text and JSON ---- */

typedef struct Needs {
    int todo;
    double flops, memory, disk;
} Needs;

static Needs needs_of(const Sweep *sweep) {
    Needs n = {0};
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        if (run->state == SWEEP_DONE || run->state == SWEEP_DIVERGED) continue;
        n.todo++;
        n.flops += run->plan.flops_per_step * (double)run->resolved.train.max_steps;
        n.disk += run->plan.disk_bytes;
        if (run->plan.memory_bytes > n.memory) n.memory = run->plan.memory_bytes;
    }
    return n;
}

/* Warns where facts.subjects is 0 (as many as needed): each number of facts then has its own vocabulary, and so its
 * own model. */
static void show_growing(const Sweep *sweep) {
    int64_t subjects = 0;
    bool grows = false;
    for (int i = 0; i < sweep->n; i++) {
        const Config *c = &sweep->run[i].resolved, *first = &sweep->run[0].resolved;
        if (c->facts.kind != FACTS_TRIPLES || c->facts.subjects || c->facts.symbols) return;
        int64_t total = (int64_t)c->facts.n + c->facts.heldout + c->facts.junk_n;
        int64_t needed = (total - 1) / c->facts.objects.n + 1;
        if (needed > subjects) subjects = needed;
        grows = grows || c->model.vocab_size != first->model.vocab_size;
    }
    if (grows)
        fprintf(stderr,
                "note: facts.subjects is 0, so the vocabulary and the model grow with facts.n, and `rote "
                "capacity` cannot compare the sizes; facts.subjects=%lld is enough for all of them\n",
                (long long)subjects);
}

static void show_needs(const Sweep *sweep) {
    Needs n = needs_of(sweep);
    fprintf(stderr, "%lld point%s, %d run%s", (long long)sweep->n_points, plural(sweep->n_points), sweep->n,
            plural(sweep->n));
    if (sweep->n < sweep->n_points)
        fprintf(stderr, " (%lld points repeat another point's run)", (long long)(sweep->n_points - sweep->n));
    if (n.todo == 0) fprintf(stderr, ", nothing to do\n");
    else
        fprintf(stderr, ", %d to do: %s FLOP, memory up to %s a run, disk %s\n", n.todo, show_short(n.flops),
                show_bytes(n.memory), show_bytes(n.disk));
    show_growing(sweep);
}

static json_t *counts_json(const Sweep *sweep) {
    char table[CONFIG_PATH_MAX];
    json_t *o = json_pack("{ss sI si}", "sweep", show_name(sweep->dir), "points", (json_int_t)sweep->n_points,
                          "runs", sweep->n);
    for (int s = 0; o && s < SWEEP_STATES; s++)
        json_object_set_new(o, sweep_state_name[s], json_integer(sweep_count(sweep, (SweepState)s)));
    if (o && path_join(table, sizeof table, sweep->dir, "table.csv", NULL) == OK)
        json_object_set_new(o, "table", json_name(table));
    return o;
}

static void print_counts(const Sweep *sweep) {
    int diverged = sweep_count(sweep, SWEEP_DIVERGED);
    printf("%s: %d of %d run%s done", show_name(sweep->dir), sweep_count(sweep, SWEEP_DONE) + diverged,
           sweep->n, plural(sweep->n));
    if (diverged) printf(" (%d of them diverged)", diverged);
    for (int s = 0; s < SWEEP_STATES; s++) {
        int n = sweep_count(sweep, (SweepState)s);
        if (n && s != SWEEP_DONE && s != SWEEP_DIVERGED) printf(", %d %s", n, sweep_state_name[s]);
    }
    printf("; table: %s/table.csv\n", show_name(sweep->dir));
}

/* NAN for a diverged run: figures of its model mean nothing. */
static double figure(const SweepRun *run, const char *key) {
    if (run->state == SWEEP_DIVERGED) return NAN;
    return run->result ? run->result->figures.value[figure_find(key)] : NAN;
}

static void print_rows(const Sweep *sweep) {
    int width = 3;
    for (int i = 0; i < sweep->n; i++)
        if ((int)strlen(sweep->run[i].name) > width) width = (int)strlen(sweep->run[i].name);
    printf("%-9s %-*s %10s %14s %10s %7s  %s\n", "state", width, "run", "params", "memorized_bits",
           "bits/param", "recall", "reason");
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        printf("%-9s %-*s %10lld", sweep_state_name[run->state], width, run->name,
               (long long)run->plan.params);
        const double value[] = {figure(run, "memorized_bits"), figure(run, "bits_per_param"),
                                figure(run, "recall")};
        static const int space[] = {14, 10, 7}, digits[] = {1, 4, 4};
        for (int k = 0; k < 3; k++) {
            if (isfinite(value[k])) printf(" %*.*f", space[k], digits[k], value[k]);
            else printf(" %*s", space[k], "-");
        }
        printf("%s%s\n", *run->reason ? "  " : "", run->reason);
    }
}

static json_t *rows_json(const Sweep *sweep) {
    json_t *rows = json_array();
    int key[SWEEP_KEYS_MAX], n_keys = sweep_spec_keys(&sweep->spec, key);
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        json_t *set = json_object();
        for (int k = 0; k < n_keys; k++) {
            char *value = config_value(&run->resolved, key[k]);
            json_object_set_new(set, config_key_name(key[k]), json_string(value ? value : ""));
            free(value);
        }
        json_array_append_new(rows, json_pack("{ss ss so sI so so so so si}", "run", run->name, "state",
                                              sweep_state_name[run->state], "set", set, "params",
                                              (json_int_t)run->plan.params, "memorized_bits",
                                              json_number(figure(run, "memorized_bits")), "bits_per_param",
                                              json_number(figure(run, "bits_per_param")), "recall",
                                              json_number(figure(run, "recall")), "reason",
                                              *run->reason ? json_string(run->reason) : json_null(),
                                              "attempts", run->attempts));
    }
    return rows;
}

/* ---- the commands ---- */

/* More threads than the machine has make nothing faster. */
static Status estimate(const Sweep *sweep, int jobs, double *seconds, Err *err) {
    const Ops *ops;
    TRY(ops_select(&ops, err));
    int threads = jobs < threads_cores() ? jobs : threads_cores();
    double one = peak_best_of_five(ops, 1);
    *seconds = 0;
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        if (run->state != SWEEP_DONE && run->state != SWEEP_DIVERGED)
            *seconds += run_seconds(&run->plan, &run->resolved, one) / threads;
    }
    return OK;
}

static Status dry_run(const Sweep *sweep, int jobs, bool json, Err *err) {
    double seconds;
    TRY(estimate(sweep, jobs, &seconds, err));
    if (!json) {
        print_rows(sweep);
        show_needs(sweep);
        fprintf(stderr, "time: %s with --jobs %d (" ESTIMATE ")\n", show_duration(seconds), jobs);
        return OK;
    }
    Needs n = needs_of(sweep);
    return json_out(json_pack("{sI si si sf sf sI sI so}", "points", (json_int_t)sweep->n_points, "runs",
                              sweep->n, "to_do", n.todo, "flops", n.flops, "seconds_estimate", seconds,
                              "memory_bytes", (json_int_t)n.memory, "disk_bytes", (json_int_t)n.disk, "rows",
                              rows_json(sweep)),
                    err);
}

static Status run_all(Sweep *sweep, const Args *args, int jobs, Err *err) {
    bool quiet = args_has(args, "quiet");
    TRY(sweep_look(sweep, err));
    TRY(sweep_check_room(sweep, err));
    if (args_has(args, "dry-run")) return dry_run(sweep, jobs, args_has(args, "json"), err);
    TRY(sweep_open(sweep, err));
    if (!quiet) show_needs(sweep);
    signals_catch();
    SweepScreen screen = {.quiet = quiet, .terminal = terminal_redraws()};
    SweepOptions options = {.program = own_program(),
                            .jobs = jobs,
                            .stop = &stop_requested,
                            .update = sweep_screen_update,
                            .user = &screen};
    Status status = sweep_run(sweep, &options, err);
    sweep_screen_end(&screen);
    if (args_has(args, "json")) {
        Err why;
        if (json_out(counts_json(sweep), &why) != OK && status == OK)
            return err_set(err, why.status, "%s", why.msg);
    } else {
        print_counts(sweep);
    }
    return status;
}

static Status cmd_sweep_run(const Args *args, Err *err) {
    int64_t jobs = threads_default();
    SweepSpec spec;
    Sweep sweep;
    const Ops *ops;
    const char *dir = args_value(args, "out");
    if (!dir) return err_set(err, ERR_INPUT, "sweep run: --out DIR is missing: the sweep's folder");
    TRY(ops_select(&ops, err));
    if (!args_has(args, "jobs")) TRY(threads_check(err));
    TRY(args_int(args, "jobs", 1, ARGS_THREADS_MAX, &jobs, err));
    TRY(load_spec(&spec, args, dir, err));
    Status status = sweep_plan(&sweep, &spec, dir, err);
    if (status == OK) {
        status = run_all(&sweep, args, (int)jobs, err);
        sweep_free(&sweep);
    }
    sweep_spec_free(&spec);
    return status;
}

static const Option sweep_options[] = {
    OPTION("out", "DIR", "the sweep's folder"),
    OPTION("jobs", "N", "runs at a time; fewer runs share the threads (default: see `rote doctor`)"),
    FLAG("dry-run", "only print what the sweep needs"),
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command sweep_run_command = {
    .name = "sweep run",
    .words = "[CFG] [key=a,b,c...] --out DIR",
    .max_words = ARGS_WORDS_MAX,
    .summary = "trains many runs; skips those that are done; CFG may have a sweep: section",
    .options = sweep_options,
    .run = cmd_sweep_run,
};

static Status cmd_sweep_status(const Args *args, Err *err) {
    SweepSpec spec;
    Sweep sweep;
    TRY(open_folder(&spec, &sweep, args->words[0], err));
    /* An error here does not matter: the status can be read where the folder cannot be written. */
    (void)sweep_write_table(&sweep, NULL);
    Status status = OK;
    if (args_has(args, "json")) {
        json_t *o = counts_json(&sweep);
        if (o) json_object_set_new(o, "rows", rows_json(&sweep));
        status = json_out(o, err);
    } else {
        print_rows(&sweep);
        putchar('\n');
        print_counts(&sweep);
    }
    close_folder(&spec, &sweep);
    return status;
}

static const Option status_options[] = {JSON_OPTION, END_OPTION};

const Command sweep_status_command = {
    .name = "sweep status",
    .words = "DIR",
    .min_words = 1,
    .max_words = 1,
    .summary = "shows every run of a sweep with its state and main results",
    .options = status_options,
    .run = cmd_sweep_status,
};

static Status cmd_sweep_retry(const Args *args, Err *err) {
    SweepSpec spec;
    Sweep sweep;
    int n = 0;
    TRY(open_folder(&spec, &sweep, args->words[0], err));
    Status status = sweep_retry(&sweep, &n, err);
    if (status == OK) {
        (void)sweep_write_table(&sweep, NULL);
        if (args_has(args, "json"))
            status = json_out(json_pack("{ss si}", "sweep", sweep.dir, "forgotten", n), err);
        else
            printf("%s: %d failure%s removed; `rote sweep run --out %s` continues\n", show_name(sweep.dir), n,
                   plural(n), show_name(sweep.dir));
    }
    close_folder(&spec, &sweep);
    return status;
}

const Command sweep_retry_command = {
    .name = "sweep retry",
    .words = "DIR",
    .min_words = 1,
    .max_words = 1,
    .summary = "removes failures, so that the runs count as waiting",
    .options = status_options,
    .run = cmd_sweep_retry,
};
