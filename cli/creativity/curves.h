/* rote creativity --curve: samplers as curves, compared at equal coherence and at equal entropy. */
#ifndef ROTE_CLI_CREATIVITY_CURVES_H
#define ROTE_CLI_CREATIVITY_CURVES_H

#include "cli/creativity/grid.h"
#include "cli/creativity/source.h"
#include "eval/creativity/plane.h"

enum { CURVES_MAX = 16, REPLICATES_MAX = 64, DRAWS_OF_ONE_RUN = 4 };

typedef struct SamplerCurve {
    Grid grid;
    char name[64]; /* of its stages: "top_k", "top_n_sigma;temperature=1000" */
    int first;     /* its first point in a row of SamplerCurves.point */
} SamplerCurve;

/* The last curve is the first one again, under other draws: what a difference by chance looks like. */
typedef struct SamplerCurves {
    int n, n_points; /* of all curves */
    SamplerCurve curve[CURVES_MAX + 1];
    int n_replicates, n_runs; /* several runs: one each; one run: DRAWS_OF_ONE_RUN draws of it */
    PlanePoint *point;        /* n_replicates rows of n_points */
    Creativity last;          /* for the counts that all points share */
    char kind[32];            /* of the facts */
} SamplerCurves;

/* Reads --curve. ERR_INPUT. ERR_NOMEM. Free with sampler_curves_free, after an error too. */
Status sampler_curves_parse(SamplerCurves *out, const Args *args, Err *err);
void sampler_curves_free(SamplerCurves *curves);
/* Samples all runs of the command line. ERR_INPUT: runs of no or of different tasks. */
Status sampler_curves_measure(SamplerCurves *curves, Source *source, const Args *args, Err *err);

/* On stdout: text, or one object. ERR_NOMEM. */
Status sampler_curves_print(const SamplerCurves *curves, Err *err);
Status sampler_curves_json(const SamplerCurves *curves, Err *err);
/* The plane as SVG. ERR_IO, ERR_INPUT: the path. ERR_NOMEM. */
Status sampler_curves_plot(const SamplerCurves *curves, const char *path, Err *err);

#endif
