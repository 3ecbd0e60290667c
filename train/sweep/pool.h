/* What a coordinator (train/sweep/run.c) keeps, and which runs it starts next. Internal to train/sweep/. */
#ifndef ROTE_TRAIN_SWEEP_POOL_H
#define ROTE_TRAIN_SWEEP_POOL_H

#include "train/sweep/worker.h"

typedef struct Pool {
    Sweep *sweep;
    const SweepOptions *options;
    int n, jobs;
    Worker *worker;        /* room for jobs */
    SweepWorker *progress; /* room for LANES_MAX runs of each */
    int *order;            /* runs, the longest first */
    int *failed_before;    /* by run: failed attempts before this sweep_run began */
    double *look_again;    /* by run: earliest time of the next look; INFINITY: over for this process */
    bool *alone;           /* by run: a process that made it with others has died */
    const Ops *ops;
    double memory; /* bytes for all workers together */
    double started_s;
    double table_s;    /* when table.csv is written next */
    double alone_s;    /* when this process had or could take a run last */
    double flops_done; /* of runs that this process finished */
    bool stopping, changed;
} Pool;

double sweep_run_flops(const SweepRun *run);
bool sweep_run_over(const SweepRun *run);

/* The numbers of the runs in the order in which they are started: the longest first. ERR_NOMEM. */
Status pool_order(const Sweep *sweep, int *order, Err *err);
/* Threads of all workers. */
int pool_threads(const Pool *p);
/* Whether run i is not over, nobody holds it as far as is known, and it may be started now. */
bool pool_can_start(const Pool *p, int i, double now);
/* A worker for the run at place k of the order and those after it that it is trained together with. */
Worker pool_next(const Pool *p, int k, double now);
/* Whether threads and memory allow the worker beside the others. Where they do not, several runs become one, and its
 * threads one. A single run always starts beside none: it reports itself what it lacks. */
bool pool_has_room(const Pool *p, Worker *w);

#endif
