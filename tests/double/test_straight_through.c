/* Training with quantized weights, against the loop written out: the gradient is taken at the rounded weights and
 * moves the full ones, and the final evaluation is of the rounded ones. No difference quotient sees through a
 * rounding, so the comparison is by bits. And train.freeze: what is frozen stays, all else moves as if the rest
 * were no parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "data/obtain.h"
#include "eval/evaluate.h"
#include "model/quantize.h"
#include "train/optimizers/optimizer.h"
#include "train/optimizers/schedule.h"
#include "train/train.h"

enum { STEPS = 4 };

static void load(Config *config, FactSet *facts, const char *a, const char *b) {
    Err err = {.msg = ""};
    const char *keys[] = {"facts.n=12",
                          "facts.seq_len=5",
                          "facts.vocab_size=9",
                          "model.n_layer=1",
                          "model.n_embd=10",
                          "train.batch_size=7",
                          "train.learning_rate=0.05",
                          "train.max_steps=4",
                          "train.threads=2",
                          "train.weight_decay=0.1",
                          "train.grad_clip=0.5",
                          a,
                          b};
    if (config_load(config, NULL, sizeof keys / sizeof *keys, keys, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config->facts, facts, &err) != OK) fail_msg("%s", err.msg);
    if (config_resolve(config, facts->n, facts->max_len, facts->vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
}

/* The same run, written out. `full` is what the optimizer moves, g.params what the model reads. */
static void by_hand(const Config *config, const FactSet *facts, char hash[33], double *code_bits) {
    const TrainConfig *c = &config->train;
    Err err;
    Gpt g;
    Optimizer o;
    Parallel *p;
    Evaluator e;
    Evaluation evaluation;
    Mix mix;
    FactBatch batch;
    ParallelPlan plan = {
        .threads = 1, .leaves = c->grad_leaves, .batch_size = c->batch_size, .max_len = facts->max_len};
    assert_int_equal(gpt_create(&g, &config->model, ops_available()[0], GEMM_EXACT, &err), OK);
    params_freeze(&g.table, (unsigned)c->freeze);
    assert_int_equal(optimizer_create(&o, c, &g, 1, &err), OK);
    assert_int_equal(parallel_create(&p, &g, &plan, &err), OK);
    assert_int_equal(evaluator_create(&e, &g, facts, 1, &err), OK);
    assert_int_equal(mix_init(&mix, facts, &(FactsConfig){.n = facts->n}, c->seed, &err), OK);
    assert_int_equal(fact_batch_reserve(&batch, c->batch_size, facts->max_len, &err), OK);
    gpt_init(&g, c->seed);
    size_t bytes = (size_t)g.table.total * sizeof(real);
    real *full = memory_alloc(bytes);
    assert_non_null(full);
    memcpy(full, g.params, bytes);
    for (int step = 0; step < STEPS; step++) {
        double loss;
        quantize_params(g.params, full, &g.table, c->quantize, ALL_PARTS, 1);
        fact_batch_draw(&batch, &e.pool, &mix, (int64_t)step * c->batch_size);
        const real *grad = parallel_gradient(p, &batch.batch, &loss);
        Update u = {step + 1, schedule_rate(c, step), optimizer_clip(optimizer_norm(&o, grad), c->grad_clip)};
        optimizer_step(&o, full, grad, &u);
    }
    quantize_params(g.params, full, &g.table, c->quantize, ALL_PARTS, 1);
    evaluator_run(&e, &evaluation);
    *code_bits = evaluation.code_bits;
    content_hash(full, bytes, hash);
    memory_free(full);
    fact_batch_free(&batch);
    mix_free(&mix);
    evaluator_free(&e);
    parallel_free(p);
    optimizer_free(&o);
    gpt_free(&g);
}

static void same_as_by_hand(const char *a, const char *b, char hash[33]) {
    Config config;
    FactSet facts;
    RunResult result;
    Err err;
    double code_bits;
    load(&config, &facts, a, b);
    RunOptions options = {.dir = NULL};
    if (run_train(&config, &facts, &options, &result, &err) != OK) fail_msg("%s", err.msg);
    by_hand(&config, &facts, hash, &code_bits);
    assert_string_equal(result.param_hash, hash);
    assert_true(result.figures.value[FIG_CODE_BITS] == code_bits);
    facts_free(&facts);
}

static void gradient_at_the_rounded_weights(void **state) {
    (void)state;
    static const char *const keys[] = {"train.quantize=none", "train.quantize=bf16", "train.quantize=int8",
                                       "train.quantize=int4", "train.quantize=ternary"};
    char hash[5][33];
    for (int i = 0; i < 5; i++) {
        same_as_by_hand(keys[i], i % 2 ? "train.optimizer=muon" : "train.optimizer=adamw", hash[i]);
        for (int j = 0; j < i; j++) assert_string_not_equal(hash[i], hash[j]);
    }
}

/* ---- train.freeze ---- */

/* The first norm of a run with these parts frozen, and its parameters, by the optimizer alone. */
static void frozen_parts_stay(void **state) {
    (void)state;
    static const char *const optimizers[] = {"train.optimizer=adamw", "train.optimizer=muon",
                                             "train.optimizer=sgd", "train.optimizer=soap"};
    for (int kind = 0; kind < 4; kind++)
        for (int part = 0; part < PART_HEAD; part++) {
            Config config;
            FactSet facts;
            Err err;
            Gpt g;
            Optimizer o;
            char key[64];
            snprintf(key, sizeof key, "train.freeze=%s", part_name[part]);
            load(&config, &facts, optimizers[kind], key);
            assert_int_equal(config.train.freeze, 1 << part);
            assert_int_equal(gpt_create(&g, &config.model, ops_available()[0], GEMM_EXACT, &err), OK);
            params_freeze(&g.table, (unsigned)config.train.freeze);
            assert_int_equal(optimizer_create(&o, &config.train, &g, 2, &err), OK);
            gpt_init(&g, 3);
            size_t n = (size_t)g.table.total;
            real *start = memory_alloc(n * sizeof(real)), *grad = memory_alloc(n * sizeof(real));
            assert_true(start && grad);
            memcpy(start, g.params, n * sizeof(real));
            for (size_t i = 0; i < n; i++) grad[i] = 1;
            double norm = optimizer_norm(&o, grad);
            assert_true(norm * norm > (double)(g.table.total - g.table.by_part[part]) - 1e-6 &&
                        norm * norm < (double)(g.table.total - g.table.by_part[part]) + 1e-6);
            for (int t = 1; t <= 2; t++) { /* SOAP's first only makes its bases */
                Update u = {t, 0.01, 1};
                optimizer_step(&o, g.params, grad, &u);
            }
            for (int i = 0; i < g.table.count; i++) {
                const Tensor *t = &g.table.tensor[i];
                for (int64_t k = t->offset; k < t->offset + (int64_t)t->rows * t->cols; k++) {
                    assert_int_equal(g.params[k] == start[k], (int)t->part == part);
                    if ((int)t->part == part)
                        for (int s = 0; s < o.row->n_slots && s < 2; s++) /* those of the parameters' shape */
                            assert_true(o.slot[s][k] == 0);
                }
            }
            memory_free(start);
            memory_free(grad);
            optimizer_free(&o);
            gpt_free(&g);
            facts_free(&facts);
        }
    char hash[33];
    same_as_by_hand("train.freeze=mlp+embedding", "train.quantize=int4", hash);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gradient_at_the_rounded_weights),
                                       cmocka_unit_test(frozen_parts_stay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
