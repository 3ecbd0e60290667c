/* A model with room for its facts learns them all: recall 1 and memorized bits within 1 % of the ceiling
 * M* = H - N log2 N, with AdamW and with Muon. L2 d32 V128 S16, 293 facts: the underfilled case of Morris et
 * al.'s setting at a size that a test can afford. The arithmetic is exact, so the figures are the same
 * everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "data/obtain.h"
#include "train/train.h"

static void learns_them_all(const char *optimizer, const char *steps) {
    Err err = {.msg = ""};
    Config config;
    FactSet facts;
    RunResult result;
    char optimizer_key[64], steps_key[64];
    snprintf(optimizer_key, sizeof optimizer_key, "train.optimizer=%s", optimizer);
    snprintf(steps_key, sizeof steps_key, "train.max_steps=%s", steps);
    const char *keys[] = {"facts.n=293",
                          "facts.seq_len=16",
                          "facts.vocab_size=128",
                          "facts.seed=1",
                          "model.n_layer=2",
                          "model.n_head=2",
                          "model.n_embd=32",
                          "train.learning_rate=0.01",
                          "train.warmup_steps=20",
                          optimizer_key,
                          steps_key};
    RunOptions options = {.dir = NULL};
    if (config_load(&config, NULL, sizeof keys / sizeof *keys, keys, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config.facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    if (config_resolve(&config, facts.n, facts.max_len, facts.vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
    if (run_train(&config, &facts, &options, &result, &err) != OK) fail_msg("%s", err.msg);
    const double *x = result.figures.value;
    double share = x[FIG_MEMORIZED_BITS] / facts.ceiling_bits;
    printf("%s, %s steps: recall %.4f, %.1f of %.1f bits (%.2f %%), %.2f bits/param\n", optimizer, steps,
           x[FIG_RECALL], x[FIG_MEMORIZED_BITS], facts.ceiling_bits, 100 * share, x[FIG_BITS_PER_PARAM]);
    assert_true(x[FIG_RECALL] == 1.0);
    assert_true(share >= 0.99 && share <= 1.0);
    facts_free(&facts);
}

static void adamw_reaches_the_ceiling(void **state) {
    (void)state;
    learns_them_all("adamw", "300");
}

static void muon_reaches_the_ceiling(void **state) {
    (void)state;
    learns_them_all("muon", "300");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(adamw_reaches_the_ceiling),
                                       cmocka_unit_test(muon_reaches_the_ceiling)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
