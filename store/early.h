/* The files of a run folder before config.yaml marks the run as begun. Only what rote made is overwritten or
 * removed: a file of that name with other content belongs to somebody else, and is kept. */
#ifndef ROTE_STORE_EARLY_H
#define ROTE_STORE_EARLY_H

#include <stdbool.h>

#include "base/err.h"

/* Whether it is the temporary file of a file that a run writes atomically (base/file.h). No other file is removed. */
bool early_temporary(const char *name);

/* Whether a run has begun in a folder in which the first files of a run are missing. Then it contains a checkpoint,
 * or config.yaml and metrics.jsonl, which a run writes only after them. ERR_IO, ERR_NOMEM. */
Status early_began(const char *dir, bool *began, Err *err);

/* Checks that a run may begin in a folder without config.yaml. ERR_INPUT: it contains a file not made by rote; the
 * message names it. ERR_IO, ERR_NOMEM: it cannot be determined. */
Status early_check(const char *dir, Err *err);

/* Removes failed.json, the note of an attempt that failed, if there is one and rote wrote it. ERR_IO, ERR_NOMEM. */
Status early_forget_failure(const char *dir, Err *err);

#endif
