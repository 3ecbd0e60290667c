/* Hooks: the places of a forward pass where activations can be observed and changed, under the names of TransformerLens
 * (Nanda & Bloom 2022). A model has the hooks of its structure: with attn: mean, of the attention only ln1 (whose norm
 * has no parameters) and attn_out; resid_mid only with both attention and MLP. */
#ifndef ROTE_MODEL_NEURONS_HOOKS_H
#define ROTE_MODEL_NEURONS_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config/config.h"
#include "base/err.h"

/* One row for each site, in the order of the forward pass: HOOK_..., its name after "blocks.L." (of no block: its whole
 * name), how many numbers it has for one token, and the parts that a model must have. To add a hook: a row here and a
 * line in its sub-layer. */
#define HOOK_TABLE(X)                                                                                        \
    /* the stream before the block */                                                                        \
    X(RESID_PRE, "hook_resid_pre", WIDTH_D, 0)                                                               \
    /* the input of the attention: after gain and bias; ln1.hook_out in TransformerLens 4 */                 \
    X(LN1, "ln1.hook_normalized", WIDTH_D, NEEDS_MIXING)                                                     \
    /* heads side by side; q and k before norm and rotation */                                               \
    X(Q, "attn.hook_q", WIDTH_HEADS, NEEDS_CAUSAL)                                                           \
    X(K, "attn.hook_k", WIDTH_KV, NEEDS_CAUSAL)                                                              \
    X(V, "attn.hook_v", WIDTH_KV, NEEDS_CAUSAL)                                                              \
    /* after the norm of each head, before the rotation */                                                   \
    X(Q_NORMED, "attn.hook_q_normed", WIDTH_HEADS, NEEDS_CAUSAL | NEEDS_QK_NORM)                             \
    X(K_NORMED, "attn.hook_k_normed", WIDTH_KV, NEEDS_CAUSAL | NEEDS_QK_NORM)                                \
    /* attention weights; key j of head h has index h * block_size + j */                                    \
    X(PATTERN, "attn.hook_pattern", WIDTH_PATTERN, NEEDS_CAUSAL)                                             \
    /* pattern v, heads side by side */                                                                      \
    X(Z, "attn.hook_z", WIDTH_HEADS, NEEDS_CAUSAL)                                                           \
    /* the output of the attention, which is added to the stream; bias included */                           \
    X(ATTN_OUT, "hook_attn_out", WIDTH_D, NEEDS_MIXING)                                                      \
    /* the stream between attention and MLP */                                                               \
    X(RESID_MID, "hook_resid_mid", WIDTH_D, NEEDS_MIXING | NEEDS_MLP)                                        \
    /* the input of the MLP */                                                                               \
    X(LN2, "ln2.hook_normalized", WIDTH_D, NEEDS_MLP)                                                        \
    /* before the activation; in a gated MLP the gate's input */                                             \
    X(PRE, "mlp.hook_pre", WIDTH_INNER, NEEDS_MLP)                                                           \
    /* gated: the factor that the gate multiplies */                                                         \
    X(PRE_LINEAR, "mlp.hook_pre_linear", WIDTH_INNER, NEEDS_MLP | NEEDS_GATE)                                \
    /* the neurons' outputs */                                                                               \
    X(POST, "mlp.hook_post", WIDTH_INNER, NEEDS_MLP)                                                         \
    /* the output of the MLP, which is added to the stream; bias included */                                 \
    X(MLP_OUT, "hook_mlp_out", WIDTH_D, NEEDS_MLP)                                                           \
    /* the stream after the block */                                                                         \
    X(RESID_POST, "hook_resid_post", WIDTH_D, 0)                                                             \
    /* the stage of tools, behind one block (before the first one: "tool.hook_call"): logits of the calls */ \
    X(TOOL_CALL, "tool.hook_call", WIDTH_CALLS, NEEDS_TOOLS)                                                 \
    /* query and key of pointer 0, then of pointer 1, .. */                                                  \
    X(TOOL_POINT, "tool.hook_point", WIDTH_POINTERS, NEEDS_TOOLS)                                            \
    /* the logit of the gate */                                                                              \
    X(TOOL_GATE, "tool.hook_gate", WIDTH_GATE, NEEDS_TOOLS | NEEDS_TOOL_GATE)                                \
    /* what is written, which is added to the stream; 0 where nothing is */                                  \
    X(TOOL_WRITE, "tool.hook_write", WIDTH_D, NEEDS_TOOLS)                                                   \
    /* the input of the head */                                                                              \
    X(LN_FINAL, "ln_final.hook_normalized", WIDTH_D, 0)

typedef enum HookSite {
#define SITE(site, name, width, needs) HOOK_##site,
    HOOK_TABLE(SITE)
#undef SITE
        HOOK_SITES
} HookSite;

typedef struct Hook {
    HookSite site;
    int layer; /* -1: of no block, as HOOK_LN_FINAL */
} Hook;

/* How many numbers the hook has for one token; 0: a model of this structure does not have it. */
int hook_width(const ModelConfig *config, HookSite site);

enum { HOOK_NAME_MAX = 48 };
/* Returns out. */
const char *hook_name(char out[HOOK_NAME_MAX], Hook hook);
/* Reads a name of `length` bytes. ERR_INPUT: the model has no such hook; the message names the nearest one. */
Status hook_parse(Hook *out, const ModelConfig *config, const char *text, size_t length, Err *err);

static inline int hooks_max(const ModelConfig *config) { return config->n_layer * HOOK_SITES + 1; }
/* All hooks of the model, in the order of the forward pass; out has room for hooks_max. Returns how many. */
int hooks_all(Hook *out, const ModelConfig *config);

#endif
