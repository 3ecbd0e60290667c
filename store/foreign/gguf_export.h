/* A run as a GGUF file, with its tokens. */
#ifndef ROTE_STORE_FOREIGN_GGUF_EXPORT_H
#define ROTE_STORE_FOREIGN_GGUF_EXPORT_H

#include "data/facts.h"
#include "model/gpt.h"

/* Writes the model g of the run in `dir` to `path`, its matrices of a type (GGML_F32, .. of gguf_type_of). The tokens
 * are those of an imported model's tokenizer; or symbols of facts, which end with EOS. Symbols that are numbers, or
 * that no EOS ends, have no text there.
 * ERR_INPUT: no architecture can express the structure, or the pre-tokenizer has no name in llama.cpp. ERR_IO,
 * ERR_NOMEM. */
Status gguf_export(const char *dir, const Gpt *g, const Vocab *vocab, uint32_t type, const char *path,
                   Err *err);

#endif
