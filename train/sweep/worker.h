/* One child process that makes one run, and what it writes to its stderr: progress, and at the end the reason
 * of a failure. */
#ifndef ROTE_TRAIN_SWEEP_WORKER_H
#define ROTE_TRAIN_SWEEP_WORKER_H

#include <sys/types.h>

#include "train/sweep/sweep.h"

/* A worker's progress is a line of these words on stderr: WORKER_MARK STEP MAX_STEPS BITS_PER_TOKEN ETA_S. */
#define WORKER_MARK "progress"

typedef struct Worker {
    SweepRun *run;
    pid_t pid;
    int claim_fd, pipe_fd;
    int threads;
    double started_s;
    SweepWorker progress; /* as last reported */
    bool ended;           /* its stderr is closed */
    int line_length;
    char line[1024]; /* not complete yet */
    char last[512];  /* the last line that was no progress */
} Worker;

/* Starts `program train key=value... --out DIR --resume --threads N --quiet --worker` (and --allow-program, where
 * `how` does). claim_fd stays the caller's. ERR_IO, ERR_NOMEM, ERR_INPUT: not started. */
Status run_worker_start(Worker *out, const Sweep *sweep, SweepRun *run, int claim_fd, int threads,
                        const SweepOptions *how, double now_s, Err *err);
/* Reads what its stderr has, without waiting. */
void run_worker_read(Worker *worker);
/* Waits for its end and returns the exit status as waitpid gives it. Closes the pipe, not the claim. */
int run_worker_reap(Worker *worker);

#endif
