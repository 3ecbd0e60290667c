/* The part of a page on neuron rules (base/config/neurons.h): what each asked for and what came of it, how one run learned it,
 * and which of its neurons fire for which class. */
#ifndef ROTE_EVAL_REPORT_NEURONS_H
#define ROTE_EVAL_REPORT_NEURONS_H

#include "base/config/config.h"
#include "eval/report/report.h"
#include "store/run_files.h"

/* A finished run with rules. All of it is the caller's. */
typedef struct RuleRun {
    const char *name, *path;
    const Config *config;
    const RunResult *result;
} RuleRun;

/* Nothing where n is 0. heat NULL: no heat map. ERR_NOMEM, ERR_IO: of metrics.jsonl. */
Status rules_section(FILE *out, const RuleRun *runs, int n, NeuronHeat *heat, Err *err);

#endif
