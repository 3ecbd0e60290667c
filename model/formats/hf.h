/* Export of the weights to other programs.
 *
 *   hf           a folder with model.safetensors and config.json that `transformers` opens: GPT-2's names for
 *                layernorm + learned or no positions + plain MLP, LLaMA's for rmsnorm + rope + gated MLP, as
 *                a Qwen2 where q, k and v alone have biases, as a Qwen3 where q and k have norms
 *   npz          one file for numpy.load, with rote's tensor names
 *   safetensors  one file, with rote's tensor names; in the metadata, as "config", every key of the config's section
 *                model, and of a model with tools the shape of their stage (ToolStage)
 *
 * In hf, BOS is the row model.bos of the embedding, bos_token_id, and the first input of a sequence. GPT-2 stores
 * its matrices transposed, and q, k and v as one matrix. LLaMA rotates channels i and i + hd/2 of a head as a pair,
 * rote 2i and 2i+1: so the rows of q and k are reordered, which changes no dot product of a query and a key. Biases and
 * positions that GPT-2 always has are written as zeros where the model has none. */
#ifndef ROTE_MODEL_FORMATS_HF_H
#define ROTE_MODEL_FORMATS_HF_H

#include "model/gpt.h"

typedef enum ExportFormat {
    EXPORT_HF,
    EXPORT_NPZ,
    EXPORT_SAFETENSORS,
    EXPORT_GGUF,
    EXPORT_TENSORBOARD
} ExportFormat;

/* The format of that name: "hf", "npz", "safetensors", "gguf", "tensorboard". ERR_INPUT: another name; the message has
 * all. */
Status export_format_of(const char *name, ExportFormat *out, Err *err);

/* Whether hf can express the structure. ERR_INPUT: it cannot; the message names every key that prevents it. */
Status export_hf_check(const ModelConfig *config, Err *err);

/* Writes the weights of g. Written elsewhere: gguf, which needs a tokenizer (store/foreign/gguf_export.h), and what
 * TensorBoard reads, which has no weights (eval/tensorboard/export.h).
 *   path     hf: a folder, created if it is missing; else a file
 *   eos      the token that ends a fact, for config.json; -1: none
 *   replace  overwrite existing files; without it the file must be new, the folder new or empty
 * ERR_INPUT: hf cannot express the structure, or path exists; nothing is written then. ERR_IO, ERR_NOMEM. */
Status export_model(const Gpt *g, ExportFormat format, const char *path, int eos, bool replace, Err *err);

/* export_model to hf, with further files in the folder, such as those of a tokenizer. All are written before
 * config.json, which shows that an export is whole.
 *   more   ended by a name NULL */
typedef struct ExportFile {
    const char *name, *text;
} ExportFile;
Status export_hf(const Gpt *g, const ExportFile *more, const char *dir, int eos, bool replace, Err *err);

#endif
