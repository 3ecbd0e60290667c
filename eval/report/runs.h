/* The section of a sweep's page on its runs: shared keys, axes, and a row with the config of each run. */
#ifndef ROTE_EVAL_REPORT_RUNS_H
#define ROTE_EVAL_REPORT_RUNS_H

#include <stdio.h>

#include "eval/capacity/series.h"
#include "eval/report/axes.h"

/* Axes, base config, runs that do not count with their reasons, and the table of all runs. ERR_NOMEM. */
Status runs_section(FILE *out, const Capacity *c, const SweepKeys *keys, Err *err);

#endif
