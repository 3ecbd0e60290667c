/* A sweep: many runs in one folder, each made by a child process of this program (docs/formats.md has the
 * folder's layout).
 *
 * All state is in the folder: a run is done when its folder has a file DONE, claimed while a process holds
 * the lock locks/NAME, and failed when its folder has failed.json. Several processes may work on one sweep. A
 * process changes a run's state only while it holds the claim, so no run is done twice and nothing is lost
 * when a process dies. */
#ifndef ROTE_TRAIN_SWEEP_SWEEP_H
#define ROTE_TRAIN_SWEEP_SWEEP_H

#include <signal.h>

#include "base/config/packed.h"
#include "base/config/sweep_spec.h"
#include "train/train.h"

enum { SWEEP_NAME_MAX = SWEEP_LABEL_MAX + 12 };

typedef enum SweepState {
    SWEEP_WAITING, /* not started, or stopped before its end */
    SWEEP_RUNNING, /* a process has claimed it */
    SWEEP_DONE,
    SWEEP_DIVERGED, /* done, with the verdict diverged */
    SWEEP_FAILED,
    SWEEP_STATES
} SweepState;
extern const char *const sweep_state_name[SWEEP_STATES];

typedef struct SweepRun {
    char name[SWEEP_NAME_MAX];     /* its folder is runs/NAME */
    int64_t point;                 /* of the spec; the first one, where several are the same run */
    PackedConfig config, resolved; /* of the point as it was given, and what it means: config_unpack */
    int64_t max_steps;             /* of the latter */
    int threads;                   /* that the config names; 0: none */
    char config_hash[33];
    RunPlan plan;
    int length;     /* tokens of every sequence of its facts; 0: they differ */
    char shape[33]; /* runs with the same one can be trained together (train/together.h); empty: alone */
    SweepState state;
    RunResult *result; /* of a finished run, once it is read; else NULL */
    char reason[512];  /* why it failed or diverged: one line */
    bool unreadable;   /* it could not be looked at: the reason says why */
    char holder[160];  /* who makes it, while it runs: see lock_look */
    bool doubtful;     /* it runs, or its machine is gone: nobody knows yet */
    int attempts;      /* failed ones so far */
    int together; /* how many its process trains or trained in lanes; 1: it alone; 0: not known or not yet */
    double seconds; /* of a finished run, by its timing.json; 0 or NAN: not known */
} SweepRun;

typedef struct Sweep {
    char dir[CONFIG_PATH_MAX];
    SweepSpec spec; /* borrowed */
    int64_t n_points;
    /* What the runs' configs are packed against: the spec's, and the first run's resolved one. */
    Config *base;
    int n; /* distinct runs, in the order of the points */
    SweepRun *run;
    int lock_fd; /* shared by all processes that work on the folder; -1: not held */
} Sweep;

/* Resolves every point, generates its facts for their hash, merges points that are the same run, and names
 * the run folders. Writes nothing. spec stays the caller's. ERR_INPUT: a point cannot be run; names it. Free
 * with sweep_free. */
Status sweep_plan(Sweep *out, const SweepSpec *spec, const char *dir, Err *err);
void sweep_free(Sweep *sweep);

/* Reads every run's state from the folder; a run without a folder is waiting. ERR_INPUT: too long a path.
 * ERR_NOMEM. */
Status sweep_look(Sweep *sweep, Err *err);
int sweep_count(const Sweep *sweep, SweepState state);

/* ERR_INPUT, with both figures: an unfinished run needs more memory than is available, or all of them
 * together more disk space. */
Status sweep_check_room(const Sweep *sweep, Err *err);

/* Opens the folder for work: writes sweep.yaml, or finds the same sweep there, or extends one whose points
 * are all among these. ERR_INPUT: the folder holds another sweep (the message states how they differ) or
 * something else, or cannot be extended now since another process works on it. */
Status sweep_open(Sweep *sweep, Err *err);

/* Whether dir is a sweep's folder, or may become one: it is missing, or empty, or lost its sweep.yaml. ERR_INPUT: it
 * holds something else. ERR_IO. */
Status sweep_check_place(const char *dir, Err *err);

