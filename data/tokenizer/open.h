/* A tokenizer's file, whichever of the two formats it has, and what else a vocabulary needs of it. */
#ifndef ROTE_DATA_TOKENIZER_OPEN_H
#define ROTE_DATA_TOKENIZER_OPEN_H

#include "data/tokenizer/tokenizer.h"

/* Reads a tokenizer.json, or the tokenizer inside a GGUF file.
 *   eos  the token that ends a text: as a GGUF file says; else the special token <|endoftext|>, <|end_of_text|>,
 *        <|eot_id|>, </s> or <|im_end|>, the first that there is; -1: none
 * ERR_INPUT: neither, or a tokenizer that rote lacks; one line names the path. ERR_IO, ERR_NOMEM. tokenizer_free it. */
Status tokenizer_open(const char *path, Tokenizer **out, int *eos, Err *err);

/* The special token that ends a text, by the names above; -1: none. */
int tokenizer_end(const Tokenizer *t);

#endif
