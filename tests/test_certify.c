/* Certificates: what an archive proves against what the model's cross-entropy says, means over draws, and the alarm
 * where random facts are not what they are taken for. */
#include "tests/facts_testing.h"

#include "data/folder/folder.h"
#include "eval/capacity/certify.h"
#include "train/train.h"

/* A run of 300 steps on `facts`, which stand in the folder "facts". */
static void train_on(const FactSet *facts, Run *run) {
    static const char *const KEYS[] = {"facts.kind=file",     "facts.path=facts",        "model.n_layer=1",
                                       "model.n_head=1",      "model.n_embd=6",          "model.mlp=none",
                                       "train.max_steps=300", "train.learning_rate=.03", "train.threads=1"};
    Config config;
    FactSet loaded;
    RunResult result;
    RunOptions to = {.dir = "run"};
    Err err = {0};
    if (facts_save(facts, "facts", &err) != OK) fail_msg("%s", err.msg);
    if (config_load(&config, NULL, sizeof KEYS / sizeof *KEYS, KEYS, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config.facts, &loaded, &err) != OK) fail_msg("%s", err.msg);
    if (config_resolve(&config, loaded.n, loaded.max_len, loaded.vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
    if (run_train(&config, &loaded, &to, &result, &err) != OK) fail_msg("%s", err.msg);
    facts_free(&loaded);
    if (run_open(run, "run", NULL, &err) != OK) fail_msg("%s", err.msg);
    remove_folder("run");
    remove_folder("facts");
}

static Certificate certified(const Run *run, Quantize kind, QuantizeMethod method, bool as_set) {
    Certificate c;
    CertifyOptions options = {kind, method, as_set, 1};
    Err err = {0};
    if (certify(&c, &run->gpt, QUANTIZE_NONE, &run->facts, &options, &err) != OK) fail_msg("%s", err.msg);
    return c;
}

/* The coder rounds to bytes, and its last one may say nothing and be left out. */
static void expect_six_bytes_less(double certified, double memorized) {
    expect_near(memorized - certified, 8 * 6, 8.5);
}

/* With the weights as trained, the bound is the memorized bits, less the six bytes of side information; as a set it
 * is as much. In fewer bits it is what the evaluation of the quantized model says. */
static void bound_is_memorized_bits(void **state) {
    (void)state;
    FactSet facts = draw(60, 6, 16, 7);
    Evaluator evaluator;
    Evaluation e;
    Quantized q;
    Run run;
    Err err = {0};
    train_on(&facts, &run);
    assert_int_equal(evaluator_create(&evaluator, &run.gpt, &run.facts, 1, &err), OK);
    evaluator_run(&evaluator, &e);
    evaluator_free(&evaluator);

    Certificate c = certified(&run, QUANTIZE_NONE, METHOD_RTN, false);
    printf("memorized %.1f bits, certified %.1f\n", e.memorized_bits, c.certified_bits);
    assert_true(e.memorized_bits > 100);
    expect_six_bytes_less(c.certified_bits, e.memorized_bits);
    expect_same_double(c.data_bits, run.facts.data_bits);
    expect_same_double(c.ceiling_bits, run.facts.ceiling_bits);
    assert_true(!c.leaks && c.archive_bits > c.stored_bits + c.code_bits);

    Certificate set = certified(&run, QUANTIZE_NONE, METHOD_RTN, true);
    expect_near(set.certified_bits, c.certified_bits, 16);
    expect_same_double(set.ceiling_bits, run.facts.data_bits_set);

    assert_int_equal(quantized_evaluate(&q, &run.gpt, QUANTIZE_NONE, QUANTIZE_INT4, METHOD_GPTQ, &run.facts,
                                        &run.facts, 1, &err),
                     OK);
    c = certified(&run, QUANTIZE_INT4, METHOD_GPTQ, false);
    printf("as int4 %.1f, certified %.1f\n", q.quantized.memorized_bits, c.certified_bits);
    expect_six_bytes_less(c.certified_bits, q.quantized.memorized_bits);
    expect_same_double(c.weight_bits, (double)q.weight_bits);

    run.facts.entropy_known = false;
    CertifyOptions options = {QUANTIZE_INT8, METHOD_RTN, false, 1};
    assert_int_equal(certify(&c, &run.gpt, QUANTIZE_NONE, &run.facts, &options, &err), ERR_INPUT);
    run_close(&run);
    facts_free(&facts);
}

/* Facts that count upwards are no uniform draw. The model finds that out, and the archive is far shorter than facts
 * that are one can be coded in. */
static void planted_leak_is_seen(void **state) {
    (void)state;
    FactSet facts;
    Run run;
    Err err = {0};
    Config config;
    const char *keys[] = {"facts.n=250", "facts.heldout=1", "facts.seq_len=12", "facts.vocab_size=16"};
    if (config_load(&config, NULL, 4, keys, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config.facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    for (int64_t t = 0; t < facts_pool_tokens(&facts); t++)
        facts.tokens[t] = (int32_t)((t / 12 + t % 12) % 16);
    assert_int_equal(facts_hash(&facts, &err), OK);
    train_on(&facts, &run);
    Certificate c = certified(&run, QUANTIZE_INT8, METHOD_RTN, false);
    printf("H %.0f bits, archive %.0f\n", c.data_bits, c.archive_bits);
    assert_true(c.leaks && c.archive_bits < c.data_bits - LEAK_BITS);
    run_close(&run);
    facts_free(&facts);

    assert_true(archive_leaks(935.9, 1000) && !archive_leaks(936, 1000));
}

/* Two runs on one draw are one value; intervals are over draws. */
static void means_are_over_draws(void **state) {
    (void)state;
    CertifiedRun runs[] = {
        {"a", 100, {.data_bits = 200, .certified_bits = 90, .archive_bits = 500, .weight_bits = 50}},
        {"b", 110, {.data_bits = 200, .certified_bits = 88, .archive_bits = 120, .weight_bits = 50}},
        {"a", 140, {.data_bits = 200, .certified_bits = 102, .archive_bits = 400, .weight_bits = 50}},
    };
    CertifiedMean m;
    Err err;
    assert_int_equal(certified_mean(&m, runs, 3, &err), OK);
    assert_int_equal(m.n_runs, 3);
    assert_int_equal(m.n_draws, 2);
    expect_near(m.certified.value, (96 + 88) / 2.0, 1e-12);
    expect_near(m.memorized.value, (120 + 110) / 2.0, 1e-12);
    expect_near(m.share.value, (192.0 / 240 + 88.0 / 110) / 2, 1e-12);
    /* mean +- t(1 df) times |x - y| / 2 */
    expect_near(m.certified.high - m.certified.value, 12.7062047362 * 4, 1e-6);
    expect_near(m.data_bits, 200, 1e-9);
    expect_near(m.weight_bits, 50, 1e-9);
    expect_near(m.min_margin, -80, 1e-12);

    assert_int_equal(certified_mean(&m, runs, 1, &err), OK);
    assert_true(isnan(m.certified.low) && m.n_draws == 1);

    runs[1].memorized_bits = -0.1; /* of nothing there is no share */
    assert_int_equal(certified_mean(&m, runs, 2, &err), OK);
    assert_true(isnan(m.share.value) && isfinite(m.certified.value));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bound_is_memorized_bits),
        cmocka_unit_test(planted_leak_is_seen),
        cmocka_unit_test(means_are_over_draws),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
