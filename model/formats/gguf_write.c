#include "model/formats/gguf_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "model/formats/foreign.h"
#include "model/formats/gguf_model.h"
#include "model/rope.h"

enum { VERSION = 3, ALIGNMENT = 32 };

/* ---- the architecture ---- */

typedef struct Architecture {
    const char *name, *shown;
    bool gpt2, rope_halves;
} Architecture;

static const Architecture *architecture_of(const ModelConfig *c) {
    static const Architecture gpt2 = {"gpt2", "GPT-2", true, false}, llama = {"llama", "LLaMA", false, false},
                              qwen2 = {"qwen2", "Qwen2", false, true},
                              qwen3 = {"qwen3", "Qwen3", false, true};
    if (c->norm == NORM_LAYERNORM) return &gpt2;
    return c->qk_norm ? &qwen3 : c->qkv_bias && !c->bias ? &qwen2 : &llama;
}

Status gguf_write_check(const ModelConfig *c, Err *err) {
    char wrong[256] = "";
    size_t used = 0;
    const Architecture *a = architecture_of(c);
    Act act = a->gpt2 ? ACT_GELU : ACT_SILU;
#define REFUSE(condition, ...)                                                                               \
    if (condition) used += (size_t)snprintf(wrong + used, sizeof wrong - used, ", " __VA_ARGS__)
    REFUSE(a->gpt2 ? c->pos == POS_ROPE : c->pos != POS_ROPE, "pos=%s",
           config_choice("model.pos", (int)c->pos));
    REFUSE(c->attn != ATTN_CAUSAL, "attn=%s", config_choice("model.attn", (int)c->attn));
    REFUSE(c->mlp != MLP_PLAIN, "mlp=%s", config_choice("model.mlp", (int)c->mlp));
    REFUSE(c->act != act, "act=%s", config_choice("model.act", (int)c->act));
    REFUSE(c->gated == a->gpt2, "gated=%s", c->gated ? "true" : "false");
    REFUSE(c->bias && !a->gpt2, "bias=true");
    REFUSE(a->gpt2 && c->n_kv_head != c->n_head, "n_kv_head=%d below n_head=%d", c->n_kv_head, c->n_head);
    REFUSE(c->tool.n_tools > 0, "tools");
    REFUSE(!a->gpt2 && head_size(c) % 2, "an odd head size (%d)", head_size(c));
    REFUSE(a->gpt2 && heads_width(c) != c->n_embd, "head_dim=%d", c->head_dim);
    REFUSE(a->gpt2 && c->qk_norm, "qk_norm=true");
    REFUSE(c->qk_norm && c->qkv_bias && !a->gpt2, "qkv_bias=true");
    REFUSE(c->rope_scaling == ROPE_LLAMA3 && a->rope_halves, "rope_scaling=llama3");
#undef REFUSE
    if (!used) return OK;
    return err_set(err, ERR_INPUT,
                   "export to gguf: %s with norm=%s cannot express %s; try --to hf or safetensors", a->shown,
                   config_choice("model.norm", (int)c->norm), wrong + 2);
}

/* ---- the types ---- */

static const struct {
    const char *name;
    uint32_t type, file_type; /* llama.cpp's number of a file whose matrices are of this type */
} type_table[] = {{"f32", GGML_F32, 0}, {"f16", GGML_F16, 1}, {"q8_0", GGML_Q8_0, 7}};

Status gguf_type_of(const char *name, uint32_t *out, Err *err) {
    for (size_t i = 0; i < sizeof type_table / sizeof *type_table; i++)
        if (!strcmp(type_table[i].name, name)) {
            *out = type_table[i].type;
            return OK;
        }
    return err_set(err, ERR_INPUT, "export: --type %.40s is unknown, allowed: f32, f16, q8_0", name);
}

static uint32_t file_type_of(uint32_t type) {
    for (size_t i = 0;; i++)
        if (type_table[i].type == type) return type_table[i].file_type;
}

/* Vectors and learned positions stay float32, as in llama.cpp's own files; rows that are no whole blocks get
 * float16. */
