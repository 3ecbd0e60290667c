/* What `rote neurons eval` found for one rule, over runs, and how it is shown. */
#ifndef ROTE_CLI_NEURONS_EVAL_H
#define ROTE_CLI_NEURONS_EVAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config/neurons.h"
#include "eval/neurons/measure.h"

typedef struct RuleRun {
    int32_t *unit; /* n_units, ascending */
    int n_units;
    NeuronAnswer answer, twin;              /* twin: of the same units; all zero without one */
    double memorized_price, recalled_price; /* bits per parameter that the twin has more; NAN without one */
} RuleRun;

typedef struct RuleAnswers {
    NeuronRule rule;
    int n_runs;
    RuleRun *run; /* n_runs */
    bool has_twin, has_heldout;
} RuleAnswers;

/* One object of "rules". NULL: no memory. */
json_t *rule_answers_json(const RuleAnswers *x);
void rule_answers_print(const RuleAnswers *x);

#endif
