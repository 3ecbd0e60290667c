/* Other programs' models as runs: what is exported comes back bit by bit (q and k rows reordered and put back), GGUF
 * files of every shape that fits, and what does not fit is refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/file.h"
#include "model/formats/ggml_types.h"
#include "model/formats/hf.h"
#include "store/foreign/gguf_export.h"
#include "store/foreign/import.h"
#include "store/run.h"
#include "tests/export_testing.h"

/* V tokens: the end of a text, letters, and the joint "ab". */
static const char TOKENIZER[] =
    "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},\"model\":{\"type\":\"BPE\",\"vocab\":{"
    "\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,\"l\":12,\"m\":13,"
    "\"n\":14,\"o\":15,\"p\":16,\"q\":17,\"r\":18,\"\\u0120\":19,\"ab\":20},\"merges\":[\"a b\"]},\"added_tokens\":["
    "{\"id\":0,\"content\":\"<|endoftext|>\",\"special\":true}]}";

static void write_file(const char *name, const void *data, size_t size) {
    Err err;
    if (file_write_atomic(in_dir(name), data, size, &err) != OK) fail_msg("%s", err.msg);
}

static Status import_context(const char *name, int context, Imported *out, Err *err) {
    char path[128], run[128];
    strcpy(path, in_dir(name));
    strcpy(run, in_dir("run"));
    const ImportModel options = {.path = path, .dir = run, .context = context, .bos = -1};
    return import_model(&options, out, err);
}

static Status import(const char *name, Imported *out, Err *err) { return import_context(name, 0, out, err); }

