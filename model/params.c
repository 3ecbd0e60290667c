#include "model/params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

const char *const part_name[PART_COUNT] = {"embedding", "attention", "mlp", "norm", "head", "tools"};

/* Appends a tensor. Without room for tensors (the first pass of params_plan), only counts it. */
static void append(ParamTable *t, Tensor x, const char *name, int layer) {
    int used = layer < 0 ? 0 : snprintf(x.name, sizeof x.name, "blocks.%d.", layer);
    snprintf(x.name + used, sizeof x.name - (size_t)used, "%s", name);
    x.rate_scale = 1;
    x.offset = t->total;
    int64_t size = (int64_t)x.rows * x.cols;
    t->total += size;
    t->by_part[x.part] += size;
    if (t->tensor) t->tensor[t->count] = x;
    t->count++;
}

static void weight(ParamTable *t, Part part, int rows, int cols, double std, const char *name, int layer) {
    Tensor x = {.rows = rows, .cols = cols, .matrix = true, .decay = true, .part = part, .init_std = std};
    append(t, x, name, layer);
}

/* A vector has no weight decay and constant initial values. */
static void vector(ParamTable *t, Part part, int n, double value, const char *name, int layer) {
    append(t, (Tensor){.rows = 1, .cols = n, .part = part, .init_value = value}, name, layer);
}

static void norm(ParamTable *t, const ModelConfig *c, const char *gain, const char *bias, int layer) {
    vector(t, PART_NORM, c->n_embd, 1, gain, layer);
    if (c->norm == NORM_LAYERNORM && c->bias) vector(t, PART_NORM, c->n_embd, 0, bias, layer);
}

/* What is written is 0 at first. */
static void add_tools(ParamTable *t, const ModelConfig *c) {
    int d = c->n_embd, layer = c->tool.layer - 1;
    char name[40];
    if (c->tool.n_tools == 0) return;
    for (int p = 0; p < c->tool.n_pointers; p++) {
        snprintf(name, sizeof name, "tool.arg.%d.query.weight", p);
        weight(t, PART_TOOLS, POINTER_WIDTH, d, c->init_std, name, layer);
        snprintf(name, sizeof name, "tool.arg.%d.key.weight", p);
        weight(t, PART_TOOLS, POINTER_WIDTH, d, c->init_std, name, layer);
    }
    weight(t, PART_TOOLS, 1 + c->tool.n_tools, d, c->init_std, "tool.call.weight", layer);
    vector(t, PART_TOOLS, 1 + c->tool.n_tools, 0, "tool.call.bias", layer);
    weight(t, PART_TOOLS, d, d, 0, "tool.write.weight", layer);
    vector(t, PART_TOOLS, d, 0, "tool.none", layer);
    vector(t, PART_TOOLS, d, 0, "tool.end", layer);
    if (!c->tool.gated) return;
    weight(t, PART_TOOLS, 1, d, c->init_std, "tool.gate.weight", layer);
    vector(t, PART_TOOLS, 1, 0, "tool.gate.bias", layer);
}

/* residual_std: of the weights whose output is added to the residual stream. */
static void add_attention(ParamTable *t, const ModelConfig *c, double residual_std, int l) {
    int D = c->n_embd, Q = heads_width(c), K = kv_width(c);
    double std = c->init_std;
    norm(t, c, "norm1.weight", "norm1.bias", l);
    weight(t, PART_ATTENTION, Q, D, std, "attn.q.weight", l);
    weight(t, PART_ATTENTION, K, D, std, "attn.k.weight", l);
    weight(t, PART_ATTENTION, K, D, std, "attn.v.weight", l);
    if (c->bias || c->qkv_bias) {
        vector(t, PART_ATTENTION, Q, 0, "attn.q.bias", l);
        vector(t, PART_ATTENTION, K, 0, "attn.k.bias", l);
        vector(t, PART_ATTENTION, K, 0, "attn.v.bias", l);
    }
    if (c->qk_norm) {
        vector(t, PART_NORM, head_size(c), 1, "attn.q_norm.weight", l);
        vector(t, PART_NORM, head_size(c), 1, "attn.k_norm.weight", l);
    }
    weight(t, PART_ATTENTION, D, Q, residual_std, "attn.o.weight", l);
    if (c->bias) vector(t, PART_ATTENTION, D, 0, "attn.o.bias", l);
}

