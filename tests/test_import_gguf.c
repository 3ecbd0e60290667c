/* GGUF files as runs: written here as llama.cpp writes them, in both orders of q and k; what does not fit is refused by
 * name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/formats/ggml_types.h"
#include "store/foreign/gguf_export.h"
#include "tests/import_model_testing.h"

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
                                            {"attn.q_norm.weight", "attn_q_norm.weight"},
                                            {"attn.k_norm.weight", "attn_k_norm.weight"},
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
    int hd = head_size(&g->config), rows = t->matrix ? t->rows : t->cols;
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
        put_rows(b, g, &g->table.tensor[i], strcmp(architecture, "llama") != 0);
        while (b->size % 32) bytes_byte(b, 0);
    }
}

/* The file becomes a run of that model. */
static Imported expect_import(const Bytes *b, const Gpt *g) {
    Imported imported;
    Err err = {0};
    write_file("x.gguf", b->data, b->size);
    if (import("x.gguf", &imported, &err) != OK) fail_msg("%s", err.msg);
    expect_run(g);
    return imported;
}

static void gguf_qwen2(void **state) {
    (void)state;
    Gpt g;
    Bytes b = {0};
    ModelConfig c = llama_type();
    c.qkv_bias = true;
    make_gpt(&g, &c);
    put_gguf(&b, &g, "qwen2", NULL, 0, -1);
    (void)expect_import(&b, &g);
    bytes_free(&b);
    gpt_free(&g);
}

static void gguf_qwen3(void **state) {
    (void)state;
    Gpt g;
    Bytes b = {0};
    Err err = {0};
    Imported imported;
    ModelConfig c = qwen3_type();
    make_gpt(&g, &c);
    put_gguf(&b, &g, "qwen3", "other", 0, -1);
    write_file("x.gguf", b.data, b.size);
    assert_int_equal(import("x.gguf", &imported, &err), ERR_INPUT);
    assert_non_null(
        strstr(err.msg, "key qwen3.attention.key_length is missing, and 5 heads do not divide 24"));
    bytes_free(&b);
    put_gguf(&b, &g, "qwen3", "qwen3.attention.key_length", 10, -1);
    (void)expect_import(&b, &g);
    bytes_free(&b);
    gpt_free(&g);
}

static void gguf_llama(void **state) {
    (void)state;
    Gpt g;
    Bytes b = {0};
    Err err = {0};
    ModelConfig c = llama_type();
    make_gpt(&g, &c);
    put_gguf(&b, &g, "llama", NULL, 0, -1);
    Imported imported = expect_import(&b, &g);
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
    gguf_refused("gpt3", NULL, 0, -1, "its architecture is 'gpt3', rote reads llama, qwen2, qwen3 and gpt2");
    gguf_refused("llama", "llama.expert_count", 8, -1,
                 "key llama.expert_count asks for a part that rote's models do not have");
    gguf_refused("llama", "llama.rope.scaling.factor", 8, -1, "key llama.rope.scaling.factor");
    gguf_refused("llama", "llama.attention.key_length", 8, -1,
                 "tensor 'blk.0.attn_q.weight' is 24 x 24, the model's structure needs 48 x 24");
    gguf_refused("llama", "llama.attention.key_length", 7, -1, "key llama.attention.key_length is 7, an odd");
    gguf_refused("llama", "llama.attention.value_length", 8, -1,
                 "key llama.attention.value_length is 8; the heads of rote's model have 4 channels");
    gguf_refused("llama", "other", 0, 2, "tensor 'blk.0.attn_q.weight' is missing");
    gguf_refused("llama", "other", 0, 0, "tensor 'token_embd.weight' is missing");
    gguf_refused("llama", "other", 0, 20, "is not part of rote's models"); /* taken for a tied head */
    gguf_refused("llama", "other", 77, -1, "tensor 'blk.0.attn_k.weight': number 5 is NaN or Inf");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gguf_llama, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(gguf_qwen2, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(gguf_qwen3, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(gguf_refusals, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(gguf_odd_texts, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
