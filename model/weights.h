/* The weights of a model in the layout of products (ops.h, pack): packed once after each change of the parameters, and
 * shared by all threads. Packing changes no bit. */
#ifndef ROTE_MODEL_WEIGHTS_H
#define ROTE_MODEL_WEIGHTS_H

#include "model/gpt.h"

/* The parameters of one layer; a pointer is NULL where the layer has no such parameter.
 *   linear: w (O,C), bias (O)       norm: w is the gain (d), bias (d); O = 0, as gains are not packed */
typedef struct Weight {
    const real *w, *bias;
    int O, C;
    real *forward;  /* w^T (C,O) packed for x w^T; NULL: each product packs its own */
    real *backward; /* w (O,C) packed for dy w; NULL: the same */
} Weight;

/* The weights of a block; layers that it does not have are all zero. */
typedef struct BlockWeights {
#define FIELD(name, tensors) Weight name;
    BLOCK_LAYERS(FIELD)
#undef FIELD
} BlockWeights;

/* Those of the stage of tools (model/layers/tool.h). point: query and key of every pointer below each other. */
typedef struct ToolWeights {
    Weight point, call, write, gate;
    const real *none, *end;
    const real *wte; /* (V,d), a constant here */
} ToolWeights;

typedef struct Weights {
    int n_layer;
    BlockWeights *block;
    Weight norm_f, head;
    ToolWeights tool;   /* all zero: none */
    const FileMap *map; /* the model's */
    Arena arena;
} Weights;

typedef enum Packing { PACK_NONE, PACK_FORWARD, PACK_BOTH } Packing;

/* Bytes of the packed layouts. */
size_t weights_bytes(const ModelConfig *config, Packing packing);
/* Refers to g's parameters, which must outlive it. Allocates the packed layouts, which weights_pack then fills. A model
 * with another gemm (OpenBLAS) has none. ERR_NOMEM. */
Status weights_create(Weights *out, const Gpt *g, Packing packing, Err *err);
void weights_free(Weights *weights);
/* Packs this member's share of the layouts in `packing` that were allocated. All members must have finished before any
 * of them uses the weights. */
void weights_pack(const Weights *weights, const Ops *ops, Packing packing, const Team *team);

#endif
