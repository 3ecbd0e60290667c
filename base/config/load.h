/* Reading a config file that may hold a sweep; internal to base/config/. */
#ifndef ROTE_BASE_CONFIG_LOAD_H
#define ROTE_BASE_CONFIG_LOAD_H

#include "base/config/sweep_spec.h"

/* As config_load, without the defaults of kinds (config_kind_fill).
 *   sweep   takes the `sweep:` section of the file; NULL: such a section is refused. What it holds after an error is
 *   the
 *           caller's to free, too. */
Status config_load_base(Config *out, const char *path, int n_overrides, const char *const *overrides,
                        SweepSpec *sweep, Err *err);

#endif
