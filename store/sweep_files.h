/* What the run folders of a sweep (docs/formats.md) say: config, figures and state of every run. Reading only: train/
 * runs sweeps. */
#ifndef ROTE_STORE_SWEEP_FILES_H
#define ROTE_STORE_SWEEP_FILES_H

#include <stdbool.h>

#include "base/config/config.h"
#include "base/err.h"
#include "store/result.h"

typedef enum SweptState {
    SWEPT_DONE,       /* finished, with a result.json */
    SWEPT_DIVERGED,   /* finished with the verdict diverged: no figure of it counts */
    SWEPT_FAILED,     /* there is a failed.json: the run died */
    SWEPT_UNFINISHED, /* begun, running or stopped */
    SWEPT_UNREADABLE, /* config.yaml or result.json is torn, or lacks its counts */
    SWEPT_STATES
} SweptState;
extern const char *const swept_state_name[SWEPT_STATES];

typedef struct SweptRun {
    char name[256]; /* of its folder */
    char path[1024];
    SweptState state;
    char reason[sizeof((Err *)0)->msg]; /* why it diverged, failed or cannot be read; else empty */
    char verdict[32];                   /* of result.json; empty where there is none */
    bool has_config;                    /* config.yaml could be read */
    Config config;
    RunResult *result; /* NULL unless done or diverged */
} SweptRun;

typedef struct SweepFiles {
    char dir[1024];
    int n;
    SweptRun *runs; /* sorted by name */
} SweepFiles;

/* Reads DIR/runs, or DIR itself where run folders lie in it directly. A run that cannot be read is a row with its
 * reason, no failure. sweep_files_free, after a failure too.
 * ERR_INPUT: no such folder, a run folder itself, or no run in it. ERR_IO, ERR_NOMEM. */
Status sweep_files_read(SweepFiles *out, const char *dir, Err *err);
void sweep_files_free(SweepFiles *sweep);

/* A figure by its key (store/figures.h); NAN where it is absent or unknown. */
double sweep_figure(const SweptRun *run, const char *key);

#endif