/* The run in "run" has the parameters of g, and its tokenizer. */
static void expect_run(const Gpt *g) {
    Run run;
    Err err;
    if (run_open_text(&run, in_dir("run"), NULL, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(run.gpt.table.total, g->table.total);
    assert_memory_equal(run.gpt.params, g->params, (size_t)g->table.total * sizeof(real));
    const ModelConfig *a = &run.gpt.config, *b = &g->config;
    assert_true(a->act == b->act && a->norm_eps == b->norm_eps && a->rope_theta == b->rope_theta &&
                a->bos == b->bos);
    assert_true(a->block_size == b->block_size && a->n_kv_head == b->n_kv_head);
    const Vocab *v = &run.facts.vocab;
    assert_true(v->size == V && v->tokenizer && !strcmp(v->text[20], "ab") && v->length[0] == 13 &&
                run.facts.n == 0);
    run_close(&run);
    assert_int_equal(run_open(&run, in_dir("run"), NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "was imported from"));
}

/* ---- Hugging Face ---- */

static void round_trip(const ModelConfig *config) {
    Gpt g;
    Err err = {0};
    Imported imported;
    make_gpt(&g, config);
    assert_int_equal(export_model(&g, EXPORT_HF, in_dir("hf"), 20, false, &err), OK);
    write_file("hf/tokenizer.json", TOKENIZER, sizeof TOKENIZER - 1);
    if (import("hf", &imported, &err) != OK) fail_msg("%s", err.msg);
    assert_true(imported.params == g.table.total && imported.eos == 20 && imported.bos == 0);
    assert_string_equal(imported.bos_text, "<|endoftext|>");
    expect_run(&g);
    assert_int_equal(import("hf", &imported, &err), OK); /* once more, the same */
    expect_run(&g);
    gpt_free(&g);
}

static void hf_llama(void **state) {
    (void)state;
    ModelConfig c = llama_type();
    round_trip(&c);
}

static void hf_llama_variants(void **state) {
    (void)state;
    ModelConfig c = llama_type();
    c.bias = c.tie_weights = true;
    c.n_kv_head = c.n_head = 3;
    c.act = ACT_GELU;
    round_trip(&c);
}

static void hf_gpt2(void **state) {
    (void)state;
    ModelConfig c = gpt2_type();
    round_trip(&c);
}

static void hf_gpt2_variants(void **state) {
    (void)state;
    ModelConfig c = gpt2_type();
    c.tie_weights = false;
    c.act = ACT_RELU;
    c.n_inner = 41;
    round_trip(&c);
}

/* Of learned positions the first ones are read; there are no more than the model has. */
static void hf_gpt2_context(void **state) {
    (void)state;
    enum { SHORT = 5 };
    Gpt g;
    Run run;
    Err err = {0};
    Imported imported;
    ModelConfig c = gpt2_type();
    make_gpt(&g, &c);
    export_to(&g, EXPORT_HF, in_dir("hf"), -1);
    write_file("hf/tokenizer.json", TOKENIZER, sizeof TOKENIZER - 1);
    assert_int_equal(import_context("hf", T + 1, &imported, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "its positions are learned, 9 of them: --context takes at most 9"));
    assert_false(file_exists(in_dir("run")));
    if (import_context("hf", SHORT, &imported, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(run_open_text(&run, in_dir("run"), NULL, NULL, &err), OK);
    assert_int_equal(run.gpt.config.block_size, SHORT);
    for (int i = 0; i < g.table.count; i++) {
        const Tensor *all = &g.table.tensor[i], *some = params_find(&run.gpt.table, all->name);
        assert_true(some && (some->rows == all->rows || !strcmp(all->name, "wpe")));
        assert_memory_equal(run.gpt.params + some->offset, g.params + all->offset,
                            (size_t)some->rows * (size_t)some->cols * sizeof(real));
    }
    run_close(&run);
    gpt_free(&g);
}

static void hf_qwen2(void **state) {
    (void)state;
    ModelConfig c = llama_type();
    c.qkv_bias = true;
    round_trip(&c);
}

static void hf_refused(const char *config, const char *why) {
    Err err = {0};
    Imported imported;
    write_file("hf/config.json", config, strlen(config));
    assert_int_equal(import("hf", &imported, &err), ERR_INPUT);
    if (!strstr(err.msg, why)) fail_msg("'%s' lacks '%s'", err.msg, why);
    assert_false(file_exists(in_dir("run")));
}

#define SIZES                                                                                                \
    "\"hidden_size\":24,\"intermediate_size\":40,\"num_hidden_layers\":2,\"num_attention_heads\":6,"         \
    "\"num_key_value_heads\":2,\"vocab_size\":21,\"hidden_act\":\"silu\""

static void hf_refusals(void **state) {
    (void)state;
    Gpt g;
    Err err;
    ModelConfig c = llama_type();
    make_gpt(&g, &c);
    assert_int_equal(export_model(&g, EXPORT_HF, in_dir("hf"), -1, false, &err), OK);
    gpt_free(&g);
    hf_refused("{}", "model_type is ''");
    hf_refused("{\"model_type\":\"bert\"}",
               "model_type is 'bert', rote reads gpt2, llama, mistral and qwen2");
    hf_refused("{\"model_type\":\"llama\"}", "key hidden_size is missing");
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"head_dim\":8}",
               "key head_dim says what a model of rote's lacks");
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"rope_scaling\":{\"rope_type\":\"yarn\"}}",
               "key rope_scaling");
    hf_refused("{\"model_type\":\"mistral\"," SIZES ",\"sliding_window\":8}", "key sliding_window");
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"attention_bias\":true}", "key attention_bias");
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"quantization_config\":{}}", "key quantization_config");
    hf_refused("{\"model_type\":\"llama\"," SIZES "}", "it has no tokenizer.json");
    write_file("hf/tokenizer.json", TOKENIZER, sizeof TOKENIZER - 1);
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"mlp_bias\":true,\"attention_bias\":true}",
               "tensor 'model.layers.0.self_attn.q_proj.bias' is missing");
    hf_refused("{\"model_type\":\"llama\",\"n\":1," SIZES ",\"num_hidden_layers\":1}", "duplicate");
    hf_refused(
        "{\"model_type\":\"llama\",\"hidden_size\":24,\"intermediate_size\":40,\"num_hidden_layers\":1,"
        "\"num_attention_heads\":6,\"num_key_value_heads\":2,\"vocab_size\":21,\"hidden_act\":\"silu\"}",
        "tensor 'model.layers.1.input_layernorm.weight' is none that a model of rote's has");
    hf_refused(
        "{\"model_type\":\"llama\",\"hidden_size\":24,\"intermediate_size\":41,\"num_hidden_layers\":2,"
        "\"num_attention_heads\":6,\"num_key_value_heads\":2,\"vocab_size\":21,\"hidden_act\":\"silu\"}",
        "tensor 'model.layers.0.mlp.gate_proj.weight' is 40 x 24, the model's structure needs 41 x 24");
}

