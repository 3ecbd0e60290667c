/* A target format consists of a list of named tensors, copied, transposed or reordered from the model's, and a
 * writer. */
#include "model/formats/hf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config/section.h"
#include "base/file.h"
#include "base/json.h"
#include "model/formats/foreign.h"
#include "model/formats/npz.h"
#include "model/formats/safetensors.h"

typedef struct Tensors {
    const Gpt *g;
    StFile file;
    int room;
} Tensors;

static const char *const format_names[] = {"hf", "npz", "safetensors", "gguf", "tensorboard", NULL};

Status export_format_of(const char *name, ExportFormat *out, Err *err) {
    for (int i = 0; format_names[i]; i++)
        if (strcmp(name, format_names[i]) == 0) {
            *out = (ExportFormat)i;
            return OK;
        }
    return err_set(err, ERR_INPUT,
                   "export format '%s' is unknown, allowed: hf, npz, safetensors, gguf, tensorboard", name);
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

static Status copy_to_llama(Tensors *t, const Tensor *from) {
    ForeignSource to;
    const ModelConfig *c = &t->g->config;
    int hd = head_size(c), rows = from->matrix ? from->rows : from->cols;
    int64_t cols = from->matrix ? from->cols : 0, row = cols ? cols : 1;
    CHECK(foreign_source(&to, from, NAMES_HF_LLAMA));
    real *data = new_tensor(t, to.name, rows, cols);
    if (!data) return ERR_NOMEM;
    bool rotated = foreign_is_rotated(from);
    for (int64_t r = 0; r < rows; r++)
        memcpy(data + r * row, data_of(t, from) + (rotated ? foreign_half_row(r, hd) : r) * row,
               (size_t)row * sizeof(real));
    return OK;
}

/* In the order of Hugging Face's modules. */
static Status llama_tensors(Tensors *t) {
    static const char *const ends[] = {"norm_f.weight", "head.weight"};
    static const char *const parts[] = {"norm1",    "norm2",  "attn.q",      "attn.k",
                                        "attn.v",   "attn.o", "attn.q_norm", "attn.k_norm",
                                        "mlp.gate", "mlp.up", "mlp.out"};
    static const char *const kinds[] = {"weight", "bias"};
    const Tensor *from;
    TRY(copy_to_llama(t, ours(t, -1, "wte")));
    for (int l = 0; l < t->g->config.n_layer; l++)
        for (size_t i = 0; i < 2 * sizeof parts / sizeof *parts; i++) {
            char name[32];
            snprintf(name, sizeof name, "%s.%s", parts[i / 2], kinds[i % 2]);
            if ((from = ours(t, l, name)) != NULL) TRY(copy_to_llama(t, from));
        }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if ((from = ours(t, -1, ends[i])) != NULL) TRY(copy_to_llama(t, from));
    CHECK(t->file.n_tensors == t->g->table.count);
    return OK;
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
    REFUSE(c->tool.n_tools > 0, "tools");
    REFUSE(llama && c->pos != POS_ROPE, "pos=%s", config_choice("model.pos", (int)c->pos));
    REFUSE(llama && !c->gated, "gated=false");
    REFUSE(llama && c->pos == POS_ROPE && head_size(c) % 2, "an odd head size (%d)", head_size(c));
    REFUSE(!llama && heads_width(c) != c->n_embd, "head_dim=%d", c->head_dim);
    REFUSE(!llama && c->qk_norm, "qk_norm=true");
    REFUSE(llama && c->qk_norm && (c->bias || c->qkv_bias), "%s=true", c->bias ? "bias" : "qkv_bias");
    REFUSE(!llama && c->pos == POS_ROPE, "pos=rope");
    REFUSE(!llama && c->gated, "gated=true");
    REFUSE(!llama && c->n_kv_head != c->n_head, "n_kv_head=%d below n_head=%d", c->n_kv_head, c->n_head);
#undef REFUSE
    if (!used) return OK;
    return err_set(err, ERR_INPUT,
                   "export to hf: %s with norm=%s cannot express %s; try --to npz or safetensors",
                   !llama       ? "GPT-2"
                   : c->qk_norm ? "Qwen3"
                                : "LLaMA",
                   config_choice("model.norm", (int)c->norm), wrong + 2);
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
        c->tie_weights, "bos_token_id", c->bos, "eos_token_id", token_or_null(eos), "torch_dtype",
        dtype_name());
}

