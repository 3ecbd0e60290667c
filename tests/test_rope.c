/* Scaled rotary frequencies: the formulas computed a second time, with libm; scalings read back from the divisors
 * alone; GGUF files and Hugging Face folders both ways; what rote lacks, refused by name. Against transformers:
 * tests/check_transformers.sh; against llama.cpp: tests/check_llama.sh. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "data/vocab.h"
#include "model/formats/gguf_model.h"
#include "model/formats/hf_model.h"
#include "model/rope.h"
#include "store/foreign/gguf_export.h"
#include "tests/export_testing.h"

static ModelConfig scaled(RopeScaling scaling, double factor, double low, double high, int original) {
    ModelConfig c = llama_type();
    c.rope_scaling = scaling;
    c.rope_factor = factor;
    c.rope_low_freq = low;
    c.rope_high_freq = high;
    c.rope_original = original;
    return c;
}

/* As transformers' _compute_llama3_parameters writes it, by wavelengths. */
static double llama3_frequency(const ModelConfig *c, int i) {
    double frequency = 1 / pow(c->rope_theta, 2.0 * i / head_size(c)), wave = 2 * M_PI / frequency;
    double low = c->rope_original / c->rope_low_freq, high = c->rope_original / c->rope_high_freq;
    if (wave > low) return frequency / c->rope_factor;
    if (wave < high) return frequency;
    double smooth = (c->rope_original / wave - c->rope_low_freq) / (c->rope_high_freq - c->rope_low_freq);
    return (1 - smooth) * frequency / c->rope_factor + smooth * frequency;
}

static void formulas(void **state) {
    (void)state;
    int between = 0, longer = 0;
    Stream r = random_stream(SEED, RANDOM_TEST, 2);
    for (uint64_t k = 0; k < 400; k++) {
        ModelConfig c = scaled(ROPE_LLAMA3, 1 + 40 * random_unit(r, 8 * k), 0.5 + random_unit(r, 8 * k + 1),
                               2 + 6 * random_unit(r, 8 * k + 2), 1 + (int)random_below(r, 8 * k + 3, 20000));
        c.head_dim = 1 + (int)random_below(r, 8 * k + 4, 140); /* odd ones, too */
        c.rope_theta = 10 + 1e6 * random_unit(r, 8 * k + 5);
        for (int i = 0; i < head_size(&c) / 2; i++) {
            double ours = rope_frequency(&c, i), other = llama3_frequency(&c, i), d = rope_divisor(&c, i);
            assert_true(fabs(ours - other) <=
                        1e-13 * other); /* a rounding of pow, of 2 pi, and some of +, / */
            between += d > 1 && d < c.rope_factor;
            longer += d == c.rope_factor;
        }
        c.rope_scaling = ROPE_LINEAR;
        for (int i = 0; i < head_size(&c) / 2; i++)
            assert_true(rope_frequency(&c, i) == rope_plain_frequency(&c, i) / c.rope_factor);
        c.rope_scaling = ROPE_UNSCALED;
        for (int i = 0; i < head_size(&c) / 2; i++)
            assert_true(rope_frequency(&c, i) == rope_plain_frequency(&c, i));
    }
    assert_true(between > 500 && longer > 5000);
}

/* The table of the model holds these angles. */
static void table_of_the_model(void **state) {
    (void)state;
    Gpt g;
    ModelConfig c = scaled(ROPE_LLAMA3, 8, 1, 4, 40), plain = llama_type();
    make_gpt(&g, &c);
    int pairs = head_size(&c) / 2;
    double differ = 0;
    for (int t = 0; t < T; t++)
        for (int i = 0; i < pairs; i++) {
            const real *angle = g.rope_table + (t * pairs + i) * 2;
            double turn = t * llama3_frequency(&c, i);
            assert_true(fabs((double)angle[0] - cos(turn)) < 1e-7 &&
                        fabs((double)angle[1] - sin(turn)) < 1e-7);
            differ += fabs((double)angle[1] - sin(t * rope_plain_frequency(&plain, i)));
        }
    assert_true(differ > 0.5);
    gpt_free(&g);
}

static void divisors_of(const ModelConfig *c, float out[128]) {
    for (int i = 0; i < head_size(c) / 2; i++) out[i] = (float)rope_divisor(c, i);
}

