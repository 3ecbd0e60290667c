/* A fact set as text or JSON. */
#ifndef ROTE_CLI_FACTS_SHOW_H
#define ROTE_CLI_FACTS_SHOW_H

#include <stdbool.h>

#include "base/err.h"
#include "data/facts.h"

/* Kind and axes, counts, entropies, and the first records of every group, as text; json: as one object. ERR_NOMEM,
 * ERR_IO of the JSON object. */
Status facts_out(const FactSet *facts, bool json, Err *err);

#endif
