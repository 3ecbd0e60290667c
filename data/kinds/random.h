/* Random facts (their row: data/kinds/kinds.h). */
#ifndef ROTE_DATA_KINDS_RANDOM_H
#define ROTE_DATA_KINDS_RANDOM_H

#include "data/facts.h"

/* The bit counts of a set whose sizes stand. */
void facts_count_random(FactSet *facts);

#endif
