/* The weights of a model as products want them: packed once for each change of the parameters, and shared by
 * all threads. Packed or not changes no bit. */
#ifndef ROTE_MODEL_WEIGHTS_H
#define ROTE_MODEL_WEIGHTS_H

#include "model/gpt.h"

/* What one layer has for parameters, each NULL where it has none.
 *   linear: w (O,C), bias (O)       norm: w is the gain (d), bias (d); O = 0, for there is nothing to pack */
typedef struct Weight {
    const real *w, *bias;
    int O, C;
    real *forward;  /* w^T (C,O) packed for x w^T; NULL: each product packs for itself */
    real *backward; /* w (O,C) packed for dy w; or NULL */
} Weight;

/* Weights that a block does not have are zero throughout. */
typedef struct BlockWeights {
#define FIELD(name, tensors) Weight name;
    BLOCK_LAYERS(FIELD)
#undef FIELD
} BlockWeights;

typedef struct Weights {
    int n_layer;
    BlockWeights *block;
    Weight norm_f, head;
    Arena arena;
} Weights;

typedef enum Packing { PACK_NONE, PACK_FORWARD, PACK_BOTH } Packing;

/* Bytes of the packed layouts. */
size_t weights_bytes(const ModelConfig *config, Packing packing);
/* Refers to g's parameters, which must outlive it; what is to be packed is packed by weights_pack, not here.
 * A model with another gemm (OpenBLAS) packs nothing. ERR_NOMEM. */
Status weights_create(Weights *out, const Gpt *g, Packing packing, Err *err);
void weights_free(Weights *weights);
/* Packs this member's share of what is asked for (and was planned); all members must be done before anyone
 * uses it. */
void weights_pack(const Weights *weights, const Ops *ops, Packing packing, const Team *team);

#endif
