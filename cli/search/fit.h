/* rote fit: the smallest model that recalls a user's facts. fit.c reads the command line and the facts, fit_models.c
 * knows the models and their runs, fit_search.c trains, fit_show.c tells. */
#ifndef ROTE_CLI_SEARCH_FIT_H
#define ROTE_CLI_SEARCH_FIT_H

#include "cli/common/args.h"
#include "cli/search/grown.h"
#include "data/import/import.h"
#include "eval/capacity/smallest.h"

typedef enum FitAxis { AXIS_N_EMBD, AXIS_N_INNER, AXIS_N_LAYER, FIT_AXES } FitAxis;
extern const char *const fit_axis_name[]; /* ended by NULL */

typedef struct Fit {
    const char *path; /* the user's file, or the folder of a fact set */
    bool is_folder;
    char dir[CONFIG_PATH_MAX]; /* of the sweep */
    FactSet facts;
    ImportColumns columns; /* of a file */
    double recall;         /* the goal, 0..1 */
    FitAxis axis;
    SearchRange range;
    Config base;        /* of every run, not resolved */
    bool rate_by_width; /* SOAP's rate law; else the user's rate is in base */
    double peak;        /* operations per second of a thread */
    int jobs;
    bool quiet;
} Fit;

/* ---- fit_models.c ---- */

/* The config of a model, not resolved. */
Config fit_config(const Fit *fit, int depth, int size);
/* What a run of the model needs. ERR_INPUT: the settings contradict each other. */
Status fit_needs(const Fit *fit, int depth, int size, RunPlan *plan, Config *resolved, Err *err);
/* Seconds on one thread, as a RunCost; user: a Fit. */
double fit_run_seconds(void *user, int depth, int size, Tried outcome);
/* "L1 d16", "L1 d16 n_inner 32" */
void fit_label(const Fit *fit, int depth, int size, char out[64]);

/* The keys that every point sets, ended by NULL. */
void fit_keys(const Fit *fit, const char *out[5]);

/* What the folder's runs have shown: malloc'd, *n models in the order of their first runs. ERR_NOMEM. */
Status fit_tried(const Fit *fit, const Grown *grown, TriedModel **out, int *n, Err *err);
/* The run of a model and seed; NULL: there is none. */
const SweepRun *fit_run(const Fit *fit, const Grown *grown, int depth, int size, int seed);

/* ---- fit_search.c ---- */

/* Trains until the search has ended; *step is its end. ERR_STOPPED, or the errors of grown_run. */
Status fit_search(const Fit *fit, Grown *grown, SearchStep *step, Err *err);

/* ---- fit_show.c ---- */

/* Before the search, on stderr: facts, range, budget and cost. done: runs that the folder already has. */
void fit_show_plan(const Fit *fit, const SearchStep *step, double seconds, int done);
/* The same as JSON (--dry-run --json). ERR_NOMEM. */
Status fit_plan_json(const Fit *fit, const SearchStep *step, double seconds, Err *err);
/* The result on stdout, and the winner's config in the folder. ERR_IO, ERR_NOMEM. */
Status fit_show_result(const Fit *fit, const Grown *grown, const SearchStep *step, double seconds, bool json,
                       Err *err);

#endif
