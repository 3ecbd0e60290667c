#include "model/formats/gguf_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rope.h"

enum { SIZE_LIMIT = 1 << 24 };

typedef struct Reader {
    const Gguf *file;
    const char *path, *architecture;
    bool gpt2, qwen2, qwen3;
    Err *err;
} Reader;

static const GgufKey *key_of(const Reader *s, const char *name) {
    char full[128];
    snprintf(full, sizeof full, "%s.%s", s->architecture, name);
    return gguf_key(s->file, full);
}

/* A size; 0: the key is absent, which is allowed where `needed` is false. */
static Status read_size(const Reader *s, const char *name, bool needed, int *out) {
    int64_t value = 0;
    const GgufKey *key = key_of(s, name);
    *out = 0;
    if (!key && !needed) return OK;
    if (!gguf_whole(key, &value) || value < 1 || value > SIZE_LIMIT)
        return err_set(s->err, ERR_INPUT, "%s: key %s.%s is %s", s->path, s->architecture, name,
                       !key         ? "missing"
                       : key->array ? "a list: rote's blocks are all alike"
                                    : "no size");
    *out = (int)value;
    return OK;
}

/* Files have such numbers as float32, configs as the decimal that was meant: 1e-5, not 9.99999974737875e-06. So this is
 * the shortest decimal that gives the same float32. */
static double as_meant(double single) {
    char text[32];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, single);
        double decimal = strtod(text, NULL);
        if ((float)decimal == (float)single) return decimal;
    }
    return single;
}

static Status read_number(const Reader *s, const char *name, double *out) {
    const GgufKey *key = key_of(s, name);
    if (!key) return OK;
    if (gguf_number(key, out) && *out - *out == 0) {
        if (key->type == GGUF_F32) *out = as_meant(*out);
        return OK;
    }
    return err_set(s->err, ERR_INPUT, "%s: key %s.%s is no number", s->path, s->architecture, name);
}

/* ---- what rote's model lacks ---- */

/* One of RoPE's scaling; what it says is read with the structure. Only yarn reads the others. */
static bool is_scaling(const char *name, size_t size) {
    static const char *const keys[] = {"rope.scaling.type", "rope.scaling.factor", "rope.scaling.finetuned",
                                       "rope.scaling.original_context_length"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i]) == size && !memcmp(keys[i], name, size)) return true;
    return false;
}

/* Every key of the architecture must be one that this file reads, or say that nothing is there. */
static Status check_key(const Reader *s, const GgufKey *key, const char *name, size_t size) {
    static const char *const read[] = {"block_count",
                                       "context_length",
                                       "embedding_length",
                                       "feed_forward_length",
                                       "attention.head_count",
                                       "attention.head_count_kv",
                                       "rope.freq_base",
                                       "rope.dimension_count",
                                       "attention.layer_norm_rms_epsilon",
                                       "vocab_size",
                                       "attention.key_length",
                                       "attention.value_length",
                                       "attention.layer_norm_epsilon"};
    int64_t whole = 1;
    Text text = {"", 0};
    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        if (strlen(read[i]) == size && !memcmp(read[i], name, size)) return OK;
    if (is_scaling(name, size)) return OK;
    if (gguf_whole(key, &whole) && whole == 0) return OK; /* no experts, no window */
    if (gguf_text(key, &text) && text_is(text, "none")) return OK;
    return err_set(s->err, ERR_INPUT, "%s: key %s.%.*s asks for a part that rote's models do not have",
                   s->path, s->architecture, (int)(size < 60 ? size : 60), name);
}

static Status check_keys(const Reader *s) {
    size_t prefix = strlen(s->architecture);
    for (int i = 0; i < s->file->n_keys; i++) {
        Text name = s->file->key[i].name;
        if (name.size <= prefix || memcmp(name.data, s->architecture, prefix) != 0 ||
            name.data[prefix] != '.')
            continue;
        TRY(check_key(s, &s->file->key[i], name.data + prefix + 1, name.size - prefix - 1));
    }
    return OK;
}

/* ---- structure ---- */

