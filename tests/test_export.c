/* Export: the files are read back, and a forward pass written after the foreign conventions (Conv1D, fused q
 * k v, rotary halves) must find our logits in them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/file.h"
#include "model/formats/safetensors.h"
#include "model/pass.h"
#include "tests/export_testing.h"

enum { MAX_D = 24, MAX_I = 40 };

/* ---- a forward pass in double, after the exported names ---- */

typedef struct Reference {
    StFile file;
    json_t *config;
    bool llama;
    int d, heads, kv_heads, inner, layers;
    double eps, theta;
    char act[32];
} Reference;

static const real *tensor(const Reference *r, const char *format, int layer, int64_t rows, int64_t cols) {
    char name[96];
    if (layer < 0) snprintf(name, sizeof name, "%s", format);
    else snprintf(name, sizeof name, r->llama ? "model.layers.%d.%s" : "transformer.h.%d.%s", layer, format);
    const StTensor *t = safetensors_find(&r->file, name);
    if (!t) print_error("tensor %s is missing\n", name);
    assert_non_null(t);
    assert_string_equal(t->dtype, REAL_NAME);
    assert_int_equal(t->n_dim, cols ? 2 : 1);
    assert_int_equal(t->dim[0], rows);
    if (cols) assert_int_equal(t->dim[1], cols);
    return t->data;
}

static int config_int(const Reference *r, const char *key) {
    json_t *value = json_object_get(r->config, key);
    if (!json_is_integer(value)) print_error("config.json: %s is missing\n", key);
    assert_true(json_is_integer(value));
    return (int)json_integer_value(value);
}

static void reference_open(Reference *r, bool llama) {
    Err err;
    json_error_t why;
    *r = (Reference){.llama = llama};
    assert_int_equal(safetensors_read(in_dir("hf/model.safetensors"), SIZE_MAX, &r->file, &err), OK);
    assert_string_equal(safetensors_meta(&r->file, "format"),
                        "pt"); /* transformers refuses a file without it */
    r->config = json_load_file(in_dir("hf/config.json"), 0, &why);
    assert_non_null(r->config);
    assert_string_equal(json_string_value(json_object_get(r->config, "model_type")),
                        llama ? "llama" : "gpt2");
    assert_int_equal(config_int(r, "bos_token_id"), 0);
    assert_int_equal(config_int(r, "vocab_size"), V);
    assert_int_equal(config_int(r, llama ? "max_position_embeddings" : "n_positions"), T);
    r->d = config_int(r, llama ? "hidden_size" : "n_embd");
    r->heads = config_int(r, llama ? "num_attention_heads" : "n_head");
    r->kv_heads = llama ? config_int(r, "num_key_value_heads") : r->heads;
    r->inner = config_int(r, llama ? "intermediate_size" : "n_inner");
    r->layers = config_int(r, llama ? "num_hidden_layers" : "n_layer");
    r->eps = json_number_value(json_object_get(r->config, llama ? "rms_norm_eps" : "layer_norm_epsilon"));
    r->theta = json_number_value(json_object_get(r->config, "rope_theta"));
    snprintf(r->act, sizeof r->act, "%s",
             json_string_value(json_object_get(r->config, llama ? "hidden_act" : "activation_function")));
}

static void reference_close(Reference *r) {
    safetensors_free(&r->file);
    json_decref(r->config);
}

