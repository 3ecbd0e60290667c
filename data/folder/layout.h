/* What writing and reading a fact set's folder share: the format's name and versions, the files, and which sets are
 * plain (docs/formats.md). Internal to data/folder/. */
#ifndef ROTE_DATA_FOLDER_LAYOUT_H
#define ROTE_DATA_FOLDER_LAYOUT_H

#include "data/facts.h"

#define FORMAT_NAME "rote-facts"
/* Version 2 adds the other sequences of the pool and the fields of tokens, version 3 the config that the facts were
 * drawn with, version 4 the seals of the files, version 5 a tokenizer. Version 4 is written, or 5 for a tokenizer's
 * tokens; all are read. */
enum { VERSION_PLAIN = 1, VERSION_POOL = 2, VERSION_DRAWN = 3, VERSION_SEALED = 4, VERSION_TOKENIZER = 5 };

/* Bytes that a file may have: a larger one is neither written nor read. */
#define MANIFEST_MAX ((size_t)1 << 28)
#define VOCAB_MAX    ((size_t)1 << 30)
#define RECORDS_MAX  FILE_BYTES(35)

#define MANIFEST_NAME "manifest.json"
#define RECORDS_NAME  "records.tsv"
#define VOCAB_NAME    "vocab.json"
#define TOKENS_NAME   "tokenizer.json"
#define LOCK_NAME     ".rote-lock"

/* The files; vocab.json exists where the set has text, tokenizer.json where its symbols are a tokenizer's tokens. The
 * lock exists while the folder is written. */
typedef struct FolderPaths {
    char records[CONFIG_PATH_MAX + 16], vocab[CONFIG_PATH_MAX + 16], manifest[CONFIG_PATH_MAX + 16];
    char tokenizer[CONFIG_PATH_MAX + 16], lock[CONFIG_PATH_MAX + 16];
} FolderPaths;

/* ERR_INPUT: dir is empty or too long. */
Status folder_paths(FolderPaths *paths, const char *dir, Err *err);

/* Whether version 1 knows sets of this FactSet.kind: random, import, text. */
bool folder_kind_plain(const char *kind);
/* Whether the set is of such a kind and has facts only, without fields and tokenizer: then the records give all
 * figures, too. */
bool folder_plain(const FactSet *facts);

#endif
