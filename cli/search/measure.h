/* rote measure: bits per parameter of one structure, planned in rounds (eval/capacity/rounds.h). measure.c reads the
 * command line, measure_lab.c knows the structure and its runs, measure_run.c trains, measure_show.c tells. */
#ifndef ROTE_CLI_SEARCH_MEASURE_H
#define ROTE_CLI_SEARCH_MEASURE_H

#include "cli/search/grown.h"
#include "eval/capacity/rounds.h"

enum { MEASURE_FIRST = 500 };   /* steps of the pilot */
#define MEASURE_PILOT_LOAD 10.0 /* its facts.load: more than any model holds */
#define MEASURE_BATCH_LOAD 5.0  /* a step has as many facts as fill this load */

typedef struct Lab {
    char dir[CONFIG_PATH_MAX]; /* of the sweep */
    char label[64];            /* "L1 d8" */
    Config base;               /* of every run, not resolved */
    int64_t params;
    double within, time_s; /* half of the interval's width, relative; seconds for this call */
    int64_t rounds;        /* at most, in this call */
    double peak;           /* operations per second of a thread */
    int jobs;
    bool quiet;
} Lab;

/* ---- measure_lab.c ---- */

/* The keys that every point sets, ended by NULL. */
extern const char *const lab_keys[];

/* Makes a structure's base config out of a user's: the batch, the rate, and what the rounds set. Fills params and
 * label. ERR_INPUT: the entropy of its facts is unknown, or keys contradict each other. */
Status lab_begin(Lab *lab, Err *err);
/* The config of a run, not resolved. pilot NULL: of the pilot. */
Config lab_config(const Lab *lab, const RunPoint *pilot, const RoundRun *run);
/* Seconds on one thread, as estimated. ERR_INPUT: it cannot be run. */
Status lab_run_seconds(const Lab *lab, const RunPoint *pilot, const RoundRun *run, double *out, Err *err);

/* The finished runs of the folder, as rounds know them: malloc'd. *slowness: the seconds they took over those
 * estimated; 1 where they are too few. ERR_NOMEM. */
Status lab_runs(const Lab *lab, const Grown *grown, RoundRun **out, int *n, double *slowness, Err *err);
/* The pilot among them; NULL: not done. */
const RunPoint *lab_pilot(const RoundRun *runs, int n);

/* ---- measure_run.c ---- */

typedef struct Measurement {
    RoundStep step; /* what is next, or the end */
    double next_s;  /* seconds that the next round needs with these jobs, as estimated */
    double spent_s; /* of all runs of the folder together */
    int n_runs;
    bool has_pilot;
    RunPoint pilot;
} Measurement;

/* Trains until the goal is reached or the time is over. ERR_STOPPED, or the errors of grown_run. */
Status lab_measure(const Lab *lab, Measurement *out, Err *err);
/* The same without training: the state of the folder and the next round. ERR_FORMAT, ERR_IO, ERR_NOMEM. */
Status lab_look(const Lab *lab, Measurement *out, Err *err);

/* ---- measure_show.c ---- */

/* Before the rounds, on stderr. */
void lab_show_plan(const Lab *lab, const Measurement *m);
/* n structures, on stdout. ERR_NOMEM. */
Status lab_show(const Lab *lab, const Measurement *m, int n, bool json, Err *err);

#endif
