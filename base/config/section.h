/* A section of the config as JSON. */
#ifndef ROTE_BASE_CONFIG_SECTION_H
#define ROTE_BASE_CONFIG_SECTION_H

#include <jansson.h>

#include "base/config/config.h"

/* An object of all plain keys of a section ("model"), without its name, in the order of the table: whole numbers,
 * numbers, true and false, and words; whatever JSON has no type for as its YAML. NULL: no memory, which json_take_text
 * then says. */
json_t *config_section(const Config *config, const char *section);

#endif
