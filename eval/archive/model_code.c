#include "eval/archive/model_code.h"

/* As wide as the key table allows, or wider: the memory that a model needs is checked before anything is allocated. */
enum { LAYERS_MAX = 512, BLOCK_MAX = 1 << 20, DIMENSION_MAX = 1 << 24 };

void model_encode(Bytes *out, const ModelConfig *c) {
    const int sizes[] = {c->n_layer, c->n_head,     c->n_kv_head, c->n_embd,
                         c->n_inner, c->block_size, c->vocab_size};
    const int choices[] = {(int)c->norm, (int)c->pos, (int)c->act, (int)c->attn, (int)c->mlp};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) bytes_varint(out, (uint64_t)sizes[i]);
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) bytes_byte(out, (uint8_t)choices[i]);
    bytes_byte(out, (uint8_t)(c->gated | c->bias << 1 | c->tie_weights << 2 | (c->bos > 0) << 3 |
                              c->qkv_bias << 4 | c->qk_norm << 5 | (c->head_dim > 0) << 6 |
                              (c->rope_scaling != ROPE_UNSCALED) << 7));
    if (c->bos > 0) bytes_varint(out, (uint64_t)c->bos);
    if (c->head_dim > 0) bytes_varint(out, (uint64_t)c->head_dim);
    bytes_f64(out, c->norm_eps);
    if (c->pos == POS_ROPE) bytes_f64(out, c->rope_theta);
    if (c->rope_scaling == ROPE_UNSCALED) return;
    bytes_byte(out, (uint8_t)c->rope_scaling);
    bytes_f64(out, c->rope_factor);
    if (c->rope_scaling != ROPE_LLAMA3) return;
    bytes_f64(out, c->rope_low_freq);
    bytes_f64(out, c->rope_high_freq);
    bytes_varint(out, (uint64_t)c->rope_original);
}

static int read_size(ByteReader *r, uint64_t min, uint64_t max) {
    uint64_t value = read_varint(r, max);
    if (value < min) r->failed = true;
    return (int)value;
}

static int read_choice(ByteReader *r, int count) {
    int value = read_byte(r);
    if (value >= count) r->failed = true;
    return value;
}

static void read_scaling(ByteReader *r, ModelConfig *c) {
    c->rope_scaling = (RopeScaling)read_choice(r, ROPE_SCALING_COUNT);
    c->rope_factor = read_f64(r);
    bool sane = c->rope_scaling != ROPE_UNSCALED && c->rope_factor >= 1 && c->rope_factor <= 1e12;
    if (c->rope_scaling == ROPE_LLAMA3) {
        c->rope_low_freq = read_f64(r);
        c->rope_high_freq = read_f64(r);
        c->rope_original = read_size(r, 1, INT32_MAX);
        sane = sane && c->rope_low_freq > 0 && c->rope_high_freq > 0 && c->rope_high_freq <= 1e6;
    }
    if (!sane) r->failed = true;
}

Status model_decode(ModelConfig *out, ByteReader *r, Err *err) {
    Config config;
    config_defaults(&config);
    ModelConfig *c = &config.model;
    c->n_layer = read_size(r, 1, LAYERS_MAX);
    c->n_head = read_size(r, 1, DIMENSION_MAX);
    c->n_kv_head = read_size(r, 1, DIMENSION_MAX);
    c->n_embd = read_size(r, 1, DIMENSION_MAX);
    c->n_inner = read_size(r, 1, DIMENSION_MAX);
    c->block_size = read_size(r, 1, BLOCK_MAX);
    c->vocab_size = read_size(r, 1, DIMENSION_MAX);
    c->norm = (Norm)read_choice(r, NORM_COUNT);
    c->pos = (Position)read_choice(r, POS_COUNT);
    c->act = (Act)read_choice(r, ACT_COUNT);
    c->attn = (Attn)read_choice(r, ATTN_COUNT);
    c->mlp = (Mlp)read_choice(r, MLP_COUNT);
    int flags = read_byte(r);
    if (flags & 8) c->bos = read_size(r, 1, DIMENSION_MAX);
    if (flags & 64) c->head_dim = read_size(r, 1, DIMENSION_MAX);
    c->gated = flags & 1;
    c->bias = flags >> 1 & 1;
    c->tie_weights = flags >> 2 & 1;
    c->qkv_bias = flags >> 4 & 1;
    c->qk_norm = flags >> 5 & 1;
    c->norm_eps = read_f64(r);
    if (c->pos == POS_ROPE) c->rope_theta = read_f64(r);
    if (flags & 128) read_scaling(r, c);
    bool sane = c->norm_eps > 0 && c->norm_eps <= 1 && c->rope_theta >= 1 && c->rope_theta <= 1e12;
    Err why;
    if (!read_whole(r) || !sane || config_resolve_model(c, c->block_size, c->vocab_size, &why) != OK)
        return err_set(err, ERR_FORMAT, "the model's structure is damaged");
    *out = *c;
    return OK;
}
