#include "model/formats/gguf_write.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "model/formats/foreign.h"

enum { VERSION = 3, ALIGNMENT = 32, TYPE_F32 = 0 };

Status gguf_write_check(const ModelConfig *c, Err *err) {
    char wrong[256] = "";
    size_t used = 0;
#define REFUSE(condition, ...)                                                                               \
    if (condition) used += (size_t)snprintf(wrong + used, sizeof wrong - used, ", " __VA_ARGS__)
    REFUSE(c->norm != NORM_RMSNORM, "norm=%s", config_choice("model.norm", (int)c->norm));
    REFUSE(c->pos != POS_ROPE, "pos=%s", config_choice("model.pos", (int)c->pos));
    REFUSE(c->attn != ATTN_CAUSAL, "attn=%s", config_choice("model.attn", (int)c->attn));
    REFUSE(c->mlp != MLP_PLAIN, "mlp=%s", config_choice("model.mlp", (int)c->mlp));
    REFUSE(c->act != ACT_SILU, "act=%s", config_choice("model.act", (int)c->act));
    REFUSE(!c->gated, "gated=false");
    REFUSE(c->bias, "bias=true");
    REFUSE(c->qkv_bias, "qkv_bias=true");
    REFUSE(c->tool.n_tools > 0, "tools");
    REFUSE(c->n_embd / c->n_head % 2, "an odd head size (%d)", c->n_embd / c->n_head);
#undef REFUSE
    if (!used) return OK;
    return err_set(err, ERR_INPUT, "export to gguf: llama cannot express %s; try --to hf or safetensors",
                   wrong + 2);
}

/* ---- the header ---- */

static void put_text(Bytes *b, const char *data, size_t size) {
    bytes_u64(b, size);
    bytes_add(b, data, size);
}

static void put_key(Bytes *b, const char *name, GgufType type) {
    put_text(b, name, strlen(name));
    bytes_u32(b, (uint32_t)type);
}

static void put_size(Bytes *b, const char *name, int value) {
    put_key(b, name, GGUF_U32);
    bytes_u32(b, (uint32_t)value);
}

static void put_single(Bytes *b, const char *name, double value) {
    float single = (float)value;
    put_key(b, name, GGUF_F32);
    bytes_add(b, &single, sizeof single);
}

static void put_string(Bytes *b, const char *name, const char *value) {
    put_key(b, name, GGUF_STRING);
    put_text(b, value, strlen(value));
}

static void put_texts(Bytes *b, const char *name, const Text *text, int n) {
    put_key(b, name, GGUF_ARRAY);
    bytes_u32(b, GGUF_STRING);
    bytes_u64(b, (uint64_t)n);
    for (int i = 0; i < n; i++) put_text(b, text[i].data, text[i].size);
}

/* Both return the number of keys. */
static int put_model(Bytes *b, const ModelConfig *c) {
    put_string(b, "general.architecture", "llama");
    put_size(b, "general.file_type", 0); /* all float32 */
    put_size(b, "llama.context_length", c->block_size);
    put_size(b, "llama.embedding_length", c->n_embd);
    put_size(b, "llama.block_count", c->n_layer);
    put_size(b, "llama.feed_forward_length", c->n_inner);
    put_size(b, "llama.attention.head_count", c->n_head);
    put_size(b, "llama.attention.head_count_kv", c->n_kv_head);
    put_size(b, "llama.rope.dimension_count", c->n_embd / c->n_head);
    put_size(b, "llama.vocab_size", c->vocab_size);
    put_single(b, "llama.rope.freq_base", c->rope_theta);
    put_single(b, "llama.attention.layer_norm_rms_epsilon", c->norm_eps);
    return 12;
}

static int put_tokens(Bytes *b, const GgufTokens *t, int bos) {
    put_string(b, "tokenizer.ggml.model", "gpt2");
    put_string(b, "tokenizer.ggml.pre", t->pre);
    put_texts(b, "tokenizer.ggml.tokens", t->token, t->n_tokens);
    put_key(b, "tokenizer.ggml.token_type", GGUF_ARRAY);
    bytes_u32(b, GGUF_I32);
    bytes_u64(b, (uint64_t)t->n_tokens);
    for (int i = 0; i < t->n_tokens; i++) bytes_u32(b, (uint32_t)t->type[i]);
    put_texts(b, "tokenizer.ggml.merges", t->merge, t->n_merges);
    put_size(b, "tokenizer.ggml.bos_token_id", bos);
    put_key(b, "tokenizer.ggml.add_bos_token", GGUF_BOOL);
    bytes_byte(b, 1);
    if (t->eos >= 0) put_size(b, "tokenizer.ggml.eos_token_id", t->eos);
    return t->eos >= 0 ? 8 : 7;
}

static uint64_t padded(uint64_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

static void put_tensors(Bytes *b, const Gpt *g) {
    uint64_t offset = 0;
    for (int i = 0; i < g->table.count; i++) {
        const Tensor *t = &g->table.tensor[i];
        char name[96];
        CHECK(foreign_name(name, t, NAMES_GGUF_LLAMA));
        put_text(b, name, strlen(name));
        bytes_u32(b, t->matrix ? 2 : 1);
        bytes_u64(b, (uint64_t)t->cols);
        if (t->matrix) bytes_u64(b, (uint64_t)t->rows);
        bytes_u32(b, TYPE_F32);
        bytes_u64(b, offset);
        offset += padded((uint64_t)t->rows * (uint64_t)t->cols * sizeof(float));
    }
}

static void put_header(Bytes *b, const Gpt *g, const GgufTokens *tokens) {
    Bytes keys = {0};
    int n = put_model(&keys, &g->config) + put_tokens(&keys, tokens, g->config.bos);
    bytes_add(b, "GGUF", 4);
    bytes_u32(b, VERSION);
    bytes_u64(b, (uint64_t)g->table.count);
    bytes_u64(b, (uint64_t)n);
    bytes_add(b, keys.data, keys.size);
    b->failed |= keys.failed;
    bytes_free(&keys);
    put_tensors(b, g);
    while (!b->failed && b->size % ALIGNMENT) bytes_byte(b, 0);
}

/* ---- the file ---- */

/* Errors show when the file is committed. */
static void write_tensor(FILE *file, const Gpt *g, const Tensor *t) {
    static const char zeros[ALIGNMENT];
    int64_t size = (int64_t)t->rows * t->cols;
    for (int64_t i = 0; i < size; i++) {
        float x = (float)g->params[t->offset + i];
        fwrite(&x, sizeof x, 1, file);
    }
    uint64_t bytes = (uint64_t)size * sizeof(float);
    fwrite(zeros, 1, padded(bytes) - bytes, file);
}

Status gguf_write(const Gpt *g, const GgufTokens *tokens, const char *path, Err *err) {
    Bytes header = {0};
    AtomicFile file;
    CHECK(tokens->n_tokens == g->config.vocab_size);
    put_header(&header, g, tokens);
    Status status = header.failed ? err_set(err, ERR_NOMEM, "%s: no memory for its header", path)
                                  : atomic_open(&file, path, err);
    if (status == OK) {
        fwrite(header.data, 1, header.size, file.stream);
        for (int i = 0; i < g->table.count; i++) write_tensor(file.stream, g, &g->table.tensor[i]);
        status = atomic_commit(&file, "export", err);
    }
    bytes_free(&header);
    return status;
}
