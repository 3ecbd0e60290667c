/* The tokenizer inside a GGUF file. */
#ifndef ROTE_DATA_TOKENIZER_GGUF_TOKENIZER_H
#define ROTE_DATA_TOKENIZER_GGUF_TOKENIZER_H

#include "base/formats/gguf.h"
#include "data/tokenizer/tokenizer.h"

/* From the keys tokenizer.ggml.*: model (gpt2: byte-level BPE), pre, tokens, token_type, merges.
 *   path  for messages
 * ERR_INPUT: a key is missing or wrong, or the tokenizer is of another kind; names it. ERR_NOMEM. */
Status gguf_tokenizer(const Gguf *file, const char *path, Tokenizer **out, Err *err);

#endif
