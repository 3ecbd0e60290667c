/* Bit counts of random facts, for the kind that draws them and for folders of version 1. */
#ifndef ROTE_DATA_KINDS_RANDOM_H
#define ROTE_DATA_KINDS_RANDOM_H

#include "data/facts.h"

/* Sets the bit counts and their derivation from n, max_len and vocab.size. */
void facts_count_random(FactSet *facts);

#endif
