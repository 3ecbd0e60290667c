/* The places of a forward pass where activations can be seen and changed, under TransformerLens's names
 * (Nanda & Bloom 2022):
 *
 *   blocks.L.hook_resid_pre          the stream before the block
 *   blocks.L.ln1.hook_normalized     what the attention reads: after gain and bias, with rmsnorm too
 *   blocks.L.attn.hook_q hook_k hook_v   heads side by side; q and k before their rotation
 *   blocks.L.attn.hook_pattern       attention weights; key j of head h stands at h * block_size + j
 *   blocks.L.attn.hook_z             pattern v, heads side by side
 *   blocks.L.hook_attn_out           what the attention adds to the stream, bias included
 *   blocks.L.hook_resid_mid          the stream between attention and MLP
 *   blocks.L.ln2.hook_normalized     what the MLP reads
 *   blocks.L.mlp.hook_pre            before the activation; in a gated MLP the gate's input
 *   blocks.L.mlp.hook_pre_linear     gated: what the gate is multiplied by
 *   blocks.L.mlp.hook_post           the neurons' outputs
 *   blocks.L.hook_mlp_out            what the MLP adds to the stream, bias included
 *   blocks.L.hook_resid_post         the stream after the block
 *   ln_final.hook_normalized         what the head reads
 *
 * A model has those that its structure has: attn: mean has ln1 (whose norm has no parameters) and attn_out alone, and
 * resid_mid is where both attention and MLP are. */
#ifndef ROTE_MODEL_NEURONS_HOOKS_H
#define ROTE_MODEL_NEURONS_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config/config.h"
#include "base/err.h"

typedef enum HookSite { /* in the order of the forward pass */
                        HOOK_RESID_PRE,
                        HOOK_LN1,
                        HOOK_Q,
                        HOOK_K,
                        HOOK_V,
                        HOOK_PATTERN,
                        HOOK_Z,
                        HOOK_ATTN_OUT,
                        HOOK_RESID_MID,
                        HOOK_LN2,
                        HOOK_PRE,
                        HOOK_PRE_LINEAR,
                        HOOK_POST,
                        HOOK_MLP_OUT,
                        HOOK_RESID_POST,
                        HOOK_LN_FINAL,
                        HOOK_SITES
} HookSite;

typedef struct Hook {
    HookSite site;
    int layer; /* HOOK_LN_FINAL: -1 */
} Hook;

/* Numbers at that place for one token, 0 where such a model has none. */
int hook_width(const ModelConfig *config, HookSite site);

enum { HOOK_NAME_MAX = 48 };
/* Returns out. */
const char *hook_name(char out[HOOK_NAME_MAX], Hook hook);
/* ERR_INPUT names the nearest hook that the model has. */
Status hook_parse(Hook *out, const ModelConfig *config, const char *text, size_t length, Err *err);

static inline int hooks_max(const ModelConfig *config) { return config->n_layer * HOOK_SITES + 1; }
/* All that the model has, in the order of the forward pass; out has room for hooks_max. Returns how many. */
int hooks_all(Hook *out, const ModelConfig *config);

#endif
