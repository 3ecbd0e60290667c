/* A training run: trained or resumed in its folder, and verified by a replay. */
#ifndef ROTE_TRAIN_TRAIN_H
#define ROTE_TRAIN_TRAIN_H

#include <signal.h>
#include <stdbool.h>

#include "base/config/config.h"
#include "base/progress.h"
#include "base/ranks.h"
#include "data/facts.h"
#include "store/result.h"
#include "store/run.h" /* what callers of run_train open next */
#include "store/run_folder.h"
#include "train/plan.h"

typedef struct RunOptions {
    const char *dir; /* the run folder; NULL: nothing is written (verify, tests) */
    bool resume;
    bool allow_program;   /* programs of tools may be started, where their tape does not answer */
    const char *tape_dir; /* the folder with the tape that is replayed; NULL: dir */
    const volatile sig_atomic_t *stop; /* set by a signal handler: stops at the end of a step; may be NULL */
    ProgressSink progress;
    Ranks *ranks; /* that train together; NULL: alone. Rank 0's folder is the run's; the others have none */
} RunOptions;

/* Trains. config: resolved, by init_from_resolve too (train/init_from.h).
 *   out  result_free it, after a failure too
 * ERR_STOPPED: checkpointed, resumable. ERR_NUMERIC: NaN or Inf; the message names tensor, index and step, out has
 * the verdict `diverged`, and the checkpoint before it is whole. ERR_INPUT: options->dir holds something else, or
 * a run with another config (the message states how they differ), or its lock is held; a program would have to be
 * started. ERR_IO, ERR_FORMAT,
 * ERR_NOMEM. With several ranks all return the same status with the same message; *out is rank 0's. ERR_STOPPED also:
 * a rank is lost, and the folder has the last checkpoint before that. */
Status run_train(const Config *config, const FactSet *facts, const RunOptions *options, RunResult *out,
                 Err *err);

/* One of several runs that are trained together. */
typedef struct RunTask {
    const Config *config; /* this and the next two as of run_train */
    const FactSet *facts;
    RunOptions options;
    RunResult result; /* these as of run_train, from the run's end on */
    Status status;
    Err err;
} RunTask;
/* As soon as a run has ended: its folder is closed. */
typedef void RunHasEnded(void *user, RunTask *task);

/* run_train of n runs of one shape (train/together.h), on one thread; config->train.threads is 1. Each ends as it would
 * alone, whatever becomes of the others. ERR_NOMEM: no run has begun. */
Status run_train_together(RunTask *task, int n, RunHasEnded *ended, void *user, Err *err);

/* Replays a finished run in memory and compares the parameters, the data and the result.
 *   facts    the folder of its facts, if the user gives one; NULL: the config's
 *   allow_program  as in RunOptions; the tape is only read
 *   threads  0: the number in the run's config
 * ERR_FORMAT: what differs, or what is missing from the folder. ERR_INPUT: no finished run is there, or one whose
 * arithmetic is not exact. ERR_STOPPED. */
Status run_verify_with(const char *dir, const char *facts, bool allow_program, int threads,
                       ProgressSink progress, const volatile sig_atomic_t *stop, Err *err);
/* The same with facts NULL, and no program. Errors as there. */
Status run_verify(const char *dir, int threads, ProgressSink progress, const volatile sig_atomic_t *stop,
                  Err *err);

/* The text of result.json of a finished run; with_timing: followed by the content of timing.json. malloc'd. NULL:
 * failed, see err. */
char *run_result_json(const char *dir, bool with_timing, Err *err);

#endif