/* The size of a head: that of keys, else n_embd / n_head. That of values, and what is rotated, is the same here. */
static Status read_head(const Reader *s, ModelConfig *c) {
    static const char *const others[] = {"attention.value_length", "rope.dimension_count"};
    int head;
    TRY(read_size(s, "attention.key_length", false, &head));
    if (!head && c->n_embd % c->n_head)
        return err_set(s->err, ERR_INPUT,
                       "%s: key %s.attention.key_length is missing, and %d heads do not divide %d", s->path,
                       s->architecture, c->n_head, c->n_embd);
    if (!head) head = c->n_embd / c->n_head;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        int size;
        TRY(read_size(s, others[i], false, &size));
        if (size && size != head)
            return err_set(s->err, ERR_INPUT,
                           "%s: key %s.%s is %d; the heads of rote's model have %d channels", s->path,
                           s->architecture, others[i], size, head);
    }
    foreign_head(c, head);
    if (!s->gpt2 && head % 2)
        return err_set(s->err, ERR_INPUT, "%s: key %s.attention.key_length is %d, an odd number", s->path,
                       s->architecture, head);
    return OK;
}

static Status read_sizes(const Reader *s, int context, ForeignModel *m) {
    ModelConfig *c = &m->config;
    TRY(read_size(s, "block_count", true, &c->n_layer));
    TRY(read_size(s, "embedding_length", true, &c->n_embd));
    TRY(read_size(s, "feed_forward_length", true, &c->n_inner));
    TRY(read_size(s, "attention.head_count", true, &c->n_head));
    TRY(read_size(s, "attention.head_count_kv", false, &c->n_kv_head));
    TRY(read_size(s, "context_length", true, &c->block_size));
    c->tie_weights = !foreign_find(m, "output.weight");
    const ForeignTensor *embedding = foreign_find(m, "token_embd.weight");
    if (!embedding) return err_set(s->err, ERR_INPUT, "%s: tensor 'token_embd.weight' is missing", s->path);
    if (embedding->rows > SIZE_LIMIT)
        return err_set(s->err, ERR_INPUT, "%s: it has %lld tokens", s->path, (long long)embedding->rows);
    c->vocab_size = (int)embedding->rows;
    m->positions = c->block_size;
    if (s->gpt2 && context > c->block_size)
        return err_set(s->err, ERR_INPUT,
                       "%s: its positions are learned, %d of them: --context takes at most %d", s->path,
                       c->block_size, c->block_size);
    c->block_size = foreign_context(c->block_size, context);
    return OK;
}

/* linear, by its keys: also where a factor stands there without a type, as in llama.cpp. */
static Status read_scaling_keys(const Reader *s, ModelConfig *c) {
    Text type = key_of(s, "rope.scaling.factor") ? (Text){"linear", 6} : (Text){"none", 4};
    const GgufKey *key = key_of(s, "rope.scaling.type");
    if (key && !gguf_text(key, &type))
        return err_set(s->err, ERR_INPUT, "%s: key %s.rope.scaling.type is no text", s->path,
                       s->architecture);
    if (text_is(type, "none")) return OK;
    if (!text_is(type, "linear"))
        return err_set(s->err, ERR_INPUT,
                       "%s: key %s.rope.scaling.type is '%.*s', rote has linear and that of llama3", s->path,
                       s->architecture, (int)(type.size < 40 ? type.size : 40), type.data);
    TRY(read_number(s, "rope.scaling.factor", &c->rope_factor));
    if (c->rope_factor >= 1 && c->rope_factor <= 1e9) {
        c->rope_scaling = ROPE_LINEAR;
        return OK;
    }
    return err_set(s->err, ERR_INPUT, "%s: key %s.rope.scaling.factor is %g", s->path, s->architecture,
                   c->rope_factor);
}

