/* A model as a GGUF file that llama.cpp opens: architecture llama, qwen2 or gpt2, with its tokens. */
#ifndef ROTE_MODEL_FORMATS_GGUF_WRITE_H
#define ROTE_MODEL_FORMATS_GGUF_WRITE_H

#include "base/formats/gguf.h"
#include "model/gpt.h"

/* A tokenizer, as llama.cpp's files describe it. n_tokens 0: none, and tokens are numbers there. */
typedef struct GgufTokens {
    const char *pre; /* the pre-tokenizer: "smollm" */
    int n_tokens;    /* the model's vocab_size: every row has one */
    Text *token;
    int32_t *type; /* 1 normal, 3 control, 4 user defined, 5 unused */
    int n_merges;
    Text *merge; /* "a b" */
    int eos;     /* -1: none */
} GgufTokens;

/* ERR_INPUT: no architecture can express the structure; names every key that prevents it. */
Status gguf_write_check(const ModelConfig *config, Err *err);
/* The type of that name: "f32", "f16", "q8_0" (GGML_F32, ..). ERR_INPUT: another name. */
Status gguf_type_of(const char *name, uint32_t *out, Err *err);

/* Writes the file atomically. BOS is model.bos, which llama.cpp puts before every text. The structure is one that
 * gguf_write_check lets pass.
 *   type  of the matrices; vectors and learned positions are float32, and of q8_0, rows that are no multiple of 32 are
 *         float16
 * ERR_IO, ERR_NOMEM. */
Status gguf_write(const Gpt *g, const GgufTokens *tokens, uint32_t type, const char *path, Err *err);

#endif