/* ---- GGUF ---- */

static void put_text(Bytes *b, const char *text) {
    bytes_u64(b, strlen(text));
    bytes_add(b, text, strlen(text));
}

static void put_u32(Bytes *b, const char *name, uint32_t value) {
    put_text(b, name), bytes_u32(b, 4), bytes_u32(b, value);
}

static void put_string(Bytes *b, const char *name, const char *value) {
    put_text(b, name), bytes_u32(b, 8), put_text(b, value);
}

static void put_strings(Bytes *b, const char *name, int n, const char *const *value) {
    put_text(b, name), bytes_u32(b, 9), bytes_u32(b, 8), bytes_u64(b, (uint64_t)n);
    for (int i = 0; i < n; i++) put_text(b, value[i]);
}

/* The tokens above, as llama.cpp writes them. */
static int put_tokenizer(Bytes *b) {
    static const char *const tokens[V] = {"<|endoftext|>",
                                          "a",
                                          "b",
                                          "c",
                                          "d",
                                          "e",
                                          "f",
                                          "g",
                                          "h",
                                          "i",
                                          "j",
                                          "k",
                                          "l",
                                          "m",
                                          "n",
                                          "o",
                                          "p",
                                          "q",
                                          "r",
                                          "\xc4\xa0",
                                          "ab"};
    static const char *const merges[] = {"a b"};
    put_string(b, "tokenizer.ggml.model", "gpt2");
    put_string(b, "tokenizer.ggml.pre", "smollm");
    put_strings(b, "tokenizer.ggml.tokens", V, tokens);
    put_strings(b, "tokenizer.ggml.merges", 1, merges);
    put_text(b, "tokenizer.ggml.token_type"), bytes_u32(b, 9), bytes_u32(b, 5), bytes_u64(b, V);
    for (int i = 0; i < V; i++) bytes_u32(b, i == 0 ? 3 : 1);
    put_u32(b, "tokenizer.ggml.eos_token_id", 20);
    return 6;
}

static const char *const gguf_names[][2] = {{"wte", "token_embd.weight"},
                                            {"norm_f.weight", "output_norm.weight"},
                                            {"head.weight", "output.weight"},
                                            {"norm1.weight", "attn_norm.weight"},
                                            {"attn.q.weight", "attn_q.weight"},
                                            {"attn.k.weight", "attn_k.weight"},
                                            {"attn.v.weight", "attn_v.weight"},
                                            {"attn.q.bias", "attn_q.bias"},
                                            {"attn.k.bias", "attn_k.bias"},
                                            {"attn.v.bias", "attn_v.bias"},
                                            {"attn.o.weight", "attn_output.weight"},
                                            {"norm2.weight", "ffn_norm.weight"},
                                            {"mlp.gate.weight", "ffn_gate.weight"},
                                            {"mlp.up.weight", "ffn_up.weight"},
                                            {"mlp.out.weight", "ffn_down.weight"}};

static void gguf_name(char out[64], const char *ours) {
    int layer = -1, used = 0;
    if (sscanf(ours, "blocks.%d.%n", &layer, &used) != 1) used = 0;
    for (size_t i = 0; i < sizeof gguf_names / sizeof *gguf_names; i++)
        if (!strcmp(ours + used, gguf_names[i][0])) {
            if (used) snprintf(out, 64, "blk.%d.%s", layer, gguf_names[i][1]);
            else snprintf(out, 64, "%s", gguf_names[i][1]);
        }
}

static void put_size(Bytes *b, const char *architecture, const char *key, int value) {
    char name[64];
    snprintf(name, sizeof name, "%s.%s", architecture, key);
    put_u32(b, name, (uint32_t)value);
}

static void put_number(Bytes *b, const char *architecture, const char *key, double value) {
    char name[64];
    snprintf(name, sizeof name, "%s.%s", architecture, key);
    put_text(b, name), bytes_u32(b, 12), bytes_f64(b, value);
}

/* Row r of a tensor; of q and k with `halves` in the order of llama.cpp's other kind of rotation: the first numbers of
 * all pairs of a head, then the second ones. A bias has one number a row. */
