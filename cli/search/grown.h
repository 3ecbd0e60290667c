/* A sweep whose points are chosen while it runs, by what the earlier ones have shown: rote fit, rote measure. Its
 * folder is an ordinary sweep's, so other commands read it, and it holds all that a stopped search needs to go on. */
#ifndef ROTE_CLI_SEARCH_GROWN_H
#define ROTE_CLI_SEARCH_GROWN_H

#include "cli/common/progress.h"
#include "train/sweep/sweep.h"

typedef struct Grown {
    const char *command;     /* for messages */
    const char *const *keys; /* that every point sets, ended by NULL; the caller's */
    SweepSpec spec;
    Sweep sweep; /* of spec, planned and looked at; n is 0 before the first point */
    char dir[CONFIG_PATH_MAX];
} Grown;

/* The folder's sweep, or one without points; writes nothing.
 *   base  what every run has in common; not resolved
 *   keys  that every point sets, ended by NULL; must outlive out
 * ERR_INPUT: the folder holds another sweep (the message says how they differ), or something else. Free with
 * grown_free. */
Status grown_open(Grown *out, const char *command, const char *dir, const Config *base,
                  const char *const *keys, Err *err);
void grown_free(Grown *grown);

/* Makes the folder one of a sweep that has begun, without a sweep.yaml yet: facts may then be put into it.
 * ERR_INPUT: the folder holds something else. ERR_IO. */
Status grown_begin(const char *dir, Err *err);

/* Adds the point with this config's values of the keys; call grown_plan after the last one. ERR_NOMEM. */
Status grown_add(Grown *grown, const Config *point, Err *err);
/* Plans all points: costs and states of their runs. ERR_INPUT: a point cannot be run. */
Status grown_plan(Grown *grown, Err *err);

typedef struct GrownOptions {
    int jobs;
    void (*update)(void *user, const SweepView *view); /* as of SweepOptions */
    void *user;
} GrownOptions;

/* Trains all points that are not done; after a grown_plan. ERR_STOPPED: stopped; ERR_IO: a run failed; the same command
 * goes on. */
Status grown_run(Grown *grown, const GrownOptions *options, Err *err);

/* Brings table.csv up to date where no run was trained since grown_plan: an earlier command may have ended before it
 * had written what its runs became. Errors as sweep_write_table. */
Status grown_table(const Grown *grown, Err *err);

/* progress_due; where lines are not redrawn (a log file), once a minute. */
bool grown_line_due(ProgressLine *line);

/* Seconds that the runs of the folder took, together. */
double grown_seconds(const Grown *grown);

#endif
