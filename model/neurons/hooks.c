#include "model/neurons/hooks.h"
#include "base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What follows "blocks.L." */
static const char *const site_name[HOOK_SITES] = {
    [HOOK_RESID_PRE] = "hook_resid_pre",
    [HOOK_LN1] = "ln1.hook_normalized",
    [HOOK_Q] = "attn.hook_q",
    [HOOK_K] = "attn.hook_k",
    [HOOK_V] = "attn.hook_v",
    [HOOK_PATTERN] = "attn.hook_pattern",
    [HOOK_Z] = "attn.hook_z",
    [HOOK_ATTN_OUT] = "hook_attn_out",
    [HOOK_RESID_MID] = "hook_resid_mid",
    [HOOK_LN2] = "ln2.hook_normalized",
    [HOOK_PRE] = "mlp.hook_pre",
    [HOOK_PRE_LINEAR] = "mlp.hook_pre_linear",
    [HOOK_POST] = "mlp.hook_post",
    [HOOK_MLP_OUT] = "hook_mlp_out",
    [HOOK_RESID_POST] = "hook_resid_post",
    [HOOK_LN_FINAL] = "ln_final.hook_normalized",
};

int hook_width(const ModelConfig *c, HookSite site) {
    bool causal = c->attn == ATTN_CAUSAL, attn = c->attn != ATTN_NONE, mlp = c->mlp == MLP_PLAIN;
    int d = c->n_embd, kv = c->n_kv_head * (d / c->n_head);
    switch (site) {
    case HOOK_RESID_PRE:
    case HOOK_RESID_POST:
    case HOOK_LN_FINAL: return d;
    case HOOK_LN1:
    case HOOK_ATTN_OUT: return attn ? d : 0;
    case HOOK_Q:
    case HOOK_Z: return causal ? d : 0;
    case HOOK_K:
    case HOOK_V: return causal ? kv : 0;
    case HOOK_PATTERN: return causal ? c->n_head * c->block_size : 0;
    case HOOK_RESID_MID: return attn && mlp ? d : 0;
    case HOOK_LN2:
    case HOOK_MLP_OUT: return mlp ? d : 0;
    case HOOK_PRE:
    case HOOK_POST: return mlp ? c->n_inner : 0;
    case HOOK_PRE_LINEAR: return mlp && c->gated ? c->n_inner : 0;
    case HOOK_SITES: break;
    }
    return 0;
}

const char *hook_name(char out[HOOK_NAME_MAX], Hook hook) {
    if (hook.site == HOOK_LN_FINAL) snprintf(out, HOOK_NAME_MAX, "%s", site_name[hook.site]);
    else snprintf(out, HOOK_NAME_MAX, "blocks.%d.%s", hook.layer, site_name[hook.site]);
    return out;
}

int hooks_all(Hook *out, const ModelConfig *c) {
    int n = 0;
    for (int l = 0; l < c->n_layer; l++)
        for (HookSite s = 0; s < HOOK_LN_FINAL; s++)
            if (hook_width(c, s)) out[n++] = (Hook){s, l};
    out[n++] = (Hook){HOOK_LN_FINAL, -1};
    return n;
}

Status hook_parse(Hook *out, const ModelConfig *c, const char *text, size_t length, Err *err) {
    int most = hooks_max(c), n;
    Hook *hook = calloc((size_t)most, sizeof *hook);
    char(*name)[HOOK_NAME_MAX] = calloc((size_t)most, sizeof *name), asked[80];
    const char **list = calloc((size_t)most + 1, sizeof *list);
    Status status = OK;
    if (!hook || !name || !list) {
        status = err_set(err, ERR_NOMEM, "no memory for the names of %d hooks", most);
        goto done;
    }
    snprintf(asked, sizeof asked, "%.*s", (int)(length < sizeof asked ? length : sizeof asked - 1), text);
    n = hooks_all(hook, c);
    for (int i = 0; i < n; i++) {
        list[i] = hook_name(name[i], hook[i]);
        if (strcmp(list[i], asked) != 0) continue;
        *out = hook[i];
        goto done;
    }
    const char *nearest = nearest_name(asked, list);
    status = err_set(err, ERR_INPUT, "'%s' is no hook of this model; %s: %s", asked,
                     nearest ? "nearest" : "one is", nearest ? nearest : list[0]);
done:
    free(hook);
    free(name);
    free(list);
    return status;
}
