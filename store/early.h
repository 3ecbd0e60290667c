/* What stands in a run's folder before config.yaml says that the run has begun. Only what rote made is written over or
 * removed: a file of that name which says something else is somebody's, and stays. */
#ifndef ROTE_STORE_EARLY_H
#define ROTE_STORE_EARLY_H

#include <stdbool.h>

#include "base/err.h"

/* A temporary of a file that a run writes whole (base/file.h). Nobody else's is ever removed. */
bool early_temporary(const char *name);

/* A folder that lacks the first files of a run: whether one has begun in it all the same. Then it holds a checkpoint,
 * or config.yaml and metrics.jsonl, which a run has only behind them. ERR_IO, ERR_NOMEM. */
Status early_began(const char *dir, bool *began, Err *err);

/* A folder without config.yaml: whether a run may begin in it. ERR_INPUT: it holds a file of others, which is named.
 * ERR_IO, ERR_NOMEM: nobody knows. */
Status early_check(const char *dir, Err *err);

/* Removes failed.json, the note of an attempt that failed, if there is one and rote wrote it. ERR_IO, ERR_NOMEM. */
Status early_forget_failure(const char *dir, Err *err);

#endif
