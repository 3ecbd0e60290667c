/* What a run remembers of each neuron rule, and how a checkpoint holds it. */
#ifndef ROTE_TRAIN_RULE_STATE_H
#define ROTE_TRAIN_RULE_STATE_H

#include <stdint.h>

#include "base/config/config.h"

/* The two means run to the step before: with ratio r the rule's strength is
 *
 *     lambda = min(r lm / aux, LAMBDA_MAX)     0 as long as aux is */
typedef struct RuleState {
    double lm,
        aux; /* running means of the gradients' norms at the hook: the model's, the rule's before lambda */
    int n_units;   /* 0: not chosen yet */
    int32_t *unit; /* ascending */
    int room;      /* neurons the rule asks for */
} RuleState;

/* One for each rule of the config, with room for its neurons; NULL without rules. */
Status rule_states_create(RuleState **out, const Config *config, Err *err);
void rule_states_free(RuleState *state, int n);

/* "lm aux 3,4,7" for each rule, ';' between them; no neuron where none is chosen. malloc'd; NULL: no memory. */
char *rule_states_text(const RuleState *state, int n);
/* ERR_FORMAT: another number of rules, or of neurons, or not ascending below `width`; state may be half filled. */
Status rule_states_parse(const char *text, RuleState *state, int n, int width, Err *err);

#endif
