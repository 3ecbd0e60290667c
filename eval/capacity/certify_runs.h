/* Certifies the models of a sweep (eval/capacity/certify.h): an archive of every run at the longest budget, in
 * several weight formats, and the certified bits of each model and number of facts. */
#ifndef ROTE_EVAL_CAPACITY_CERTIFY_RUNS_H
#define ROTE_EVAL_CAPACITY_CERTIFY_RUNS_H

#include <signal.h>

#include "base/progress.h"
#include "eval/capacity/certify.h"
#include "eval/capacity/series.h"

enum { CERTIFY_FORMATS_MAX = 16 };

/* The weight format of an archive, and the rounding to it. */
typedef struct WeightFormat {
    int bits;
    Quantize kind;
    QuantizeMethod method;
} WeightFormat;

typedef struct CertifyPlan {
    WeightFormat format[CERTIFY_FORMATS_MAX]; /* every model is archived in each format */
    int n_formats;
    bool as_set;                       /* facts coded as a set, without their order */
    int threads;                       /* 0: one per core; changes no bit */
    const volatile sig_atomic_t *stop; /* nonzero: stop before the next archive; may be NULL */
    const ProgressSink *notes;         /* called about a damaged checkpoint (store/run.h); may be NULL */
    /* Called when run number `run` (from 1) of `runs` begins; `share` of the work, by parameters times tokens, is
     * done. May be NULL. */
    void (*progress)(void *user, int run, int runs, double share);
    void *user;
} CertifyPlan;

/* The runs of one model and number of facts, at the longest budget. */
typedef struct CertifiedGroup {
    const Series *series;
    const Architecture *architecture;
    double facts, budget;
    int first, n; /* of series->runs */
    CertifiedMean mean[CERTIFY_FORMATS_MAX];
} CertifiedGroup;

typedef struct CertifiedRuns {
    CertifiedGroup *group; /* n_groups, in the order of the series */
    int n_groups, n_runs;
    int leaks;      /* archives that are too short (Certificate.leaks) */
    char leak[512]; /* the first of them as text, or empty */
} CertifiedRuns;

/* Certifies all runs of the sweep whose facts have a known entropy. capacity must outlive out.
 * ERR_INPUT: there is no such run. ERR_STOPPED: plan->stop. Else the errors of run_open and certify, prefixed by
 * the run. Free with certified_runs_free, after a failure too. */
Status certify_runs(CertifiedRuns *out, const Capacity *capacity, const CertifyPlan *plan, Err *err);
void certified_runs_free(CertifiedRuns *x);

#endif
