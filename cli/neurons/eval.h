/* How `rote neurons eval` shows one rule. */
#ifndef ROTE_CLI_NEURONS_EVAL_H
#define ROTE_CLI_NEURONS_EVAL_H

#include <jansson.h>

#include "eval/neurons/over_runs.h"

/* One object of "rules". NULL: no memory. */
json_t *rule_over_runs_json(const RuleOverRuns *x);
/* The table of a rule, on stdout. ERR_NOMEM. */
Status rule_over_runs_print(const RuleOverRuns *x, Err *err);

#endif
