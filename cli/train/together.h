/* `rote train --together=N`: the runs that the coordinator of a sweep has started in one process. */
#ifndef ROTE_CLI_TRAIN_TOGETHER_H
#define ROTE_CLI_TRAIN_TOGETHER_H

#include "cli/common/args.h"

/* Trains them; how each has ended is a line on stderr (train/sweep/worker.h). ERR_INPUT: words that are not those of N
 * runs. ERR_NOMEM. */
Status train_runs_together(const Args *args, Err *err);

#endif
