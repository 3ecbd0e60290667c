/* Where an imported run came from: origin.json, and beside it tokenizer.json (docs/formats.md). A run that has the file
 * has no facts of its own. */
#ifndef ROTE_STORE_FOREIGN_ORIGIN_H
#define ROTE_STORE_FOREIGN_ORIGIN_H

#include <stdbool.h>

#include "base/config/config.h"
#include "base/escape.h"
#include "data/facts.h"
#include "data/tokenizer/tokenizer.h"
#include "model/formats/hf.h"
#include "model/gpt.h"

typedef struct Origin {
    char format[16]; /* "gguf", "hf" */
    char file[ESCAPED_MAX *
              CONFIG_PATH_MAX]; /* as the user named it, escaped (base/escape.h): JSON holds UTF-8 only */
    int64_t bytes;
    char hash[33];      /* XXH3-128 of its bytes */
    char tokenizer[33]; /* that of tokenizer.json beside origin.json */
} Origin;

/* Writes both files, tokenizer.json with the text `tokenizer` (tokenizer_json_text); fills origin->tokenizer.
 * ERR_IO, ERR_NOMEM. */
Status origin_write(const char *dir, Origin *origin, const char *tokenizer, Err *err);

/* *imported: whether the run in dir was; *out is then filled (NULL: not asked for). ERR_FORMAT: torn or altered.
 * ERR_IO, ERR_NOMEM. */
Status origin_read(const char *dir, Origin *out, bool *imported, Err *err);

/* The symbols of an imported run: its tokenizer's tokens, and symbols without text up to `rows`, the rows of the
 * embedding. vocab_free it. ERR_FORMAT: tokenizer.json is missing or altered. ERR_IO, ERR_NOMEM. */
Status origin_vocab(const char *dir, const Origin *origin, int rows, int eos, Vocab *out, Err *err);

/* The tokenizer of an imported run, or of one that was trained on a tokenizer's tokens, as files of an export:
 * tokenizer.json, and tokenizer_config.json, by which AutoTokenizer opens it. Of any other run: none. origin_files_free
 * it. Errors as origin_vocab. */
typedef struct OriginFiles {
    char *text[2];
    ExportFile file[3]; /* ended by a name NULL */
} OriginFiles;
Status origin_files(const char *dir, const Gpt *g, int eos, OriginFiles *out, Err *err);
void origin_files_free(OriginFiles *files);

#endif
