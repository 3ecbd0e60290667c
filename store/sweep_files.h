/* The run folders of a sweep (docs/formats.md), for readers: config, figures and state of every run. train/sweep/ runs
 * sweeps. */
#ifndef ROTE_STORE_SWEEP_FILES_H
#define ROTE_STORE_SWEEP_FILES_H

#include <stdbool.h>

#include "base/config/packed.h"
#include "base/err.h"
#include "store/result.h"
#include "store/run_files.h"

typedef enum SweptState {
    SWEPT_DONE,       /* finished, with a result.json */
    SWEPT_DIVERGED,   /* finished with the verdict diverged: its figures are not used */
    SWEPT_FAILED,     /* has a failed.json: the run died */
    SWEPT_UNFINISHED, /* begun, running or stopped */
    SWEPT_UNREADABLE, /* config.yaml or result.json is damaged, or has no counts */
    SWEPT_STATES
} SweptState;
extern const char *const swept_state_name[SWEPT_STATES];

typedef struct SweptRun {
    char name[256]; /* of its folder */
    char path[1024];
    SweptState state;
    char reason[sizeof((Err *)0)->msg]; /* why it diverged, failed or cannot be read; else empty */
    char verdict[32];                   /* from result.json; empty: there is none */
    bool has_config;                    /* config.yaml could be read */
    PackedConfig config;                /* read it by swept_config */
    RunResult *result;                  /* NULL unless done or diverged */
} SweptRun;

typedef struct SweepFiles {
    char dir[1024];
    int n;
    SweptRun *runs;    /* sorted by name */
    Config *base;      /* the first one that could be read: the others are packed against it */
    ReadConfig before; /* while they are read */
} SweepFiles;

/* Reads dir/runs, or dir itself if run folders are directly in it. A run that cannot be read is a row with its reason,
 * not an error. Free with sweep_files_free, after an error too.
 * ERR_INPUT: dir does not exist, is itself a run folder, or contains no run. ERR_IO, ERR_NOMEM. */
Status sweep_files_read(SweepFiles *out, const char *dir, Err *err);
/* The same of dir where it is itself a run folder, as a list of one; *is_run false: it is none, and the list is empty.
 * ERR_IO, ERR_NOMEM. */
Status sweep_files_run(SweepFiles *out, const char *dir, bool *is_run, Err *err);
void sweep_files_free(SweepFiles *sweep);

/* The config of a run with has_config; else all zero. */
static inline Config swept_config(const SweptRun *run) {
    Config config;
    config_unpack(&config, &run->config);
    return config;
}

/* A figure by its key (store/figures.h); NAN: not present, or unknown. */
double sweep_figure(const SweptRun *run, const char *key);

#endif
