#include "model/formats/hf_model.h"

#include <string.h>

#include "base/file.h"
#include "base/json.h"

enum { SIZE_LIMIT = 1 << 24, PATH_ROOM = 1200 };

typedef struct Reader {
    const char *path; /* of config.json */
    json_t *root;
    ModelConfig *c;
    Err *err;
} Reader;

static const json_t *key_of(const Reader *s, const char *name) {
    const json_t *value = json_object_get(s->root, name);
    return json_is_null(value) ? NULL : value;
}

static Status lacks(const Reader *s, const char *name) {
    return err_set(s->err, ERR_INPUT, "%s: key %s asks for a part that rote's models do not have", s->path,
                   name);
}

/* A size; `missing` is the value if the key is absent; -1: it must be there. */
static Status read_size(const Reader *s, const char *name, int missing, int *out) {
    const json_t *value = key_of(s, name);
    json_int_t size = missing;
    if ((!value && missing >= 0) || json_whole(value, 1, SIZE_LIMIT, &size)) {
        *out = (int)size;
        return OK;
    }
    return err_set(s->err, ERR_INPUT, "%s: key %s is %s", s->path, name, value ? "no size" : "missing");
}

static Status read_number(const Reader *s, const char *name, double *out) {
    const json_t *value = key_of(s, name);
    if (value && !json_is_number(value))
        return err_set(s->err, ERR_INPUT, "%s: key %s is no number", s->path, name);
    if (value) *out = json_number_value(value);
    return OK;
}

static bool truth(const Reader *s, const char *name, bool missing) {
    const json_t *value = key_of(s, name);
    return value ? json_is_true(value) : missing;
}

static Status read_act(const Reader *s, const char *name) {
    static const struct {
        const char *name;
        Act act;
    } acts[] = {{"gelu_new", ACT_GELU},
                {"gelu_pytorch_tanh", ACT_GELU},
                {"relu", ACT_RELU},
                {"silu", ACT_SILU},
                {"swish", ACT_SILU}};
    const char *act = json_string_value(key_of(s, name));
    for (size_t i = 0; act && i < sizeof acts / sizeof *acts; i++)
        if (!strcmp(act, acts[i].name)) {
            s->c->act = acts[i].act;
            return OK;
        }
    return err_set(s->err, ERR_INPUT,
                   "%s: key %s is '%.40s', rote has gelu_new, gelu_pytorch_tanh, relu and silu", s->path,
                   name, act ? act : "");
}

/* ---- the types ---- */

static Status read_gpt2(const Reader *s, int context, int *positions) {
    ModelConfig *c = s->c;
    c->norm = NORM_LAYERNORM;
    c->pos = POS_LEARNED;
    c->bias = true;
    TRY(read_size(s, "n_embd", -1, &c->n_embd));
    TRY(read_size(s, "n_layer", -1, &c->n_layer));
    TRY(read_size(s, "n_head", -1, &c->n_head));
    TRY(read_size(s, "n_positions", -1, positions));
    if (context > *positions)
        return err_set(s->err, ERR_INPUT,
                       "%s: its positions are learned, %d of them: --context takes at most %d", s->path,
                       *positions, *positions);
    c->block_size = foreign_context(*positions, context);
    TRY(read_size(s, "n_inner", 4 * c->n_embd, &c->n_inner));
    TRY(read_number(s, "layer_norm_epsilon", &c->norm_eps));
    c->n_kv_head = c->n_head;
    c->tie_weights = truth(s, "tie_word_embeddings", true);
    if (!truth(s, "scale_attn_weights", true)) return lacks(s, "scale_attn_weights");
    if (truth(s, "scale_attn_by_inverse_layer_idx", false))
        return lacks(s, "scale_attn_by_inverse_layer_idx");
    return read_act(s, "activation_function");
}

static Status scaling_number(const Reader *s, const json_t *rope, const char *name, double low, double *out) {
    const json_t *value = json_object_get(rope, name);
    double number = json_number_value(value);
    if (!value && low == 0) return OK; /* its default */
    if (!json_is_number(value) || !(number >= low) || !(number > 0) || number > 1e9)
        return err_set(s->err, ERR_INPUT, "%s: RoPE scaling: %s is %s", s->path, name,
                       value ? "no number that can be" : "missing");
    *out = number;
    return OK;
}

