/* The run folder: which files of a run are on disk, and in which order they become durable, so that a process
 * killed at any moment leaves a folder from which the same run goes on (docs/formats.md). */
#ifndef ROTE_STORE_RUN_FOLDER_H
#define ROTE_STORE_RUN_FOLDER_H

#include <stdio.h>

#include "base/config/config.h"
#include "base/progress.h"
#include "model/kernels/ops.h"
#include "store/checkpoints.h"

/* A folder that is open for writing. */
typedef struct RunFolder {
    char dir[CONFIG_PATH_MAX]; /* empty: none, and nothing is written (replays, tests) */
    char config_hash[33], data_hash[33];
    int lock_fd; /* -1: none */
    FILE *metrics;
    CheckpointMark mark; /* of the metrics so far */
    int64_t saved_step;  /* of the newest checkpoint; -1: none */
} RunFolder;

typedef enum FolderState {
    FOLDER_NEW,     /* nothing is there, or only what a process left that died before the run began */
    FOLDER_STARTED, /* a run that goes on with --resume */
    FOLDER_DONE
} FolderState;

/* The folder that a run gets when none is named: runs/<name>-<hash8>. ERR_NOMEM. */
Status run_default_dir(const Config *config, const char *data_hash, char *out, int size, Err *err);

/* ---- reading ---- */

/* ERR_INPUT: dir exists and is something else. ERR_IO. */
Status folder_look(const char *dir, FolderState *out, Err *err);

/* The resolved config and the data hash that a run was started with. ERR_INPUT: there is no run, or it was made
 * with another arithmetic. ERR_IO, ERR_FORMAT, ERR_NOMEM. */
Status folder_read(const char *dir, Config *config, char data_hash[33], Err *err);

/* The token that ends a fact of the run, -1: there is none. *known: false where a version wrote the run that did not
 * store it. Errors as folder_read. */
Status folder_read_eos(const char *dir, int *eos, bool *known, Err *err);

/* ERR_INPUT: the run in dir was started with another config, other facts or another arithmetic; the message has the
 * difference. Otherwise as folder_read. */
Status folder_same_run(const char *dir, const Config *config, const char *data_hash, Err *err);

/* timing.json: a clock, which nothing is checked by. NAN: unknown. */
typedef struct RunTiming {
    double seconds, tokens_per_s; /* of all processes that worked on the run */
    double peak_rss_mib;          /* of the last one */
    double tokens;                /* trained on in that time */
} RunTiming;

/* All unknown where the file is missing or torn. ERR_IO, ERR_NOMEM: nobody knows what it says. */
Status folder_read_timing(const char *dir, RunTiming *out, Err *err);
/* The object that the file holds, without a line end; null for what is unknown. */
enum { TIMING_JSON_MAX = 384 };
void timing_json(const RunTiming *timing, char out[TIMING_JSON_MAX]);

/* ---- writing, in the order of a run ---- */

/* Makes the folder where it is missing, takes its lock, and removes what killed processes left half-written.
 *   dir  NULL: no folder
 * ERR_INPUT: another process has the lock, or too long a path. ERR_IO. folder_close, after a failure too. */
Status folder_open(RunFolder *folder, const char *dir, const char *config_hash, const char *data_hash,
                   Err *err);

/* A run from step 0: the manifest, empty metrics, and config.yaml last, which says that a run has begun.
 *   eos  the token that ends a fact; -1: there is none
 * ERR_IO, ERR_NOMEM. ERR_INPUT: a path of the config is too long, seen from the folder. */
Status folder_begin(RunFolder *folder, const Config *config, int eos, const Ops *ops, int threads, Err *err);

/* Instead, of a run that was begun: fills the snapshot from the newest whole checkpoint, and cuts the metrics back
 * to what they were then. A note names a newest checkpoint that is damaged.
 *   *found  false: there is no whole checkpoint; the snapshot is untouched
 * ERR_FORMAT: the metrics are not those that the checkpoint was written with. ERR_IO, ERR_NOMEM. */
Status folder_restore(RunFolder *folder, Snapshot *snapshot, const ProgressSink *notes, bool *found,
                      Err *err);

/* Adds a line of less than 4 KiB to metrics.jsonl. It is durable with the next folder_save, which also reports a full
 * disk. */
void folder_metrics(RunFolder *folder, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The metrics first, then a checkpoint that records their length; all but the newest two checkpoints go. ERR_IO,
 * ERR_NOMEM: the checkpoints before stay as they are. */
Status folder_save(RunFolder *folder, const Snapshot *snapshot, Err *err);

/* code_lengths.npy and pool_ids.npy, with held-out facts only. bits: code length of each fact, then of each
 * held-out one; source: its place in the whole draw; n: of both together. ERR_IO, ERR_NOMEM. */
Status folder_code_lengths(RunFolder *folder, const double *bits, const int32_t *source, int n, Err *err);

/* Adds seconds and tokens of this process to timing.json. ERR_IO. */
Status folder_timing(RunFolder *folder, double seconds, int64_t tokens, Err *err);

/* result.json, of that text, and DONE last; a failed.json of an earlier attempt goes.
 *   spare  keep the checkpoint before the last one; false: it was there in case of a crash only, and goes
 * ERR_IO, ERR_NOMEM. */
Status folder_finish(RunFolder *folder, const char *result, bool spare, Err *err);

void folder_close(RunFolder *folder);

#endif
