/* Random facts, planned before they are drawn (data/facts.h). */
#ifndef ROTE_DATA_RANDOM_FACTS_H
#define ROTE_DATA_RANDOM_FACTS_H

#include "data/facts.h"

/* facts_plan of random facts. */
Status random_plan(const FactsConfig *config, FactSet *out, Err *err);
/* The bit counts of a set whose sizes stand. */
void facts_count_random(FactSet *facts);

#endif