/* linear and llama3 (model/rope.h); the others are refused by name. */
static Status read_scaling(const Reader *s, const json_t *rope, const char *key, const char *type) {
    ModelConfig *c = s->c;
    double original = c->rope_original;
    if (!strcmp(type, "linear")) c->rope_scaling = ROPE_LINEAR;
    else if (!strcmp(type, "llama3")) c->rope_scaling = ROPE_LLAMA3;
    else
        return err_set(s->err, ERR_INPUT, "%s: key %s is of type '%.40s', rote has linear and llama3",
                       s->path, key, type);
    TRY(scaling_number(s, rope, "factor", 1, &c->rope_factor));
    if (c->rope_scaling == ROPE_LINEAR) return OK;
    TRY(scaling_number(s, rope, "low_freq_factor", 0, &c->rope_low_freq));
    TRY(scaling_number(s, rope, "high_freq_factor", 0, &c->rope_high_freq));
    TRY(scaling_number(s, rope, "original_max_position_embeddings", 0, &original));
    c->rope_original = (int)original;
    if (c->rope_original == original && c->rope_high_freq > c->rope_low_freq) return OK;
    return err_set(s->err, ERR_INPUT, "%s: key %s: its factors of llama3 cannot be", s->path, key);
}

/* Positions: rope_theta, or since transformers 5 rope_parameters. */
static Status read_rope(const Reader *s) {
    static const char *const keys[] = {"rope_scaling", "rope_parameters"};
    TRY(read_number(s, "rope_theta", &s->c->rope_theta));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *rope = key_of(s, keys[i]), *theta = json_object_get(rope, "rope_theta");
        const char *type = json_string_value(json_object_get(rope, "rope_type"));
        if (!type) type = json_string_value(json_object_get(rope, "type"));
        if (rope && type && strcmp(type, "default") != 0) TRY(read_scaling(s, rope, keys[i], type));
        if (json_is_number(theta)) s->c->rope_theta = json_number_value(theta);
    }
    return OK;
}

/* LLaMA's type and those that differ in a detail. */
typedef enum Type { TYPE_LLAMA, TYPE_MISTRAL, TYPE_QWEN2, TYPE_QWEN3, TYPE_GPT2, TYPES } Type;

static Status read_head(const Reader *s, Type type) {
    ModelConfig *c = s->c;
    enum { QWEN3_HEAD = 128 }; /* of Qwen3Config, whatever the width */
    int head, missing = type == TYPE_QWEN3 ? QWEN3_HEAD : c->n_embd / c->n_head;
    TRY(read_size(s, "head_dim", missing ? missing : 1, &head));
    if (head % 2 || (!key_of(s, "head_dim") && type != TYPE_QWEN3 && c->n_embd % c->n_head))
        return lacks(s, key_of(s, "head_dim") ? "head_dim" : "num_attention_heads");
    foreign_head(c, head);
    return OK;
}

static Status read_llama(const Reader *s, Type type, int context) {
    ModelConfig *c = s->c;
    int window;
    bool qwen = type == TYPE_QWEN2 || type == TYPE_QWEN3;
    c->norm = NORM_RMSNORM;
    c->pos = POS_ROPE;
    c->gated = true;
    c->norm_eps = 1e-6; /* of LlamaConfig */
    TRY(read_size(s, "hidden_size", -1, &c->n_embd));
    TRY(read_size(s, "intermediate_size", -1, &c->n_inner));
    TRY(read_size(s, "num_hidden_layers", -1, &c->n_layer));
    TRY(read_size(s, "num_attention_heads", -1, &c->n_head));
    TRY(read_size(s, "num_key_value_heads", c->n_head, &c->n_kv_head));
    TRY(read_size(s, "max_position_embeddings", 2048, &c->block_size));
    TRY(read_head(s, type));
    c->block_size = foreign_context(c->block_size, context);
    TRY(read_size(s, "sliding_window", c->block_size, &window));
    if (window < c->block_size && truth(s, "use_sliding_window", !qwen)) return lacks(s, "sliding_window");
    c->qkv_bias = type == TYPE_QWEN2;
    c->qk_norm = type == TYPE_QWEN3;
    TRY(read_number(s, "rms_norm_eps", &c->norm_eps));
    c->tie_weights = truth(s, "tie_word_embeddings", false);
    c->bias = truth(s, "attention_bias", false);
    if (c->bias != truth(s, "mlp_bias", false)) return lacks(s, c->bias ? "attention_bias" : "mlp_bias");
    TRY(read_rope(s));
    return read_act(s, "hidden_act");
}

