/* Bits and recall of the facts by how often each was trained: where facts.zipf or train.select makes that uneven, a
 * mean over all facts says little of the rare ones. */
#ifndef ROTE_EVAL_BY_EXPOSURE_H
#define ROTE_EVAL_BY_EXPOSURE_H

#include "eval/evaluate.h"
#include "store/run.h"

/* How often a run trained each of its facts until the step of its checkpoint. count: n. The time is that of drawing the
 * order of training once. ERR_NOMEM. */
Status run_exposures(const Run *run, int64_t *count, Err *err);

enum { EXPOSURE_GROUPS = 10 };

typedef struct ExposureGroup {
    int facts;
    int64_t min_exposures, max_exposures; /* times its facts were trained */
    double exposures;                     /* mean */
    double code_bits;                     /* of all facts of the group */
    double memorized_bits; /* facts data_bits/n - code_bits, with its sign; NAN where H is unknown */
    double recall;
} ExposureGroup;

/* Tenths of the facts, the most trained first (of equally trained ones the first). After evaluator_run; count as above.
 * *n: how many groups, fewer than ten if there are fewer facts. ERR_NOMEM. */
Status exposure_groups(ExposureGroup out[EXPOSURE_GROUPS], int *n, const Evaluator *e, const int64_t *count,
                       Err *err);

#endif
