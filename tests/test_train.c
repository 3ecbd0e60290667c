/* How a run ends, and a loop that allocates nothing. */
#include "base/memory.h"
#include "tests/run_testing.h"

/* ---- allocations are counted by standing in for malloc ----
 * Not under sanitizers, which stand there themselves, nor with clang, whose OpenMP runtime takes and frees
 * blocks of its own in every loop. */

#if defined(__GLIBC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&                           \
    !defined(__SANITIZE_THREAD__)
#define COUNTED 1
#else
#define COUNTED 0
#endif

#if COUNTED
static volatile int64_t allocations;
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *malloc(size_t size) {
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_malloc(size);
}
void *calloc(size_t n, size_t size) {
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_calloc(n, size);
}
void *realloc(void *p, size_t size) {
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_realloc(p, size);
}
#endif

static void stop_conditions(void **state) {
    (void)state;
    Case c = make_case("train.stop_recall=0.3", "train.max_steps=2000", "train.learning_rate=0.02", NULL);
    RunResult result;
    must_train(&c, in_root("recalled"), false, &result);
    assert_string_equal(result.verdict, "stopped");
    const double *x = result.figures.value;
    int64_t steps = (int64_t)x[FIG_STEPS];
    assert_true(x[FIG_RECALL] >= 0.3 && steps % 10 == 0 && steps < 2000);
    unlink(in_dir(in_root("recalled"), "DONE")); /* a resumed run stops where the first did */
    must_train(&c, in_root("recalled"), true, &result);
    assert_string_equal(result.verdict, "stopped");
    assert_int_equal((int64_t)result.figures.value[FIG_STEPS], steps);
    facts_free(&c.facts);

    c = make_case("train.stop_memorized=0.2", "train.max_steps=2000", "train.learning_rate=0.02", NULL);
    must_train(&c, NULL, false, &result);
    assert_string_equal(result.verdict, "stopped");
    double bits = x[FIG_MEMORIZED_BITS], most = c.facts.data_bits;
    assert_true(bits > 0.2 * most && bits < 0.6 * most && x[FIG_STEPS] < 2000);
    facts_free(&c.facts);

    c = make_case("train.stop_gain=0.9", NULL); /* no ten steps gain nine tenths of all bits */
    must_train(&c, NULL, false, &result);
    assert_string_equal(result.verdict, "stopped");
    assert_int_equal((int64_t)result.figures.value[FIG_STEPS], 20);
    facts_free(&c.facts);
}

/* The gradient overflows: the run ends in that step, names the place, and the good checkpoint stands. */
static void diverged(void **state) {
    (void)state;
    Case c = make_case("train.optimizer=sgd", "train.learning_rate=1000", "train.grad_clip=0",
                       "train.checkpoint_interval=1", "train.warmup_steps=0", NULL);
    const char *dir = in_root("diverged");
    RunResult result;
    Err err;
    assert_int_equal(train(&c, dir, false, NULL, &result, &err), ERR_NUMERIC);
    printf("%s\n", err.msg);
    assert_string_equal(result.verdict, "diverged");
    assert_string_equal(result.reason, err.msg);
    assert_non_null(strstr(err.msg, "gradient of wte[0,0] is NaN"));
    char step[32];
    snprintf(step, sizeof step, "step %d:", (int)result.figures.value[FIG_STEPS] + 1);
    assert_non_null(strstr(err.msg, step));
    Run run;
    if (run_open(&run, dir, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(run.step, (int64_t)result.figures.value[FIG_STEPS]);
    assert_int_equal(run.gpt.ops->first_nonfinite(run.gpt.params, run.gpt.table.total), -1);
    run_close(&run);
    expect_refusal(&c, dir, true, ERR_NUMERIC, result.reason); /* asked again: the same answer */
    assert_int_equal(run_verify(dir, 1, (ProgressSink){0}, NULL, &err), OK);
    facts_free(&c.facts);

    c = make_case("model.init_std=1e30", NULL);
    assert_int_equal(train(&c, in_root("overflow"), false, NULL, &result, &err), ERR_NUMERIC);
    printf("%s\n", err.msg);
    assert_non_null(strstr(err.msg, "step 1: the gradient's norm is"));
    assert_non_null(strstr(err.msg, "largest is "));
    assert_int_equal((int64_t)result.figures.value[FIG_STEPS], 0);
    assert_int_equal(run_open(&run, in_root("overflow"), NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "contains no checkpoint, and the run is finished"));
    facts_free(&c.facts);
}

#if COUNTED
/* As many allocations in 30 steps as in 150: the loop makes none after its first steps. Under every
 * optimizer, with evaluations and metrics. */
static void loop_allocates_nothing(void **state) {
    (void)state;
    static const char *const OPTIMIZERS[] = {"train.optimizer=adamw", "train.optimizer=sgd",
                                             "train.optimizer=muon", "train.optimizer=soap"};
    for (size_t i = 0; i < sizeof OPTIMIZERS / sizeof *OPTIMIZERS; i++) {
        int64_t made[2];
        for (int k = 0; k < 2; k++) {
            Case c = make_case(OPTIMIZERS[i], k ? "train.max_steps=150" : "train.max_steps=30",
                               "train.checkpoint_interval=0", NULL);
            const char *dir = in_root(k ? "many" : "few");
            RunResult result;
            int64_t before = allocations + (int64_t)memory_count();
            must_train(&c, dir, false, &result);
            made[k] = allocations + (int64_t)memory_count() - before;
            remove_dir(dir);
            facts_free(&c.facts);
        }
        printf("%s: %lld and %lld allocations\n", OPTIMIZERS[i], (long long)made[0], (long long)made[1]);
        assert_true(made[0] > 0);
        assert_int_equal(made[0], made[1]);
    }
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_conditions),
        cmocka_unit_test(diverged),
#if COUNTED
        cmocka_unit_test(loop_allocates_nothing),
#endif
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
