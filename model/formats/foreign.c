#include "model/formats/foreign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row a tensor: ours, Hugging Face's, GGUF's; %d is the number of the block. */
static const char *const name_table[][3] = {
    {"wte", "model.embed_tokens.weight", "token_embd.weight"},
    {"norm_f.weight", "model.norm.weight", "output_norm.weight"},
    {"head.weight", "lm_head.weight", "output.weight"},
    {"blocks.%d.norm1.weight", "model.layers.%d.input_layernorm.weight", "blk.%d.attn_norm.weight"},
    {"blocks.%d.attn.q.weight", "model.layers.%d.self_attn.q_proj.weight", "blk.%d.attn_q.weight"},
    {"blocks.%d.attn.k.weight", "model.layers.%d.self_attn.k_proj.weight", "blk.%d.attn_k.weight"},
    {"blocks.%d.attn.v.weight", "model.layers.%d.self_attn.v_proj.weight", "blk.%d.attn_v.weight"},
    {"blocks.%d.attn.o.weight", "model.layers.%d.self_attn.o_proj.weight", "blk.%d.attn_output.weight"},
    {"blocks.%d.attn.q.bias", "model.layers.%d.self_attn.q_proj.bias", "blk.%d.attn_q.bias"},
    {"blocks.%d.attn.k.bias", "model.layers.%d.self_attn.k_proj.bias", "blk.%d.attn_k.bias"},
    {"blocks.%d.attn.v.bias", "model.layers.%d.self_attn.v_proj.bias", "blk.%d.attn_v.bias"},
    {"blocks.%d.attn.o.bias", "model.layers.%d.self_attn.o_proj.bias", "blk.%d.attn_output.bias"},
    {"blocks.%d.norm2.weight", "model.layers.%d.post_attention_layernorm.weight", "blk.%d.ffn_norm.weight"},
    {"blocks.%d.mlp.gate.weight", "model.layers.%d.mlp.gate_proj.weight", "blk.%d.ffn_gate.weight"},
    {"blocks.%d.mlp.up.weight", "model.layers.%d.mlp.up_proj.weight", "blk.%d.ffn_up.weight"},
    {"blocks.%d.mlp.out.weight", "model.layers.%d.mlp.down_proj.weight", "blk.%d.ffn_down.weight"},
    {"blocks.%d.mlp.gate.bias", "model.layers.%d.mlp.gate_proj.bias", "blk.%d.ffn_gate.bias"},
    {"blocks.%d.mlp.up.bias", "model.layers.%d.mlp.up_proj.bias", "blk.%d.ffn_up.bias"},
    {"blocks.%d.mlp.out.bias", "model.layers.%d.mlp.down_proj.bias", "blk.%d.ffn_down.bias"},
};

/* The number of the block in one of our names, -1: outside the blocks; *rest: the name behind it. */
static int block_of(const char *name, const char **rest) {
    int layer = -1, used = 0;
    *rest = name;
    if (sscanf(name, "blocks.%d.%n", &layer, &used) == 1 && used > 0) *rest = name + used;
    return *rest == name ? -1 : layer;
}

/* The foreign name of one of our tensors; false: no table has it. */
static bool foreign_name(char out[96], const char *ours, ForeignNames names) {
    const char *rest;
    int layer = block_of(ours, &rest);
    for (size_t i = 0; i < sizeof name_table / sizeof *name_table; i++) {
        const char *mine = name_table[i][0], *theirs = name_table[i][names == NAMES_HF ? 1 : 2];
        const char *behind = strncmp(mine, "blocks.%d.", 10) == 0 ? mine + 10 : mine;
        if ((behind != mine) != (layer >= 0) || strcmp(behind, rest) != 0) continue;
        const char *number = strstr(theirs, "%d");
        if (number) snprintf(out, 96, "%.*s%d%s", (int)(number - theirs), theirs, layer, number + 2);
        else snprintf(out, 96, "%s", theirs);
        return true;
    }
    return false;
}

static ForeignTensor *find(const ForeignModel *m, const char *name) {
    for (int i = 0; i < m->n_tensors; i++)
        if (!strcmp(m->tensor[i].name, name)) return &m->tensor[i];
    return NULL;
}

