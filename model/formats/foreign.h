/* Weights of other programs' models: their names, shapes and order of rows, in GGUF and in Hugging Face files.
 *
 * A model is described by its structure, as a ModelConfig, and by the tensors that its files hold. Rotary positions
 * turn two channels of a head as a pair: 2i and 2i+1 here and in GGUF's llama; i and i + hd/2 in Hugging Face's. There
 * the rows of q and k are reordered, which changes no dot product of a query and a key. */
#ifndef ROTE_MODEL_FORMATS_FOREIGN_H
#define ROTE_MODEL_FORMATS_FOREIGN_H

#include "base/formats/ggml_types.h"
#include "model/gpt.h"

/* HF_GPT2: without the prefix "transformer.", which some files have. LLAMA: also those of qwen2 and qwen3. */
typedef enum ForeignNames { NAMES_HF_LLAMA, NAMES_GGUF_LLAMA, NAMES_HF_GPT2, NAMES_GGUF_GPT2 } ForeignNames;

/* Where one of our tensors is in the files: part number `part` of `parts` equal ones along the outputs of a tensor. */
typedef struct ForeignSource {
    char name[96];
    int part, parts;
    bool transposed;
} ForeignSource;

/* A tensor in a file. A vector has rows 1. */
typedef struct ForeignTensor {
    char name[96];
    const GgmlType *type;
    int n_dim;
    int64_t rows, cols;
    const uint8_t *data;
    bool used;
} ForeignTensor;

typedef struct ForeignModel {
    const char *path; /* for messages */
    ModelConfig config;
    ForeignNames names;
    bool rope_halves; /* a pair is i and i + hd/2 */
    int positions;    /* learned: rows of wpe there, of which the first block_size are read */
    ForeignTensor *tensor;
    int n_tensors;
} ForeignModel;

/* A head of `hd` channels, as files say it: sets head_dim, unless that is what n_embd and n_head give. */
void foreign_head(ModelConfig *config, int hd);

/* Tokens that a model reads which was made for so many: at most `requested`; 0: at most 2048. */
int foreign_context(int made_for, int requested);

const ForeignTensor *foreign_find(const ForeignModel *m, const char *name); /* NULL: absent */

/* Fills g's parameters, and marks the tensors that were used. ERR_INPUT: a tensor is missing, has another shape, a type
 * that rote does not read, or NaN or Inf in it; or the files hold one that no part of the model uses. Names it.
 * ERR_NOMEM. */
Status foreign_weights(const Gpt *g, ForeignModel *m, Err *err);

/* false: such files have no tensor for it. */
bool foreign_source(ForeignSource *out, const Tensor *ours, ForeignNames names);
/* Whether rotary positions turn its outputs: weights and biases of q and k, and the gains of their norms. Their rows
 * are in the files' order. */
bool foreign_is_rotated(const Tensor *ours);
/* The row of ours that is row `row` of a rotated tensor there, where a pair is i and i + hd/2; hd: channels of a
 * head. */
int64_t foreign_half_row(int64_t row, int hd);

void foreign_free(ForeignModel *m);

#endif
