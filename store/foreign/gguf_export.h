/* An imported run as a GGUF file, with its tokenizer. */
#ifndef ROTE_STORE_FOREIGN_GGUF_EXPORT_H
#define ROTE_STORE_FOREIGN_GGUF_EXPORT_H

#include "model/gpt.h"

/* Writes the model g of the run in `dir` to `path`; eos: the token that ends a text, -1: none.
 * ERR_INPUT: llama cannot express the structure, or the run was not imported (llama.cpp needs a tokenizer), or its
 * pre-tokenizer has no name there. Errors of origin_vocab. */
Status gguf_export(const char *dir, const Gpt *g, int eos, const char *path, Err *err);

#endif
