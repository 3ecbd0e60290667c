/* What training did with each fact, for `rote eval`: how often it was trained, and whether train.select kept it. */
#ifndef ROTE_CLI_EVAL_HISTORY_H
#define ROTE_CLI_EVAL_HISTORY_H

#include "cli/common/json.h"
#include "data/selection.h"
#include "eval/by_exposure.h"
#include "eval/kept.h"

typedef struct History {
    const Selection *selection; /* the run's; NULL: without train.select, or for other facts than the run's */
    int64_t *exposures;         /* n; NULL: all alike, or other facts */
    Kept kept;                  /* with a selection */
    ExposureGroup group[EXPOSURE_GROUPS];
    int n_groups; /* 0: without exposures */
} History;

/* After evaluator_run. Free with history_free; after an error there is nothing to free. ERR_NOMEM. */
Status history_of(History *out, const Run *run, const Evaluator *e, Err *err);
void history_free(History *h);

/* The line of the facts kept, and the table of tenths; nothing where there is nothing to say. */
void history_show(const History *h, const FactSet *facts);
/* An array of the tenths. */
json_t *history_json(const History *h);

#endif
