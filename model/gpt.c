/* The parameters and the structure of the model. Forward and backward pass: model/pass.c. */
#include "model/gpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "model/blas.h"
#include "model/rope.h"

static int64_t offset_of(const ParamTable *table, const char *name) {
    const Tensor *t = params_find(table, name);
    return t ? t->offset : -1;
}

/* The place of a layer's tensors; layer < 0: outside the blocks. */
static Place place_of(const ParamTable *table, int layer, const char *name) {
    char block[24] = "", weight[64], bias[64];
    if (layer >= 0) snprintf(block, sizeof block, "blocks.%d.", layer);
    snprintf(weight, sizeof weight, "%s%s.weight", block, name);
    snprintf(bias, sizeof bias, "%s%s.bias", block, name);
    return (Place){offset_of(table, weight), offset_of(table, bias)};
}

/* Without tools there are no such tensors. layer < 0: the stage is behind the embedding. */
static void find_tool_places(Places *at, const ParamTable *table, int layer) {
    at->tool_point = (Place){place_of(table, layer, "tool.arg.0.query").weight, -1};
    at->tool_call = place_of(table, layer, "tool.call");
    at->tool_write = place_of(table, layer, "tool.write");
    at->tool_gate = place_of(table, layer, "tool.gate");
    char name[48], block[24] = "";
    if (layer >= 0) snprintf(block, sizeof block, "blocks.%d.", layer);
    snprintf(name, sizeof name, "%stool.none", block);
    at->tool_none = offset_of(table, name);
    snprintf(name, sizeof name, "%stool.end", block);
    at->tool_end = offset_of(table, name);
}

static Status find_places(Gpt *g, Err *err) {
    const ModelConfig *c = &g->config;
    Places *at = &g->at;
    at->wte = offset_of(&g->table, "wte");
    at->wpe = offset_of(&g->table, "wpe");
    at->norm_f = place_of(&g->table, -1, "norm_f");
    at->head = c->tie_weights ? (Place){at->wte, -1} : place_of(&g->table, -1, "head");
    find_tool_places(at, &g->table, c->tool.layer - 1);
    at->block = calloc((size_t)c->n_layer, sizeof *at->block);
    if (!at->block) return err_set(err, ERR_NOMEM, "no memory for %d layers", c->n_layer);
    for (int l = 0; l < c->n_layer; l++) {
#define FIND(layer, name) at->block[l].layer = place_of(&g->table, l, name);
        BLOCK_LAYERS(FIND)
#undef FIND
    }
    return OK;
}

/* cos and sin of pos times the frequency of a pair (model/rope.h), computed in double, for every position and pair. */
static Status make_rope_table(Gpt *g, Err *err) {
    const ModelConfig *c = &g->config;
    int pairs = head_size(c) / 2;
    if (c->pos != POS_ROPE || c->attn != ATTN_CAUSAL) return OK;
    size_t reals = (size_t)c->block_size * (size_t)(pairs ? pairs : 1) * 2;
    g->rope_table = memory_alloc(reals * sizeof(real));
    if (!g->rope_table)
        return err_set(err, ERR_NOMEM, "no memory for the rotary table of %d positions", c->block_size);
    for (int i = 0; i < pairs; i++) {
        double frequency = rope_frequency(c, i);
        for (int t = 0; t < c->block_size; t++) {
            real *angle = g->rope_table + ((size_t)t * (size_t)pairs + (size_t)i) * 2;
            angle[0] = (real)exact_cos(t * frequency);
            angle[1] = (real)exact_sin(t * frequency);
        }
    }
    return OK;
}

static void free_params(Gpt *g) {
    if (!g->map.data) memory_free(g->params);
    file_unmap(&g->map);
    g->params = NULL;
}

Status gpt_plan(Gpt *g, const ModelConfig *config, const Ops *ops, GemmKind gemm, Err *err) {
    Status status = OK;
    memset(g, 0, sizeof *g);
    g->config = *config;
    g->ops = ops;
    if (gemm == GEMM_OPENBLAS) {
        TRY_GOTO(blas_ops(&g->own_ops, ops, err));
        g->ops = &g->own_ops;
    }
    TRY_GOTO(params_plan(&g->table, config, err));
    TRY_GOTO(find_places(g, err));
    TRY_GOTO(make_rope_table(g, err));
done:
    if (status != OK) gpt_free(g);
    return status;
}

Status gpt_allocate_params(Gpt *g, Err *err) {
    free_params(g);
    g->params = memory_alloc((size_t)g->table.total * sizeof(real));
    if (g->params) return OK;
    return err_set(err, ERR_NOMEM, "no memory for %lld parameters", (long long)g->table.total);
}

void gpt_map_params(Gpt *g, FileMap *map, const void *params) {
    free_params(g);
    g->params = (real *)params;
    g->map = *map;
    *map = (FileMap){.data = NULL};
}

Status gpt_write_params(Gpt *g, Err *err) { return file_map_writable(&g->map, err); }

Status gpt_create(Gpt *g, const ModelConfig *config, const Ops *ops, GemmKind gemm, Err *err) {
    TRY(gpt_plan(g, config, ops, gemm, err));
    Status status = gpt_allocate_params(g, err);
    if (status != OK) gpt_free(g);
    return status;
}

void gpt_init(Gpt *g, uint64_t seed) { params_init(g->params, &g->table, seed); }

void gpt_free(Gpt *g) {
    params_free(&g->table);
    free(g->at.block);
    free_params(g);
    memory_free(g->rope_table);
    memset(g, 0, sizeof *g);
}

int64_t gpt_gradient_reals(const Gpt *g) {
    return g->table.total + (g->config.tie_weights ? (int64_t)g->config.vocab_size * g->config.n_embd : 0);
}

void gpt_gradient_fold(const Gpt *g, real *grad) {
    if (!g->config.tie_weights) return;
    g->ops->add(grad + g->at.wte, grad + g->table.total, (int64_t)g->config.vocab_size * g->config.n_embd);
}

double gpt_flops(const ModelConfig *c, const ParamTable *table, double tokens, double T) {
    double matrices = (double)c->vocab_size * c->n_embd;
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        if (t->matrix && (t->part == PART_ATTENTION || t->part == PART_MLP || t->part == PART_TOOLS))
            matrices += (double)t->rows * t->cols;
    }
    double attention = c->attn == ATTN_CAUSAL ? 6.0 * c->n_layer * T * heads_width(c) : 0;
    return tokens * (6 * matrices + attention);
}
