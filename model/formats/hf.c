/* A target format consists of a list of named tensors, copied, transposed or reordered from the model's, and a
 * writer. */
#include "model/formats/hf.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/formats/npz.h"
#include "model/formats/safetensors.h"

typedef struct Tensors {
    const Gpt *g;
    StFile file;
    int room;
} Tensors;

static const char *const format_names[] = {"hf", "npz", "safetensors", NULL};

Status export_format_of(const char *name, ExportFormat *out, Err *err) {
    for (int i = 0; format_names[i]; i++)
        if (strcmp(name, format_names[i]) == 0) {
            *out = (ExportFormat)i;
            return OK;
        }
    return err_set(err, ERR_INPUT, "export format '%s' is unknown, allowed: hf, npz, safetensors", name);
}

/* ---- tensors ---- */

/* A new zeroed tensor; cols 0 makes a vector. NULL: no memory. */
static real *new_tensor(Tensors *t, const char *name, int64_t rows, int64_t cols) {
    if (t->file.n_tensors == t->room) {
        int room = t->room ? 2 * t->room : 32;
        StTensor *more = realloc(t->file.tensor, (size_t)room * sizeof *more);
        if (!more) return NULL;
        t->file.tensor = more;
        t->room = room;
    }
    size_t bytes = (size_t)(rows * (cols ? cols : 1)) * sizeof(real);
    real *data = calloc(1, bytes);
    if (!data) return NULL;
    StTensor *s = &t->file.tensor[t->file.n_tensors++];
    *s = (StTensor){.n_dim = cols ? 2 : 1, .dim = {rows, cols}, .data = data, .bytes = bytes};
    snprintf(s->name, sizeof s->name, "%s", name);
    snprintf(s->dtype, sizeof s->dtype, "%s", REAL_NAME);
    return data;
}

static void free_tensors(Tensors *t) {
    for (int i = 0; i < t->file.n_tensors; i++)
        free((void *)t->file.tensor[i].data); /* const only for readers */
    free(t->file.tensor);
}

/* The model's tensor of that name in a layer (layer < 0: outside the blocks), or NULL. */
static const Tensor *ours(const Tensors *t, int layer, const char *name) {
    char full[160];
    if (layer < 0) return params_find(&t->g->table, name);
    snprintf(full, sizeof full, "blocks.%d.%s", layer, name);
    return params_find(&t->g->table, full);
}

static const real *data_of(const Tensors *t, const Tensor *tensor) { return t->g->params + tensor->offset; }

/* Copies tensor `from` as `to`. If the model does not have it (a bias, positions), `to` is rows x cols zeros. */
static Status copy(Tensors *t, int layer, const char *to, const char *from, int64_t rows, int64_t cols) {
    real *data = new_tensor(t, to, rows, cols);
    if (!data) return ERR_NOMEM;
    const Tensor *source = ours(t, layer, from);
    if (source) {
        CHECK((int64_t)source->rows * source->cols == rows * (cols ? cols : 1));
        memcpy(data, data_of(t, source), (size_t)(rows * (cols ? cols : 1)) * sizeof(real));
    }
    return OK;
}

/* Writes w^T (in,out) into out (in,ld), from column `at` on. */
static void put_transposed(real *out, int64_t ld, int64_t at, const real *w, int rows, int cols) {
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < cols; c++) out[c * ld + at + r] = w[r * cols + c];
}

/* A Conv1D of GPT-2: weight (in,out), with the outputs of several of the model's matrices side by side, and always a
 * bias. */
static Status conv1d(Tensors *t, int layer, const char *to, int n_from, const char *const *from, int64_t in,
                     int64_t out_each) {
    char name[96];
    snprintf(name, sizeof name, "transformer.h.%d.%s.weight", layer, to);
    real *w = new_tensor(t, name, in, n_from * out_each);
    snprintf(name, sizeof name, "transformer.h.%d.%s.bias", layer, to);
    real *b = w ? new_tensor(t, name, n_from * out_each, 0) : NULL;
    if (!b) return ERR_NOMEM;
    for (int i = 0; i < n_from; i++) {
        snprintf(name, sizeof name, "%s.weight", from[i]);
        const Tensor *source = ours(t, layer, name);
        CHECK(source && source->rows == out_each && source->cols == in);
        put_transposed(w, n_from * out_each, i * out_each, data_of(t, source), source->rows, source->cols);
        snprintf(name, sizeof name, "%s.bias", from[i]);
        source = ours(t, layer, name);
        if (source) memcpy(b + i * out_each, data_of(t, source), (size_t)out_each * sizeof(real));
    }
    return OK;
}

