/* The fact set that a config names: drawn by a kind (data/kinds/kinds.h), read from a folder, or a file as it is. */
#ifndef ROTE_DATA_OBTAIN_H
#define ROTE_DATA_OBTAIN_H

#include "data/facts.h"

/* What config names, before anything is drawn: generated facts have their sizes and bit counts, but no arrays
 * (tokens and start NULL) and no hash; a folder, or a file as it is, is read, and config->heldout of its facts are held
 * out (data/hold_out.h).
 * ERR_INPUT: more facts asked for than there are sequences. */
Status facts_plan(const FactsConfig *config, FactSet *out, Err *err);
/* Draws what is planned; leaves a set that is there as it is. ERR_INPUT: more memory needed than there is.
 * The set is the caller's to free, after a failure too. */
Status facts_draw(FactSet *facts, Err *err);

/* Facts of a generated kind: planned and drawn. */
Status facts_generate(const FactsConfig *config, FactSet *out, Err *err);
/* What config names: planned and drawn, or read from config->path. */
Status facts_obtain(const FactsConfig *config, FactSet *out, Err *err);

#endif
