/* The section of a page on neuron rules (base/config/neurons.h): each rule with its units' firing rates, the curves
 * of one run, and which of its neurons fire for which class. */
#ifndef ROTE_EVAL_REPORT_RULES_H
#define ROTE_EVAL_REPORT_RULES_H

#include "base/config/config.h"
#include "store/run_files.h"

/* A finished run with rules. All of it belongs to the caller. */
typedef struct RunWithRules {
    const char *name, *path;
    const Config *config;
    const RunResult *result;
    const char *twin; /* the folder of the same run without its rules; NULL: not known */
} RunWithRules;

/* Writes a row per rule and run, then effects, curves and heat map of the run whose rules separate their classes best.
 * Effects and heat map need that run's model; if that cannot be opened, the page says why. Writes nothing if n is 0.
 * ERR_IO: metrics.jsonl cannot be read. ERR_INPUT: a twin that is none (eval/report/effects.h). ERR_NOMEM. */
Status rules_section(FILE *out, const RunWithRules *runs, int n, Err *err);

#endif