static double activation(const Reference *r, double x) {
    if (strcmp(r->act, "relu") == 0) return x > 0 ? x : 0;
    if (strcmp(r->act, "silu") == 0) return x / (1 + exp(-x));
    assert_string_equal(r->act, r->llama ? "gelu_pytorch_tanh" : "gelu_new");
    return 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

static void normalize(const Reference *r, double *y, const double *x, const real *gain, const real *bias) {
    double mean = 0, square = 0;
    for (int i = 0; i < r->d && !r->llama; i++) mean += x[i] / r->d;
    for (int i = 0; i < r->d; i++) square += (x[i] - mean) * (x[i] - mean) / r->d;
    for (int i = 0; i < r->d; i++)
        y[i] = (x[i] - mean) / sqrt(square + r->eps) * (double)gain[i] + (bias ? (double)bias[i] : 0);
}

/* y = W x + b: W (out, in) as nn.Linear keeps it; conv: (in, all), of which columns from .. from+out-1. */
static void linear(double *y, const double *x, const real *w, const real *b, int out, int in, int all,
                   int from) {
    for (int o = 0; o < out; o++) {
        y[o] = b ? (double)b[from + o] : 0;
        for (int i = 0; i < in; i++) y[o] += x[i] * (double)(all ? w[i * all + from + o] : w[o * in + i]);
    }
}

/* rotate_half: channel i of a head turns with channel i + hd/2. */
static void rotate(const Reference *r, double *x, int heads, int position) {
    int hd = r->d / r->heads;
    for (int h = 0; h < heads; h++)
        for (int i = 0; i < hd / 2; i++) {
            double angle = position * pow(r->theta, -2.0 * i / hd), *a = x + h * hd + i, *b = a + hd / 2,
                   was = *a;
            *a = was * cos(angle) - *b * sin(angle);
            *b = *b * cos(angle) + was * sin(angle);
        }
}

static void project(const Reference *r, double *y, const double *x, int layer, const char *llama,
                    const char *gpt2, int out, int in, int all, int from) {
    char name[64];
    if (r->llama) {
        bool bias = json_is_true(json_object_get(r->config, "attention_bias"));
        assert_int_equal(bias, json_is_true(json_object_get(r->config, "mlp_bias")));
        snprintf(name, sizeof name, "%s.weight", llama);
        const real *w = tensor(r, name, layer, out, in);
        snprintf(name, sizeof name, "%s.bias", llama);
        linear(y, x, w, bias ? tensor(r, name, layer, out, 0) : NULL, out, in, 0, 0);
    } else {
        snprintf(name, sizeof name, "%s.weight", gpt2);
        const real *w = tensor(r, name, layer, in, all);
        snprintf(name, sizeof name, "%s.bias", gpt2);
        linear(y, x, w, tensor(r, name, layer, all, 0), out, in, all, from);
    }
}

static double keys[T][MAX_D], values[T][MAX_D];

static void attention(const Reference *r, double *out, const double *q, int position) {
    int hd = r->d / r->heads;
    for (int h = 0; h < r->heads; h++) {
        int kv = h / (r->heads / r->kv_heads);
        double score[T], total = 0;
        for (int t = 0; t <= position; t++) {
            double dot = 0;
            for (int i = 0; i < hd; i++) dot += q[h * hd + i] * keys[t][kv * hd + i];
            total += score[t] = exp(dot / sqrt(hd));
        }
        for (int i = 0; i < hd; i++) {
            out[h * hd + i] = 0;
            for (int t = 0; t <= position; t++) out[h * hd + i] += score[t] / total * values[t][kv * hd + i];
        }
    }
}

static void reference_logits(const Reference *r, const int32_t *inputs, double logits[T][V]) {
    int d = r->d, kv = r->kv_heads * (d / r->heads);
    static double h[T][MAX_D];
    double x[MAX_D], y[MAX_D], up[MAX_I], gate[MAX_I], queries[T][MAX_D];
    const char *embedding = r->llama ? "model.embed_tokens.weight" : "transformer.wte.weight";
    const real *wte = tensor(r, embedding, -1, V, d), *head = wte;
    for (int t = 0; t < T; t++)
        for (int i = 0; i < d; i++)
            h[t][i] = (double)wte[inputs[t] * d + i] +
                      (r->llama ? 0 : (double)tensor(r, "transformer.wpe.weight", -1, T, d)[t * d + i]);
    for (int l = 0; l < r->layers; l++) {
        const real *gain = tensor(r, r->llama ? "input_layernorm.weight" : "ln_1.weight", l, d, 0);
        const real *bias = r->llama ? NULL : tensor(r, "ln_1.bias", l, d, 0);
        for (int t = 0; t < T; t++) {
            normalize(r, x, h[t], gain, bias);
            project(r, queries[t], x, l, "self_attn.q_proj", "attn.c_attn", d, d, 3 * d, 0);
            project(r, keys[t], x, l, "self_attn.k_proj", "attn.c_attn", kv, d, 3 * d, d);
            project(r, values[t], x, l, "self_attn.v_proj", "attn.c_attn", kv, d, 3 * d, 2 * d);
            if (r->llama) rotate(r, queries[t], r->heads, t);
            if (r->llama) rotate(r, keys[t], r->kv_heads, t);
        }
        gain = tensor(r, r->llama ? "post_attention_layernorm.weight" : "ln_2.weight", l, d, 0);
        bias = r->llama ? NULL : tensor(r, "ln_2.bias", l, d, 0);
        for (int t = 0; t < T; t++) {
            attention(r, x, queries[t], t);
            project(r, y, x, l, "self_attn.o_proj", "attn.c_proj", d, d, d, 0);
            for (int i = 0; i < d; i++) h[t][i] += y[i];
            normalize(r, x, h[t], gain, bias);
            project(r, gate, x, l, "mlp.gate_proj", "mlp.c_fc", r->inner, d, r->inner, 0);
            if (r->llama) project(r, up, x, l, "mlp.up_proj", "", r->inner, d, 0, 0);
            for (int i = 0; i < r->inner; i++) gate[i] = activation(r, gate[i]) * (r->llama ? up[i] : 1);
            project(r, y, gate, l, "mlp.down_proj", "mlp.c_proj", d, r->inner, d, 0);
            for (int i = 0; i < d; i++) h[t][i] += y[i];
        }
    }
    if (!json_is_true(json_object_get(r->config, "tie_word_embeddings")))
        head = tensor(r, "lm_head.weight", -1, V, d);
    const real *gain = tensor(r, r->llama ? "model.norm.weight" : "transformer.ln_f.weight", -1, d, 0);
    const real *bias = r->llama ? NULL : tensor(r, "transformer.ln_f.bias", -1, d, 0);
    for (int t = 0; t < T; t++) {
        normalize(r, x, h[t], gain, bias);
        linear(logits[t], x, head, NULL, V, d, 0, 0);
    }
}

/* Float logits against the double reference: the sizes here keep rounding below 1e-5 of the largest logit
 * (measured: 1e-6); a wrong layout is off by its whole size. */
static void expect_same_logits(const ModelConfig *config, bool llama) {
    Gpt g;
    GptWork *work;
    Err err;
    Reference r;
    real ours[T * V];
    double theirs[T][V], worst = 0, largest = 0;
    int32_t inputs[T] = {0}, targets[T] = {0}, start[2] = {0, T}; /* inputs[0]: BOS */
    make_gpt(&g, config);
    export_to(&g, EXPORT_HF, in_dir("hf"), -1);
    for (int t = 1; t < T; t++)
        inputs[t] = (int32_t)random_below(random_stream(SEED, RANDOM_TEST, 2), (uint64_t)t, V);
    Batch batch = {.n_seq = 1, .start = start, .inputs = inputs, .targets = targets};
    assert_int_equal(gpt_work_create(&work, &g, T, 1, T, false, 1, NULL, &err), OK);
    gpt_logits(&g, work, &batch, 0, 1, ours);
    reference_open(&r, llama);
    reference_logits(&r, inputs, theirs);
    for (int i = 0; i < T * V; i++) {
        worst = fmax(worst, fabs((double)ours[i] - theirs[i / V][i % V]));
        largest = fmax(largest, fabs(theirs[i / V][i % V]));
    }
    printf("worst %.2e of %.2f\n", worst, largest);
    assert_true(worst <= 1e-5 * largest);
    reference_close(&r);
    gpt_work_free(work);
    gpt_free(&g);
}

static void hf_gpt2(void **state) {
    (void)state;
    ModelConfig c = gpt2_type();
    expect_same_logits(&c, false);
}

static void hf_gpt2_variants(void **state) { /* what GPT-2 always has and we lack, as zeros */
    (void)state;
    ModelConfig c = gpt2_type();
    c.bias = false;
    c.tie_weights = false;
    c.pos = POS_NONE;
    c.act = ACT_RELU;
    c.norm_eps = 1e-2;
    expect_same_logits(&c, false);
}

static void hf_llama(void **state) {
    (void)state;
    ModelConfig c = llama_type();
    expect_same_logits(&c, true);
}

static void hf_llama_variants(void **state) {
    (void)state;
    ModelConfig c = llama_type();
    c.bias = true;
    c.tie_weights = true;
    c.n_kv_head = c.n_head = 3;
    c.act = ACT_GELU;
    expect_same_logits(&c, true);
}

static void hf_eos(void **state) {
    (void)state;
    Gpt g;
    Reference r;
    ModelConfig c = gpt2_type();
    make_gpt(&g, &c);
    export_to(&g, EXPORT_HF, in_dir("hf"), 20);
    reference_open(&r, false);
    assert_int_equal(config_int(&r, "eos_token_id"), 20);
    assert_int_equal(r.file.n_tensors, 2 + 2 * 12 + 2);
    reference_close(&r);
    gpt_free(&g);
}

/* ---- what hf cannot say ---- */

static void expect_refused(const ModelConfig *c, const char *words) {
    Gpt g;
    Err err;
    make_gpt(&g, c);
    assert_int_equal(export_model(&g, EXPORT_HF, in_dir("hf"), -1, false, &err), ERR_INPUT);
    if (!strstr(err.msg, words)) print_error("'%s' does not hold '%s'\n", err.msg, words);
    assert_non_null(strstr(err.msg, words));
    assert_false(file_exists(in_dir("hf")));
    gpt_free(&g);
}

static void hf_refusals(void **state) {
    (void)state;
    ModelConfig c = gpt2_type();
    c.pos = POS_ROPE;
    expect_refused(&c, "GPT-2 with norm=layernorm cannot express pos=rope;");
    c.gated = true;
    expect_refused(&c, "cannot express pos=rope, gated=true;");
    c = gpt2_type();
    c.n_kv_head = 1;
    expect_refused(&c, "n_kv_head=1 below n_head=3");
    c = gpt2_type();
    c.attn = ATTN_MEAN;
    expect_refused(&c, "attn=mean");
    c.attn = ATTN_NONE;
    expect_refused(&c, "attn=none");
    c = llama_type();
    c.mlp = MLP_NONE;
    expect_refused(&c, "mlp=none");
    c = llama_type();
    c.pos = POS_LEARNED;
    c.gated = false;
    expect_refused(&c, "LLaMA with norm=rmsnorm cannot express pos=learned, gated=false;");
    c = llama_type();
    c.n_head = c.n_kv_head = 8; /* 24 / 8 = 3 */
    expect_refused(&c, "an odd head size (3)");
}

int main(void) {
    printf("seed %llu\n", (unsigned long long)SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hf_gpt2, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_gpt2_variants, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_llama, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_llama_variants, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_eos, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_refusals, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