static uint32_t type_of(const Tensor *t, uint32_t requested) {
    if (!t->matrix || !strcmp(t->name, "wpe")) return GGML_F32;
    return requested == GGML_Q8_0 && t->cols % ggml_type(GGML_Q8_0)->block ? GGML_F16 : requested;
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

/* ARCHITECTURE.name */
static void put_own_size(Bytes *b, const Architecture *a, const char *name, int value) {
    char full[80];
    snprintf(full, sizeof full, "%s.%s", a->name, name);
    put_size(b, full, value);
}

static void put_own_single(Bytes *b, const Architecture *a, const char *name, double value) {
    char full[80];
    snprintf(full, sizeof full, "%s.%s", a->name, name);
    put_single(b, full, value);
}

static void put_own_string(Bytes *b, const Architecture *a, const char *name, const char *value) {
    char full[80];
    snprintf(full, sizeof full, "%s.%s", a->name, name);
    put_string(b, full, value);
}

/* Both return the number of keys. */
static int put_model(Bytes *b, const ModelConfig *c, uint32_t type) {
    const Architecture *a = architecture_of(c);
    put_string(b, "general.architecture", a->name);
    put_size(b, "general.file_type", (int)file_type_of(type));
    put_own_size(b, a, "context_length", c->block_size);
    put_own_size(b, a, "embedding_length", c->n_embd);
    put_own_size(b, a, "block_count", c->n_layer);
    put_own_size(b, a, "feed_forward_length", c->n_inner);
    put_own_size(b, a, "attention.head_count", c->n_head);
    put_own_size(b, a, "attention.head_count_kv", c->n_kv_head);
    if (!a->gpt2) {
        put_own_size(b, a, "rope.dimension_count", head_size(c));
        put_own_size(b, a, "attention.key_length", head_size(c));
        put_own_size(b, a, "attention.value_length", head_size(c));
    }
    put_own_size(b, a, "vocab_size", c->vocab_size);
    if (!a->gpt2) put_own_single(b, a, "rope.freq_base", c->rope_theta);
    put_own_single(b, a, a->gpt2 ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon",
                   c->norm_eps);
    if (c->rope_scaling != ROPE_LINEAR) return a->gpt2 ? 10 : 14; /* llama3: put_frequencies */
    put_own_string(b, a, "rope.scaling.type", "linear");
    put_own_single(b, a, "rope.scaling.factor", c->rope_factor);
    return 16;
}

static int put_tokens(Bytes *b, const GgufTokens *t, int bos) {
    put_string(b, "tokenizer.ggml.model", t->n_tokens ? "gpt2" : "no_vocab");
    if (!t->n_tokens) return 1;
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

/* ---- the tensors of a file ---- */

/* The tensors that the architecture has, as a table of ours, and where their numbers are. */
typedef struct Writing {
    const Gpt *g;
    ParamTable table;
    ForeignNames names;
    uint32_t type;
    int hd;
    bool halves;
    int frequencies; /* of the tensor of divisors behind the others; 0: there is none */
} Writing;

/* GPT-2 always has biases and positions: those that the model lacks are zeros. */
static Status writing_create(Writing *w, const Gpt *g, uint32_t type, Err *err) {
    ModelConfig c = g->config;
    const Architecture *a = architecture_of(&c);
    *w = (Writing){.g = g, .type = type, .hd = head_size(&c), .halves = a->rope_halves};
    w->names = a->gpt2 ? NAMES_GGUF_GPT2 : NAMES_GGUF_LLAMA;
    if (c.rope_scaling == ROPE_LLAMA3) w->frequencies = w->hd / 2;
    if (a->gpt2) {
        c.bias = true;
        c.pos = POS_LEARNED;
    }
    return params_plan(&w->table, &c, err);
}

/* The file's tensor that begins with t: of several ones side by side, the first. false: it begins with another. q, k
 * and v lie behind one another in both tables. */
static bool begins(const Writing *w, const Tensor *t, ForeignSource *out, int64_t *rows, int64_t *cols) {
    CHECK(foreign_source(out, t, w->names));
    *rows = t->matrix ? (int64_t)t->rows * out->parts : 1;
    *cols = t->matrix ? t->cols : (int64_t)t->cols * out->parts;
    return out->part == 0;
}

static uint64_t tensor_bytes(const Writing *w, const Tensor *t, int64_t rows, int64_t cols) {
    const GgmlType *type = ggml_type(type_of(t, w->type));
    return (uint64_t)(rows * cols) / (uint64_t)type->block * (uint64_t)type->bytes;
}

/* Returns their number. */
static int put_tensors(Bytes *b, const Writing *w) {
    uint64_t offset = 0;
    int n = 0;
    for (int i = 0; i < w->table.count; i++) {
        const Tensor *t = &w->table.tensor[i];
        ForeignSource source;
        int64_t rows, cols;
        if (!begins(w, t, &source, &rows, &cols)) continue;
        put_text(b, source.name, strlen(source.name));
        bytes_u32(b, t->matrix ? 2 : 1);
        bytes_u64(b, (uint64_t)cols);
        if (t->matrix) bytes_u64(b, (uint64_t)rows);
        bytes_u32(b, type_of(t, w->type));
        bytes_u64(b, offset);
        offset += padded(tensor_bytes(w, t, rows, cols));
        n++;
    }
    if (!w->frequencies) return n;
    put_text(b, GGUF_ROPE_FREQS, sizeof GGUF_ROPE_FREQS - 1);
    bytes_u32(b, 1);
    bytes_u64(b, (uint64_t)w->frequencies);
    bytes_u32(b, GGML_F32);
    bytes_u64(b, offset);
    return n + 1;
}

static void put_header(Bytes *b, const Writing *w, const GgufTokens *tokens) {
    Bytes keys = {0}, tensors = {0};
    int n = put_model(&keys, &w->g->config, w->type) + put_tokens(&keys, tokens, w->g->config.bos);
    int n_tensors = put_tensors(&tensors, w);
    bytes_add(b, "GGUF", 4);
    bytes_u32(b, VERSION);
    bytes_u64(b, (uint64_t)n_tensors);
    bytes_u64(b, (uint64_t)n);
    bytes_add(b, keys.data, keys.size);
    bytes_add(b, tensors.data, tensors.size);
    b->failed |= keys.failed || tensors.failed;
    bytes_free(&keys);
    bytes_free(&tensors);
    while (!b->failed && b->size % ALIGNMENT) bytes_byte(b, 0);
}

/* ---- the file ---- */

/* One tensor of the file, row by row. Errors of writing show when the file is committed. */
static void write_rows(FILE *file, const Writing *w, const Tensor *t, int64_t rows, int64_t cols, float *row,
                       uint8_t *packed) {
    static const char zeros[ALIGNMENT];
    const Tensor *ours = params_find(&w->g->table, t->name);
    const GgmlType *type = ggml_type(type_of(t, w->type));
    bool rotated = w->halves && foreign_is_rotated(t);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t i = 0; i < cols; i++) {
            int64_t at = rotated && t->matrix ? foreign_half_row(r, w->hd) * cols + i
                         : rotated            ? foreign_half_row(i, w->hd)
                                              : r * cols + i;
            row[i] = ours ? (float)w->g->params[ours->offset + at] : 0;
        }
        ggml_pack(packed, type, row, cols);
        fwrite(packed, (size_t)type->bytes, (size_t)(cols / type->block), file);
    }
    uint64_t bytes = tensor_bytes(w, t, rows, cols);
    fwrite(zeros, 1, padded(bytes) - bytes, file);
}

