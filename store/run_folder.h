/* The run folder: what stands on disk of a run, and in which order it becomes durable, so that a process
 * killed at any moment leaves a folder from which the same run goes on (docs/formats.md). With an empty `dir`
 * nothing is written: replays and tests. */
#ifndef ROTE_STORE_RUN_FOLDER_H
#define ROTE_STORE_RUN_FOLDER_H

#include <stdio.h>

#include "base/config/config.h"
#include "base/progress.h"
#include "model/kernels/ops.h"
#include "store/checkpoints.h"

typedef struct RunFolder {
    char dir[CONFIG_PATH_MAX]; /* empty: no folder */
    char config_hash[33], data_hash[33];
    int lock_fd; /* -1: none */
    FILE *metrics;
    CheckpointMark mark; /* of the metrics as they are */
} RunFolder;

typedef enum FolderState {
    FOLDER_NEW,     /* nothing there, or what a process left that died before the run began */
    FOLDER_STARTED, /* a run that goes on with --resume */
    FOLDER_DONE
} FolderState;

/* The folder that a run gets when none is named: runs/<name>-<hash8>. */
void run_default_dir(const Config *config, const char *data_hash, char *out, int size);

/* ERR_INPUT: dir exists and is something else. */
Status folder_look(const char *dir, FolderState *out, Err *err);

/* The resolved config and the data hash with which a run was started. ERR_INPUT where there is no run. */
Status folder_read(const char *dir, Config *config, char data_hash[33], Err *err);

/* ERR_INPUT, with the difference: the run in dir was started with another config, other facts or other
 * arithmetic. */
Status folder_same_run(const char *dir, const Config *config, const char *data_hash, Err *err);

/* Makes the folder where it is missing, takes its lock, removes what killed processes left half-written.
 * ERR_INPUT: another process has the lock. folder->dir empty: does nothing. */
Status folder_open(RunFolder *folder, const char *dir, const char *config_hash, const char *data_hash,
                   Err *err);

/* A run from step 0: manifest, empty metrics, and config.yaml last, which says that a run has begun. */
Status folder_begin(RunFolder *folder, const Config *config, const Ops *ops, int threads, Err *err);

/* Fills the snapshot from the newest checkpoint that is whole, and cuts the metrics back to what they were
 * then. Every unusable one is named in a note. *found: whether there was one; if not, the snapshot is
 * untouched. ERR_FORMAT: the metrics are no longer those that the checkpoint was written with. */
Status folder_restore(RunFolder *folder, Snapshot *snapshot, const ProgressSink *notes, bool *found,
                      Err *err);

/* Adds to metrics.jsonl; durable with the next folder_save. A full disk shows there, too. */
void folder_metrics(RunFolder *folder, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Metrics first, then the checkpoint that records their length, then all but the last two checkpoints go. */
Status folder_save(RunFolder *folder, const Snapshot *snapshot, Err *err);

/* code_lengths.npy and pool_ids.npy: a number for each of n facts and held-out facts. */
Status folder_code_lengths(RunFolder *folder, const double *bits, const int32_t *source, int n, Err *err);

/* result.json, timing.json, and DONE last. */
Status folder_finish(RunFolder *folder, const char *result, Err *err);

/* Adds seconds and tokens of this process to timing.json; what stands there, 0 where there is none. */
Status folder_timing(RunFolder *folder, double seconds, int64_t tokens, Err *err);

void folder_read_timing(const char *dir, double *seconds, double *tokens);

void folder_close(RunFolder *folder);

#endif
