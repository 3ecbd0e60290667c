/* The places of a forward pass where activations can be seen and changed, under TransformerLens's names
 * (Nanda & Bloom 2022). A model has those that its structure has: attn: mean has ln1 (whose norm has no parameters)
 * and attn_out alone, and resid_mid is where both attention and MLP are. */
#ifndef ROTE_MODEL_NEURONS_HOOKS_H
#define ROTE_MODEL_NEURONS_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config/config.h"
#include "base/err.h"

/* A row a site, in the order of the forward pass: HOOK_..., its name behind "blocks.L." (ln_final: behind nothing), the
 * numbers of one token there, what a model must have for it. A new hook is a row here and a line in its sub-layer. */
#define HOOK_TABLE(X)                                                                                        \
    /* the stream before the block */                                                                        \
    X(RESID_PRE, "hook_resid_pre", WIDTH_D, 0)                                                               \
    /* what the attention reads: after gain and bias, with rmsnorm too */                                    \
    X(LN1, "ln1.hook_normalized", WIDTH_D, NEEDS_MIXING)                                                     \
    /* heads side by side; q and k before their rotation */                                                  \
    X(Q, "attn.hook_q", WIDTH_D, NEEDS_CAUSAL)                                                               \
    X(K, "attn.hook_k", WIDTH_KV, NEEDS_CAUSAL)                                                              \
    X(V, "attn.hook_v", WIDTH_KV, NEEDS_CAUSAL)                                                              \
    /* attention weights; key j of head h stands at h * block_size + j */                                    \
    X(PATTERN, "attn.hook_pattern", WIDTH_PATTERN, NEEDS_CAUSAL)                                             \
    /* pattern v, heads side by side */                                                                      \
    X(Z, "attn.hook_z", WIDTH_D, NEEDS_CAUSAL)                                                               \
    /* what the attention adds to the stream, bias included */                                               \
    X(ATTN_OUT, "hook_attn_out", WIDTH_D, NEEDS_MIXING)                                                      \
    /* the stream between attention and MLP */                                                               \
    X(RESID_MID, "hook_resid_mid", WIDTH_D, NEEDS_MIXING | NEEDS_MLP)                                        \
    /* what the MLP reads */                                                                                 \
    X(LN2, "ln2.hook_normalized", WIDTH_D, NEEDS_MLP)                                                        \
    /* before the activation; in a gated MLP the gate's input */                                             \
    X(PRE, "mlp.hook_pre", WIDTH_INNER, NEEDS_MLP)                                                           \
    /* gated: what the gate is multiplied by */                                                              \
    X(PRE_LINEAR, "mlp.hook_pre_linear", WIDTH_INNER, NEEDS_MLP | NEEDS_GATE)                                \
    /* the neurons' outputs */                                                                               \
    X(POST, "mlp.hook_post", WIDTH_INNER, NEEDS_MLP)                                                         \
    /* what the MLP adds to the stream, bias included */                                                     \
    X(MLP_OUT, "hook_mlp_out", WIDTH_D, NEEDS_MLP)                                                           \
    /* the stream after the block */                                                                         \
    X(RESID_POST, "hook_resid_post", WIDTH_D, 0)                                                             \
    /* what the head reads */                                                                                \
    X(LN_FINAL, "ln_final.hook_normalized", WIDTH_D, 0)

typedef enum HookSite {
#define SITE(site, name, width, needs) HOOK_##site,
    HOOK_TABLE(SITE)
#undef SITE
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
