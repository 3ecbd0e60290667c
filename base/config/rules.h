/* Conditions between the keys of a neuron rule or a tool, the model and other rules and tools. Internal to
 * base/config/. */
#ifndef ROTE_BASE_CONFIG_RULES_H
#define ROTE_BASE_CONFIG_RULES_H

#include "base/config/config.h"

/* Checks all rules of a config whose other sections are resolved. Sets the names of rules without one, and ratio to
 * 0 where weight replaces it. ERR_INPUT: names the rule and the key. */
Status config_resolve_neurons(Config *config, Err *err);

/* Checks all tools of a config whose model and rules are resolved. Sets args where they are empty, and
 * config->model.tool. ERR_INPUT: names the tool and the key. */
Status config_resolve_tools(Config *config, Err *err);
/* Sets config->model.tool of a config that has just been read, for all who need the shape of the model before it is
 * resolved; no stage if the tools' args cannot be read, which config_resolve_tools then says. */
void config_derive_tools(Config *config);

#endif
