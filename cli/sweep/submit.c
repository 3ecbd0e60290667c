/* rote sweep submit: a sweep's runs as a job array of a cluster. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/common/estimate.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "cli/sweep/open.h"
#include "train/sweep/slurm.h"

static const double USUAL_LIMIT_S = 3600;

/* The words from the first one that begins with a dash on are sbatch's: no config and no setting begins so. */
static int own_words(const Args *args) {
    int n = 0;
    while (n < args->n_words && args->words[n][0] != '-') n++;
    return n;
}

/* Where a process on another machine finds this program. */
static Status own_path(char out[PATH_MAX], Err *err) {
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (n > 0) out[n] = '\0';
    else if (!realpath(program_path, out))
        return err_set(err, ERR_IO, "%s: its path cannot be found", program_path);
    return OK;
}

/* The folder need not be there yet. */
static Status whole_path(const char *dir, char out[PATH_MAX], Err *err) {
    char here[PATH_MAX];
    if (*dir == '/') return path_join(out, PATH_MAX, dir, NULL, err);
    if (!getcwd(here, sizeof here)) return err_set(err, ERR_IO, "%s: the working folder has no path", dir);
    return path_join(out, PATH_MAX, here, dir, err);
}

typedef struct Plan {
    SlurmArray array;
    SweepNeeds needs;
    double core_seconds; /* of all runs that are left, on cores as this machine's */
    char program[PATH_MAX], dir[PATH_MAX];
} Plan;

/* As many tasks as finish in half of their limit, were the runs divided evenly; no more than there are runs for. */
static Status make_plan(Plan *plan, const Sweep *sweep, const Args *args, Err *err) {
    int64_t tasks = 0, cpus = 1;
    double seconds = USUAL_LIMIT_S;
    *plan = (Plan){.needs = sweep_needs(sweep)};
    TRY(args_int(args, "cpus", 1, ARGS_THREADS_MAX, &cpus, err));
    TRY(args_duration(args, "time", &seconds, err));
    if (seconds < 60) return err_set(err, ERR_INPUT, "sweep submit: --time: Slurm's least time is 1m");
    TRY(sweep_estimate(sweep, 1, &plan->core_seconds, err));
    double workers_max = ceil((double)plan->needs.todo / (double)cpus);
    tasks = (int64_t)fmin(fmax(ceil(plan->core_seconds / (0.5 * seconds * (double)cpus)), 1),
                          fmin(workers_max, SLURM_TASKS_MAX));
    TRY(args_int(args, "tasks", 1, SLURM_TASKS_MAX, &tasks, err));
    TRY(own_path(plan->program, err));
    TRY(whole_path(sweep->dir, plan->dir, err));
    plan->array = (SlurmArray){plan->program, plan->dir, (int)tasks, (int)cpus, seconds};
    return OK;
}

static void show_plan(const Plan *plan) {
    const SlurmArray *a = &plan->array;
    fprintf(stderr, "%d task%s of %d CPU%s and at most %s: %.3g core hours (" ESTIMATE "), disk %s\n",
            a->tasks, plural(a->tasks), a->cpus, plural(a->cpus), show_clock(a->seconds),
            plan->core_seconds / 3600, show_bytes(plan->needs.disk));
}

static json_t *plan_json(const Plan *plan, const Sweep *sweep, const char *job) {
    return json_pack("{so sI si si si si sf sf sI so}", "sweep", json_name(sweep->dir), "points",
                     (json_int_t)sweep->n_points, "runs", sweep->n, "to_do", plan->needs.todo, "tasks",
                     plan->array.tasks, "cpus", plan->array.cpus, "limit_s", plan->array.seconds,
                     "core_seconds_estimate", plan->core_seconds, "disk_bytes", (json_int_t)plan->needs.disk,
                     "job", job ? json_string(job) : json_null());
}