const ForeignTensor *foreign_find(const ForeignModel *m, const char *name) { return find(m, name); }

void foreign_free(ForeignModel *m) {
    free(m->tensor);
    *m = (ForeignModel){0};
}

/* ---- one tensor ---- */

static Status check_shape(const ForeignModel *m, const ForeignTensor *t, const Tensor *want, Err *err) {
    if (!t->type->block_floats)
        return err_set(err, ERR_INPUT, "%s: tensor '%s' has the type %s, rote reads " GGML_TYPES_READ,
                       m->path, t->name, t->type->name);
    if (t->n_dim == (want->matrix ? 2 : 1) && t->rows == want->rows && t->cols == want->cols) return OK;
    return err_set(err, ERR_INPUT, "%s: tensor '%s' is %lld x %lld, the model's structure needs %d x %d",
                   m->path, t->name, (long long)t->rows, (long long)t->cols, want->rows, want->cols);
}

/* As many numbers at once as fit into the buffer: whole blocks of any type. */
enum { PART_FLOATS = 8192 };

static Status read_numbers(const ForeignModel *m, const ForeignTensor *t, real *out, Err *err) {
    float part[PART_FLOATS];
    int64_t size = t->rows * t->cols;
    for (int64_t at = 0; at < size; at += PART_FLOATS) {
        int64_t n = size - at < PART_FLOATS ? size - at : PART_FLOATS;
        ggml_floats(part, t->type, t->data + at / t->type->block * t->type->bytes, n);
        for (int64_t i = 0; i < n; i++) {
            if (!(part[i] - part[i] == 0))
                return err_set(err, ERR_INPUT, "%s: tensor '%s': number %lld is NaN or Inf", m->path, t->name,
                               (long long)(at + i));
            out[at + i] = (real)part[i];
        }
    }
    return OK;
}

/* In each head, row 2i becomes row i of before, and row 2i+1 row i + hd/2; `room` has a head. */
static void pairs_from_halves(real *rows, real *room, int64_t n_rows, int64_t cols, int hd) {
    for (int64_t from = 0; from < n_rows; from += hd, rows += hd * cols) {
        memcpy(room, rows, (size_t)(hd * cols) * sizeof *rows);
        for (int i = 0; i < hd; i++)
            memcpy(rows + i * cols, room + (i / 2 + i % 2 * (hd / 2)) * cols, (size_t)cols * sizeof *rows);
    }
}

static bool is_rotated(const Tensor *t) { return strstr(t->name, ".attn.q.") || strstr(t->name, ".attn.k."); }

static Status take(const Gpt *g, ForeignModel *m, const Tensor *want, real *room, Err *err) {
    char name[96];
    const ModelConfig *c = &g->config;
    if (!foreign_name(name, want->name, m->names))
        return err_set(err, ERR_INPUT, "%s: tensor '%s' has no name in such files", m->path, want->name);
    ForeignTensor *t = find(m, name);
    if (!t) return err_set(err, ERR_INPUT, "%s: tensor '%s' is missing", m->path, name);
    t->used = true;
    TRY(check_shape(m, t, want, err));
    real *out = g->params + want->offset;
    TRY(read_numbers(m, t, out, err));
    if (m->rope_halves && is_rotated(want)) { /* a bias has one number a row */
        int64_t rows = want->matrix ? want->rows : want->cols;
        pairs_from_halves(out, room, rows, want->matrix ? want->cols : 1, c->n_embd / c->n_head);
    }
    return OK;
}

Status foreign_weights(const Gpt *g, ForeignModel *m, Err *err) {
    const ModelConfig *c = &g->config;
    Status status = OK;
    real *room = malloc((size_t)(c->n_embd / c->n_head) * (size_t)c->n_embd * sizeof *room);
    if (!room) return err_set(err, ERR_NOMEM, "%s: no memory to read it", m->path);
    for (int i = 0; status == OK && i < g->table.count; i++)
        status = take(g, m, &g->table.tensor[i], room, err);
    free(room);
    for (int i = 0; status == OK && i < m->n_tensors; i++)
        if (!m->tensor[i].used)
            status = err_set(err, ERR_INPUT, "%s: tensor '%s' is none that a model of rote's has", m->path,
                             m->tensor[i].name);
    return status;
}
