/* rote sweep run, sweep work, sweep status, sweep retry. */
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
#include "cli/sweep/open.h"
#include "cli/sweep/screen.h"
#include "store/run_files.h"
#include "store/sweep_yaml.h"
#include "train/sweep/slurm.h"
#include "train/sweep/sweep.h"

/* ---- text and JSON ---- */

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
    bool lanes = false;
    for (int i = 0; i < sweep->n; i++) lanes = lanes || sweep->run[i].together > 1;
    printf("%-9s %-*s %10s %14s %10s %7s%s  %s\n", "state", width, "run", "params", "memorized_bits",
           "bits/param", "recall", lanes ? "  lanes" : "", "reason");
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
        if (lanes && run->together > 1) printf(" %6d", run->together);
        else if (lanes) printf(" %6s", run->together ? "alone" : "-");
        const char *why = run->state == SWEEP_RUNNING ? run->holder : run->reason;
        printf("%s%s\n", *why ? "  " : "", why);
    }
}

static json_t *rows_json(const Sweep *sweep) {
    json_t *rows = json_array();
    int key[SWEEP_KEYS_MAX], n_keys = sweep_spec_keys(&sweep->spec, key);
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        json_t *set = json_object();
        Config resolved;
        config_unpack(&resolved, &run->resolved);
        for (int k = 0; k < n_keys; k++) {
            char *value = config_value(&resolved, key[k]);
            json_object_set_new(set, config_key_name(key[k]), json_string(value ? value : ""));
            free(value);
        }
        json_array_append_new(
            rows,
            json_pack("{ss ss so sI so so so so so so si}", "run", run->name, "state",
                      sweep_state_name[run->state], "set", set, "params", (json_int_t)run->plan.params,
                      "memorized_bits", json_number(figure(run, "memorized_bits")), "bits_per_param",
                      json_number(figure(run, "bits_per_param")), "recall",
                      json_number(figure(run, "recall")), "reason",
                      *run->reason ? json_string(run->reason) : json_null(), "holder",
                      run->state == SWEEP_RUNNING ? json_string(run->holder) : json_null(), "lanes",
                      run->together ? json_integer(run->together) : json_null(), "attempts", run->attempts));
    }
    return rows;
}

/* ---- the commands ---- */

static Status dry_run(Sweep *sweep, const SweepOptions *options, bool json, Err *err) {
    double seconds, group_bytes;
    int groups, together = 0;
    TRY(sweep_preview(sweep, options, &groups, &group_bytes, err));
    TRY(sweep_estimate(sweep, options->jobs, &seconds, err));
    for (int i = 0; i < sweep->n; i++) together += sweep->run[i].together > 1;
    if (!json) {
        print_rows(sweep);
        sweep_show_needs(sweep);
        if (groups)
            fprintf(stderr, "lanes: %d run%s in %d group%s, memory up to %s a group, %d alone\n", together,
                    plural(together), groups, plural(groups), show_bytes(group_bytes),
                    sweep_needs(sweep).todo - together);
        fprintf(stderr, "time: %s with --jobs %d (" ESTIMATE ")\n", show_duration(seconds), options->jobs);
        return OK;
    }
    SweepNeeds n = sweep_needs(sweep);
    return json_out(json_pack("{sI si si sf sf sI sI si si sI so}", "points", (json_int_t)sweep->n_points,
                              "runs", sweep->n, "to_do", n.todo, "flops", n.flops, "seconds_estimate",
                              seconds, "memory_bytes", (json_int_t)n.memory, "disk_bytes", (json_int_t)n.disk,
                              "in_lanes", together, "groups", groups, "group_memory_bytes",
                              (json_int_t)group_bytes, "rows", rows_json(sweep)),
                    err);
}

