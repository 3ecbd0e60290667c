/* The files of a run folder (docs/formats.md), for readers of finished runs. */
#ifndef ROTE_STORE_RUN_FILES_H
#define ROTE_STORE_RUN_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/err.h"
#include "base/file.h"
#include "store/result.h"

/* Whether dir contains a file of that name. ERR_IO: it cannot be determined, for example if the folder may not be
 * searched. */
Status run_holds(const char *dir, const char *name, bool *out, Err *err);

/* Why a run with a result.json is not finished. */
#define RUN_WITHOUT_DONE "it contains result.json but no DONE; `rote sweep run` ends it"

/* What the result of a finished run records about its checkpoints (store/checkpoints.h). */
typedef struct RunEnd {
    bool finished;       /* DONE exists */
    int64_t checkpoint;  /* step of the newest checkpoint; -1: unknown */
    char param_hash[33]; /* of its parameters; empty: not finished, or diverged after its last checkpoint */
} RunEnd;
/* Errors as run_result, but an unfinished run is not an error. */
Status run_end(const char *dir, RunEnd *out, Err *err);

/* dir/name as text; buffer_free it. ERR_FORMAT: of a finished run, and missing or no longer what it was (store/done.h).
 * ERR_IO: missing, or larger than such a file can be (it is not read then). ERR_INPUT: too long a path. ERR_NOMEM. */
Status run_text(const char *dir, const char *name, Buffer *out, Err *err);
/* Whether dir holds a file of that name, or lost one that the run ended with: reading it is then an error. ERR_FORMAT,
 * ERR_IO, ERR_NOMEM: of DONE, which names the files. */
Status run_ended_with(const char *dir, const char *name, bool *out, Err *err);
/* Whether a file that is read by other means is what the run ended with; name NULL: all that DONE names.
 * ERR_FORMAT: it is not. ERR_IO, ERR_NOMEM. */
Status run_sealed(const char *dir, const char *name, Err *err);

/* Reads dir/result.json; free with buffer_free. ERR_INPUT: the run is not finished. ERR_FORMAT: it is finished, but the
 * file is missing. Both messages say what to do. */
Status run_result_text(const char *dir, Buffer *out, Err *err);
/* The same, parsed (store/result.h). Free with result_free, after an error too. Errors of both. */
Status run_result(const char *dir, ResultNeeds needs, RunResult *out, Err *err);

/* The same, malloc'd; NULL after an error. Free with run_result_drop. */
Status run_result_new(const char *dir, ResultNeeds needs, RunResult **out, Err *err);
void run_result_drop(RunResult *result); /* may be NULL */

/* dir/config.yaml. ERR_IO, ERR_INPUT, ERR_FORMAT, ERR_NOMEM. */
Status run_config(const char *dir, Config *out, Err *err);

/* The same for many runs one after the other, which mostly differ in numbers: they are read by their difference from
 * the last one that was not. before: all zero at first; free(before->text) at the end. */
typedef struct ReadConfig {
    char *text;
    Config config;
} ReadConfig;
Status run_config_like(const char *dir, ReadConfig *before, Config *out, Err *err);

/* One quantity over the steps, reduced to some hundred points. */
typedef struct Curve {
    int n, room;
    double *step, *value;
} Curve;

/* The curves of a neuron rule (base/config/neurons.h): the share of its units that fire, 0 to 1. */
typedef struct RuleCurves {
    Curve hit, far; /* hit rate: at tokens of its class; false-alarm rate: at tokens of the other side */
    double lambda;  /* its last strength; NAN: metrics.jsonl has no line of the rule */
} RuleCurves;

typedef struct Curves {
    Curve loss_bits;         /* per token, of the training batches */
    Curve memorized, recall; /* of the evaluations: memorized bits, and recall from 0 to 1 */
    RuleCurves rule[NEURON_RULES_MAX];
    bool missing; /* there is no metrics.jsonl */
} Curves;

/* Reads the lines of metrics.jsonl. A line that is not JSON (incomplete, as the run was killed) is ignored; without the
 * file the curves are empty. Free with curves_free, after an error too.
 * ERR_FORMAT: the file has changed since the run ended. ERR_IO, ERR_NOMEM. */
Status run_curves(const char *dir, Curves *out, Err *err);
void curves_free(Curves *c);

#endif
