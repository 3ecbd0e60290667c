/* Reads a config file that may contain a sweep; internal to base/config/. */
#ifndef ROTE_BASE_CONFIG_LOAD_H
#define ROTE_BASE_CONFIG_LOAD_H

#include "base/config/sweep_spec.h"

/* As config_load, without the defaults of kinds (config_kind_fill).
 *   sweep   receives the `sweep:` section of the file; NULL: such a section is an error. The caller frees it, after
 *   an error too. */
Status config_load_base(Config *out, const char *path, int n_overrides, const char *const *overrides,
                        SweepSpec *sweep, Err *err);

#endif
