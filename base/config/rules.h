/* Conditions between the keys of a neuron rule, the model and other rules. Internal to base/config/. */
#ifndef ROTE_BASE_CONFIG_RULES_H
#define ROTE_BASE_CONFIG_RULES_H

#include "base/config/config.h"

/* Checks all rules of a config whose other sections are resolved. Sets the names of rules without one, and ratio to
 * 0 where weight replaces it. ERR_INPUT: names the rule and the key. */
Status config_resolve_neurons(Config *config, Err *err);

#endif
