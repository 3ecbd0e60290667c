/* Reading a config file that may hold a sweep; internal to base/config/. */
#ifndef ROTE_BASE_CONFIG_LOAD_H
#define ROTE_BASE_CONFIG_LOAD_H

#include "base/config/sweep_spec.h"

/* config_load that hands a `sweep:` section to `sweep` (NULL: refuses it). */
Status config_load_base(Config *out, const char *path, int n_overrides, const char *const *overrides,
                        SweepSpec *sweep, Err *err);

#endif
