/* One row per tensor: its name in the checkpoint, its place, its shape, how it starts, whether it decays.
 * All parameters are one vector of `total` reals. */
#ifndef ROTE_MODEL_PARAMS_H
#define ROTE_MODEL_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/real.h"

typedef enum Part { PART_EMBEDDING, PART_ATTENTION, PART_MLP, PART_NORM, PART_HEAD, PART_COUNT } Part;
extern const char *const part_name[PART_COUNT];

typedef struct Tensor {
    char name[48];  /* "blocks.0.attn.q.weight" */
    int rows, cols; /* a vector has rows == 1 */
    bool matrix;    /* two dimensions in the checkpoint; Muon takes those of PART_ATTENTION and PART_MLP */
    bool decay;
    bool frozen; /* stays as it starts: not for the optimizer */
    Part part;
    int64_t offset;  /* into the parameter vector, in reals */
    double init_std; /* normal start; 0: constant */
    double init_value;
    double rate_scale; /* what the learning rate is multiplied by; 1 but for model/parametrization.h */
} Tensor;

typedef struct ParamTable {
    int count;
    Tensor *tensor;
    int64_t total;
    int64_t by_part[PART_COUNT];
} ParamTable;

/* The table of a resolved config. ERR_INPUT: more than 2^31 elements in a tensor. Free with params_free.
 *
 * Names, in order (those a config leaves out are not there):
 *   wte (V,d)  wpe (T,d, learned positions)
 *   blocks.L.norm1.weight .bias (d)
 *   blocks.L.attn.q.weight (d,d) .k.weight .v.weight (kv*hd,d)  .q.bias .k.bias .v.bias
 *   blocks.L.attn.o.weight (d,d) .bias
 *   blocks.L.norm2.weight .bias (d)
 *   blocks.L.mlp.in.weight (I,d) .bias;  gated: blocks.L.mlp.gate.weight .up.weight, .gate.bias .up.bias
 *   blocks.L.mlp.out.weight (d,I) .bias
 *   norm_f.weight .bias (d)
 *   head.weight (V,d), when not tied
 *
 * attn none or mean: no norm1 and no attention tensors (a causal mean has no parameters, its norm neither).
 * mlp none: no norm2 and no MLP tensors. rmsnorm: no norm bias. bias false: no bias anywhere. q, k, v (and
 * gate, up) lie side by side so that one matrix product serves them. */
Status params_plan(ParamTable *out, const ModelConfig *config, Err *err);
void params_free(ParamTable *table);
/* Freezes the tensors of the parts in `parts` (1 << part) and no others. */
void params_freeze(ParamTable *table, unsigned parts);
/* NULL when there is none of that name. */
const Tensor *params_find(const ParamTable *table, const char *name);
/* Starting values: number i of tensor t is a pure function of (seed, t, i). */
void params_init(real *params, const ParamTable *table, uint64_t seed);

#endif
