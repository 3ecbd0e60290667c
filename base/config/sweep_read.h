/* Filling a SweepSpec; internal to base/config/sweep_spec.c and base/config/load.c. */
#ifndef ROTE_BASE_CONFIG_SWEEP_READ_H
#define ROTE_BASE_CONFIG_SWEEP_READ_H

#include <yaml.h>

#include "base/config/keys.h"
#include "base/config/sweep_spec.h"

/* The section's value. Messages begin with "where:line: ". What was read so far stays in spec after a failure. */
Status sweep_read_section(SweepSpec *spec, yaml_document_t *document, const yaml_node_t *at,
                          const yaml_node_t *node, const char *where, Err *err);

/* "a,b,c" as the axis of a key; takes the place of one that is there. */
Status sweep_read_list(SweepSpec *spec, const Key *key, const char *text, Err *err);
/* Forgets the axis of a key. ERR_INPUT: the list of points sets that key. */
Status sweep_drop_axis(SweepSpec *spec, const Key *key, Err *err);

#endif
