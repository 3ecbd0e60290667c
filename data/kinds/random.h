/* Random facts (their row: data/kinds/kinds.h). */
#ifndef ROTE_DATA_RANDOM_FACTS_H
#define ROTE_DATA_RANDOM_FACTS_H

#include "data/facts.h"

/* The bit counts of a set whose sizes stand. */
void facts_count_random(FactSet *facts);

#endif
