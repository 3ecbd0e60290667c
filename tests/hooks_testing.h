/* A random model with a batch and what was seen at its hooks, for the tests of hooks and edits; after cmocka.h. */
#ifndef ROTE_TESTS_HOOKS_TESTING_H
#define ROTE_TESTS_HOOKS_TESTING_H

#include <string.h>

#include "model/pass.h"
#include "tests/model_case.h"

enum { SEED = 20261123, CONFIGS = 42, LAYERS = 3, N_SEQ = 4 };

/* Sums of some hundred roundings of 6e-8 on numbers of size 1 to 10; a wrong place differs by 0.1 and more. */
static const double TOLERANCE = 1e-4;

typedef struct Case {
    ModelConfig c;
    Gpt g;
    OwnBatch own;
    int tokens;
    GptWork *work;
    real *seen[HOOK_SITES][LAYERS]; /* (tokens, width) */
} Case;

static inline void case_open(Case *t, int i) {
    Err err;
    Draw d = draw_from(SEED + (uint64_t)i);
    *t = (Case){.c = draw_config(&d, i)};
    if (gpt_create(&t->g, &t->c, ops_available()[0], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(&t->g, &d, 0.4);
    t->own = draw_batch(&d, &t->c, N_SEQ);
    t->tokens = t->own.start[N_SEQ];
    /* two sequences at a time: chunks begin elsewhere than the batch */
    int max_len = t->c.block_size;
    if (gpt_work_create(&t->work, &t->g, 2 * max_len, 2, max_len, true, 1, NULL, &err) != OK)
        fail_msg("%s", err.msg);
    for (int s = 0; s < HOOK_SITES; s++)
        for (int l = 0; l < LAYERS; l++)
            t->seen[s][l] = calloc((size_t)(t->tokens * hook_width(&t->c, (HookSite)s) + 1), sizeof(real));
}

static inline void case_close(Case *t) {
    for (int s = 0; s < HOOK_SITES; s++)
        for (int l = 0; l < LAYERS; l++) free(t->seen[s][l]);
    gpt_work_free(t->work);
    free_batch(&t->own);
    gpt_free(&t->g);
}

static inline void keep(void *user, const HookObservation *seen) {
    Case *t = user;
    HookSite site = seen->hook.site;
    real *data = t->seen[site][seen->hook.layer < 0 ? 0 : seen->hook.layer];
    int all = hook_width(&t->c, site);
    if (site != HOOK_PATTERN) assert_int_equal(seen->width, all);
    for (int r = 0; r < seen->rows; r++) {
        int width = site == HOOK_PATTERN ? r + 1 : seen->width;
        memcpy(data + (ptrdiff_t)(seen->token + r) * all + seen->column, seen->x + r * seen->ld,
               (size_t)width * sizeof(real));
    }
}

static inline void observe(Case *t, const Edits *edits, unsigned sites) {
    gpt_work_edit(t->work, edits);
    gpt_observe(&t->g, t->work, &t->own.batch, 0, N_SEQ, sites, keep, t);
    gpt_work_edit(t->work, NULL);
}
static const unsigned ALL_SITES = (1u << HOOK_SITES) - 1;

static inline const real *row_of(const Case *t, HookSite site, int layer, int token) {
    return t->seen[site][layer] + (ptrdiff_t)token * hook_width(&t->c, site);
}

static inline const real *tensor_of(const Case *t, int layer, const char *name) {
    char full[96];
    if (layer < 0) snprintf(full, sizeof full, "%s", name);
    else snprintf(full, sizeof full, "blocks.%d.%s", layer, name);
    const Tensor *found = params_find(&t->g.table, full);
    return found ? t->g.params + found->offset : NULL;
}

static inline ModelConfig plain_config(void) {
    return (ModelConfig){.n_layer = 2,
                         .n_head = 2,
                         .n_kv_head = 2,
                         .n_embd = 6,
                         .n_inner = 9,
                         .block_size = 7,
                         .vocab_size = 11,
                         .norm = NORM_LAYERNORM,
                         .norm_eps = 1e-5,
                         .pos = POS_LEARNED,
                         .act = ACT_RELU,
                         .bias = true,
                         .tie_weights = true,
                         .attn = ATTN_CAUSAL,
                         .mlp = MLP_PLAIN,
                         .init_std = 0.3};
}

static inline Edits edits_of(const ModelConfig *c, const char *text) {
    Edits edits;
    Err err;
    if (edits_parse(&edits, c, text, &err) != OK) fail_msg("%s", err.msg);
    return edits;
}

#endif