/* llama3, by the divisors of the frequencies. */
static Status read_frequencies(const Reader *s, ForeignModel *m) {
    ForeignTensor *t = NULL;
    ModelConfig *c = &m->config;
    for (int i = 0; i < m->n_tensors; i++)
        if (!strcmp(m->tensor[i].name, GGUF_ROPE_FREQS)) t = &m->tensor[i];
    if (!t) return OK;
    t->used = true;
    int pairs = head_size(c) / 2;
    bool right = t->type == ggml_type(GGML_F32) && t->rows == 1 && t->cols == pairs &&
                 c->rope_scaling == ROPE_UNSCALED && c->pos == POS_ROPE;
    float *divisor = malloc((size_t)pairs * sizeof *divisor);
    if (!divisor) return err_set(s->err, ERR_NOMEM, "%s: no memory for %d pairs", s->path, pairs);
    if (right) memcpy(divisor, t->data, (size_t)pairs * sizeof *divisor);
    right = right && rope_fit_llama3(c, divisor);
    free(divisor);
    return right ? OK
                 : err_set(s->err, ERR_INPUT,
                           "%s: tensor '" GGUF_ROPE_FREQS
                           "' has the factors of a RoPE scaling that is not llama3's",
                           s->path);
}

static Status read_structure(const Reader *s, int context, ForeignModel *m) {
    Config defaults;
    config_defaults(&defaults);
    ModelConfig *c = &m->config;
    *c = defaults.model;
    c->norm_eps = 1e-5;
    c->norm = s->gpt2 ? NORM_LAYERNORM : NORM_RMSNORM;
    c->pos = s->gpt2 ? POS_LEARNED : POS_ROPE;
    c->act = s->gpt2 ? ACT_GELU : ACT_SILU;
    c->gated = !s->gpt2;
    c->bias = s->gpt2;
    c->qkv_bias = s->qwen2;
    c->qk_norm = s->qwen3;
    m->rope_halves = s->qwen2 || s->qwen3;
    TRY(read_sizes(s, context, m));
    TRY(read_number(s, "rope.freq_base", &c->rope_theta));
    TRY(read_number(s, s->gpt2 ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon",
                    &c->norm_eps));
    TRY(read_head(s, c));
    TRY(read_scaling_keys(s, c));
    return read_frequencies(s, m);
}

static Status take_tensors(const Reader *s, ForeignModel *m) {
    m->tensor = calloc((size_t)s->file->n_tensors + 1, sizeof *m->tensor);
    if (!m->tensor)
        return err_set(s->err, ERR_NOMEM, "%s: no memory for %d tensors", s->path, s->file->n_tensors);
    for (; m->n_tensors < s->file->n_tensors; m->n_tensors++) {
        const GgufTensor *from = &s->file->tensor[m->n_tensors];
        ForeignTensor *t = &m->tensor[m->n_tensors];
        *t = (ForeignTensor){
            .type = from->type, .n_dim = from->n_dim, .cols = from->dim[0], .data = from->data};
        t->rows = from->size / from->dim[0];
        snprintf(t->name, sizeof t->name, "%.*s", (int)from->name.size, from->name.data);
    }
    return OK;
}

Status gguf_model(const Gguf *file, const char *path, int context, ForeignModel *out, Err *err) {
    Reader s = {.file = file, .path = path, .architecture = "llama", .err = err};
    Text architecture = {"", 0};
    *out = (ForeignModel){.path = path, .names = NAMES_GGUF_LLAMA};
    if (!gguf_text(gguf_key(file, "general.architecture"), &architecture))
        return err_set(err, ERR_INPUT, "%s: key general.architecture is missing", path);
    s.gpt2 = text_is(architecture, "gpt2");
    s.qwen2 = text_is(architecture, "qwen2");
    s.qwen3 = text_is(architecture, "qwen3");
    if (s.gpt2) {
        s.architecture = "gpt2";
        out->names = NAMES_GGUF_GPT2;
    } else if (s.qwen2 || s.qwen3) s.architecture = s.qwen2 ? "qwen2" : "qwen3";
    else if (!text_is(architecture, s.architecture))
        return err_set(err, ERR_INPUT,
                       "%s: its architecture is '%.*s', rote reads llama, qwen2, qwen3 and gpt2", path,
                       (int)(architecture.size < 40 ? architecture.size : 40), architecture.data);
    Status status = check_keys(&s);
    if (status == OK) status = take_tensors(&s, out);
    if (status == OK) status = read_structure(&s, context, out);
    if (status != OK) foreign_free(out);
    return status;
}
