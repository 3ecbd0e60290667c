/* What the files of a run folder (docs/formats.md) say, for a report. */
#ifndef ROTE_EVAL_RUN_FILES_H
#define ROTE_EVAL_RUN_FILES_H

#include <jansson.h>

#include "base/config/config.h"
#include "base/err.h"
#include "base/file.h"
#include "eval/report/report.h"

/* One quantity over the steps, thinned to some hundred points. */
typedef struct Curve {
    int n, room;
    double *step, *value;
} Curve;

/* A neuron rule's (base/config/neurons.h). */
typedef struct RuleCurves {
    Curve hit, far;
    double lambda; /* the last one; NAN: there is no line of the rule */
} RuleCurves;

typedef struct Curves {
    Curve loss_bits; /* per token, of the training batches */
    Curve memorized, recall;
    RuleCurves rule[NEURON_RULES_MAX];
    bool missing; /* there is no metrics.jsonl */
} Curves;

/* dir/name as text; buffer_free it. ERR_IO. */
Status run_text(const char *dir, const char *name, Buffer *out, Err *err);
/* dir/result.json as text; buffer_free it. ERR_INPUT: the run is not finished. ERR_FORMAT: it was, and the
 * file is gone. Both say the way out. */
Status run_result_text(const char *dir, Buffer *out, Err *err);
/* The same, taken apart; json_decref it. ERR_IO, ERR_FORMAT, ERR_INPUT. */
Status run_result(const char *dir, json_t **out, Err *err);
/* Whether it has what every result has: a verdict, counts, figures that a run can find. ERR_FORMAT names what is
 * odd. */
Status run_result_check(const char *dir, const json_t *result, Err *err);
/* dir/config.yaml. ERR_IO, ERR_INPUT. */
Status run_config(const char *dir, Config *out, Err *err);
/* From the lines of metrics.jsonl; one that is no JSON (torn where the run was killed) is left out, and
 * without the file the curves are empty. curves_free them, after a failure too. */
Status run_curves(const char *dir, Curves *out, Err *err);
void curves_free(Curves *c);

#endif
