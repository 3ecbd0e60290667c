/* A model as a GGUF file that llama.cpp opens: architecture llama, float32, with its tokenizer. */
#ifndef ROTE_MODEL_FORMATS_GGUF_WRITE_H
#define ROTE_MODEL_FORMATS_GGUF_WRITE_H

#include "model/formats/gguf.h"
#include "model/gpt.h"

/* A tokenizer, as llama.cpp's files describe it. */
typedef struct GgufTokens {
    const char *pre; /* the pre-tokenizer: "smollm" */
    int n_tokens;    /* the model's vocab_size: every row has one */
    Text *token;
    int32_t *type; /* 1 normal, 3 control, 4 user defined, 5 unused */
    int n_merges;
    Text *merge; /* "a b" */
    int eos;     /* -1: none */
} GgufTokens;

/* ERR_INPUT: llama cannot express the structure; names every key that prevents it. */
Status gguf_write_check(const ModelConfig *config, Err *err);

/* Writes the file atomically. BOS is model.bos, which llama.cpp puts before every text. ERR_IO, ERR_NOMEM. */
Status gguf_write(const Gpt *g, const GgufTokens *tokens, const char *path, Err *err);

#endif
