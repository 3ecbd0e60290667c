/* sweep.yaml: the definition of a sweep. Its first line marks it as sealed, its last line has the hash of all lines
 * before it, so that a file that was cut or changed does not become another sweep. */
#ifndef ROTE_STORE_SWEEP_YAML_H
#define ROTE_STORE_SWEEP_YAML_H

#include "base/config/sweep_spec.h"

/* The text of the sealed sweep.yaml of the folder dir, which need not exist; malloc'd. ERR_NOMEM; the errors of
 * place_store (base/places.h). */
Status sweep_yaml_text(const SweepSpec *spec, const char *dir, char **out, Err *err);

/* Reads dir/sweep.yaml; free with sweep_spec_free. A file without a seal was written by an older version. ERR_FORMAT:
 * the file was cut or changed; the message states what to do. Other errors as sweep_spec_load. */
Status sweep_yaml_read(SweepSpec *out, const char *dir, Err *err);

#endif
