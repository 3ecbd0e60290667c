/* The section of a page on neuron rules (base/config/neurons.h): what each rule says and how its units fired, how
 * one run learned its rules, and which of its neurons fire for which class. */
#ifndef ROTE_EVAL_REPORT_RULES_H
#define ROTE_EVAL_REPORT_RULES_H

#include "base/config/config.h"
#include "store/run_files.h"

/* A finished run with rules. All of it is the caller's. */
typedef struct RunWithRules {
    const char *name, *path;
    const Config *config;
    const RunResult *result;
} RunWithRules;

/* A row per rule and run; then curves and heat map of the run whose rules separate their classes best. The heat map
 * opens that run's model; where that fails, the page says why. Writes nothing where n is 0.
 * ERR_IO: metrics.jsonl cannot be read. ERR_NOMEM. */
Status rules_section(FILE *out, const RunWithRules *runs, int n, Err *err);

#endif
