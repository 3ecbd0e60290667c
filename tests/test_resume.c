/* A run has the same bytes however many threads work and whatever interrupts it: a signal, a crash, a full disk. */
#include <dirent.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "tests/run_testing.h"

static void threads_and_intervals_change_no_byte(void **state) {
    (void)state;
    static const char *const VARIANTS[][2] = {
        {"train.threads=1", NULL},
        {"train.threads=3", NULL},
        {"train.threads=9", "train.micro_batch_size=1"},
        {"train.micro_batch_size=3", NULL},
        {"train.checkpoint_interval=0", NULL},
        {"train.checkpoint_minutes=0", NULL},
        {"train.checkpoint_minutes=1e-9", NULL},
        {"train.checkpoint_minutes=1e-9", "train.checkpoint_interval=0"}};
    for (size_t i = 0; i < sizeof VARIANTS / sizeof VARIANTS[0]; i++) {
        Case c = make_case(VARIANTS[i][0], VARIANTS[i][1], NULL);
        const char *dir = in_root("variant");
        RunResult result;
        must_train(&c, dir, false, &result);
        same_run(dir, undisturbed);
        remove_dir(dir);
        facts_free(&c.facts);
    }
}

static volatile sig_atomic_t stop;
static void on_alarm(int signal) {
    (void)signal;
    stop = 1;
}

/* Stopped by a signal every few milliseconds, resumed each time, in the end the same. */
static void stopped_and_resumed(void **state) {
    (void)state;
    Case c = make_case(NULL);
    const char *dir = in_root("stopped");
    RunResult result;
    Err err;
    stop = 1;
    assert_int_equal(train(&c, dir, true, &stop, &result, &err), ERR_STOPPED);
    assert_string_equal(err.msg, "stopped at step 0 of 60; resume with --resume");
    assert_string_equal(result.verdict, "failed");
    signal(SIGALRM, on_alarm);
    int stops = 0;
    Status status = ERR_STOPPED;
    for (int wait_ms = 1; status == ERR_STOPPED; wait_ms += 4, stops++) {
        stop = 0;
        struct itimerval timer = {.it_value = {wait_ms / 1000, (wait_ms % 1000) * 1000}};
        setitimer(ITIMER_REAL, &timer, NULL);
        status = train(&c, dir, true, &stop, &result, &err);
    }
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    if (status != OK) fail_msg("%s", err.msg);
    printf("stopped %d times\n", stops);
    same_run(dir, undisturbed);
    facts_free(&c.facts);
}

/* Every optimizer's whole state is in the checkpoint: from the one before the last, a run comes to the same end.
 * The next refresh of SOAP's bases is still to come there. */
static void every_optimizer_resumes(void **state) {
    (void)state;
    static const char *const OPTIMIZERS[] = {"train.optimizer=sgd", "train.optimizer=muon",
                                             "train.optimizer=soap"};
    for (size_t i = 0; i < sizeof OPTIMIZERS / sizeof *OPTIMIZERS; i++) {
        Case c = make_case(OPTIMIZERS[i], "train.precondition_interval=3", NULL);
        const char *whole = in_root("whole"), *cut = in_root("cut");
        RunResult result;
        must_train(&c, whole, false, &result);
        must_train(&c, cut, false, &result);
        assert_int_equal(unlink(in_dir(cut, "DONE")), 0);
        assert_int_equal(unlink(in_dir(cut, "result.json")), 0);
        assert_int_equal(unlink(in_dir(cut, LAST)), 0);
        must_train(&c, cut, true, &result);
        assert_false(result.already_done);
        same_run(cut, whole);
        remove_dir(whole);
        remove_dir(cut);
        facts_free(&c.facts);
    }
}

