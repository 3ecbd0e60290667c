/* GGUF files of models: what is written comes back with the same bits (f32), or exactly rounded (f16, q8_0), for every
 * architecture; what llama.cpp lacks is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "data/tokenizer/gguf_tokenizer.h"
#include "data/vocab.h"
#include "model/formats/gguf_model.h"
#include "model/formats/gguf_write.h"
#include "model/pass.h"
#include "model/quantize.h"
#include "store/foreign/gguf_export.h"
#include "tests/export_testing.h"

static const Vocab numbers = {.size = V, .eos = -1};

static void write_model(const Gpt *g, const Vocab *vocab, uint32_t type) {
    Err err = {.msg = ""};
    if (gguf_export("run", g, vocab, type, in_dir("x.gguf"), &err) != OK) fail_msg("%s", err.msg);
}

/* The model in the file; gpt_free it. */
static Gpt read_model(void) {
    Gpt g;
    Gguf file;
    ForeignModel m;
    const Ops *ops;
    Err err = {.msg = ""};
    assert_int_equal(ops_select(&ops, &err), OK);
    if (gguf_open(in_dir("x.gguf"), &file, &err) != OK) fail_msg("%s", err.msg);
    if (gguf_model(&file, "x.gguf", 0, &m, &err) != OK) fail_msg("%s", err.msg);
    if (!m.config.n_kv_head) m.config.n_kv_head = m.config.n_head;
    assert_int_equal(gpt_create(&g, &m.config, ops, GEMM_EXACT, &err), OK);
    if (foreign_weights(&g, &m, &err) != OK) fail_msg("%s", err.msg);
    foreign_free(&m);
    gguf_close(&file);
    return g;
}

static void logits_of(real out[T * V], const Gpt *g) {
    static const int32_t start[] = {0, T}, inputs[T] = {0, 3, 20, 7, 7, 1, 12, 5, 19};
    int32_t none[T];
    for (int i = 0; i < T; i++) none[i] = -1;
    Batch batch = {.n_seq = 1, .start = start, .inputs = inputs, .targets = none};
    GptWork *work;
    Err err;
    assert_int_equal(gpt_work_create(&work, g, T, 1, T, false, 1, NULL, &err), OK);
    gpt_logits(g, work, &batch, 0, 1, out);
    gpt_work_free(work);
}

static void same_logits(const ModelConfig *c) {
    Gpt g, again;
    real is[T * V], should[T * V];
    make_gpt(&g, c);
    write_model(&g, &numbers, GGML_F32);
    again = read_model();
    logits_of(should, &g);
    logits_of(is, &again);
    assert_memory_equal(is, should, sizeof is);
    for (int i = 0; i < g.table.count; i++) { /* zeros where g has no bias or positions */
        const Tensor *t = &g.table.tensor[i], *there = params_find(&again.table, t->name);
        assert_non_null(there);
        assert_memory_equal(again.params + there->offset, g.params + t->offset,
                            (size_t)t->rows * (size_t)t->cols * sizeof(real));
    }
    gpt_free(&g);
    gpt_free(&again);
}

static void come_back(void **state) {
    (void)state;
    ModelConfig c = gpt2_type();
    same_logits(&c);
    c.tie_weights = false;
    c.bias = false;
    same_logits(&c);
    c.pos = POS_NONE;
    c.qkv_bias = true; /* GPT-2 has all biases */
    same_logits(&c);
    c = llama_type();
    same_logits(&c);
    c.tie_weights = true;
    c.qkv_bias = true; /* qwen2: rows of q and k, and their biases, in another order */
    same_logits(&c);
    c.qkv_bias = false;
    c.head_dim = 10; /* llama with heads of a size of their own; qwen3: their gains in another order, too */
    same_logits(&c);
    c.qk_norm = true;
    same_logits(&c);
}

static double rounded_q8_0(const real *x, int i) { /* of a row of whole blocks */
    float largest = 0;
    for (int k = i / 32 * 32; k < i / 32 * 32 + 32; k++) {
        float size = (float)(x[k] < 0 ? -x[k] : x[k]);
        if (size > largest) largest = size;
    }
    float d = largest / 127, times = (float)x[i] * (1 / d);
    double code = __builtin_floor(__builtin_fabs((double)times) + 0.5);
    return (double)((float)(times < 0 ? -code : code) * (float)quantize_fp16((double)d));
}

static void rounded(uint32_t type, int width) {
    Gpt g, again;
    ModelConfig c = gpt2_type();
    c.n_embd = width;
    c.n_inner = 64;
    c.n_head = c.n_kv_head = 4;
    make_gpt(&g, &c);
    g.params[7] = (real)1e-7; /* a float16 below its normal numbers */
    g.params[8] = (real)-70000;
    g.params[9] = (real)4e-5; /* and a larger one of them */
    write_model(&g, &numbers, type);
    again = read_model();
    int of_each[3] = {0};
    for (int i = 0; i < g.table.count; i++) {
        const Tensor *t = &g.table.tensor[i];
        bool kept = !t->matrix || !strcmp(t->name, "wpe"), blocks = type == GGML_Q8_0 && t->cols % 32 == 0;
        for (int r = 0; r < t->rows; r++) {
            const real *x = g.params + t->offset + (ptrdiff_t)r * t->cols,
                       *is = again.params + t->offset + (ptrdiff_t)r * t->cols;
            for (int k = 0; k < t->cols; k++) {
                double should = kept     ? (double)x[k]
                                : blocks ? rounded_q8_0(x, k)
                                         : quantize_fp16((double)(float)x[k]);
                if ((double)is[k] != should)
                    fail_msg("%s %d,%d: %.9g, not %.9g", t->name, r, k, (double)is[k], should);
            }
        }
        of_each[kept ? 0 : blocks ? 1 : 2]++;
    }
    assert_true(of_each[0] && (type == GGML_F16 ? !of_each[1] : of_each[1]) && (width == 64 || of_each[2]));
    gpt_free(&g);
    gpt_free(&again);
}