static Status gpt2_tensors(Tensors *t) {
    const ModelConfig *c = &t->g->config;
    int d = c->n_embd;
    TRY(copy(t, -1, "transformer.wte.weight", "wte", c->vocab_size, d));
    TRY(copy(t, -1, "transformer.wpe.weight", "wpe", c->block_size, d));
    for (int l = 0; l < c->n_layer; l++) {
        char name[96];
        for (int i = 1; i <= 2; i++)
            for (int bias = 0; bias < 2; bias++) {
                char from[32];
                snprintf(name, sizeof name, "transformer.h.%d.ln_%d.%s", l, i, bias ? "bias" : "weight");
                snprintf(from, sizeof from, "norm%d.%s", i, bias ? "bias" : "weight");
                TRY(copy(t, l, name, from, d, 0));
            }
        TRY(conv1d(t, l, "attn.c_attn", 3, (const char *const[]){"attn.q", "attn.k", "attn.v"}, d, d));
        TRY(conv1d(t, l, "attn.c_proj", 1, (const char *const[]){"attn.o"}, d, d));
        TRY(conv1d(t, l, "mlp.c_fc", 1, (const char *const[]){"mlp.in"}, d, c->n_inner));
        TRY(conv1d(t, l, "mlp.c_proj", 1, (const char *const[]){"mlp.out"}, c->n_inner, d));
    }
    TRY(copy(t, -1, "transformer.ln_f.weight", "norm_f.weight", d, 0));
    TRY(copy(t, -1, "transformer.ln_f.bias", "norm_f.bias", d, 0));
    return c->tie_weights ? OK : copy(t, -1, "lm_head.weight", "head.weight", c->vocab_size, d);
}

/* In each head, row i of `to` is row 2i of `from`, and row i + hd/2 is row 2i+1. For weights and, with cols 1,
 * biases. */
static void halves_from_pairs(real *to, const real *from, int heads, int hd, int64_t cols) {
    for (int h = 0; h < heads; h++)
        for (int i = 0; i < hd; i++) {
            int source = i < hd / 2 ? 2 * i : 2 * (i - hd / 2) + 1;
            memcpy(to + ((int64_t)h * hd + i) * cols, from + ((int64_t)h * hd + source) * cols,
                   (size_t)cols * sizeof(real));
        }
}

static Status llama_tensors(Tensors *t) {
    static const struct {
        const char *to, *from;
    } linear[] = {{"self_attn.q_proj", "attn.q"}, {"self_attn.k_proj", "attn.k"},
                  {"self_attn.v_proj", "attn.v"}, {"self_attn.o_proj", "attn.o"},
                  {"mlp.gate_proj", "mlp.gate"},  {"mlp.up_proj", "mlp.up"},
                  {"mlp.down_proj", "mlp.out"}};
    const ModelConfig *c = &t->g->config;
    int d = c->n_embd, hd = d / c->n_head;
    TRY(copy(t, -1, "model.embed_tokens.weight", "wte", c->vocab_size, d));
    for (int l = 0; l < c->n_layer; l++) {
        char name[96], from[48];
        snprintf(name, sizeof name, "model.layers.%d.input_layernorm.weight", l);
        TRY(copy(t, l, name, "norm1.weight", d, 0));
        snprintf(name, sizeof name, "model.layers.%d.post_attention_layernorm.weight", l);
        TRY(copy(t, l, name, "norm2.weight", d, 0));
        for (size_t i = 0; i < sizeof linear / sizeof *linear; i++)
            for (int bias = 0; bias < (c->bias ? 2 : 1); bias++) {
                snprintf(name, sizeof name, "model.layers.%d.%s.%s", l, linear[i].to,
                         bias ? "bias" : "weight");
                snprintf(from, sizeof from, "%s.%s", linear[i].from, bias ? "bias" : "weight");
                const Tensor *source = ours(t, l, from);
                CHECK(source);
                int rows = bias ? source->cols : source->rows, cols = bias ? 0 : source->cols;
                TRY(copy(t, l, name, from, rows, cols));
                if (i < 2) /* q and k */
                    halves_from_pairs((real *)t->file.tensor[t->file.n_tensors - 1].data, data_of(t, source),
                                      rows / hd, hd, bias ? 1 : cols);
            }
    }
    TRY(copy(t, -1, "model.norm.weight", "norm_f.weight", d, 0));
    return c->tie_weights ? OK : copy(t, -1, "lm_head.weight", "head.weight", c->vocab_size, d);
}

