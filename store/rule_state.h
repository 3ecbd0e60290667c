/* The state of each neuron rule during a run, and its text in a checkpoint. */
#ifndef ROTE_STORE_RULE_STATE_H
#define ROTE_STORE_RULE_STATE_H

#include <stdint.h>

#include "base/config/config.h"

/* The running means are over the earlier steps. With ratio r, the strength of the rule is
 *
 *     lambda = min(r lm / aux, LAMBDA_MAX)     0 as long as aux is 0 */
typedef struct RuleState {
    double lm;     /* running mean of the norm of the model's gradient at the hook */
    double aux;    /* the same of the rule's gradient, before lambda */
    int n_units;   /* neurons; 0: not chosen yet */
    int32_t *unit; /* ascending, below the width of the layer */
    int room;      /* neurons that the config gives to the rule: the size of unit */
} RuleState;

/* Creates a state for each rule of the config; *out is NULL without rules. ERR_INPUT: the units of a rule are invalid
 * (base/config/neurons.h). ERR_NOMEM. */
Status rule_states_create(RuleState **out, const Config *config, Err *err);
void rule_states_free(RuleState *state, int n);

/* "lm aux 3,4,7" for each rule, ';' between rules; without units where none are chosen yet. malloc'd. ERR_NOMEM. */
Status rule_states_text(const RuleState *state, int n, char **out, Err *err);
/* Reads that text. ERR_FORMAT: another number of rules or of units, or units that are not ascending and below `width`;
 * the states may then be partly filled. */
Status rule_states_parse(const char *text, RuleState *state, int n, int width, Err *err);

#endif
