/* The table of parameters, one row for each tensor: its name in the checkpoint, its offset, its shape, its initial
 * values, and whether weight decay applies. All parameters are one vector of `total` reals. */
#ifndef ROTE_MODEL_PARAMS_H
#define ROTE_MODEL_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/real.h"

typedef enum Part {
    PART_EMBEDDING,
    PART_ATTENTION,
    PART_MLP,
    PART_NORM,
    PART_HEAD,
    PART_TOOLS,
    PART_COUNT
} Part;
extern const char *const part_name[PART_COUNT];
/* Whether a list of parts names it: the tools only where a model has them, so that all other lists are as they were. */
static inline bool part_listed(int part, int64_t params) { return part != PART_TOOLS || params > 0; }

typedef struct Tensor {
    char name[48];  /* "blocks.0.attn.q.weight" */
    int rows, cols; /* a vector has rows == 1 */
    bool matrix;    /* two dimensions in the checkpoint; Muon takes those of PART_ATTENTION and PART_MLP */
    bool decay;
    bool frozen; /* keeps its initial values: the optimizer leaves it out */
    Part part;
    int64_t offset;  /* into the parameter vector, in reals */
    double init_std; /* standard deviation of normal initial values; 0: they are all init_value */
    double init_value;
    double rate_scale; /* factor of the learning rate; 1, unless model/parametrization.h sets it */
} Tensor;

typedef struct ParamTable {
    int count;
    Tensor *tensor;
    int64_t total;
    int64_t by_part[PART_COUNT];
} ParamTable;

/* The table for a resolved config. ERR_INPUT: a tensor has more than 2^31 elements. ERR_NOMEM. Free with params_free.
 *
 * The names, in order; a config has only the tensors of its structure:
 *   wte (V,d)  wpe (T,d, learned positions)
 *   blocks.L.norm1.weight .bias (d)
 *   blocks.L.attn.q.weight (H*hd,d) .k.weight .v.weight (kv*hd,d)  .q.bias .k.bias .v.bias
 *   blocks.L.attn.q_norm.weight .k_norm.weight (hd)
 *   blocks.L.attn.o.weight (d,H*hd) .bias
 *   blocks.L.norm2.weight .bias (d)
 *   blocks.L.mlp.in.weight (I,d) .bias;  gated: blocks.L.mlp.gate.weight .up.weight, .gate.bias .up.bias
 *   blocks.L.mlp.out.weight (d,I) .bias
 *   norm_f.weight .bias (d)
 *   head.weight (V,d), when not tied
 *   the stage of tools behind block L, or "tool." behind the embedding (model/layers/tool.h), behind all others, so
 *   that these keep their initial values:
 *     blocks.L.tool.arg.P.query.weight .key.weight (8,d), for each pointer P
 *     blocks.L.tool.call.weight (1+n,d) .bias
 *     blocks.L.tool.write.weight (d,d) .none (d) .end (d)
 *     blocks.L.tool.gate.weight (1,d) .bias (1), with a gate
 *
 * attn none or mean: no norm1 and no attention tensors (a causal mean and its norm have no parameters). mlp none: no
 * norm2 and no MLP tensors. rmsnorm: no bias in norms. bias false: no bias, but with qkv_bias those of q, k and v.
 * q_norm and k_norm only with qk_norm. q, k, v (and gate, up) are side by side in memory, so that one matrix product
 * computes them all. */
Status params_plan(ParamTable *out, const ModelConfig *config, Err *err);
void params_free(ParamTable *table);
/* Freezes the tensors of the parts in `parts` (1 << part) and no others. */
void params_freeze(ParamTable *table, unsigned parts);
/* The tensor of that name, or NULL. */
const Tensor *params_find(const ParamTable *table, const char *name);
/* Sets the initial values: number i of tensor t is a pure function of (seed, t, i). */
void params_init(real *params, const ParamTable *table, uint64_t seed);

#endif