static Status own_tensors(Tensors *t) {
    for (int i = 0; i < t->g->table.count; i++) {
        const Tensor *s = &t->g->table.tensor[i];
        TRY(copy(t, -1, s->name, s->name, s->matrix ? s->rows : (int64_t)s->rows * s->cols,
                 s->matrix ? s->cols : 0));
    }
    return OK;
}

/* ---- config.json ---- */

static bool is_llama(const ModelConfig *c) { return c->norm == NORM_RMSNORM; }

Status export_hf_check(const ModelConfig *c, Err *err) {
    char wrong[256] = "";
    size_t used = 0;
#define REFUSE(condition, ...)                                                                               \
    if (condition) used += (size_t)snprintf(wrong + used, sizeof wrong - used, ", " __VA_ARGS__)
    bool llama = is_llama(c);
    REFUSE(c->attn != ATTN_CAUSAL, "attn=%s", config_choice("model.attn", (int)c->attn));
    REFUSE(c->mlp != MLP_PLAIN, "mlp=%s", config_choice("model.mlp", (int)c->mlp));
    REFUSE(llama && c->pos != POS_ROPE, "pos=%s", config_choice("model.pos", (int)c->pos));
    REFUSE(llama && !c->gated, "gated=false");
    REFUSE(llama && c->pos == POS_ROPE && c->n_embd / c->n_head % 2, "an odd head size (%d)",
           c->n_embd / c->n_head);
    REFUSE(!llama && c->pos == POS_ROPE, "pos=rope");
    REFUSE(!llama && c->gated, "gated=true");
    REFUSE(!llama && c->n_kv_head != c->n_head, "n_kv_head=%d below n_head=%d", c->n_kv_head, c->n_head);
#undef REFUSE
    if (!used) return OK;
    return err_set(err, ERR_INPUT,
                   "export to hf: %s with norm=%s cannot express %s; try --to npz or safetensors",
                   llama ? "LLaMA" : "GPT-2", config_choice("model.norm", (int)c->norm), wrong + 2);
}

static json_t *token_or_null(int token) { return token < 0 ? json_null() : json_integer(token); }

static const char *dtype_name(void) { return sizeof(real) == sizeof(float) ? "float32" : "float64"; }

static json_t *gpt2_config(const ModelConfig *c, int eos) {
    static const char *const act[] = {"gelu_new", "relu", "silu"};
    return json_pack(
        "{s:[s], s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:f, s:f, s:f, s:f, s:f, s:b, s:i, s:o, s:s}",
        "architectures", "GPT2LMHeadModel", "model_type", "gpt2", "vocab_size", c->vocab_size, "n_positions",
        c->block_size, "n_embd", c->n_embd, "n_layer", c->n_layer, "n_head", c->n_head, "n_inner", c->n_inner,
        "activation_function", act[c->act], "layer_norm_epsilon", c->norm_eps, "initializer_range",
        c->init_std, "attn_pdrop", 0.0, "embd_pdrop", 0.0, "resid_pdrop", 0.0, "tie_word_embeddings",
        c->tie_weights, "bos_token_id", 0, "eos_token_id", token_or_null(eos), "torch_dtype", dtype_name());
}

static json_t *llama_config(const ModelConfig *c, int eos) {
    static const char *const act[] = {"gelu_pytorch_tanh", "relu", "silu"};
    return json_pack(
        "{s:[s], s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:f, s:f, s:f, s:f, s:b, s:b, s:b, "
        "s:i, s:o, s:s}",
        "architectures", "LlamaForCausalLM", "model_type", "llama", "vocab_size", c->vocab_size,
        "max_position_embeddings", c->block_size, "hidden_size", c->n_embd, "intermediate_size", c->n_inner,
        "num_hidden_layers", c->n_layer, "num_attention_heads", c->n_head, "num_key_value_heads",
        c->n_kv_head, "head_dim", c->n_embd / c->n_head, "hidden_act", act[c->act], "rms_norm_eps",
        c->norm_eps, "rope_theta", c->rope_theta, "initializer_range", c->init_std, "attention_dropout", 0.0,
        "attention_bias", c->bias, "mlp_bias", c->bias, "tie_word_embeddings", c->tie_weights, "bos_token_id",
        0, "eos_token_id", token_or_null(eos), "torch_dtype", dtype_name());
}