/* The known models' own parameters come back, so the same bits of every angle. */
static void known_scalings(void **state) {
    (void)state;
    static const struct {
        double theta, factor, high;
        int head, original;
    } known[] = {
        {5e5, 8, 4, 128, 8192}, {5e5, 32, 4, 64, 8192}, {5e5, 8, 4, 64, 8192}, {1e4, 4, 2, 96, 2048}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        float divisor[128];
        ModelConfig c = scaled(ROPE_LLAMA3, known[k].factor, 1, known[k].high, known[k].original), read;
        c.head_dim = known[k].head;
        c.rope_theta = known[k].theta;
        divisors_of(&c, divisor);
        read = c;
        read.rope_scaling = ROPE_UNSCALED;
        read.rope_factor = read.rope_low_freq = read.rope_high_freq = 0;
        read.rope_original = 0;
        assert_true(rope_fit_llama3(&read, divisor));
        assert_int_equal(read.rope_scaling, ROPE_LLAMA3);
        assert_true(read.rope_factor == c.rope_factor && read.rope_high_freq == c.rope_high_freq);
        assert_int_equal(read.rope_original, c.rope_original);
    }
}

/* Random ones: what is read back has the same divisors, whatever its parameters are called. */
static void random_scalings(void **state) {
    (void)state;
    Stream r = random_stream(SEED, RANDOM_TEST, 3);
    int read_back = 0;
    for (uint64_t k = 0; k < 300; k++) {
        float divisor[128], again[128];
        int low = 1 + (int)random_below(r, 8 * k, 3), high = low + 1 + (int)random_below(r, 8 * k + 1, 6);
        ModelConfig c = scaled(ROPE_LLAMA3, 2 + (int)random_below(r, 8 * k + 2, 30), low, high,
                               low * (1 + (int)random_below(r, 8 * k + 3, 8192)));
        c.head_dim = 2 * (1 + (int)random_below(r, 8 * k + 4, 64));
        c.rope_theta = 500 + 1e6 * random_unit(r, 8 * k + 5);
        divisors_of(&c, divisor);
        int pairs = head_size(&c) / 2;
        if (divisor[pairs - 1] != (float)c.rope_factor)
            continue; /* no wave is longer than L: the factor is not there */
        ModelConfig read = llama_type();
        read.head_dim = c.head_dim;
        read.rope_theta = c.rope_theta;
        if (!rope_fit_llama3(&read, divisor))
            fail_msg("seed %llu, round %llu: head %d, factor %g, %d, %d, L %d", (unsigned long long)SEED,
                     (unsigned long long)k, c.head_dim, c.rope_factor, low, high, c.rope_original);
        divisors_of(&read, again);
        for (int i = 0; i < pairs; i++) assert_true(fabsf(again[i] - divisor[i]) <= 2e-6F * divisor[i]);
        read_back++;
    }
    assert_true(read_back > 200);
}

