/* A fact set as text or JSON. */
#ifndef ROTE_CLI_FACTS_SHOW_H
#define ROTE_CLI_FACTS_SHOW_H

#include <stdbool.h>

#include "base/err.h"
#include "data/facts.h"

/* Kind and axes, counts, entropies, and the first records of every group, as lines; json: as one object. *out is
 * malloc'd and NULL after an error. ERR_NOMEM. */
Status facts_shown(const FactSet *facts, bool json, char **out, Err *err);

#endif
