/* What a rule's keys demand of each other, of the model and of other rules; internal to base/. */
#ifndef ROTE_BASE_CONFIG_RULES_H
#define ROTE_BASE_CONFIG_RULES_H

#include "base/config/config.h"

/* The rest of the config is resolved. Rules without a name get one; a weight stands in for the default ratio.
 * ERR_INPUT: names the rule and the key. */
Status config_resolve_neurons(Config *config, Err *err);

#endif
