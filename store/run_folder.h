/* The run folder: the files of a run on disk, and the order in which they become durable. A process that is killed at
 * any moment leaves a folder from which the same run can be resumed (docs/formats.md). */
#ifndef ROTE_STORE_RUN_FOLDER_H
#define ROTE_STORE_RUN_FOLDER_H

#include <stdio.h>

#include "base/config/config.h"
#include "base/progress.h"
#include "model/kernels/ops.h"
#include "store/checkpoints.h"
#include "store/run_manifest.h"

/* A run folder that is open for writing. */
typedef struct RunFolder {
    char dir[CONFIG_PATH_MAX]; /* empty: no folder, nothing is written (replays, tests) */
    char config_hash[33], data_hash[33];
    int lock_fd;          /* -1: none */
    WriteStream metrics;  /* its file NULL: none */
    CheckpointMark mark;  /* of the metrics so far */
    int64_t synced_bytes; /* of the metrics; -1: this process has synced none */
    int64_t saved_step;   /* of the newest checkpoint; -1: none */
    int keep;             /* checkpoints that stay; 0: CHECKPOINTS_KEPT */
} RunFolder;

typedef enum FolderState {
    FOLDER_NEW,     /* does not exist, or has only files of a process that died before the run began */
    FOLDER_STARTED, /* a run that can be continued with --resume */
    FOLDER_DONE
} FolderState;

/* The default folder of a run: runs/<name>-<hash8>. ERR_NOMEM. */
Status run_default_dir(const Config *config, const char *data_hash, char *out, int size, Err *err);

/* ---- reading ---- */

/* The state of dir. ERR_INPUT: dir exists and is not a run folder. ERR_IO. */
Status folder_look(const char *dir, FolderState *out, Err *err);

/* Reads the resolved config and the data hash with which a run was started. ERR_INPUT: there is no run, or it was made
 * with another arithmetic. ERR_IO, ERR_FORMAT, ERR_NOMEM. */
Status folder_read(const char *dir, Config *config, char data_hash[33], Err *err);

/* The token that ends a fact of the run, -1: there is none. *known: false where a version wrote the run that did not
 * store it. Errors as folder_read. */
Status folder_read_eos(const char *dir, int *eos, bool *known, Err *err);

/* Checks that the run in dir is this run. ERR_INPUT: it was started with another config, other facts or another
 * arithmetic; the message has the difference. Other errors as folder_read. */
Status folder_same_run(const char *dir, const Config *config, const char *data_hash, Err *err);

/* timing.json: clock times, which no check uses. NAN: unknown. */
typedef struct RunTiming {
    double seconds, tokens_per_s; /* of all processes that worked on the run; sharing a thread, its part */
    double peak_rss_mib;          /* of the last one */
    double tokens;                /* trained on in that time */
    double together;              /* runs that shared the thread of the last one; 1: this alone */
} RunTiming;

/* All values are unknown if the file is missing or damaged. ERR_IO, ERR_NOMEM: the file could not be read. */
Status folder_read_timing(const char *dir, RunTiming *out, Err *err);
/* The JSON object of the file, without a final newline; unknown values are null. */
enum { TIMING_JSON_MAX = 512 };
void timing_json(const RunTiming *timing, char out[TIMING_JSON_MAX]);

/* ---- writing, in the order of a run ---- */

/* Creates the folder if it is missing, takes its lock, and removes incomplete files of killed processes.
 *   dir  NULL: no folder
 * ERR_INPUT: another process has the lock, or the path is too long. ERR_IO. Close with folder_close, after an error
 * too. */
Status folder_open(RunFolder *folder, const char *dir, const char *config_hash, const char *data_hash,
                   Err *err);

/* A run from step 0: the manifest, tokenizer.json where there is one, empty metrics, and config.yaml last, which marks
 * the run as begun. ERR_IO, ERR_NOMEM. ERR_INPUT: a path of the config is too long, seen from the folder. */
Status folder_begin(RunFolder *folder, const Config *config, const RunTokens *tokens, const Ops *ops,
                    int threads, Err *err);

/* Instead of folder_begin, for a run that was begun: fills the snapshot from the newest complete checkpoint, and cuts
 * the metrics to their length at that time. A note names a newer checkpoint that is damaged.
 *   *found  false: there is no complete checkpoint; the snapshot is unchanged
 * ERR_FORMAT: the metrics are not those at the time of the checkpoint. ERR_IO, ERR_NOMEM. */
Status folder_restore(RunFolder *folder, Snapshot *snapshot, const ProgressSink *notes, bool *found,
                      Err *err);

/* Adds a line of less than 4 KiB to metrics.jsonl. The next folder_save makes it durable, and reports errors such as a
 * full disk. */
void folder_metrics(RunFolder *folder, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes the metrics durable, then writes a checkpoint that contains their length, and removes all but the newest
 * checkpoints. ERR_IO, ERR_NOMEM: the earlier checkpoints are unchanged. */
Status folder_save(RunFolder *folder, const Snapshot *snapshot, Err *err);

/* Writes code_lengths.npy and pool_ids.npy; only for runs with held-out facts.
 *   bits    (n) code length of each fact, then of each held-out fact
 *   source  (n) its index in the whole draw
 * ERR_IO, ERR_NOMEM. */
Status folder_code_lengths(RunFolder *folder, const double *bits, const int32_t *source, int n, Err *err);

/* Writes selected.tsv: which facts were trained to the end (train.select), with that text. ERR_IO. */
Status folder_selection(RunFolder *folder, const char *text, Err *err);

/* Adds seconds and tokens of this process to timing.json. together: as in RunTiming. ERR_IO. */
Status folder_timing(RunFolder *folder, double seconds, int64_t tokens, int together, Err *err);

/* result.json, of that text, and DONE last; a failed.json of an earlier attempt goes.
 *   keep_previous  keep the checkpoint before the last one; false: it was there in case of a crash only, and goes
 * ERR_IO, ERR_NOMEM. */
Status folder_finish(RunFolder *folder, const char *result, bool keep_previous, Err *err);

void folder_close(RunFolder *folder);

#endif