static void add_tensors(ParamTable *t, const ModelConfig *c) {
    int D = c->n_embd, I = c->n_inner;
    /* As in GPT-2 (Radford et al. 2019, section 2.3): weights whose output is added to the residual stream are smaller,
     * by the root of the number of such additions. */
    int added = (c->attn == ATTN_CAUSAL) + (c->mlp == MLP_PLAIN);
    double std = c->init_std, residual_std = std / __builtin_sqrt((double)(added ? added * c->n_layer : 1));
    weight(t, PART_EMBEDDING, c->vocab_size, D, std, "wte", -1);
    if (c->pos == POS_LEARNED) weight(t, PART_EMBEDDING, c->block_size, D, std, "wpe", -1);
    for (int l = 0; l < c->n_layer; l++) {
        if (c->attn == ATTN_CAUSAL) add_attention(t, c, residual_std, l);
        if (c->mlp == MLP_PLAIN) {
            norm(t, c, "norm2.weight", "norm2.bias", l);
            weight(t, PART_MLP, I, D, std, c->gated ? "mlp.gate.weight" : "mlp.in.weight", l);
            if (c->gated) weight(t, PART_MLP, I, D, std, "mlp.up.weight", l);
            if (c->bias) {
                vector(t, PART_MLP, I, 0, c->gated ? "mlp.gate.bias" : "mlp.in.bias", l);
                if (c->gated) vector(t, PART_MLP, I, 0, "mlp.up.bias", l);
            }
            weight(t, PART_MLP, D, I, residual_std, "mlp.out.weight", l);
            if (c->bias) vector(t, PART_MLP, D, 0, "mlp.out.bias", l);
        }
    }
    norm(t, c, "norm_f.weight", "norm_f.bias", -1);
    if (!c->tie_weights) weight(t, PART_HEAD, c->vocab_size, D, std, "head.weight", -1);
    add_tools(t, c);
}

Status params_plan(ParamTable *out, const ModelConfig *c, Err *err) {
    memset(out, 0, sizeof *out);
    int64_t d = c->n_embd, q = (int64_t)c->n_head * head_size(c), kv = (int64_t)c->n_kv_head * head_size(c);
    int64_t largest = c->vocab_size > c->n_inner ? c->vocab_size : c->n_inner;
    if (largest < c->block_size) largest = c->block_size;
    if (largest < d) largest = d;
    if (largest < q) largest = q;
    if (largest < kv) largest = kv; /* without attention nothing else bounds n_kv_head */
    if (largest > INT32_MAX || q + 2 * kv > INT32_MAX || largest * d > INT32_MAX)
        return err_set(err, ERR_INPUT,
                       "a matrix of %lld x %lld has more than 2^31 elements; make model.n_embd, n_inner, "
                       "vocab_size or the heads smaller",
                       (long long)largest, (long long)d);
    ParamTable sizes = {0};
    add_tensors(&sizes, c); /* only counts */
    out->tensor = calloc((size_t)sizes.count, sizeof *out->tensor);
    if (!out->tensor) return err_set(err, ERR_NOMEM, "no memory for the table of %d layers", c->n_layer);
    add_tensors(out, c);
    return OK;
}

void params_free(ParamTable *table) {
    free(table->tensor);
    memset(table, 0, sizeof *table);
}

void params_freeze(ParamTable *table, unsigned parts) {
    for (int i = 0; i < table->count; i++) {
        Tensor *t = &table->tensor[i];
        t->frozen = parts >> t->part & 1;
    }
}

const Tensor *params_find(const ParamTable *table, const char *name) {
    for (int i = 0; i < table->count; i++)
        if (strcmp(table->tensor[i].name, name) == 0) return &table->tensor[i];
    return NULL;
}

void params_init(real *params, const ParamTable *table, uint64_t seed) {
    for (int t = 0; t < table->count; t++) {
        const Tensor *x = &table->tensor[t];
        Stream stream = random_stream(seed, RANDOM_INIT, (uint32_t)t);
        int64_t size = (int64_t)x->rows * x->cols;
        for (int64_t i = 0; i < size; i++)
            params[x->offset + i] = x->init_std > 0 ? (real)(x->init_std * random_normal(stream, (uint64_t)i))
                                                    : (real)x->init_value;
    }
}