/* Writes table.csv, a row for every run. An error where another process is writing it at this moment. */
Status sweep_write_table(const Sweep *sweep, Err *err);

/* Removes failed.json from every failed run that no process works on; *n: how many. ERR_IO, ERR_NOMEM. */
Status sweep_retry(Sweep *sweep, int *n, Err *err);

/* ---- running ---- */

/* The progress of a run that this process makes. */
typedef struct SweepWorker {
    const SweepRun *run;
    int threads;
    int64_t step, max_steps; /* step 0: nothing reported yet */
    double loss_bits, eta_s, seconds;
} SweepWorker;

typedef struct SweepView {
    const Sweep *sweep;
    int n_workers; /* runs that this process makes */
    const SweepWorker *worker;
    const SweepRun *finished; /* the run that has just ended, or NULL */
    double seconds, eta_s;    /* eta_s NAN: not known yet */
    const char *note;         /* a line to keep on the screen, or NULL */
    bool warning;             /* the note tells of something amiss */
} SweepView;

typedef struct SweepOptions {
    const char *program; /* path of this program */
    int jobs;            /* threads in all: one a run where there are enough runs, else several a run */
    double seconds;      /* after so long, as if stopped; 0: no limit */
    bool allow_program;  /* runs may start the programs that their configs name as tools */
    bool share;          /* one of many that work on the folder: see sweep_run */
    bool no_lanes;       /* every run in a process of its own */
    const volatile sig_atomic_t *stop;
    void (*update)(void *user, const SweepView *view); /* several times a second; may be NULL */
    void *user;
} SweepOptions;

/* Sets `together` of each run that is not over, as sweep_run would train it if nothing else worked on the sweep, as far
 * as can be told before. *groups: processes that train several; *group_bytes: the largest one's memory, its lanes
 * and its runs; 0 without any. ERR_NOMEM. */
Status sweep_preview(Sweep *sweep, const SweepOptions *options, int *groups, double *group_bytes, Err *err);
/* Sets it, and `seconds`, for runs that have been trained, from their folders; of finished ones sweep_look has. */
void sweep_look_together(Sweep *sweep);

/* How long it takes until no run waits or goes on, at the pace of the finished ones. */
typedef struct SweepLeft {
    double seconds; /* runs that go on count whole; NAN: none goes on, or none has finished */
    int finished;   /* runs whose pace it is */
    int processes;  /* that train now, on any machine */
} SweepLeft;
/* Time is taken to grow with floating-point operations, and failed runs not to be tried again. After
 * sweep_look_together. */
SweepLeft sweep_left(const Sweep *sweep);

/* Makes every run that is not done, failed ones too, and waits for those that other processes make. The sweep
 * is open. OK: all are done, diverged ones included. ERR_STOPPED: stopped, resumable. ERR_IO: some runs
 * failed; the message names the first.
 * share: only runs that wait; ends when none is left to take, OK also where others are still made. */
Status sweep_run(Sweep *sweep, const SweepOptions *options, Err *err);

/* ---- internal to train/sweep/ ---- */

/* The path of a file in a run's folder; name NULL: the folder itself. ERR_INPUT: too long. */
Status sweep_path(const Sweep *sweep, const SweepRun *run, const char *name, char out[CONFIG_PATH_MAX],
                  Err *err);
/* Reads one run's state from its folder. Errors as sweep_look. */
Status sweep_look_at(const Sweep *sweep, SweepRun *run, Err *err);
/* Sets `together` and `seconds` from its timing.json. ERR_IO, ERR_NOMEM. */
Status sweep_look_timing(const char *dir, SweepRun *run, Err *err);
/* Claims a run: *fd is the lock to release; -1: another process holds it. */
Status sweep_claim(const Sweep *sweep, SweepRun *run, int *fd, Err *err);
/* Whether the claim is still ours, as far as is known: not where we were paused and another process has taken it. */
bool sweep_claim_stands(const Sweep *sweep, const SweepRun *run, int fd);
/* Writes failed.json from run->reason and run->attempts. signal_number 0: the worker was not killed. */
Status sweep_write_failed(const Sweep *sweep, SweepRun *run, int exit_code, int signal_number, Err *err);
void sweep_remove_failed(const Sweep *sweep, const SweepRun *run);

#endif
