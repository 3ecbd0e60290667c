/* In a folder's manifest: the keys that its facts were drawn by, as words that `rote facts make` takes. */
#ifndef ROTE_DATA_FOLDER_DRAWN_WITH_H
#define ROTE_DATA_FOLDER_DRAWN_WITH_H

#include <jansson.h>

#include "data/facts.h"

/* NULL: no memory. */
json_t *drawn_with_json(const FactSet *facts);
/* Fills facts->config; kind and n stand. ERR_FORMAT: no words, or words that say something else. path: for messages. */
Status drawn_with_read(FactSet *facts, const json_t *words, const char *path, Err *err);

#endif