/* NULL: frequencies are not scaled. */
static json_t *rope_scaling_json(const ModelConfig *c) {
    const char *type = config_choice("model.rope_scaling", (int)c->rope_scaling);
    if (c->rope_scaling == ROPE_LINEAR)
        return json_pack("{s:s, s:f}", "rope_type", type, "factor", c->rope_factor);
    if (c->rope_scaling != ROPE_LLAMA3) return NULL;
    return json_pack("{s:s, s:f, s:f, s:f, s:i}", "rope_type", type, "factor", c->rope_factor,
                     "low_freq_factor", c->rope_low_freq, "high_freq_factor", c->rope_high_freq,
                     "original_max_position_embeddings", c->rope_original);
}

static json_t *llama_config(const ModelConfig *c, int eos) {
    static const char *const act[] = {"gelu_pytorch_tanh", "relu", "silu"};
    bool qwen2 = c->qkv_bias && !c->bias; /* whose attention has these biases and no others */
    const char *type = c->qk_norm ? "qwen3" : qwen2 ? "qwen2" : "llama";
    json_t *config = json_pack(
        "{s:[s], s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:f, s:f, s:f, s:f, s:b, s:b, s:b, "
        "s:i, s:o, s:s}",
        "architectures",
        c->qk_norm ? "Qwen3ForCausalLM"
        : qwen2    ? "Qwen2ForCausalLM"
                   : "LlamaForCausalLM",
        "model_type", type, "vocab_size", c->vocab_size, "max_position_embeddings", c->block_size,
        "hidden_size", c->n_embd, "intermediate_size", c->n_inner, "num_hidden_layers", c->n_layer,
        "num_attention_heads", c->n_head, "num_key_value_heads", c->n_kv_head, "head_dim", head_size(c),
        "hidden_act", act[c->act], "rms_norm_eps", c->norm_eps, "rope_theta", c->rope_theta,
        "initializer_range", c->init_std, "attention_dropout", 0.0, "attention_bias", c->bias, "mlp_bias",
        c->bias, "tie_word_embeddings", c->tie_weights, "bos_token_id", c->bos, "eos_token_id",
        token_or_null(eos), "torch_dtype", dtype_name());
    json_t *scaling = rope_scaling_json(c);
    if (scaling) json_object_set_new(config, "rope_scaling", scaling);
    return config;
}

/* All keys of the model, and the shape of the stage of its tools, whose sizes no key has. */
static json_t *own_config(const ModelConfig *c) {
    Config config = {.model = *c};
    json_t *model = config_section(&config, "model");
    if (c->tool.n_tools == 0) return model;
    json_t *tools = json_pack("{s:i, s:i, s:i, s:I}", "n_tools", c->tool.n_tools, "layer", c->tool.layer,
                              "n_pointers", c->tool.n_pointers, "runs", (json_int_t)c->tool.runs);
    if (c->tool.gated) json_object_set_new(tools, "gated", json_true());
    json_object_set_new(model, "tools", tools);
    return model;
}

/* ---- the three formats ---- */

/* config.json is written last, and its temporary is there first: it shows that the other files are an export's that
 * has not ended. */
#define CONFIG_NAME     "config.json"
#define WEIGHTS_NAME    "model.safetensors"
#define TEMPORARY(name) "." name TEMPORARY_END /* base/file.h */

static bool one_of(const char *name, const char *const *names) {
    while (*names && strcmp(name, *names) != 0) names++;
    return *names != NULL;
}

/* Whether it is one of those files, or a temporary of one. */
static bool is_of(const char *name, const ExportFile *more) {
    char temporary[300];
    for (; more->name; more++) {
        snprintf(temporary, sizeof temporary, ".%s" TEMPORARY_END, more->name);
        if (!strcmp(name, more->name) || !strcmp(name, temporary)) return true;
    }
    return false;
}

/* A folder for a new export: missing, empty, or with the rest of an export whose process died.
 *   locked   this process has the temporary of config.json
 *   *begun   whether there is such a rest; in and out where locked */
