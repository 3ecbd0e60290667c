/* How many facts fill a model: facts.load. */
#ifndef ROTE_TRAIN_LOAD_H
#define ROTE_TRAIN_LOAD_H

#include "base/config/config.h"
#include "data/facts.h"

/* facts_plan of a config whose facts.load chooses facts.n first: the smallest n whose data bits H are at least
 * load times the parameters of the model that then reads them. Without facts.load: facts_plan; what config says of a set
 * that is read must be what it has (config_resolve_facts).
 * ERR_INPUT: the entropy is unknown, no number of facts has that many bits, or facts.n says otherwise. */
Status facts_plan_load(Config *config, FactSet *out, Err *err);

#endif
