/* The model in a Hugging Face folder: config.json, and its safetensors files. Types gpt2, llama, mistral, qwen2 and
 * qwen3, as far as our structure has them. */
#ifndef ROTE_MODEL_FORMATS_HF_MODEL_H
#define ROTE_MODEL_FORMATS_HF_MODEL_H

#include "model/formats/foreign.h"
#include "model/formats/hf_files.h"

typedef struct HfModel {
    HfFiles files;
    ForeignModel model;
    int64_t bos, eos; /* of config.json; -1: none */
} HfModel;

/* Structure and tensors.
 *   context   block_size is the model's context length, at most this (foreign_context); more than a gpt2 has positions
 *             is refused
 * ERR_INPUT: another type, a key that is missing, or one that says what rote's model lacks (a scaling of RoPE, a
 * sliding window, another activation, heads of an odd size); names it. Errors of hf_files_open. Close with
 * hf_model_close, after an error too. */
Status hf_model_open(HfModel *out, const char *dir, int context, Err *err);
void hf_model_close(HfModel *m);

#endif
