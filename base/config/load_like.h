/* Reads a config file by what differs from one that was read before: of the many runs of a sweep, a few numbers. */
#ifndef ROTE_BASE_CONFIG_LOAD_LIKE_H
#define ROTE_BASE_CONFIG_LOAD_LIKE_H

#include <stdbool.h>

#include "base/config/config.h"

/* True: text says what like_text says, whose config is `like`, but for values of keys that are numbers, and *out has
 * them; it is what config_load_text reads. False: that is not so, or a number is wrong: read it by config_load_text. */
bool config_load_like(Config *out, const char *text, const char *like_text, const Config *like);

#endif
