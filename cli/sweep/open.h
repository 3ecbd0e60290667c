/* What the commands over a sweep's folder begin with: its spec, its runs with their states, and what they need. */
#ifndef ROTE_CLI_SWEEP_OPEN_H
#define ROTE_CLI_SWEEP_OPEN_H

#include "cli/common/args.h"
#include "train/sweep/sweep.h"

/* The spec of the first `words` words of args, "[CFG] [key=value...]"; where there are none, that of the folder's
 * sweep.yaml. Free with sweep_spec_free. ERR_INPUT, ERR_IO, ERR_FORMAT, ERR_NOMEM. */
Status sweep_words(SweepSpec *spec, const Args *args, const char *dir, Err *err);

/* The sweep of a folder, with the states of its runs; sweep_folder_close. ERR_INPUT: it is no sweep's folder. */
Status sweep_folder_open(SweepSpec *spec, Sweep *sweep, const char *dir, Err *err);
void sweep_folder_close(SweepSpec *spec, Sweep *sweep);

/* Of the runs that are not done. */
typedef struct SweepNeeds {
    int todo;
    double flops, memory, disk; /* memory: of the largest; disk: of all */
} SweepNeeds;
SweepNeeds sweep_needs(const Sweep *sweep);
/* On stderr. */
void sweep_show_needs(const Sweep *sweep);

/* The time of the runs that are not done, on so many threads of this machine; in lanes where sweep_preview says so.
 * ERR_INPUT: ROTE_ISA is wrong. */
Status sweep_estimate(const Sweep *sweep, int jobs, double *seconds, Err *err);

#endif
