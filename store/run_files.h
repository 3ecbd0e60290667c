/* What the files of a run folder (docs/formats.md) say, for readers of finished runs. */
#ifndef ROTE_STORE_RUN_FILES_H
#define ROTE_STORE_RUN_FILES_H

#include "base/config/config.h"
#include "base/err.h"
#include "base/file.h"
#include "store/result.h"

/* dir/name as text; buffer_free it. ERR_IO: missing, or more than 1 GiB. ERR_INPUT: too long a path. ERR_NOMEM. */
Status run_text(const char *dir, const char *name, Buffer *out, Err *err);

/* dir/result.json as text; buffer_free it. ERR_INPUT: the run is not finished. ERR_FORMAT: it was, and the
 * file is gone. Both messages say what to do. */
Status run_result_text(const char *dir, Buffer *out, Err *err);
/* The same, parsed (store/result.h); result_free it, after a failure too. Errors of both. */
Status run_result(const char *dir, ResultNeeds needs, RunResult *out, Err *err);

/* The same, malloc'd; NULL after a failure. */
Status run_result_new(const char *dir, ResultNeeds needs, RunResult **out, Err *err);
void run_result_drop(RunResult *result); /* may be NULL */

/* dir/config.yaml. ERR_IO, ERR_INPUT. */
Status run_config(const char *dir, Config *out, Err *err);

/* One quantity over the steps, thinned to some hundred points. */
typedef struct Curve {
    int n, room;
    double *step, *value;
} Curve;

/* Of a neuron rule (base/config/neurons.h): shares of its units that fire, 0 to 1. */
typedef struct RuleCurves {
    Curve hit, far; /* at tokens of its class, and at those of the other side */
    double lambda;  /* its strength, the last one; NAN: there is no line of the rule */
} RuleCurves;

typedef struct Curves {
    Curve loss_bits;         /* per token, of the training batches */
    Curve memorized, recall; /* of the evaluations: bits, and a share */
    RuleCurves rule[NEURON_RULES_MAX];
    bool missing; /* there is no metrics.jsonl */
} Curves;

/* From the lines of metrics.jsonl. One that is no JSON (torn where the run was killed) is left out, and without
 * the file the curves are empty. curves_free them, after a failure too. ERR_IO, ERR_NOMEM. */
Status run_curves(const char *dir, Curves *out, Err *err);
void curves_free(Curves *c);

#endif
