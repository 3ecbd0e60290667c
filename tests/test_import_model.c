/* Models of Hugging Face's folders as runs: what is exported comes back bit by bit (rows of q and k are reordered
 * and put back), and what does not fit is refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/formats/hf.h"
#include "tests/import_model_testing.h"

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

static void hf_qwen3(void **state) {
    (void)state;
    ModelConfig c = qwen3_type();
    round_trip(&c);
}

static void hf_head_dim(void **state) {
    (void)state;
    ModelConfig c = llama_type();
    c.head_dim = 6;
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
               "model_type is 'bert', rote reads gpt2, llama, mistral, qwen2 and qwen3");
    hf_refused("{\"model_type\":\"llama\"}", "key hidden_size is missing");
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"head_dim\":7}",
               "key head_dim asks for a part that rote's models do not have");
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"rope_scaling\":{\"rope_type\":\"yarn\"}}",
               "key rope_scaling");
    hf_refused("{\"model_type\":\"mistral\"," SIZES ",\"sliding_window\":8}", "key sliding_window");
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"attention_bias\":true}", "key attention_bias");
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"quantization_config\":{}}", "key quantization_config");
    hf_refused("{\"model_type\":\"qwen3\"," SIZES ",\"attention_bias\":true}", "key attention_bias");
    hf_refused("{\"model_type\":\"llama\"," SIZES "}", "it has no tokenizer.json");
    write_file("hf/tokenizer.json", TOKENIZER, sizeof TOKENIZER - 1);
    hf_refused("{\"model_type\":\"llama\"," SIZES ",\"mlp_bias\":true,\"attention_bias\":true}",
               "tensor 'model.layers.0.self_attn.q_proj.bias' is missing");
    hf_refused(
        "{\"model_type\":\"llama\"," SIZES ",\"head_dim\":8}",
        "tensor 'model.layers.0.self_attn.q_proj.weight' is 24 x 24, the model's structure needs 48 x 24");
    hf_refused("{\"model_type\":\"qwen3\"," SIZES "}",
               "needs 768 x 24"); /* heads of 128, as Qwen3Config says */
    hf_refused("{\"model_type\":\"qwen3\"," SIZES ",\"head_dim\":4}",
               "tensor 'model.layers.0.self_attn.q_norm.weight' is missing");
    hf_refused("{\"model_type\":\"llama\",\"n\":1," SIZES ",\"num_hidden_layers\":1}", "duplicate");
    hf_refused(
        "{\"model_type\":\"llama\",\"hidden_size\":24,\"intermediate_size\":40,\"num_hidden_layers\":1,"
        "\"num_attention_heads\":6,\"num_key_value_heads\":2,\"vocab_size\":21,\"hidden_act\":\"silu\"}",
        "tensor 'model.layers.1.input_layernorm.weight' is not part of rote's models");
    hf_refused(
        "{\"model_type\":\"llama\",\"hidden_size\":24,\"intermediate_size\":41,\"num_hidden_layers\":2,"
        "\"num_attention_heads\":6,\"num_key_value_heads\":2,\"vocab_size\":21,\"hidden_act\":\"silu\"}",
        "tensor 'model.layers.0.mlp.gate_proj.weight' is 40 x 24, the model's structure needs 41 x 24");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hf_llama, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_llama_variants, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_gpt2, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_gpt2_variants, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_gpt2_context, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_qwen2, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_qwen3, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_head_dim, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(hf_refusals, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
