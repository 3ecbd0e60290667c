/* A sweep: many runs in one folder, each a child process of this program (docs/formats.md has the folder).
 *
 * The folder is the truth: a run is done when DONE stands in its folder, claimed while a process holds
 * locks/NAME, and failed when failed.json says so. Several processes may work on one sweep; what is decided
 * about a run is decided under its claim, so nothing is done twice and nothing is lost when a process dies. */
#ifndef ROTE_TRAIN_SWEEP_H
#define ROTE_TRAIN_SWEEP_H

#include <signal.h>

#include "base/config/sweep_spec.h"
#include "train/train.h"

enum { SWEEP_NAME_MAX = SWEEP_LABEL_MAX + 12 };

typedef enum SweepState {
    SWEEP_WAITING, /* not begun, or stopped on the way */
    SWEEP_RUNNING, /* some process has claimed it */
    SWEEP_DONE,
    SWEEP_DIVERGED, /* done, with the verdict diverged */
    SWEEP_FAILED,
    SWEEP_STATES
} SweepState;
extern const char *const sweep_state_name[SWEEP_STATES];

typedef struct SweepRun {
    char name[SWEEP_NAME_MAX]; /* its folder is runs/NAME */
    int64_t point;             /* of the spec; the first one, where several are the same run */
    Config config;             /* as asked */
    Config resolved;
    char config_hash[33];
    RunPlan plan;
    SweepState state;
    RunResult *result; /* of a finished run, once it was read; else NULL */
    char reason[512];  /* failed, diverged: one line */
    int attempts;      /* that ended in failure, so far */
} SweepRun;

typedef struct Sweep {
    char dir[CONFIG_PATH_MAX];
    SweepSpec spec; /* borrowed */
    int64_t n_points;
    int n; /* distinct runs, in the order of the points */
    SweepRun *run;
    int lock_fd; /* shared by all who work on the folder; -1: not held */
} Sweep;

/* Resolves every point, draws its facts for their hash, finds what is the same run, names the folders. Writes
 * nothing. ERR_INPUT: a point cannot be run; names it. Free with sweep_free. */
Status sweep_plan(Sweep *out, const SweepSpec *spec, const char *dir, Err *err);
void sweep_free(Sweep *sweep);

/* Fills every run's state from the folder, as far as it is there. */
Status sweep_look(Sweep *sweep, Err *err);
int sweep_count(const Sweep *sweep, SweepState state);

/* ERR_INPUT, with both figures: a run that is not finished needs more memory than there is, or all of them more
 * disk. */
Status sweep_check_room(const Sweep *sweep, Err *err);

/* Writes sweep.yaml, or finds the same sweep there, or extends one whose points are all among these. ERR_INPUT:
 * the folder holds another sweep (how they differ) or something else, or cannot be extended now since another
 * process works on it. */
Status sweep_open(Sweep *sweep, Err *err);

/* table.csv: a row for every run. Where another process is writing it, it is left to that one. */
Status sweep_write_table(const Sweep *sweep, Err *err);

/* Removes failed.json from every failed run that nobody is working on; *n: from how many. */
Status sweep_retry(Sweep *sweep, int *n, Err *err);

/* ---- making the runs ---- */

/* A run that is being made by this process. */
typedef struct SweepWorker {
    const SweepRun *run;
    int threads;
    int64_t step, max_steps; /* step 0: it has not said anything yet */
    double loss_bits, eta_s, seconds;
} SweepWorker;

typedef struct SweepView {
    const Sweep *sweep;
    int n_workers;
    const SweepWorker *worker;
    const SweepRun *finished; /* the run that has just come to its end, or NULL */
    double seconds, eta_s;    /* eta_s NAN: nobody knows yet */
    const char *note;         /* a line worth keeping, or NULL */
} SweepView;

typedef struct SweepOptions {
    const char *program; /* this program's file */
    int jobs;            /* threads in all: side by side where there are as many runs, else within them */
    const volatile sig_atomic_t *stop;
    void (*update)(void *user, const SweepView *view); /* several times a second; may be NULL */
    void *user;
} SweepOptions;

/* Makes every run that is not done, those that failed before, too, and waits for those that other processes are
 * making. The sweep is open. OK: all are done, diverged ones included. ERR_STOPPED: stopped, resumable. ERR_IO:
 * some runs failed; the message names the first. */
Status sweep_run(Sweep *sweep, const SweepOptions *options, Err *err);

/* ---- for train/sweep_*.c ---- */

Status sweep_path(const Sweep *sweep, const SweepRun *run, const char *name, char out[CONFIG_PATH_MAX],
                  Err *err);
Status sweep_look_at(const Sweep *sweep, SweepRun *run, Err *err);
/* The claim of a run; *fd -1: another process has it. */
Status sweep_claim(const Sweep *sweep, const SweepRun *run, int *fd, Err *err);
Status sweep_write_failed(const Sweep *sweep, SweepRun *run, int exit_code, int signal_number, Err *err);
void sweep_remove_failed(const Sweep *sweep, const SweepRun *run);

#endif