static void put_rows(Bytes *b, const Gpt *g, const Tensor *t, bool halves) {
    int hd = g->config.n_embd / g->config.n_head, rows = t->matrix ? t->rows : t->cols;
    size_t row = (t->matrix ? (size_t)t->cols : 1) * 4;
    const char *data = (const char *)(g->params + t->offset);
    halves = halves && (strstr(t->name, "attn.q") || strstr(t->name, "attn.k"));
    for (int r = 0; r < rows; r++) {
        int in = r % hd, from = !halves ? r : r - in + (in < hd / 2 ? 2 * in : 2 * (in - hd / 2) + 1);
        bytes_add(b, data + (size_t)from * row, row);
    }
}

/* Writes g as such a file. `more`: a further key, of value `value`; renamed: the tensor of that number has another
 * name. */
static void put_gguf(Bytes *b, const Gpt *g, const char *architecture, const char *more, uint32_t value,
                     int renamed) {
    const ModelConfig *c = &g->config;
    const int n_keys = 1 + 6 + 2 + (more != NULL) + 6;
    uint64_t offset = 0;
    bytes_add(b, "GGUF", 4), bytes_u32(b, 3), bytes_u64(b, (uint64_t)g->table.count),
        bytes_u64(b, (uint64_t)n_keys);
    put_string(b, "general.architecture", architecture);
    put_size(b, architecture, "block_count", c->n_layer);
    put_size(b, architecture, "embedding_length", c->n_embd);
    put_size(b, architecture, "feed_forward_length", c->n_inner);
    put_size(b, architecture, "attention.head_count", c->n_head);
    put_size(b, architecture, "attention.head_count_kv", c->n_kv_head);
    put_size(b, architecture, "context_length", c->block_size);
    put_number(b, architecture, "rope.freq_base", c->rope_theta);
    put_number(b, architecture, "attention.layer_norm_rms_epsilon", c->norm_eps);
    if (more) put_u32(b, more, value);
    assert_int_equal(put_tokenizer(b), 6);
    for (int i = 0; i < g->table.count; i++) {
        const Tensor *t = &g->table.tensor[i];
        char name[64] = "odd";
        if (i != renamed) gguf_name(name, t->name);
        put_text(b, name), bytes_u32(b, t->matrix ? 2 : 1), bytes_u64(b, (uint64_t)t->cols);
        if (t->matrix) bytes_u64(b, (uint64_t)t->rows);
        bytes_u32(b, 0), bytes_u64(b, offset);
        offset += ((uint64_t)t->rows * (uint64_t)t->cols * 4 + 31) / 32 * 32;
    }
    while (b->size % 32) bytes_byte(b, 0);
    for (int i = 0; i < g->table.count; i++) {
        put_rows(b, g, &g->table.tensor[i], !strcmp(architecture, "qwen2"));
        while (b->size % 32) bytes_byte(b, 0);
    }
}

static void gguf_qwen2(void **state) {
    (void)state;
    Gpt g;
    Bytes b = {0};
    Err err = {0};
    Imported imported;
    ModelConfig c = llama_type();
    c.qkv_bias = true;
    make_gpt(&g, &c);
    put_gguf(&b, &g, "qwen2", NULL, 0, -1);
    write_file("x.gguf", b.data, b.size);
    if (import("x.gguf", &imported, &err) != OK) fail_msg("%s", err.msg);
    expect_run(&g);
    bytes_free(&b);
    gpt_free(&g);
}

