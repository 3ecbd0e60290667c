/* How many facts fill a model: the key facts.load, in bits per parameter. */
#ifndef ROTE_TRAIN_FACTS_LOAD_H
#define ROTE_TRAIN_FACTS_LOAD_H

#include "base/config/config.h"
#include "data/facts.h"

/* facts_plan, after facts.load, where it is set, has chosen facts.n: the smallest n whose data bits H are at least
 * load times the parameters of the model that reads them. What config says of facts that are read from a folder or
 * a text must be true of them (config_resolve_facts).
 *   out  facts_free it
 * ERR_INPUT: the entropy is unknown, no number of facts has that many bits, or facts.n says otherwise. ERR_IO,
 * ERR_FORMAT, ERR_NOMEM: of facts_plan. */
Status facts_plan_load(Config *config, FactSet *out, Err *err);

#endif
