/* The model's parameters and structure; forward and backward of a chunk are in model/pass.c. */
#include "model/gpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "model/blas.h"

static int64_t place(const Gpt *g, int layer, const char *name) {
    char full[48];
    if (layer < 0) snprintf(full, sizeof full, "%s", name);
    else snprintf(full, sizeof full, "blocks.%d.%s", layer, name);
    const Tensor *t = params_find(&g->table, full);
    return t ? t->offset : -1;
}

static Status find_places(Gpt *g, Err *err) {
    const ModelConfig *c = &g->config;
    Places *at = &g->at;
    at->wte = place(g, -1, "wte");
    at->wpe = place(g, -1, "wpe");
    at->norm_f = place(g, -1, "norm_f.weight");
    at->norm_f_bias = place(g, -1, "norm_f.bias");
    at->head = c->tie_weights ? at->wte : place(g, -1, "head.weight");
    at->block = calloc((size_t)c->n_layer, sizeof *at->block);
    if (!at->block) return err_set(err, ERR_NOMEM, "no memory for %d layers", c->n_layer);
    for (int l = 0; l < c->n_layer; l++) {
        BlockPlaces *b = &at->block[l];
        b->norm1 = place(g, l, "norm1.weight");
        b->norm1_bias = place(g, l, "norm1.bias");
        b->qkv = place(g, l, "attn.q.weight");
        b->qkv_bias = place(g, l, "attn.q.bias");
        b->o = place(g, l, "attn.o.weight");
        b->o_bias = place(g, l, "attn.o.bias");
        b->norm2 = place(g, l, "norm2.weight");
        b->norm2_bias = place(g, l, "norm2.bias");
        b->in = place(g, l, c->gated ? "mlp.gate.weight" : "mlp.in.weight");
        b->in_bias = place(g, l, c->gated ? "mlp.gate.bias" : "mlp.in.bias");
        b->out = place(g, l, "mlp.out.weight");
        b->out_bias = place(g, l, "mlp.out.bias");
    }
    return OK;
}

/* cos and sin of pos * theta^(-2i/hd), computed in double, for every position and pair (Su et al. 2021, eq.
 * 15). */
static Status make_rope_table(Gpt *g, Err *err) {
    const ModelConfig *c = &g->config;
    int hd = c->n_embd / c->n_head, pairs = hd / 2;
    if (c->pos != POS_ROPE || c->attn != ATTN_CAUSAL) return OK;
    size_t reals = (size_t)c->block_size * (size_t)(pairs ? pairs : 1) * 2;
    g->rope_table = memory_alloc(reals * sizeof(real));
    if (!g->rope_table)
        return err_set(err, ERR_NOMEM, "no memory for the rotary table of %d positions", c->block_size);
    for (int i = 0; i < pairs; i++) {
        double frequency = exact_pow(c->rope_theta, -2.0 * i / hd);
        for (int t = 0; t < c->block_size; t++) {
            real *turn = g->rope_table + ((size_t)t * (size_t)pairs + (size_t)i) * 2;
            turn[0] = (real)exact_cos(t * frequency);
            turn[1] = (real)exact_sin(t * frequency);
        }
    }
    return OK;
}

Status gpt_create(Gpt *g, const ModelConfig *config, const Ops *ops, GemmKind gemm, Err *err) {
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
    g->params = memory_alloc((size_t)g->table.total * sizeof(real));
    if (!g->params)
        status = err_set(err, ERR_NOMEM, "no memory for %lld parameters", (long long)g->table.total);
done:
    if (status != OK) gpt_free(g);
    return status;
}

void gpt_init(Gpt *g, uint64_t seed) { params_init(g->params, &g->table, seed); }

void gpt_free(Gpt *g) {
    params_free(&g->table);
    free(g->at.block);
    memory_free(g->params);
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
        if (t->matrix && (t->part == PART_ATTENTION || t->part == PART_MLP))
            matrices += (double)t->rows * t->cols;
    }
    double attention = c->attn == ATTN_CAUSAL ? 6.0 * c->n_layer * T * c->n_embd : 0;
    return tokens * (6 * matrices + attention);
}
