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
    {"blocks.%d.attn.q_norm.weight", "model.layers.%d.self_attn.q_norm.weight", "blk.%d.attn_q_norm.weight"},
    {"blocks.%d.attn.k_norm.weight", "model.layers.%d.self_attn.k_norm.weight", "blk.%d.attn_k_norm.weight"},
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

/* GPT-2 has q, k and v in one matrix; Hugging Face's files have its matrices transposed ("Conv1D"). */
static const struct {
    const char *ours, *theirs[2]; /* Hugging Face's, GGUF's */
    int part, parts;
} gpt2_table[] = {
    {"wte", {"wte.weight", "token_embd.weight"}, 0, 1},
    {"wpe", {"wpe.weight", "position_embd.weight"}, 0, 1},
    {"norm_f.weight", {"ln_f.weight", "output_norm.weight"}, 0, 1},
    {"norm_f.bias", {"ln_f.bias", "output_norm.bias"}, 0, 1},
    {"head.weight", {"lm_head.weight", "output.weight"}, 0, 1},
    {"blocks.%d.norm1.weight", {"h.%d.ln_1.weight", "blk.%d.attn_norm.weight"}, 0, 1},
    {"blocks.%d.norm1.bias", {"h.%d.ln_1.bias", "blk.%d.attn_norm.bias"}, 0, 1},
    {"blocks.%d.attn.q.weight", {"h.%d.attn.c_attn.weight", "blk.%d.attn_qkv.weight"}, 0, 3},
    {"blocks.%d.attn.k.weight", {"h.%d.attn.c_attn.weight", "blk.%d.attn_qkv.weight"}, 1, 3},
    {"blocks.%d.attn.v.weight", {"h.%d.attn.c_attn.weight", "blk.%d.attn_qkv.weight"}, 2, 3},
    {"blocks.%d.attn.q.bias", {"h.%d.attn.c_attn.bias", "blk.%d.attn_qkv.bias"}, 0, 3},
    {"blocks.%d.attn.k.bias", {"h.%d.attn.c_attn.bias", "blk.%d.attn_qkv.bias"}, 1, 3},
    {"blocks.%d.attn.v.bias", {"h.%d.attn.c_attn.bias", "blk.%d.attn_qkv.bias"}, 2, 3},
    {"blocks.%d.attn.o.weight", {"h.%d.attn.c_proj.weight", "blk.%d.attn_output.weight"}, 0, 1},
    {"blocks.%d.attn.o.bias", {"h.%d.attn.c_proj.bias", "blk.%d.attn_output.bias"}, 0, 1},
    {"blocks.%d.norm2.weight", {"h.%d.ln_2.weight", "blk.%d.ffn_norm.weight"}, 0, 1},
    {"blocks.%d.norm2.bias", {"h.%d.ln_2.bias", "blk.%d.ffn_norm.bias"}, 0, 1},
    {"blocks.%d.mlp.in.weight", {"h.%d.mlp.c_fc.weight", "blk.%d.ffn_up.weight"}, 0, 1},
    {"blocks.%d.mlp.in.bias", {"h.%d.mlp.c_fc.bias", "blk.%d.ffn_up.bias"}, 0, 1},
    {"blocks.%d.mlp.out.weight", {"h.%d.mlp.c_proj.weight", "blk.%d.ffn_down.weight"}, 0, 1},
    {"blocks.%d.mlp.out.bias", {"h.%d.mlp.c_proj.bias", "blk.%d.ffn_down.bias"}, 0, 1},
};

/* The number of the block in one of our names, -1: outside the blocks; *rest: the name behind it. */
static int block_of(const char *name, const char **rest) {
    int layer = -1, used = 0;
    *rest = name;
    if (sscanf(name, "blocks.%d.%n", &layer, &used) == 1 && used > 0) *rest = name + used;
    return *rest == name ? -1 : layer;
}

/* Whether `mine`, a name of a table, is that of a tensor; then its foreign name is in out. */
static bool named(char out[96], const char *mine, const char *theirs, const char *ours) {
    const char *rest, *behind = strncmp(mine, "blocks.%d.", 10) == 0 ? mine + 10 : mine;
    int layer = block_of(ours, &rest);
    if ((behind != mine) != (layer >= 0) || strcmp(behind, rest) != 0) return false;
    const char *number = strstr(theirs, "%d");
    if (number) snprintf(out, 96, "%.*s%d%s", (int)(number - theirs), theirs, layer, number + 2);
    else snprintf(out, 96, "%s", theirs);
    return true;
}

bool foreign_source(ForeignSource *out, const Tensor *ours, ForeignNames names) {
    bool hf = names == NAMES_HF_LLAMA || names == NAMES_HF_GPT2;
    *out = (ForeignSource){.parts = 1};
    if (names == NAMES_HF_LLAMA || names == NAMES_GGUF_LLAMA) {
        for (size_t i = 0; i < sizeof name_table / sizeof *name_table; i++)
            if (named(out->name, name_table[i][0], name_table[i][hf ? 1 : 2], ours->name)) return true;
        return false;
    }
    for (size_t i = 0; i < sizeof gpt2_table / sizeof *gpt2_table; i++) {
        if (!named(out->name, gpt2_table[i].ours, gpt2_table[i].theirs[!hf], ours->name)) continue;
        out->part = gpt2_table[i].part;
        out->parts = gpt2_table[i].parts;
        out->transposed = hf && ours->matrix && (ours->part == PART_ATTENTION || ours->part == PART_MLP);
        return true;
    }
    return false;
}

