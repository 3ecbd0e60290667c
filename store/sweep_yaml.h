/* sweep.yaml: which runs a sweep consists of. Its first line says that it is sealed, its last line holds the hash of
 * all lines before: one that was cut or changed must not become another sweep. */
#ifndef ROTE_STORE_SWEEP_YAML_H
#define ROTE_STORE_SWEEP_YAML_H

#include "base/config/sweep_spec.h"

/* The text of the sealed sweep.yaml of the folder dir, which need not exist; malloc'd. ERR_NOMEM; the errors of
 * place_store (base/places.h). */
Status sweep_yaml_text(const SweepSpec *spec, const char *dir, char **out, Err *err);

/* Reads dir/sweep.yaml; sweep_spec_free it. One without seal is of an older version. ERR_FORMAT: altered or cut since
 * it was written; the message says what to do. Otherwise as sweep_spec_load. */
Status sweep_yaml_read(SweepSpec *out, const char *dir, Err *err);

#endif
