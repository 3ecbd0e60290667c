/* The manifest's list drawn_with: the keys that the facts were drawn by, as words that `rote facts make` takes.
 * Internal to data/folder/. */
#ifndef ROTE_DATA_FOLDER_DRAWN_WITH_H
#define ROTE_DATA_FOLDER_DRAWN_WITH_H

#include <jansson.h>

#include "data/facts.h"

/* A new reference, or NULL: no memory. */
json_t *drawn_with_json(const FactSet *facts);
/* Fills facts->config; facts->kind and n must be set. path is for the messages.
 * ERR_FORMAT: not a list of facts.* words, or the words contradict kind or n. ERR_NOMEM. */
Status drawn_with_read(FactSet *facts, const json_t *words, const char *path, Err *err);

#endif