static Status submit(const Plan *plan, Sweep *sweep, const Args *args, int own, Err *err) {
    char job[SLURM_JOB_MAX], *script;
    TRY(slurm_script(&plan->array, &script, err));
    Status status = slurm_check(err);
    if (status == OK) status = sweep_open(sweep, err);
    if (status == OK)
        status = slurm_submit(sweep->dir, script, args->words + own, args->n_words - own, job, err);
    free(script);
    TRY(status);
    if (args_has(args, "json")) return json_out(plan_json(plan, sweep, job), err);
    sweep_show_needs(sweep);
    show_plan(plan);
    const char *dir = show_name(sweep->dir);
    printf(
        "job %s is submitted: %s/slurm/array.sh; logs: %s/slurm/%s_*.log\nrote sweep status %s  shows how far it "
        "is\n",
        job, dir, dir, job, dir);
    return OK;
}

static Status dry_run(const Plan *plan, const Sweep *sweep, const Args *args, Err *err) {
    char *script;
    if (args_has(args, "json")) return json_out(plan_json(plan, sweep, NULL), err);
    TRY(slurm_script(&plan->array, &script, err));
    fputs(script, stdout);
    free(script);
    sweep_show_needs(sweep);
    show_plan(plan);
    return OK;
}

static Status submit_sweep(Sweep *sweep, const Args *args, int own, Err *err) {
    Plan plan;
    TRY(sweep_look(sweep, err));
    TRY(make_plan(&plan, sweep, args, err));
    if (args_has(args, "dry-run")) return dry_run(&plan, sweep, args, err);
    if (plan.needs.todo) return submit(&plan, sweep, args, own, err);
    if (args_has(args, "json")) return json_out(plan_json(&plan, sweep, NULL), err);
    printf("%s: all %d run%s are done, nothing to submit\n", show_name(sweep->dir), sweep->n,
           plural(sweep->n));
    return OK;
}

static Status cmd_sweep_submit(const Args *args, Err *err) {
    const char *dir = args_value(args, "out"), *cluster = args_value(args, "cluster");
    Args own = *args;
    SweepSpec spec;
    Sweep sweep;
    own.n_words = own_words(args);
    if (!dir)
        return err_set(
            err, ERR_INPUT,
            "sweep submit: --out DIR is missing: the sweep's folder, on a disk that all nodes see");
    if (cluster && strcmp(cluster, "slurm"))
        return err_set(
            err, ERR_INPUT,
            "sweep submit: --cluster: '%.32s' is not slurm; on others start `rote sweep work %s` as often as you like",
            cluster, dir);
    TRY(sweep_words(&spec, &own, dir, err));
    Status status = sweep_plan(&sweep, &spec, dir, err);
    if (status == OK) {
        status = submit_sweep(&sweep, args, own.n_words, err);
        sweep_free(&sweep);
    }
    sweep_spec_free(&spec);
    return status;
}

static const Option submit_options[] = {
    OPTION("out", "DIR", "the sweep's folder, on a disk that all nodes see"),
    OPTION("cluster", "slurm", "the scheduler (default: slurm)"),
    OPTION("tasks", "N", "tasks of the job array (default: as many as need half of their time limit)"),
    OPTION("cpus", "N", "CPUs of a task, which makes so many runs at a time (default: 1)"),
    OPTION("time", "TIME", "limit of a task, which is queued again then: 30m, 3h, 2d (default: 1h)"),
    FLAG("dry-run", "only print the script and what the sweep needs"),
    JSON_OPTION,
    END_OPTION,
};

const Command sweep_submit_command = {
    .name = "sweep submit",
    .words = "[CFG] [key=a,b,c...] --out DIR [-- SBATCH OPTIONS]",
    .max_words = ARGS_WORDS_MAX,
    .reads = "config file",
    .n_reads = 1,
    .summary = "gives the runs of a sweep that wait to Slurm, as a job array",
    .options = submit_options,
    .run = cmd_sweep_submit,
};
