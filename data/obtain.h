/* The fact set that a config names: drawn by a kind (data/kinds/kinds.h), read from a folder (data/folder/folder.h), or
 * a text file cut into chunks (data/import/text_facts.h). */
#ifndef ROTE_DATA_OBTAIN_H
#define ROTE_DATA_OBTAIN_H

#include "data/facts.h"

/* The set of config before anything is drawn.
 *   Drawn kinds: sizes and bit counts, but no arrays (tokens and start are NULL) and no hash.
 *   Read kinds: the whole set, with config->heldout of its facts held out (data/hold_out.h).
 * ERR_INPUT: impossible, such as more facts than there are sequences. Of a read set also the errors of facts_load and
 * text_facts_read. After an error nothing is left to free. */
Status facts_plan(const FactsConfig *config, FactSet *out, Err *err);
/* Draws the facts of a planned set and hashes them; does nothing to a set that has its facts. The caller frees the set,
 * on an error too. ERR_INPUT: the machine has too little memory. ERR_NOMEM. */
Status facts_draw(FactSet *facts, Err *err);

/* Plans and draws facts of a drawn kind. After an error nothing is left to free. */
Status facts_generate(const FactsConfig *config, FactSet *out, Err *err);
/* Plans and draws, or reads, what config names. After an error nothing is left to free. */
Status facts_obtain(const FactsConfig *config, FactSet *out, Err *err);

#endif
