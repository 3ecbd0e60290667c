/* Random models and batches for the tests: structures drawn over every config key, sizes odd on purpose. */
#ifndef ROTE_TESTS_MODEL_CASE_H
#define ROTE_TESTS_MODEL_CASE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "model/pass.h"

typedef struct Draw {
    Stream stream;
    uint64_t index;
} Draw;

static inline Draw draw_from(uint64_t seed) { return (Draw){random_stream(seed, RANDOM_TEST, 0), 0}; }
static inline int draw_int(Draw *d, int from, int to) {
    return from + (int)random_below(d->stream, d->index++, (uint64_t)(to - from + 1));
}
static inline double draw_normal(Draw *d) { return random_normal(d->stream, d->index++); }

/* Config number i of a seed: cycles through the choices so that a short run meets them all. */
static inline ModelConfig draw_config(Draw *d, int i) {
    ModelConfig c = {0};
    int hd = draw_int(d, 1, 5);
    c.n_kv_head = draw_int(d, 1, 2);
    c.n_head = c.n_kv_head * draw_int(d, 1, 3);
    c.n_embd = c.n_head * hd;
    if (c.n_embd < 3) c.n_head = c.n_kv_head = 1, c.n_embd = 5;
    c.n_layer = draw_int(d, 1, 3);
    c.n_inner = draw_int(d, 2, 19);
    c.block_size = draw_int(d, 3, 7);
    c.vocab_size = draw_int(d, 3, 21);
    c.norm = i % 2 ? NORM_RMSNORM : NORM_LAYERNORM;
    c.norm_eps = 1e-5;
    c.pos = (Position)(i % 3);
    c.rope_theta = 100;
    c.act = (Act)(i / 2 % 3);
    c.gated = i / 3 % 2;
    c.bias = i % 5 < 3;
    c.qkv_bias = i % 5 == 4;
    c.head_dim = i % 9 == 4 ? hd % 5 + 1 : 0;    /* another size than n_embd / n_head */
    c.qk_norm = i % 4 == 1 && head_size(&c) > 2; /* that of fewer numbers is too steep for differences */
    c.tie_weights = i / 2 % 2;
    c.attn = i % 7 == 5 ? ATTN_MEAN : i % 7 == 6 ? ATTN_NONE : ATTN_CAUSAL;
    c.mlp = i % 8 == 3 ? MLP_NONE : MLP_PLAIN;
    c.init_std = 0.4;
    return c;
}

static inline void print_config(const ModelConfig *c) {
    printf(
        "  L%d H%d/%dx%d d%d I%d T%d V%d norm %d pos %d act %d gated %d bias %d tied %d attn %d mlp %d qk_norm %d\n",
        c->n_layer, c->n_head, c->n_kv_head, head_size(c), c->n_embd, c->n_inner, c->block_size,
        c->vocab_size, c->norm, c->pos, c->act, c->gated, c->bias, c->tie_weights, c->attn, c->mlp,
        c->qk_norm);
}

/* Every parameter moved off its starting value, so that gains differ from 1 and biases from 0. */
static inline void draw_params(Gpt *g, Draw *d, double spread) {
    for (int t = 0; t < g->table.count; t++) {
        const Tensor *x = &g->table.tensor[t];
        for (int64_t i = 0; i < (int64_t)x->rows * x->cols; i++)
            g->params[x->offset + i] = (real)(x->init_value + spread * draw_normal(d));
    }
}

typedef struct OwnBatch {
    Batch batch;
    int32_t *start, *inputs, *targets;
} OwnBatch;

/* n_seq sequences of 1 .. block_size tokens; some targets not asked for. */
static inline OwnBatch draw_batch(Draw *d, const ModelConfig *c, int n_seq) {
    OwnBatch b = {0};
    b.start = calloc((size_t)n_seq + 1, sizeof(int32_t));
    b.inputs = calloc((size_t)(n_seq * c->block_size), sizeof(int32_t));
    b.targets = calloc((size_t)(n_seq * c->block_size), sizeof(int32_t));
    for (int s = 0; s < n_seq; s++) {
        int T = s == 0 ? c->block_size : draw_int(d, 1, c->block_size), from = b.start[s];
        for (int t = 0; t < T; t++) {
            int token = draw_int(d, 0, c->vocab_size - 1);
            b.targets[from + t] = token;
            b.inputs[from + t] = t ? b.targets[from + t - 1] : 0;
        }
        b.start[s + 1] = from + T;
    }
    for (int i = 1; i < b.start[n_seq]; i++)
        if (i % 9 == 4) b.targets[i] = -1;
    for (int i = 0; i < b.start[n_seq]; i++)
        if (b.inputs[i] < 0) b.inputs[i] = 0;
    b.batch = (Batch){.n_seq = n_seq, .start = b.start, .inputs = b.inputs, .targets = b.targets};
    return b;
}

static inline void free_batch(OwnBatch *b) {
    free(b->start);
    free(b->inputs);
    free(b->targets);
}

#endif
