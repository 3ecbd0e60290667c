/* Random models to export, and a folder to export them to; after cmocka.h. */
#ifndef ROTE_TESTS_EXPORT_TESTING_H
#define ROTE_TESTS_EXPORT_TESTING_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "model/formats/hf.h"

static const uint64_t SEED = 20261122;
enum { V = 21, T = 9 };

static char dir[64];

static inline int make_dir(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/rote-export-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static inline int remove_dir(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static inline const char *in_dir(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static inline ModelConfig gpt2_type(void) {
    return (ModelConfig){.n_layer = 2,
                         .n_head = 3,
                         .n_kv_head = 3,
                         .n_embd = 24,
                         .n_inner = 40,
                         .block_size = T,
                         .vocab_size = V,
                         .norm = NORM_LAYERNORM,
                         .norm_eps = 1e-5,
                         .pos = POS_LEARNED,
                         .rope_theta = 10000,
                         .act = ACT_GELU,
                         .bias = true,
                         .tie_weights = true,
                         .attn = ATTN_CAUSAL,
                         .mlp = MLP_PLAIN,
                         .init_std = 0.3};
}

static inline ModelConfig llama_type(void) {
    ModelConfig c = gpt2_type();
    c.n_head = 6;
    c.n_kv_head = 2;
    c.norm = NORM_RMSNORM;
    c.pos = POS_ROPE;
    c.rope_theta = 500;
    c.act = ACT_SILU;
    c.gated = true;
    c.bias = false;
    c.tie_weights = false;
    return c;
}

/* Every parameter random, biases and gains too, so that nothing hides behind a zero or a one. */
static inline void make_gpt(Gpt *g, const ModelConfig *config) {
    const Ops *ops;
    Err err;
    assert_int_equal(ops_select(&ops, &err), OK);
    assert_int_equal(gpt_create(g, config, ops, GEMM_EXACT, &err), OK);
    Stream s = random_stream(SEED, RANDOM_TEST, 1);
    for (int64_t i = 0; i < g->table.total; i++) g->params[i] = (real)(0.3 * random_normal(s, (uint64_t)i));
}

static inline void export_to(const Gpt *g, ExportFormat format, const char *path, int eos) {
    Err err;
    Status status = export_model(g, format, path, eos, false, &err);
    assert_string_equal(status == OK ? "" : err.msg, "");
}

#endif
