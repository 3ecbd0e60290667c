#include "model/neurons/hooks.h"
#include "base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many numbers a hook has for one token: d, H hd, KV hd, H block_size, I, 1 + tools, queries and keys of all
 * pointers, 1. */
typedef enum Width {
    WIDTH_D,
    WIDTH_HEADS,
    WIDTH_KV,
    WIDTH_PATTERN,
    WIDTH_INNER,
    WIDTH_CALLS,
    WIDTH_POINTERS,
    WIDTH_GATE
} Width;
/* The parts that a model must have: attention or the causal mean; attention; an MLP; a gated MLP; tools; norms of each
 * head's query and key; tools with a gate. */
enum {
    NEEDS_MIXING = 1,
    NEEDS_CAUSAL = 2,
    NEEDS_MLP = 4,
    NEEDS_GATE = 8,
    NEEDS_TOOLS = 16,
    NEEDS_QK_NORM = 32,
    NEEDS_TOOL_GATE = 64
};

static const struct {
    const char *name;
    Width width;
    unsigned needs;
} sites[HOOK_SITES] = {
#define ROW(site, name, width, needs) {name, width, needs},
    HOOK_TABLE(ROW)
#undef ROW
};

int hook_width(const ModelConfig *c, HookSite site) {
    unsigned has = (c->attn != ATTN_NONE ? NEEDS_MIXING : 0) | (c->attn == ATTN_CAUSAL ? NEEDS_CAUSAL : 0) |
                   (c->mlp == MLP_PLAIN ? NEEDS_MLP : 0) | (c->gated ? NEEDS_GATE : 0) |
                   (c->tool.n_tools ? NEEDS_TOOLS : 0) | (c->qk_norm ? NEEDS_QK_NORM : 0) |
                   (c->tool.gated ? NEEDS_TOOL_GATE : 0);
    if (site >= HOOK_SITES || sites[site].needs & ~has) return 0;
    switch (sites[site].width) {
    case WIDTH_HEADS: return heads_width(c);
    case WIDTH_KV: return kv_width(c);
    case WIDTH_PATTERN: return c->n_head * c->block_size;
    case WIDTH_INNER: return c->n_inner;
    case WIDTH_CALLS: return 1 + c->tool.n_tools;
    case WIDTH_GATE: return 1;
    case WIDTH_POINTERS: return 2 * POINTER_WIDTH * c->tool.n_pointers;
    default: return c->n_embd;
    }
}

const char *hook_name(char out[HOOK_NAME_MAX], Hook hook) {
    if (hook.layer < 0) snprintf(out, HOOK_NAME_MAX, "%s", sites[hook.site].name);
    else snprintf(out, HOOK_NAME_MAX, "blocks.%d.%s", hook.layer, sites[hook.site].name);
    return out;
}

int hooks_all(Hook *out, const ModelConfig *c) {
    int n = 0;
    for (int l = -1; l < c->n_layer; l++)
        for (HookSite s = 0; s < HOOK_LN_FINAL; s++) {
            bool tools = sites[s].needs & NEEDS_TOOLS; /* behind one block, or before the first one */
            if (tools ? l == c->tool.layer - 1 : l >= 0)
                if (hook_width(c, s)) out[n++] = (Hook){s, l};
        }
    out[n++] = (Hook){HOOK_LN_FINAL, -1};
    return n;
}

Status hook_parse(Hook *out, const ModelConfig *c, const char *text, size_t length, Err *err) {
    int max_hooks = hooks_max(c), n;
    Hook *hook = calloc((size_t)max_hooks, sizeof *hook);
    char(*name)[HOOK_NAME_MAX] = calloc((size_t)max_hooks, sizeof *name), given[80];
    const char **list = calloc((size_t)max_hooks + 1, sizeof *list);
    Status status = OK;
    if (!hook || !name || !list) {
        status = err_set(err, ERR_NOMEM, "no memory for the names of %d hooks", max_hooks);
        goto done;
    }
    snprintf(given, sizeof given, "%.*s", (int)(length < sizeof given ? length : sizeof given - 1), text);
    n = hooks_all(hook, c);
    for (int i = 0; i < n; i++) {
        list[i] = hook_name(name[i], hook[i]);
        if (strcmp(list[i], given) != 0) continue;
        *out = hook[i];
        goto done;
    }
    const char *nearest = nearest_name(given, list);
    status = err_set(err, ERR_INPUT, "'%s' is not a hook of this model; %s: %s", given,
                     nearest ? "nearest" : "one is", nearest ? nearest : list[0]);
done:
    free(hook);
    free(name);
    free(list);
    return status;
}