static Status check_folder(const char *path, const ExportFile *more, bool locked, bool *begun, Err *err) {
    static const char *const REST[] = {".",          "..", TEMPORARY(CONFIG_NAME), TEMPORARY(WEIGHTS_NAME),
                                       WEIGHTS_NAME, NULL};
    static const char *const NOTHING[] = {".", "..", NULL}, *const LOCKED[] = {".", "..",
                                                                               TEMPORARY(CONFIG_NAME), NULL};
    char temporary[1100];
    TRY(path_join(temporary, sizeof temporary, path, TEMPORARY(CONFIG_NAME), err));
    if (!locked) *begun = !file_missing(temporary);
    const char *const *allowed = *begun ? REST : locked ? LOCKED : NOTHING;
    DIR *folder = opendir(path);
    if (!folder && errno == ENOENT) return OK;
    if (!folder && errno == ENOTDIR)
        return err_set(err, ERR_INPUT, "%s exists: name another place, or replace it with --force", path);
    if (!folder) return err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: %s", path, strerror(errno));
    const struct dirent *entry;
    Status status = OK;
    for (errno = 0; (entry = readdir(folder)) &&
                    (one_of(entry->d_name, allowed) || (*begun && is_of(entry->d_name, more)));)
        errno = 0;
    if (entry)
        status = err_set(
            err, ERR_INPUT,
            "%s: the folder is not empty (it contains %s); choose another folder, or write into it with --force",
            path, entry->d_name);
    else if (errno) status = err_set(err, ERR_IO, "%s: cannot list it: %s", path, strerror(errno));
    closedir(folder);
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

/* Writes the further files, then commits config.json. Where one fails, those that were not there before are removed.
 *   begun   what is there is the rest of a dead export */
static Status write_more(const char *dir, const ExportFile *more, AtomicFile *config, bool begun, Err *err) {
    char path[1024];
    if (!more->name) return atomic_commit(config, CONFIG_NAME, err);
    TRY(path_join(path, sizeof path, dir, more->name, err));
    bool is_new = begun || file_missing(path);
    Status status = file_write_atomic(path, more->text, strlen(more->text), err);
    if (status == OK) status = write_more(dir, more + 1, config, begun, err);
    if (status != OK && is_new) unlink(path);
    return status;
}

/* Makes the folder with all files, or leaves it as it was. */
static Status write_folder(const char *dir, Tensors *t, const char *config, const ExportFile *more,
                           bool replace, Err *err) {
    char weights[1024], config_path[1024];
    AtomicFile file = {0};
    Status status = OK;
    bool begun = false;
    TRY(path_join(weights, sizeof weights, dir, WEIGHTS_NAME, err));
    TRY(path_join(config_path, sizeof config_path, dir, CONFIG_NAME, err));
    if (!replace) TRY(check_folder(dir, more, false, &begun, err)); /* a folder of others is not touched */
    bool made = file_missing(dir);
    TRY(make_directories(dir, err));
    bool new_weights = begun || file_missing(weights);
    TRY_GOTO(atomic_open(&file, config_path, err));
    if (!replace)
        TRY_GOTO(check_folder(dir, more, true, &begun, err)); /* another process may have been faster */
    fputs(config, file.stream); /* a failed write shows when the file is committed */
    status = write_safetensors(weights, t, NULL, err);
    if (status == OK) status = write_more(dir, more, &file, begun, err);
    if (status != OK && new_weights) unlink(weights);
done:
    if (status != OK) {
        atomic_abort(&file);
        if (made) rmdir(dir);
    }
    return status;
}

Status export_hf(const Gpt *g, const ExportFile *more, const char *dir, int eos, bool replace, Err *err) {
    const ModelConfig *c = &g->config;
    Tensors t = {.g = g};
    char *text = NULL;
    TRY(export_hf_check(c, err));
    Status status = (is_llama(c) ? llama_tensors(&t) : gpt2_tensors(&t)) == OK
                        ? OK
                        : err_set(err, ERR_NOMEM, "no memory to export to %s", dir);
    json_ran_out();
    if (status == OK)
        status = json_take_text(is_llama(c) ? llama_config(c, eos) : gpt2_config(c, eos), JSON_INDENT(2), dir,
                                &text, err);
    if (status == OK) status = write_folder(dir, &t, text, more, replace, err);
    free(text);
    free_tensors(&t);
    return status;
}

Status export_model(const Gpt *g, ExportFormat format, const char *path, int eos, bool replace, Err *err) {
    Tensors t = {.g = g};
    Status status = OK;
    char *config = NULL;
    CHECK(format < EXPORT_GGUF);
    if (format == EXPORT_HF) return export_hf(g, &(ExportFile){NULL, NULL}, path, eos, replace, err);
    if (!replace && file_exists(path)) /* a new one is never replaced (base/file.h) */
        return err_set(err, ERR_INPUT, "%s: exists; choose another file, or replace it with --force", path);
    if (own_tensors(&t) != OK) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to export to %s", path));
    json_ran_out();
    TRY_GOTO(json_take_text(own_config(&g->config), 0, path, &config, err));
    if (format == EXPORT_NPZ) TRY_GOTO(npz_write(path, &t.file, err));
    else TRY_GOTO(write_safetensors(path, &t, config, err));
done:
    free(config);
    free_tensors(&t);
    return status;
}
