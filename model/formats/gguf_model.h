/* The model in a GGUF file: architectures gpt2, llama (also of Mistral's and SmolLM's files), qwen2
 * and qwen3. */
#ifndef ROTE_MODEL_FORMATS_GGUF_MODEL_H
#define ROTE_MODEL_FORMATS_GGUF_MODEL_H

#include "base/formats/gguf.h"
#include "model/formats/foreign.h"

/* The tensor of llama3's divisors of RoPE's frequencies, one for each pair of channels (model/rope.h). */
#define GGUF_ROPE_FREQS "rope_freqs.weight"

/* Structure and tensors. `file` must stay open; foreign_free it.
 *   context   block_size is the file's context length, at most this (foreign_context)
 * ERR_INPUT: another architecture, a key that is missing, or one that says what rote's model lacks (experts, another
 * scaling of RoPE than linear or llama3, a sliding window); names it. ERR_NOMEM. */
Status gguf_model(const Gguf *file, const char *path, int context, ForeignModel *out, Err *err);

#endif
