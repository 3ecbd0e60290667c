/* What the tests of two-part archives share. */
#ifndef ROTE_TESTS_TWO_PART_TESTING_H
#define ROTE_TESTS_TWO_PART_TESTING_H

#include "tests/facts_testing.h"

#include "eval/archive/two_part.h"
#include "model/kernels/ops.h"
#include "tests/bounds.h"
#include "tests/model_case.h"

enum { SEED = 5601, MEMORY = 64 << 20 };

static inline const Ops *best_ops(void) {
    const Ops *ops;
    Err err;
    if (ops_select(&ops, &err) != OK) fail_msg("%s", err.msg);
    return ops;
}

static inline void generate(Draw *d, const char *const *keys, int n_keys, FactSet *facts) {
    char seed[32];
    const char *all[16];
    Config config;
    Err err = {0};
    snprintf(seed, sizeof seed, "facts.seed=%d", draw_int(d, 0, 1000000));
    for (int i = 0; i < n_keys; i++) all[i] = keys[i];
    all[n_keys] = seed;
    if (config_load(&config, NULL, n_keys + 1, all, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config.facts, facts, &err) != OK) fail_msg("%s", err.msg);
}

/* An untrained model of some structure that reads the facts. Its logits are far from even. */
static inline void draw_model(Draw *d, int i, const FactSet *facts, Quantize kind, Gpt *g) {
    ModelConfig c = draw_config(d, i);
    Err err = {0};
    c.vocab_size = facts->vocab.size + draw_int(d, 0, 2);
    c.block_size = facts->max_len + draw_int(d, 0, 2);
    if (gpt_create(g, &c, best_ops(), GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(g, d, 0.3);
    quantize_params(g->params, g->params, &g->table, kind, ALL_PARTS, 1);
}

#endif
