/* The fact set that a config names: drawn by a kind (data/kinds/kinds.h), read from a folder (data/folder/folder.h), or
 * a text file cut into chunks (data/import/text_facts.h). */
#ifndef ROTE_DATA_OBTAIN_H
#define ROTE_DATA_OBTAIN_H

#include "data/facts.h"

/* The set of config before anything is drawn.
 *   Drawn kinds: sizes and bit counts, but no arrays (tokens and start are NULL) and no hash.
 *   Read kinds: the set, of which config->n and config->heldout choose (data/hold_out.h).
 * ERR_INPUT: impossible, such as more facts than there are sequences. For a read set also the errors of facts_load and
 * text_facts_read. After an error nothing is left to free. */
Status facts_plan(const FactsConfig *config, FactSet *out, Err *err);
/* Draws the facts of a planned set and hashes them; does nothing to a set that has its facts. The caller frees the set,
 * on an error too. ERR_INPUT: the machine has too little memory. ERR_NOMEM. */
Status facts_draw(FactSet *facts, Err *err);

/* Plans and draws facts of a drawn kind. After an error nothing is left to free. */
Status facts_generate(const FactsConfig *config, FactSet *out, Err *err);
/* Plans and draws, or reads, what config names. After an error nothing is left to free. */
Status facts_obtain(const FactsConfig *config, FactSet *out, Err *err);

/* Where the facts of a stored config may be by now: its folder may have been moved or copied, and its path may be
 * that of another machine. Zeros: at facts.path, nowhere else. */
typedef struct FactsPlaces {
    /* where the user finds them (--facts DIR): no other place is tried; NULL: not given */
    const char *given;
    const char *beside;    /* the folder of the file that has facts.path in it; NULL: unknown */
    const char *data_hash; /* which facts are meant: others are passed over. NULL or "": unknown */
} FactsPlaces;

/* As facts_obtain, with a path of read facts that is tried in this order, until facts (those of data_hash) are found:
 *   the path itself: absolute, or from the current folder
 *   from `beside`
 *   where data_hash is known: the last parts of the path, from `beside` and from the folders above it (a project that
 *   was moved as a whole)
 * found: takes the path where they were; for drawn facts, which are nowhere, "". May be NULL.
 * Of drawn facts `given` must hold the same ones, or it is ERR_INPUT.
 * ERR_INPUT, which lists the places: there are none. A place whose files are damaged, or cannot be read, is an error,
 * too. */
Status facts_find(const FactsConfig *config, const FactsPlaces *places, FactSet *out,
                  char found[CONFIG_PATH_MAX], Err *err);

#endif
