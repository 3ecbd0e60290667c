/* The GPT: its structure and its parameters. Every choice of the structure is a config key.
 *
 * The model knows no facts: it reads integer arrays (model/batch.h). Sequences of any length are laid end to end
 * without padding, so the results of a sequence do not depend on its neighbours.
 *
 *   x = wte[input] + wpe[position]
 *   each block:  x += o(attention(norm1(x)))     x += out(phi(in(norm2(x))))
 *   behind one of them, with tools:              x += what a tool returned (model/layers/tool.h)
 *   logits = norm_f(x) head^T   (head = wte when tied)
 *
 * with, for V symbols, n tokens, d = n_embd channels, H heads of hd channels (head_size), KV heads of keys and values,
 * I neurons, and phi the activation function:
 *   wte   (V,d)    token embedding: row v is what symbol v adds to the stream
 *   wpe   (T,d)    position embedding, for T = block_size positions (model.pos=learned)
 *   x     (n,d)    the residual stream: one row a token, which every block reads and adds to
 *   head  (V,d)    one row a symbol again; a logit is a row of the stream times a row of the head
 *
 * (Radford et al. 2019; the variants are named in docs/math.md, "The model".) Forward and backward: model/pass.h. */
#ifndef ROTE_MODEL_GPT_H
#define ROTE_MODEL_GPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/err.h"
#include "base/file_map.h"
#include "base/memory.h"
#include "model/kernels/ops.h"
#include "model/params.h"
#include "model/team.h"

/* The layers of a block that have parameters, in the order of the forward pass: field, and name of its tensors,
 * blocks.L.NAME.weight and .bias. A layer of several tensors has the name of its first tensor: qkv is q, k and v side
 * by side; in is gate and up side by side where the MLP is gated. BlockPlaces and BlockWeights have a field for each
 * row. model/params.c has the shapes and the initial values, model/weights.c the shapes of the matrices in products. */
#define BLOCK_LAYERS(X)                                                                                      \
    X(norm1, "norm1")                                                                                        \
    X(qkv, "attn.q")                                                                                         \
    X(q_norm, "attn.q_norm")                                                                                 \
    X(k_norm, "attn.k_norm")                                                                                 \
    X(o, "attn.o")                                                                                           \
    X(norm2, "norm2")                                                                                        \
    X(in, c->gated ? "mlp.gate" : "mlp.in")                                                                  \
    X(out, "mlp.out")

/* Offsets of a layer's weight and bias in the parameter vector (and in a gradient), in reals; -1: it has none. */
typedef struct Place {
    int64_t weight, bias;
} Place;

typedef struct BlockPlaces {
#define FIELD(name, tensors) Place name;
    BLOCK_LAYERS(FIELD)
#undef FIELD
} BlockPlaces;

typedef struct Places {
    int64_t wte, wpe;
    Place norm_f, head; /* head.weight == wte when tied */
    BlockPlaces *block; /* n_layer */
    /* of the stage of tools; point: query and key of all pointers, one after the other in memory */
    Place tool_point, tool_call, tool_write, tool_gate;
    int64_t tool_none, tool_end;
} Places;

typedef struct Gpt {
    ModelConfig config; /* resolved */
    ParamTable table;
    Places at;
    real *params; /* table.total reals; NULL until there are some */
    FileMap map;  /* where they lie in a file: read only, unless gpt_write_params was called */
    const Ops *ops;
    Ops own_ops;      /* ops with another gemm, when train.gemm=openblas */
    real *rope_table; /* (block_size, hd/2, 2) cos, sin; NULL without rope */
} Gpt;

/* Parameters are zero until gpt_init or a checkpoint fills them. ERR_NOMEM, ERR_INPUT. */
Status gpt_create(Gpt *g, const ModelConfig *config, const Ops *ops, GemmKind gemm, Err *err);
void gpt_init(Gpt *g, uint64_t seed);
void gpt_free(Gpt *g);

/* gpt_create without the parameters, and the two ways to give it some, instead of those that it may have: zeros in
 * memory, or those at `params` in a file's map, which g then owns (map is left empty). ERR_NOMEM: it has none. */
Status gpt_plan(Gpt *g, const ModelConfig *config, const Ops *ops, GemmKind gemm, Err *err);
Status gpt_allocate_params(Gpt *g, Err *err);
void gpt_map_params(Gpt *g, FileMap *map, const void *params);
/* Before parameters of a model that was read are changed. They stay where they are. ERR_NOMEM. */
Status gpt_write_params(Gpt *g, Err *err);

/* The tensor at that place of the parameter vector or of a gradient; NULL where the model has no such tensor. */
static inline real *tensor_at(real *vector, int64_t place) { return place < 0 ? NULL : vector + place; }

/* Channels of one row of q, k and v side by side: (H + 2 KV) hd. */
static inline int qkv_width(const ModelConfig *c) { return heads_width(c) + 2 * kv_width(c); }
/* Numbers of one row before the activation: I; gated: 2 I, gate and up side by side. */
static inline int pre_width(const ModelConfig *c) { return c->gated ? 2 * c->n_inner : c->n_inner; }
/* Numbers of one row of the pointers of tools: query and key of pointer 0, then of pointer 1, .. */
static inline int tool_point_width(const ModelConfig *c) { return 2 * POINTER_WIDTH * c->tool.n_pointers; }

/* Whether the stage of tools is behind the first `layers` blocks. */
static inline bool tool_behind(const ModelConfig *c, int layers) {
    return c->tool.n_tools > 0 && c->tool.layer == layers;
}

/* A gradient vector has the layout of the parameters. With a tied head it has a second (V,d) at its end: the gradient
 * that wte receives as the input embedding. This gradient is a chain of its own, so that no bit depends on how a leaf
 * is cut into chunks (docs/design.md, "Kernels"). gpt_gradient_fold adds it to the gradient of wte: call it once, after
 * all leaves are added up. */
int64_t gpt_gradient_reals(const Gpt *g);
void gpt_gradient_fold(const Gpt *g, real *grad);

/* Floating-point operations of one training step on `tokens` tokens in sequences of length T: per token
 * 6 * (matrix parameters + V d) + 6 L T H hd, with the causal half of attention counted (docs/speed.md). */
double gpt_flops(const ModelConfig *config, const ParamTable *table, double tokens, double T);

#endif