/* What a crash leaves: no result yet, a newest checkpoint that is torn, metrics that ran ahead, a temporary. */
static void torn_checkpoint(void **state) {
    (void)state;
    Case c = make_case(NULL);
    const char *dir = in_root("torn");
    RunResult result;
    must_train(&c, dir, false, &result);
    unlink(in_dir(dir, "DONE"));
    unlink(in_dir(dir, "result.json"));
    truncate_to(in_dir(dir, LAST), 3000);
    Err err = {0};
    assert_int_equal(
        file_write_atomic(in_dir(dir, ".checkpoint-000000059.safetensors.rote-tmp"), "x", 1, &err), OK);
    FILE *f = fopen(in_dir(dir, "metrics.jsonl"), "a");
    assert_non_null(f);
    fputs("{\"step\":6", f);
    assert_int_equal(fclose(f), 0);

    must_train(&c, dir, true, &result);
    assert_non_null(strstr(note, LAST));
    assert_non_null(strstr(note, "truncated"));
    assert_non_null(strstr(note, "continues from step 56"));
    assert_false(file_exists(in_dir(dir, ".checkpoint-000000059.safetensors.rote-tmp")));
    same_run(dir, undisturbed);

    unlink(in_dir(dir, "DONE")); /* both torn: from the start */
    truncate_to(in_dir(dir, LAST), 100);
    truncate_to(in_dir(dir, BEFORE), 0);
    must_train(&c, dir, true, &result);
    assert_non_null(strstr(note, "starts over"));
    same_run(dir, undisturbed);

    unlink(in_dir(dir, "DONE")); /* only the result was lost */
    unlink(in_dir(dir, "result.json"));
    must_train(&c, dir, true, &result);
    assert_non_null(strstr(note, "continues from step 60"));
    same_run(dir, undisturbed);
    facts_free(&c.facts);
}

/* A disk that takes no file of a checkpoint's size: an error that names it, the checkpoint before stands
 * whole, and with room again the run goes on. */
static void full_disk(void **state) {
    (void)state;
    Case c = make_case(NULL);
    const char *dir = in_root("full");
    RunResult result;
    Err err;
    stop = 1;
    assert_int_equal(train(&c, dir, false, &stop, &result, &err), ERR_STOPPED);
    struct rlimit old, small = {20000, RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    Status status = train(&c, dir, true, NULL, &result, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(status, ERR_IO);
    assert_non_null(strstr(err.msg, "checkpoint-000000007.safetensors"));
    assert_false(file_exists(in_dir(dir, "checkpoint-000000007.safetensors")));
    assert_false(file_exists(in_dir(dir, ".checkpoint-000000007.safetensors.rote-tmp")));
    must_train(&c, dir, true, &result);
    assert_non_null(strstr(note, "continues from step 0"));
    same_run(dir, undisturbed);
    facts_free(&c.facts);
}

static int checkpoints_in(const char *path) {
    int n = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) n += !strncmp(e->d_name, "checkpoint-", 11);
    closedir(dir);
    return n;
}

static void two_checkpoints_are_kept(void **state) {
    (void)state;
    assert_int_equal(checkpoints_in(undisturbed), 2);
    assert_true(file_exists(in_dir(undisturbed, LAST)) && file_exists(in_dir(undisturbed, BEFORE)));
}

/* By the clock: one before each step that diverges, and in a finished run without an interval the last one alone. */
static void checkpoints_by_the_clock(void **state) {
    (void)state;
    static const char *const MINUTES[] = {"train.checkpoint_minutes=0", "train.checkpoint_minutes=1e-9"};
    for (int by_clock = 0; by_clock < 2; by_clock++) {
        const char *dir = in_root(by_clock ? "clock" : "no-clock");
        RunResult result;
        Err err;
        Case c = make_case("train.optimizer=sgd", "train.learning_rate=1000", "train.grad_clip=0",
                           "train.checkpoint_interval=0", "train.warmup_steps=0", MINUTES[by_clock], NULL);
        assert_int_equal(train(&c, dir, false, NULL, &result, &err), ERR_NUMERIC);
        assert_true(result.figures.value[FIG_STEPS] > 1);
        assert_int_equal(checkpoints_in(dir), by_clock);
        facts_free(&c.facts);
        remove_dir(dir);
        c = make_case("train.checkpoint_interval=0", MINUTES[by_clock], NULL);
        must_train(&c, dir, false, &result);
        assert_int_equal(checkpoints_in(dir), 1);
        assert_true(file_exists(in_dir(dir, LAST)));
        facts_free(&c.facts);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_and_intervals_change_no_byte),
        cmocka_unit_test(stopped_and_resumed),
        cmocka_unit_test(every_optimizer_resumes),
        cmocka_unit_test(torn_checkpoint),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(two_checkpoints_are_kept),
        cmocka_unit_test(checkpoints_by_the_clock),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
