/* One child process that makes one run, and what it tells through its stderr: progress, and at the end why it
 * failed. */
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
    SweepWorker told;
    bool ended; /* its stderr is closed */
    int line_length;
    char line[1024]; /* unfinished */
    char last[512];  /* the last line that was no progress */
} Worker;

/* Starts `program train key=value... --out DIR --resume --threads N --quiet --worker`. Takes the claim. */
Status run_worker_start(Worker *out, const Sweep *sweep, SweepRun *run, int claim_fd, int threads,
                        const char *program, double now_s, Err *err);
/* Reads what there is, without waiting. */
void run_worker_read(Worker *worker);
/* Of one that ended: its exit status, as waitpid has it. Closes what it held, but not the claim. */
int run_worker_reap(Worker *worker);

#endif