static int64_t token_at(const Reader *s, const char *name) {
    const json_t *value = key_of(s, name);
    json_int_t token = -1;
    if (json_is_array(value)) value = json_array_get(value, 0); /* the first of several ends */
    json_whole(value, 0, SIZE_LIMIT, &token);
    return token;
}

static Status read_config(const Reader *s, int context, HfModel *out) {
    static const char *const names[TYPES] = {"llama", "mistral", "qwen2", "qwen3", "gpt2"};
    const char *name = json_string_value(key_of(s, "model_type"));
    Type type = TYPE_LLAMA;
    Config defaults;
    config_defaults(&defaults);
    *s->c = defaults.model;
    if (key_of(s, "quantization_config")) return lacks(s, "quantization_config");
    while (type < TYPES && (!name || strcmp(name, names[type]) != 0)) type++;
    if (type == TYPES)
        return err_set(s->err, ERR_INPUT,
                       "%s: model_type is '%.40s', rote reads gpt2, llama, mistral, qwen2 and qwen3", s->path,
                       name ? name : "");
    bool gpt2 = type == TYPE_GPT2;
    TRY(gpt2 ? read_gpt2(s, context, &out->model.positions) : read_llama(s, type, context));
    TRY(read_size(s, "vocab_size", -1, &s->c->vocab_size));
    out->model.names = gpt2 ? NAMES_HF_GPT2 : NAMES_HF_LLAMA;
    out->model.rope_halves = !gpt2;
    out->bos = token_at(s, "bos_token_id");
    out->eos = token_at(s, "eos_token_id");
    return OK;
}

/* ---- the folder ---- */

/* Buffers that older versions of transformers kept: masks, and the frequencies of RoPE. A tied head may be there. */
static bool is_no_weight(const ForeignModel *m, const char *name) {
    static const char *const ends[] = {".attn.bias", ".attn.masked_bias", ".rotary_emb.inv_freq"};
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (size > end && !strcmp(name + size - end, ends[i])) return true;
    }
    return m->config.tie_weights && !strcmp(name, "lm_head.weight");
}

static void tidy_names(ForeignModel *m) {
    static const char prefix[] = "transformer.";
    for (int i = 0; i < m->n_tensors; i++) {
        ForeignTensor *t = &m->tensor[i];
        if (!strncmp(t->name, prefix, sizeof prefix - 1))
            memmove(t->name, t->name + sizeof prefix - 1, strlen(t->name) - (sizeof prefix - 2));
        t->used = is_no_weight(m, t->name);
    }
}

Status hf_model_open(HfModel *out, const char *dir, int context, Err *err) {
    char path[PATH_ROOM];
    *out = (HfModel){.model.path = dir, .bos = -1, .eos = -1};
    TRY(path_join(path, sizeof path, dir, "config.json", err));
    if (file_missing(path))
        return err_set(err, ERR_INPUT, "%s: no folder of a model: it has no config.json", dir);
    Reader s = {.path = path, .c = &out->model.config, .err = err};
    TRY(hf_json_read(path, &s.root, err));
    Status status = read_config(&s, context, out);
    json_decref(s.root);
    TRY(status);
    TRY(hf_files_open(&out->files, dir, &out->model, err));
    tidy_names(&out->model);
    return OK;
}

void hf_model_close(HfModel *m) {
    foreign_free(&m->model);
    hf_files_close(&m->files);
}