/* Makes runs of a sweep whose folder is open, and prints how many are done then. */
static Status make_runs(Sweep *sweep, const Args *args, SweepOptions options, Err *err) {
    bool quiet = args_has(args, "quiet");
    if (!quiet) sweep_show_needs(sweep);
    signals_catch();
    SweepScreen screen = {.quiet = quiet, .terminal = terminal_redraws()};
    options.program = own_program();
    options.allow_program = args_has(args, "allow-program");
    options.stop = &stop_requested;
    options.update = sweep_screen_update;
    options.user = &screen;
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

/* --jobs and --lanes, once it is known that the kernels work. */
static Status take_options(const Args *args, SweepOptions *options, Err *err) {
    const Ops *ops;
    const char *lanes = args_value(args, "lanes");
    TRY(ops_select(&ops, err));
    if (lanes && strcmp(lanes, "auto") && strcmp(lanes, "off"))
        return err_set(err, ERR_INPUT, "%s: --lanes: '%.32s' is not auto or off", args->command->name, lanes);
    options->no_lanes = lanes && !strcmp(lanes, "off");
    return args_jobs(args, &options->jobs, err);
}

static Status run_all(Sweep *sweep, const Args *args, const SweepOptions *options, Err *err) {
    TRY(sweep_look(sweep, err));
    TRY(sweep_check_room(sweep, err));
    if (args_has(args, "dry-run")) return dry_run(sweep, options, args_has(args, "json"), err);
    TRY(sweep_open(sweep, err));
    return make_runs(sweep, args, *options, err);
}

static Status cmd_sweep_run(const Args *args, Err *err) {
    SweepOptions options = {.jobs = 0};
    SweepSpec spec;
    Sweep sweep;
    const char *dir = args_value(args, "out");
    if (!dir) return err_set(err, ERR_INPUT, "sweep run: --out DIR is missing: the sweep's folder");
    TRY(take_options(args, &options, err));
    TRY(sweep_words(&spec, args, dir, err));
    Status status = sweep_plan(&sweep, &spec, dir, err);
    if (status == OK) {
        status = run_all(&sweep, args, &options, err);
        sweep_free(&sweep);
    }
    sweep_spec_free(&spec);
    return status;
}

#define JOBS_OPTION                                                                                          \
    OPTION("jobs", "N", "runs at a time; fewer runs share the threads (default: see `rote doctor`)")
#define LANES_OPTION                                                                                         \
    OPTION("lanes", "auto|off", "train small models of one shape side by side on a thread (default: auto)")

static const Option sweep_options[] = {
    OPTION("out", "DIR", "the sweep's folder"),
    JOBS_OPTION,
    LANES_OPTION,
    FLAG("dry-run", "only print what the sweep needs"),
    PROGRAM_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command sweep_run_command = {
    .name = "sweep run",
    .words = "[CFG] [key=a,b,c...] --out DIR",
    .max_words = ARGS_WORDS_MAX,
    .reads = "config file",
    .n_reads = 1,
    .summary = "trains many runs; skips those that are done; CFG may have a sweep: section",
    .options = sweep_options,
    .run = cmd_sweep_run,
};

static Status cmd_sweep_work(const Args *args, Err *err) {
    SweepOptions options = {.share = true};
    SweepSpec spec;
    Sweep sweep;
    TRY(take_options(args, &options, err));
    TRY(args_duration(args, "time", &options.seconds, err));
    TRY(sweep_folder_open(&spec, &sweep, args->words[0], err));
    Status status = sweep_open(&sweep, err);
    if (status == OK) status = make_runs(&sweep, args, options, err);
    sweep_folder_close(&spec, &sweep);
    return status;
}

static const Option work_options[] = {
    JOBS_OPTION,
    LANES_OPTION,
    OPTION("time", "TIME", "stop then, as at Ctrl-C: 90s, 30m, 3h, 2d (default: no limit)"),
    PROGRAM_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command sweep_work_command = {
    .name = "sweep work",
    .words = "DIR",
    .min_words = 1,
    .max_words = 1,
    .reads = "sweep",
    .n_reads = 1,
    .summary = "trains runs of a sweep that wait, beside others that do so, anywhere on the same folder",
    .options = work_options,
    .run = cmd_sweep_work,
};

static void print_left(const Sweep *sweep) {
    SweepLeft left = sweep_left(sweep);
    if (isfinite(left.seconds))
        printf("left: %s, at the pace of %d finished run%s, with %d process%s as now\n",
               show_duration(left.seconds), left.finished, plural(left.finished), left.processes,
               left.processes == 1 ? "" : "es");
}

static Status cmd_sweep_status(const Args *args, Err *err) {
    char cluster[SLURM_STATES_MAX];
    SweepSpec spec;
    Sweep sweep;
    TRY(sweep_folder_open(&spec, &sweep, args->words[0], err));
    /* An error here does not matter: the status can be read where the folder cannot be written. */
    (void)sweep_write_table(&sweep, NULL);
    sweep_look_together(&sweep);
    Status status = OK;
    if (args_has(args, "json")) {
        json_t *o = counts_json(&sweep);
        slurm_states(sweep.dir, cluster, sizeof cluster);
        if (o) json_object_set_new(o, "seconds_left", json_number(sweep_left(&sweep).seconds));
        if (o) json_object_set_new(o, "slurm", *cluster ? json_string(cluster) : json_null());
        if (o) json_object_set_new(o, "rows", rows_json(&sweep));
        status = json_out(o, err);
    } else {
        print_rows(&sweep);
        putchar('\n');
        print_counts(&sweep);
        print_left(&sweep);
        slurm_states(sweep.dir, cluster, sizeof cluster);
        if (*cluster) printf("slurm: %s\n", cluster);
    }
    sweep_folder_close(&spec, &sweep);
    return status;
}

static const Option status_options[] = {JSON_OPTION, END_OPTION};

const Command sweep_status_command = {
    .name = "sweep status",
    .words = "DIR",
    .min_words = 1,
    .max_words = 1,
    .reads = "sweep",
    .n_reads = 1,
    .summary = "shows every run of a sweep with its state and main results",
    .options = status_options,
    .run = cmd_sweep_status,
};

static Status cmd_sweep_retry(const Args *args, Err *err) {
    SweepSpec spec;
    Sweep sweep;
    int n = 0;
    TRY(sweep_folder_open(&spec, &sweep, args->words[0], err));
    Status status = sweep_retry(&sweep, &n, err);
    if (status == OK) {
        (void)sweep_write_table(&sweep, NULL);
        if (args_has(args, "json"))
            status = json_out(json_pack("{ss si}", "sweep", sweep.dir, "forgotten", n), err);
        else
            printf("%s: %d failure%s removed; `rote sweep run --out %s` continues\n", show_name(sweep.dir), n,
                   plural(n), show_name(sweep.dir));
    }
    sweep_folder_close(&spec, &sweep);
    return status;
}

const Command sweep_retry_command = {
    .name = "sweep retry",
    .words = "DIR",
    .min_words = 1,
    .max_words = 1,
    .reads = "sweep",
    .n_reads = 1,
    .summary = "removes failures, so that the runs count as waiting",
    .options = status_options,
    .run = cmd_sweep_retry,
};