static json_t *own_config(const ModelConfig *c) {
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:f, s:s, s:f, s:s, s:b, s:b, s:b, s:s, s:s}",
                     "n_layer", c->n_layer, "n_head", c->n_head, "n_kv_head", c->n_kv_head, "n_embd",
                     c->n_embd, "n_inner", c->n_inner, "block_size", c->block_size, "vocab_size",
                     c->vocab_size, "norm", config_choice("model.norm", (int)c->norm), "norm_eps",
                     c->norm_eps, "pos", config_choice("model.pos", (int)c->pos), "rope_theta", c->rope_theta,
                     "act", config_choice("model.act", (int)c->act), "gated", c->gated, "bias", c->bias,
                     "tie_weights", c->tie_weights, "attn", config_choice("model.attn", (int)c->attn), "mlp",
                     config_choice("model.mlp", (int)c->mlp));
}

/* The JSON as text; releases json. NULL: no memory, also where json is NULL. */
static char *text_of(json_t *json, size_t flags) {
    char *text = json ? json_dumps(json, flags) : NULL;
    json_decref(json);
    return text;
}

/* ---- the three formats ---- */

/* ERR_INPUT: something exists at path; an empty folder is allowed where the export is a folder. */
static Status refuse_existing(const char *path, bool is_folder, Err *err) {
    if (!file_exists(path)) return OK;
    DIR *folder = is_folder ? opendir(path) : NULL;
    const struct dirent *entry = NULL;
    while (folder && (entry = readdir(folder)) &&
           (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))) {
    }
    Status status = OK;
    if (entry)
        status = err_set(
            err, ERR_INPUT,
            "%s: the folder is not empty (it contains %s); choose another folder, or write into it with --force",
            path, entry->d_name);
    else if (!folder)
        status = err_set(err, ERR_INPUT, "%s: exists; choose another file, or replace it with --force", path);
    if (folder) closedir(folder);
    return status;
}

static Status write_safetensors(const char *path, Tensors *t, char *config, Err *err) {
    StMeta meta[] = {{"format", "pt"}, {"numeric_spec", NUMERIC_SPEC}, {"config", config}};
    t->file.meta = meta;
    t->file.n_meta = config ? 3 : 2;
    Status status = safetensors_write(path, &t->file, "export", err);
    t->file.meta = NULL;
    return status;
}

static Status write_hf(const char *dir, Tensors *t, int eos, Err *err) {
    const ModelConfig *c = &t->g->config;
    char weights[1024], config[1024];
    if (snprintf(weights, sizeof weights, "%s/model.safetensors", dir) >= (int)sizeof weights ||
        snprintf(config, sizeof config, "%s/config.json", dir) >= (int)sizeof config)
        return err_set(err, ERR_INPUT, "%s: a path this long does not fit", dir);
    if ((is_llama(c) ? llama_tensors(t) : gpt2_tensors(t)) != OK)
        return err_set(err, ERR_NOMEM, "no memory to export to %s", dir);
    char *text = text_of(is_llama(c) ? llama_config(c, eos) : gpt2_config(c, eos), JSON_INDENT(2));
    if (!text) return err_set(err, ERR_NOMEM, "no memory to export to %s", dir);
    Status status = OK;
    TRY_GOTO(make_directories(dir, err));
    TRY_GOTO(write_safetensors(weights, t, NULL, err));
    TRY_GOTO(file_write_atomic(config, text, strlen(text), err));
done:
    free(text);
    return status;
}

Status export_model(const Gpt *g, ExportFormat format, const char *path, int eos, bool replace, Err *err) {
    Tensors t = {.g = g};
    Status status = OK;
    char *config = NULL;
    if (format == EXPORT_HF) TRY(export_hf_check(&g->config, err));
    if (!replace) TRY(refuse_existing(path, format == EXPORT_HF, err));
    if (format == EXPORT_HF) {
        TRY_GOTO(write_hf(path, &t, eos, err));
    } else {
        if (own_tensors(&t) != OK || !(config = text_of(own_config(&g->config), 0)))
            TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to export to %s", path));
        if (format == EXPORT_NPZ) TRY_GOTO(npz_write(path, &t.file, err));
        else TRY_GOTO(write_safetensors(path, &t, config, err));
    }
done:
    free(config);
    free_tensors(&t);
    return status;
}
