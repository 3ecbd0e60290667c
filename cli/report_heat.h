/* The heat map in a report's section on neuron rules. */
#ifndef ROTE_CLI_REPORT_HEAT_H
#define ROTE_CLI_REPORT_HEAT_H

#include <stdio.h>

#include "base/err.h"

/* A NeuronHeat (eval/report/report.h) of a run with neuron rules: the units of its rules, and the others that
 * separate a class best. */
Status rules_heat(FILE *out, const char *run_dir, Err *err);

#endif
