/* What writing and reading a fact set's folder share: its format's name and versions, its files, and which sets are
 * plain (docs/formats.md). Internal to data/folder/. */
#ifndef ROTE_DATA_FOLDER_LAYOUT_H
#define ROTE_DATA_FOLDER_LAYOUT_H

#include "data/facts.h"

#define FORMAT_NAME "rote-facts"
/* Version 2 adds the pool's other sequences and fields, version 3 what they were drawn with. Plain facts are written as
 * version 1, as ever. */
enum { VERSION_PLAIN = 1, VERSION_POOL = 2, VERSION_DRAWN = 3 };

/* The folder's three files; vocab.json is there where the set has text. */
typedef struct FolderPaths {
    char records[CONFIG_PATH_MAX + 16], vocab[CONFIG_PATH_MAX + 16], manifest[CONFIG_PATH_MAX + 16];
} FolderPaths;

/* ERR_INPUT: dir is empty or too long. */
Status folder_paths(FolderPaths *paths, const char *dir, Err *err);

/* Whether version 1 knows sets of that FactSet.kind: random, import, text. */
bool folder_kind_plain(const char *kind);
/* Random or imported facts, or text, and nothing beside them: their records say all there is, figures included. */
bool folder_plain(const FactSet *facts);

#endif
