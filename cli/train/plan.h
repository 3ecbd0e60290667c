/* What a run needs, before it starts. */
#ifndef ROTE_CLI_TRAIN_PLAN_H
#define ROTE_CLI_TRAIN_PLAN_H

#include <stdbool.h>
#include <stdio.h>

#include "train/train.h"

/* "embedding 1,024, attention 2,048" */
void show_params_by_part(FILE *out, const RunPlan *plan);
/* The fact set and the plan of a run, on stderr. */
void show_plan(const RunPlan *plan, const FactSet *facts, const Config *config);
/* The same with an estimate of its time; json: as one object on stdout. ERR_INPUT: ROTE_ISA names no kernels.
 * ERR_NOMEM. */
Status plan_out(const RunPlan *plan, const FactSet *facts, const Config *config, bool json, Err *err);

#endif