static Status write_tensor(FILE *file, const Writing *w, const Tensor *t, const char *path, Err *err) {
    ForeignSource source;
    int64_t rows, cols;
    if (!begins(w, t, &source, &rows, &cols)) return OK;
    float *row = malloc((size_t)cols * sizeof *row);
    uint8_t *packed = malloc((size_t)cols * sizeof *row); /* no type has more bytes a number */
    Status status =
        row && packed ? OK : err_set(err, ERR_NOMEM, "%s: no memory for a row of '%s'", path, source.name);
    if (status == OK) write_rows(file, w, t, rows, cols, row, packed);
    free(row);
    free(packed);
    return status;
}

/* The divisors of the frequencies of the pairs, as llama.cpp reads a scaling of llama3. */
static void write_frequencies(FILE *file, const Writing *w) {
    static const char zeros[ALIGNMENT];
    uint64_t bytes = (uint64_t)w->frequencies * sizeof(float);
    for (int i = 0; i < w->frequencies; i++) {
        float divisor = (float)rope_divisor(&w->g->config, i);
        fwrite(&divisor, sizeof divisor, 1, file);
    }
    fwrite(zeros, 1, padded(bytes) - bytes, file);
}

static Status write_file(const Writing *w, const Bytes *header, const char *path, Err *err) {
    AtomicFile file;
    TRY(atomic_open(&file, path, err));
    fwrite(header->data, 1, header->size, file.stream);
    Status status = OK;
    for (int i = 0; status == OK && i < w->table.count; i++)
        status = write_tensor(file.stream, w, &w->table.tensor[i], path, err);
    if (status == OK) write_frequencies(file.stream, w);
    if (status == OK) return atomic_commit(&file, "export", err);
    atomic_abort(&file);
    return status;
}

Status gguf_write(const Gpt *g, const GgufTokens *tokens, uint32_t type, const char *path, Err *err) {
    Bytes header = {0};
    Writing w;
    CHECK(!tokens->n_tokens || tokens->n_tokens == g->config.vocab_size);
    TRY(writing_create(&w, g, type, err));
    put_header(&header, &w, tokens);
    Status status = header.failed ? err_set(err, ERR_NOMEM, "%s: no memory for its header", path)
                                  : write_file(&w, &header, path, err);
    bytes_free(&header);
    params_free(&w.table);
    return status;
}