static void other_divisors(void **state) {
    (void)state;
    ModelConfig c = llama_type();
    c.head_dim = 16;
    static const float refused[][8] = {{1, 1, 1, 2, 3, 4, 5, 6},          /* no line of the frequency */
                                       {1, 1, 1, 8, 8, 1, 1, 8},          /* not in order */
                                       {1, 1, 1, 1, 1, 0.5F, 0.5F, 0.5F}, /* faster */
                                       {1.1F, 1, 1, 1, 1, 1, 1, 8},
                                       {1, 1, 1, 1, 1, 1, 1, NAN}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(rope_fit_llama3(&c, refused[i]));
    assert_int_equal(c.rope_scaling, ROPE_UNSCALED);
    static const float ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    assert_true(rope_fit_llama3(&c, ones));
    assert_int_equal(c.rope_scaling, ROPE_UNSCALED);
}

/* ---- files ---- */

static void expect_same(const ModelConfig *a, const ModelConfig *b) {
    assert_int_equal(a->rope_scaling, b->rope_scaling);
    for (int i = 0; i < head_size(a) / 2; i++) assert_true(rope_frequency(a, i) == rope_frequency(b, i));
}

static void through_files(const ModelConfig *c, bool gguf_too) {
    static const Vocab numbers = {.size = V, .eos = -1};
    Gpt g;
    Gguf file;
    ForeignModel m;
    HfModel hf;
    Err err = {.msg = ""};
    make_gpt(&g, c);
    if (export_model(&g, EXPORT_HF, in_dir("hf"), -1, true, &err) != OK) fail_msg("%s", err.msg);
    if (hf_model_open(&hf, in_dir("hf"), 0, &err) != OK) fail_msg("%s", err.msg);
    expect_same(&hf.model.config, c);
    hf_model_close(&hf);
    Status status = gguf_export("run", &g, &numbers, GGML_F32, in_dir("x.gguf"), &err);
    assert_int_equal(status, gguf_too ? OK : ERR_INPUT);
    if (!gguf_too) assert_non_null(strstr(err.msg, "rope_scaling=llama3"));
    if (gguf_too) {
        if (gguf_open(in_dir("x.gguf"), &file, &err) != OK) fail_msg("%s", err.msg);
        if (gguf_model(&file, "x.gguf", 0, &m, &err) != OK) fail_msg("%s", err.msg);
        expect_same(&m.config, c);
        Gpt again;
        m.config.n_kv_head = c->n_kv_head;
        assert_int_equal(gpt_create(&again, &m.config, g.ops, GEMM_EXACT, &err), OK);
        if (foreign_weights(&again, &m, &err) != OK) fail_msg("%s", err.msg);
        int pairs = head_size(c) / 2;
        assert_memory_equal(again.rope_table, g.rope_table, (size_t)(T * pairs * 2) * sizeof(real));
        gpt_free(&again);
        foreign_free(&m);
        gguf_close(&file);
    }
    gpt_free(&g);
}

static void files(void **state) {
    (void)state;
    ModelConfig c = scaled(ROPE_LLAMA3, 8, 1, 4, 40);
    through_files(&c, true);
    c.head_dim = 14; /* seven pairs; two of them between the bounds */
    through_files(&c, true);
    c.qk_norm = true; /* qwen3: llama.cpp reads no such tensor there */
    through_files(&c, false);
    c = scaled(ROPE_LINEAR, 2.5, 1, 4, 8192);
    through_files(&c, true);
    c.qkv_bias = true;
    through_files(&c, true);
}

static void hf_refused(const char *scaling, const char *why) {
    char text[1024], path[160];
    HfModel hf;
    Err err = {.msg = ""};
    int n = snprintf(
        text, sizeof text,
        "{\"model_type\":\"llama\",\"hidden_size\":24,\"intermediate_size\":40,\"num_hidden_layers\":2,"
        "\"num_attention_heads\":6,\"vocab_size\":21,\"hidden_act\":\"silu\",\"rope_scaling\":%s}",
        scaling);
    snprintf(path, sizeof path, "%s/config.json", in_dir("hf"));
    assert_int_equal(file_write_atomic(path, text, (size_t)n, &err), OK);
    assert_int_equal(hf_model_open(&hf, in_dir("hf"), 0, &err), ERR_INPUT);
    if (!strstr(err.msg, why)) fail_msg("%s", err.msg);
    hf_model_close(&hf);
}

static void refusals(void **state) {
    (void)state;
    hf_refused("{\"rope_type\":\"yarn\",\"factor\":2}",
               "key rope_scaling is of type 'yarn', rote has linear and llama3");
    hf_refused("{\"type\":\"dynamic\",\"factor\":2}", "of type 'dynamic'");
    hf_refused("{\"rope_type\":\"longrope\"}", "of type 'longrope'");
    hf_refused("{\"rope_type\":\"linear\"}", "factor is missing");
    hf_refused("{\"rope_type\":\"linear\",\"factor\":0.5}", "factor is no number that can be");
    hf_refused("{\"rope_type\":\"linear\",\"factor\":\"2\"}", "factor is no number that can be");
    hf_refused("{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":1}",
               "its factors of llama3 cannot be");
    hf_refused("{\"rope_type\":\"llama3\",\"factor\":8,\"original_max_position_embeddings\":0.5}",
               "its factors of llama3 cannot be");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas),       cmocka_unit_test(table_of_the_model),
        cmocka_unit_test(known_scalings), cmocka_unit_test(random_scalings),
        cmocka_unit_test(other_divisors), cmocka_unit_test(files),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