static void gguf_llama(void **state) {
    (void)state;
    Gpt g;
    Bytes b = {0};
    Err err = {0};
    Imported imported;
    ModelConfig c = llama_type();
    make_gpt(&g, &c);
    put_gguf(&b, &g, "llama", NULL, 0, -1);
    write_file("x.gguf", b.data, b.size);
    if (import("x.gguf", &imported, &err) != OK) fail_msg("%s", err.msg);
    expect_run(&g);
    char hash[33];
    content_hash(b.data, b.size, hash);
    assert_string_equal(imported.origin.hash, hash);
    /* What is exported comes back. */
    Run again;
    assert_int_equal(run_open_text(&again, in_dir("run"), NULL, NULL, &err), OK);
    char run_dir[128];
    strcpy(run_dir, in_dir("run"));
    again.facts.vocab.eos = 20;
    assert_int_equal(gguf_export(run_dir, &again.gpt, &again.facts.vocab, GGML_F32, in_dir("y.gguf"), &err),
                     OK);
    run_close(&again);
    assert_int_equal(rename(run_dir, in_dir("first")), 0);
    if (import("y.gguf", &imported, &err) != OK) fail_msg("%s", err.msg);
    assert_true(imported.eos == 20 && imported.bos == 0);
    expect_run(&g);
    /* A byte of the tokenizer more: the run is no longer what was imported. */
    Run run;
    Buffer text;
    assert_int_equal(file_read(in_dir("run/tokenizer.json"), SIZE_MAX, &text, &err), OK);
    write_file("run/tokenizer.json", text.data, text.size - 1);
    assert_int_equal(run_open_text(&run, in_dir("run"), NULL, NULL, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "tokenizer.json: altered since the import"));
    buffer_free(&text);
    bytes_free(&b);
    gpt_free(&g);
}

static void gguf_refused(const char *architecture, const char *more, uint32_t value, int renamed,
                         const char *why) {
    Gpt g;
    Bytes b = {0};
    Err err = {0};
    Imported imported;
    ModelConfig c = llama_type();
    make_gpt(&g, &c);
    if (value == 77) g.params[g.table.tensor[3].offset + 5] = __builtin_nanf("");
    put_gguf(&b, &g, architecture, more, value, renamed);
    write_file("x.gguf", b.data, b.size);
    assert_int_equal(import("x.gguf", &imported, &err), ERR_INPUT);
    if (!strstr(err.msg, why)) fail_msg("'%s' lacks '%s'", err.msg, why);
    assert_false(file_exists(in_dir("run")));
    bytes_free(&b);
    gpt_free(&g);
}

/* tokenizer.json cannot hold the text: nothing is written. A path that JSON cannot hold is stored escaped. */
static void gguf_odd_texts(void **state) {
    (void)state;
    static const char name[] = "<|endoftext|>";
    Gpt g;
    Bytes b = {0};
    Err err = {0};
    Imported imported;
    Origin origin;
    bool is_import;
    ModelConfig c = llama_type();
    make_gpt(&g, &c);
    put_gguf(&b, &g, "llama", NULL, 0, -1);
    char *token = memmem(b.data, b.size, name, sizeof name - 1);
    assert_non_null(token);
    *token = '\xff';
    write_file("x.gguf", b.data, b.size);
    assert_int_equal(import("x.gguf", &imported, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "x.gguf: token 0, \"\\xFF|endoftext|>\", is not UTF-8 or has a NUL"));
    assert_false(file_exists(in_dir("run")));
    *token = '<';
    write_file("\xe9\\.gguf", b.data, b.size);
    if (import("\xe9\\.gguf", &imported, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(origin_read(in_dir("run"), &origin, &is_import, &err), OK);
    assert_string_equal(strrchr(origin.file, '/'), "/\\xE9\\\\.gguf");
    bytes_free(&b);
    gpt_free(&g);
}

static void gguf_refusals(void **state) {
    (void)state;
    gguf_refused("gpt3", NULL, 0, -1, "its architecture is 'gpt3', rote reads llama, qwen2 and gpt2");
    gguf_refused("llama", "llama.expert_count", 8, -1,
                 "key llama.expert_count says what a model of rote's lacks");
    gguf_refused("llama", "llama.rope.scaling.factor", 8, -1, "key llama.rope.scaling.factor");
    gguf_refused("llama", "llama.attention.key_length", 8, -1, "key llama.attention.key_length is 8");
    gguf_refused("llama", "other", 0, 2, "tensor 'blk.0.attn_q.weight' is missing");
    gguf_refused("llama", "other", 0, 0, "tensor 'token_embd.weight' is missing");
    gguf_refused("llama", "other", 0, 20, "is none that a model of rote's has"); /* taken for a tied head */
    gguf_refused("llama", "other", 77, -1, "tensor 'blk.0.attn_k.weight': number 5 is NaN or Inf");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hf_llama, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_llama_variants, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_gpt2, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_gpt2_variants, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_gpt2_context, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_qwen2, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_refusals, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(gguf_llama, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(gguf_qwen2, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(gguf_refusals, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(gguf_odd_texts, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