void foreign_head(ModelConfig *c, int hd) { c->head_dim = (int64_t)hd * c->n_head == c->n_embd ? 0 : hd; }

int foreign_context(int made_for, int requested) {
    enum { CONTEXT = 2048 };
    int max = requested ? requested : CONTEXT;
    return made_for < max ? made_for : max;
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

static Status check_shape(const ForeignModel *m, const ForeignTensor *t, const Tensor *want,
                          const ForeignSource *source, Err *err) {
    int64_t outputs = (int64_t)source->parts * (want->matrix ? want->rows : want->cols);
    if (!strcmp(want->name, "wpe")) outputs = m->positions;
    int64_t rows = !want->matrix ? 1 : source->transposed ? want->cols : outputs;
    int64_t cols = want->matrix && !source->transposed ? want->cols : outputs;
    if (!t->type->block_floats)
        return err_set(err, ERR_INPUT, "%s: tensor '%s' has the type %s, rote reads " GGML_TYPES_READ,
                       m->path, t->name, t->type->name);
    if (t->n_dim == (want->matrix ? 2 : 1) && t->rows == rows && t->cols == cols) return OK;
    return err_set(err, ERR_INPUT, "%s: tensor '%s' is %lld x %lld, the model's structure needs %lld x %lld",
                   m->path, t->name, (long long)t->rows, (long long)t->cols, (long long)rows,
                   (long long)cols);
}

/* As many numbers at once as fit into the buffer: whole blocks of any type. */
enum { PART_FLOATS = 8192 };

/* The first `size` numbers. */
static Status read_numbers(const ForeignModel *m, const ForeignTensor *t, int64_t size, real *out, Err *err) {
    float part[PART_FLOATS];
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
            memcpy(rows + foreign_half_row(i, hd) * cols, room + i * cols, (size_t)cols * sizeof *rows);
    }
}

int64_t foreign_half_row(int64_t row, int hd) {
    int64_t i = row % hd;
    return row - i + (i < hd / 2 ? 2 * i : 2 * i - hd + 1);
}

/* A part of a tensor, or one that is transposed, by way of a copy of the whole. */
static Status read_part(const ForeignModel *m, const ForeignTensor *t, const Tensor *want,
                        const ForeignSource *source, real *out, Err *err) {
    real *whole = malloc((size_t)(t->rows * t->cols) * sizeof *whole);
    if (!whole) return err_set(err, ERR_NOMEM, "%s: no memory for tensor '%s'", m->path, t->name);
    Status status = read_numbers(m, t, t->rows * t->cols, whole, err);
    int64_t size = (int64_t)want->rows * want->cols, cols = want->cols;
    if (!source->transposed) memcpy(out, whole + source->part * size, (size_t)size * sizeof *out);
    for (int64_t r = 0; source->transposed && r < want->rows; r++)
        for (int64_t c = 0; c < cols; c++)
            out[r * cols + c] = whole[c * t->cols + source->part * want->rows + r];
    free(whole);
    return status;
}

bool foreign_is_rotated(const Tensor *ours) {
    static const char *const layers[] = {".attn.q.", ".attn.k.", ".attn.q_norm.", ".attn.k_norm."};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        if (strstr(ours->name, layers[i])) return true;
    return false;
}

static Status take(const Gpt *g, ForeignModel *m, const Tensor *want, real *room, Err *err) {
    ForeignSource source;
    const ModelConfig *c = &g->config;
    if (!foreign_source(&source, want, m->names))
        return err_set(err, ERR_INPUT, "%s: tensor '%s' has no name in such files", m->path, want->name);
    ForeignTensor *t = find(m, source.name);
    if (!t) return err_set(err, ERR_INPUT, "%s: tensor '%s' is missing", m->path, source.name);
    t->used = true;
    TRY(check_shape(m, t, want, &source, err));
    real *out = g->params + want->offset;
    TRY(source.parts > 1 || source.transposed
            ? read_part(m, t, want, &source, out, err)
            : read_numbers(m, t, (int64_t)want->rows * want->cols, out, err));
    if (m->rope_halves &&
        foreign_is_rotated(want)) { /* a bias, or a gain of one head, has one number a row */
        int64_t rows = want->matrix ? want->rows : want->cols;
        pairs_from_halves(out, room, rows, want->matrix ? want->cols : 1, head_size(c));
    }
    return OK;
}

Status foreign_weights(const Gpt *g, ForeignModel *m, Err *err) {
    const ModelConfig *c = &g->config;
    Status status = OK;
    real *room = malloc((size_t)head_size(c) * (size_t)c->n_embd * sizeof *room);
    if (!room) return err_set(err, ERR_NOMEM, "%s: no memory to read it", m->path);
    for (int i = 0; status == OK && i < g->table.count; i++)
        status = take(g, m, &g->table.tensor[i], room, err);
    free(room);
    for (int i = 0; status == OK && i < m->n_tensors; i++)
        if (!m->tensor[i].used)
            status = err_set(err, ERR_INPUT, "%s: tensor '%s' is not part of rote's models", m->path,
                             m->tensor[i].name);
    return status;
}
