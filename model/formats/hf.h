/* The weights for other programs.
 *
 *   hf           a folder with model.safetensors and config.json that `transformers` opens: GPT-2's names for
 *                layernorm + learned or no positions + plain MLP, LLaMA's for rmsnorm + rope + gated MLP
 *   npz          one file for numpy.load, our tensor names
 *   safetensors  one file, our tensor names, the model's config in the metadata
 *
 * In hf: BOS is row 0 of the embedding (bos_token_id 0), so a sequence is asked as [0, x1, x2, ...]. GPT-2
 * keeps its matrices transposed and q, k, v fused. LLaMA turns channels i and i + hd/2 of a head together
 * where ours turns 2i and 2i+1: the rows of q and k are reordered, which leaves every dot product as it is.
 * Biases and positions that GPT-2 always has and our model lacks are written as zeros. */
#ifndef ROTE_EVAL_EXPORT_H
#define ROTE_EVAL_EXPORT_H

#include "model/gpt.h"

typedef enum ExportFormat { EXPORT_HF, EXPORT_NPZ, EXPORT_SAFETENSORS } ExportFormat;

/* "hf", "npz", "safetensors". ERR_INPUT names what is allowed. */
Status export_format_of(const char *name, ExportFormat *out, Err *err);

/* Whether hf can express the structure; ERR_INPUT names every key that stands in the way. */
Status export_hf_check(const ModelConfig *config, Err *err);

/*   path     hf: a folder, made where missing; else a file
 *   eos      the token that ends a fact, for config.json, or -1
 *   replace  what stands at path; without it the file must be new, the folder new or empty
 * ERR_INPUT: the structure (before anything is written), or something is there. ERR_IO, ERR_NOMEM. */
Status export_model(const Gpt *g, ExportFormat format, const char *path, int eos, bool replace, Err *err);

#endif
