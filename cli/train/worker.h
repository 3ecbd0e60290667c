/* `rote train --worker`: a run that the coordinator of a sweep started, and observes through a pipe on stderr. */
#ifndef ROTE_CLI_TRAIN_WORKER_H
#define ROTE_CLI_TRAIN_WORKER_H

#include "base/err.h"
#include "base/progress.h"

/* Makes the run stop when the coordinator ends. ERR_STOPPED: it has ended already. */
Status worker_begin(Err *err);
/* Writes figures as lines on stderr (train/sweep/worker.h), and stops the run where nobody reads them.
 *   run  its number among those of the process; must stay where it is */
ProgressSink worker_progress(int *run);

#endif
