/* What a run folder refuses, and what it says. */
#include "tests/run_testing.h"

static void refusals(void **state) {
    (void)state;
    static volatile sig_atomic_t stop;
    Case c = make_case(NULL), other = make_case("train.learning_rate=0.02", NULL),
         more = make_case("facts.seed=4", NULL);
    RunResult result;
    must_train(&c, undisturbed, false, &result);
    assert_true(result.already_done);
    assert_string_equal(result.verdict, "annealed");
    assert_int_equal((int64_t)result.figures.value[FIG_STEPS], 60);
    expect_refusal(&other, undisturbed, true, ERR_INPUT, "(train.learning_rate: 0.01 -> 0.02)");
    expect_refusal(&more, undisturbed, true, ERR_INPUT, "facts.seed: 3 -> 4");
    Case lying = make_case(NULL); /* the same config, other facts */
    memset(lying.facts.data_hash, '0', 32);
    expect_refusal(&lying, undisturbed, true, ERR_INPUT, lying.facts.data_hash);

    const char *dir = in_root("half");
    stop = 1;
    Err err;
    assert_int_equal(train(&c, dir, false, &stop, &result, &err), ERR_STOPPED);
    expect_refusal(&c, dir, false, ERR_INPUT, "--resume");
    expect_refusal(&other, dir, true, ERR_INPUT, "train.learning_rate");
    int lock;
    assert_int_equal(lock_take(in_dir(dir, "lock"), &lock, &err), OK);
    expect_refusal(&c, dir, true, ERR_INPUT, "lock");
    lock_release(lock);

    stop = 0;
    must_train(&c, dir, true, &result);
    unlink(in_dir(dir, "DONE"));
    FILE *f = fopen(in_dir(dir, "metrics.jsonl"), "r+"); /* altered behind our back */
    assert_non_null(f);
    fputs("[", f);
    assert_int_equal(fclose(f), 0);
    expect_refusal(&c, dir, true, ERR_FORMAT, "metrics.jsonl: altered");

    expect_refusal(&c, root, false, ERR_INPUT, "is not a run folder");
    dir = in_root("foreign"); /* a file of the user's stays, though its name ends like a temporary's */
    assert_int_equal(make_directories(dir, &err), OK);
    assert_int_equal(file_write_atomic(in_dir(dir, "thesis.tmp"), "x", 1, &err), OK);
    expect_refusal(&c, dir, false, ERR_INPUT, "is not a run folder (it contains thesis.tmp)");
    assert_true(file_exists(in_dir(dir, "thesis.tmp")));
    expect_refusal(&c, in_root("config.yaml"), false, ERR_INPUT, "is not a folder");
    facts_free(&c.facts);
    facts_free(&other.facts);
    facts_free(&more.facts);
    facts_free(&lying.facts);
}

static void more_than_the_machine_has(void **state) {
    (void)state;
    Case c = make_case("model.n_layer=500", "model.n_head=1", "model.n_embd=20000", NULL);
    const char *dir = in_root("huge");
    RunPlan plan;
    Err err = {0};
    assert_int_equal(run_plan(&plan, &c.config, &c.facts, dir, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "iB of memory"));
    assert_non_null(strstr(err.msg, "are available"));
    assert_true(plan.memory_bytes > 1e13 && plan.params > (int64_t)500 * 20000 * 20000 * 12);
    expect_refusal(&c, dir, false, ERR_INPUT, "iB of memory");
    assert_false(file_exists(dir));
    facts_free(&c.facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals),
        cmocka_unit_test(more_than_the_machine_has),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
