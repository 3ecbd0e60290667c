/* One child process that makes a run, or several of one shape together (train/together.h), and what it writes to its
 * stderr: progress, and at the end the reason of a failure. */
#ifndef ROTE_TRAIN_SWEEP_WORKER_H
#define ROTE_TRAIN_SWEEP_WORKER_H

#include <sys/types.h>

#include "model/kernels/lanes.h"
#include "train/sweep/sweep.h"

/* Lines that a worker writes to stderr, of these words. RUN: the number of the run among those of the worker, from 0.
 *     WORKER_MARK RUN STEP MAX_STEPS BITS_PER_TOKEN ETA_S
 *     WORKER_END RUN EXIT_CODE MESSAGE      of several runs: this one has ended as a process of its own would have
 *     WORKER_WARNING RUN MESSAGE            something is amiss, and the run goes on */
#define WORKER_MARK    "progress"
#define WORKER_END     "ended"
#define WORKER_WARNING "warning"

/* A run of a worker. */
typedef struct WorkerRun {
    SweepRun *run; /* NULL: it has ended, and what there was to do about it is done */
    int claim_fd;
    SweepWorker progress; /* as last reported */
    bool ended;           /* has said so */
    int exit_code;        /* then */
    char last[512];       /* the last line that was no progress */
} WorkerRun;

typedef struct Worker {
    int n; /* runs that it was started with */
    WorkerRun run[LANES_MAX];
    pid_t pid;
    int pipe_fd;
    int threads;
    double memory; /* bytes */
    double started_s;
    bool ended; /* its stderr is closed */
    int line_length;
    char line[1024]; /* not complete yet */
} Worker;

/* Starts a worker for the n runs whose `run` and `claim_fd` are set in out, on out->threads threads:
 *     program train --resume --quiet --worker --threads=N key=value... --out=DIR
 *     program train --resume --quiet --worker --together=n -- words=COUNT key=value... DIR words=COUNT ... DIR ...
 * the second for several runs; COUNT says how many settings follow. --allow-program where `how` does. Claims stay the
 * caller's. ERR_IO, ERR_NOMEM, ERR_INPUT: not started. */
Status run_worker_start(Worker *out, const Sweep *sweep, const SweepOptions *how, double now_s, Err *err);
/* Reads what its stderr has, without waiting; `warn` gets each warning. */
typedef void WarningSink(void *user, const SweepRun *run, const char *message);
void run_worker_read(Worker *worker, WarningSink *warn, void *user);
/* Waits for its end and returns the exit status as waitpid gives it. Closes the pipe, not the claims. */
int run_worker_reap(Worker *worker);

#endif
