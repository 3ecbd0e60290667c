/* Runs as event files (eval/tensorboard/events.h) that TensorBoard opens. */
#ifndef ROTE_EVAL_TENSORBOARD_EXPORT_H
#define ROTE_EVAL_TENSORBOARD_EXPORT_H

#include <stdbool.h>

#include "base/err.h"
#include "store/run.h"

#define TENSORBOARD_FILE "events.out.tfevents.rote"

/* Writes out/TENSORBOARD_FILE (the folder is made) of a run, which may be unfinished: every number of metrics.jsonl
 * under train/KEY, eval/KEY or rule_N/KEY, those of result.json under result/KEY at the last step.
 *   model    the run, opened: also histograms of each block's hook_resid_post and, where it has one, mlp.hook_post,
 *            over the first facts up to TENSORBOARD_TOKENS tokens; NULL: none
 *   replace  an existing file of that name
 * ERR_INPUT: the file exists, or there is no metrics.jsonl. ERR_IO, ERR_FORMAT, ERR_NOMEM. */
enum { TENSORBOARD_TOKENS = 16384 };
Status tensorboard_run(const char *out, const char *run_dir, const Run *model, bool replace, Err *err);

/* The same, without histograms, of every run of a sweep in out/NAME/, with the values of the keys that vary as hparams,
 * and how the run ended. A run that has no metrics has these alone.
 *   n   the number of runs
 * ERR_INPUT: no sweep is there, or out is in use. ERR_IO, ERR_FORMAT, ERR_NOMEM. */
Status tensorboard_sweep(const char *out, const char *dir, bool replace, int *n, Err *err);

#endif
