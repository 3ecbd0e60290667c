/* tokenizer.json of Hugging Face's `tokenizers`, as far as it describes byte-level BPE. Read are: the model BPE with
 * vocab and merges (both spellings) and ignore_merges; added_tokens; the pre-tokenizers ByteLevel, Digits, Split by a
 * regular expression (isolated), and sequences of them. The normalizer NFC is not applied, see tokenizer.h. Templates
 * of the post-processor (a BOS before each text) are not read: who encodes adds them. Everything else that would change
 * tokens is refused by name. */
#ifndef ROTE_DATA_TOKENIZER_TOKENIZER_JSON_H
#define ROTE_DATA_TOKENIZER_TOKENIZER_JSON_H

#include <stddef.h>

#include "data/tokenizer/tokenizer.h"

enum { TOKENIZER_JSON_MAX = 64 << 20 }; /* bytes of a file */

/* ERR_INPUT: not such a file, or a part that rote lacks; one line names the path and the part. ERR_IO, ERR_NOMEM. */
Status tokenizer_json_read(const char *path, Tokenizer **out, Err *err);
/* The same from a text; `where` is the name of the file in messages. ERR_INPUT, ERR_NOMEM. */
Status tokenizer_json_parse(const char *data, size_t size, const char *where, Tokenizer **out, Err *err);

/* The tokenizer as such a file, which tokenizer_json_parse and `tokenizers` read back: the same tokens for every text.
 * malloc'd. ERR_INPUT: the text of a token that is not plain is not UTF-8, or has a NUL; names it. ERR_NOMEM. */
Status tokenizer_json_text(const Tokenizer *t, char **out, Err *err);

#endif