static void are_rounded(void **state) {
    (void)state;
    rounded(GGML_F16, 20);
    rounded(GGML_Q8_0, 64);
    rounded(GGML_Q8_0, 20); /* rows of 20 numbers are no blocks, those of 64 are */
}

static void expect_tokens(const char *text, int n, const int32_t *tokens) {
    Gguf file;
    Tokenizer *t;
    TokenList list = {0};
    Err err = {.msg = ""};
    if (gguf_open(in_dir("x.gguf"), &file, &err) != OK) fail_msg("%s", err.msg);
    if (gguf_tokenizer(&file, "x.gguf", &t, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(tokenizer_encode(t, (Text){(char *)text, strlen(text)}, true, &list, &err), OK);
    assert_int_equal(list.n, n);
    assert_memory_equal(list.id, tokens, (size_t)n * sizeof *tokens);
    assert_int_equal(tokenizer_size(t), V);
    token_list_free(&list);
    tokenizer_free(t);
    gguf_close(&file);
}

/* Symbols of facts of one's own. "<eos>" is a word, so EOS needs another name; rows behind the symbols are padding. */
static void own_symbols(void **state) {
    (void)state;
    static const Text words[] = {{"<eos>", 5}, {"Paris", 5}, {"is", 2}},
                      bytes[] = {{"\t", 1}, {" ", 1}, {"\xc3", 1}};
    Gpt g;
    Vocab vocab;
    Err err;
    ModelConfig c = llama_type();
    make_gpt(&g, &c);
    assert_int_equal(vocab_of_symbols(&vocab, words, 3, false, &err), OK);
    assert_int_equal(vocab_add_mark(&vocab, "is", &err), OK);
    write_model(&g, &vocab, GGML_F32);
    expect_tokens("isParis<eos>is<eos><eos><is>", 6, (const int32_t[]){2, 1, 0, 2, 3, 4});
    vocab_free(&vocab);
    assert_int_equal(vocab_of_symbols(&vocab, bytes, 3, true, &err), OK);
    write_model(&g, &vocab, GGML_F32);
    expect_tokens(" \xc3\t", 3, (const int32_t[]){1, 2, 0});
    vocab_free(&vocab);

    Gguf file;
    Text model;
    write_model(&g, &numbers, GGML_F32);
    assert_int_equal(gguf_open(in_dir("x.gguf"), &file, &err), OK);
    assert_true(gguf_text(gguf_key(&file, "tokenizer.ggml.model"), &model) && text_is(model, "no_vocab"));
    assert_null(gguf_key(&file, "tokenizer.ggml.tokens"));
    gguf_close(&file);
    gpt_free(&g);
}

static void refused(const ModelConfig *c, const char *why) {
    Err err;
    assert_int_equal(gguf_write_check(c, &err), ERR_INPUT);
    if (!strstr(err.msg, why)) fail_msg("%s", err.msg);
}

static void refusals(void **state) {
    (void)state;
    ModelConfig c = gpt2_type();
    c.act = ACT_RELU;
    c.gated = true;
    c.n_kv_head = 1;
    refused(&c,
            "GPT-2 with norm=layernorm cannot express act=relu, gated=true, n_kv_head=1 below n_head=3; try");
    c = gpt2_type();
    c.pos = POS_ROPE;
    c.attn = ATTN_MEAN;
    refused(&c, "cannot express pos=rope, attn=mean;");
    c = llama_type();
    c.bias = true;
    c.pos = POS_NONE;
    refused(&c, "LLaMA with norm=rmsnorm cannot express pos=none, bias=true;");
    c = llama_type();
    c.qkv_bias = true;
    c.mlp = MLP_NONE;
    c.n_embd = 18;
    refused(&c, "Qwen2 with norm=rmsnorm cannot express mlp=none, an odd head size (3);");
    c = llama_type();
    c.qk_norm = c.qkv_bias = true;
    c.head_dim = 7;
    refused(&c, "Qwen3 with norm=rmsnorm cannot express an odd head size (7), qkv_bias=true;");
    c = gpt2_type();
    c.qk_norm = true;
    c.head_dim = 7;
    refused(&c, "GPT-2 with norm=layernorm cannot express head_dim=7, qk_norm=true;");
    uint32_t type;
    Err err;
    assert_int_equal(gguf_type_of("q8", &type, &err), ERR_INPUT);
    assert_string_equal(err.msg, "export: --type q8 is unknown, allowed: f32, f16, q8_0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(come_back, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(are_rounded, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(own_symbols, make_dir, remove_dir),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
