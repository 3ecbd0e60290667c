/* Fills a SweepSpec; internal to base/config/sweep_spec.c and base/config/load.c. */
#ifndef ROTE_BASE_CONFIG_SWEEP_READ_H
#define ROTE_BASE_CONFIG_SWEEP_READ_H

#include <yaml.h>

#include "base/config/keys.h"
#include "base/config/sweep_spec.h"
#include "base/config/values.h"

/* Reads the value `node` of the section, whose key is `at`. Values read before an error stay in spec.
 *   places   the folder where relative paths begin; "": they are not changed
 * ERR_INPUT: "where:line: sweep: what". ERR_NOMEM. */
Status sweep_read_section(SweepSpec *spec, yaml_document_t *document, const yaml_node_t *at,
                          const yaml_node_t *node, const char *where, const char *places, Err *err);

/* values_read, with the key in the message. Errors as values_read. */
Status values_of_word(Values *out, const Key *key, const char *text, Err *err);
/* Makes the values the axis of a key; they replace an existing one. ERR_INPUT: an empty or wrong value; the list of
 * points sets that key. ERR_NOMEM. */
Status sweep_read_list(SweepSpec *spec, const Key *key, const Values *values, Err *err);
/* Removes the axis of a key, if it has one. ERR_INPUT: the list of points sets that key. */
Status sweep_drop_axis(SweepSpec *spec, const Key *key, Err *err);

#endif
