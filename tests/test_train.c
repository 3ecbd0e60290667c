/* Whole runs: the same bytes whatever interrupts them or how many threads work, what a folder refuses,
 * verdicts, verification, and a loop that allocates nothing. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "data/obtain.h"
#include "store/result.h"
#include "train/train.h"

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

/* ---- small runs ---- */

static char root[] = "/tmp/rote-train-XXXXXX";

static const char SMALL[] = "facts: {n: 24, seq_len: 6, vocab_size: 16, seed: 3}\n"
                            "model: {n_layer: 1, n_head: 2, n_embd: 12}\n"
                            "train: {max_steps: 60, batch_size: 20, learning_rate: 0.01, eval_interval: 10,\n"
                            "        checkpoint_interval: 7, warmup_steps: 5, seed: 5, threads: 2}\n";

typedef struct Case {
    Config config;
    FactSet facts;
} Case;

/* SMALL with overrides "a=b", up to a NULL. */
static Case make_case(const char *first, ...) {
    Case c;
    Err err = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/config.yaml", root);
    const char *overrides[8];
    int n = 0;
    va_list args;
    va_start(args, first);
    for (const char *o = first; o; o = va_arg(args, const char *)) overrides[n++] = o;
    va_end(args);
    if (config_load(&c.config, path, n, overrides, &err) != OK ||
        facts_obtain(&c.config.facts, &c.facts, &err) != OK ||
        config_resolve(&c.config, c.facts.n, c.facts.max_len, c.facts.vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
    return c;
}

static char note[4096]; /* all notes of the last run, one after the other */
static void keep_note(void *user, const Progress *progress) {
    (void)user;
    if (progress->note) snprintf(note + strlen(note), sizeof note - strlen(note), "%s\n", progress->note);
}

static Status train(const Case *c, const char *dir, bool resume, const volatile sig_atomic_t *stop,
                    RunResult *result, Err *err) {
    note[0] = '\0';
    RunOptions options = {.dir = dir, .resume = resume, .stop = stop, .progress = {keep_note, NULL}};
    memset(err, 0, sizeof *err);
    return run_train(&c->config, &c->facts, &options, result, err);
}

static void must_train(const Case *c, const char *dir, bool resume, RunResult *result) {
    Err err;
    if (train(c, dir, resume, NULL, result, &err) != OK) fail_msg("%s", err.msg);
}

static const char *in_root(const char *name) {
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, 256, "%s/%s", root, name);
    return path;
}

static const char *in_dir(const char *dir, const char *name) {
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, 512, "%s/%s", dir, name);
    return path;
}

static Buffer bytes_of(const char *path) {
    Buffer b;
    Err err = {0};
    if (file_read(path, 1 << 24, &b, &err) != OK) fail_msg("%s", err.msg);
    return b;
}

static void same_file(const char *a, const char *b) {
    Buffer x = bytes_of(a), y = bytes_of(b);
    if (x.size != y.size || memcmp(x.data, y.data, x.size)) fail_msg("%s and %s differ", a, b);
    buffer_free(&x);
    buffer_free(&y);
}

static const char *const LAST = "checkpoint-000000060.safetensors", *const BEFORE =
                                                                        "checkpoint-000000056.safetensors";

static void same_run(const char *a, const char *b) {
    same_file(in_dir(a, "result.json"), in_dir(b, "result.json"));
    same_file(in_dir(a, "metrics.jsonl"), in_dir(b, "metrics.jsonl"));
    same_file(in_dir(a, LAST), in_dir(b, LAST));
}

static void remove_dir(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) return;
    for (struct dirent *e; (e = readdir(dir));) {
        char inner[1024];
        snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (unlink(inner) != 0) remove_dir(inner);
    }
    closedir(dir);
    rmdir(path);
}

/* Makes the root with the config and one undisturbed run that the others are compared with. */
static const char *undisturbed;
static int make_root(void **state) {
    (void)state;
    if (!mkdtemp(root)) return -1;
    Err err = {0};
    if (file_write_atomic(in_root("config.yaml"), SMALL, sizeof SMALL - 1, &err) != OK) return -1;
    static char path[64];
    snprintf(path, sizeof path, "%s/undisturbed", root);
    undisturbed = path;
    Case c = make_case(NULL);
    RunResult result;
    must_train(&c, undisturbed, false, &result);
    facts_free(&c.facts);
    return 0;
}

static int remove_root(void **state) {
    (void)state;
    remove_dir(root);
    return 0;
}

/* ---- the same bytes ---- */

static void threads_and_intervals_change_no_byte(void **state) {
    (void)state;
    static const char *const VARIANTS[][2] = {{"train.threads=1", NULL},
                                              {"train.threads=3", NULL},
                                              {"train.threads=9", "train.micro_batch_size=1"},
                                              {"train.micro_batch_size=3", NULL},
                                              {"train.checkpoint_interval=0", NULL}};
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

static void truncate_to(const char *path, long bytes) { assert_int_equal(truncate(path, bytes), 0); }

/* What a crash leaves: no result yet, a newest checkpoint that is torn, metrics that ran ahead, a temporary.
 */
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
    assert_non_null(strstr(note, "goes on from step 56"));
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
    assert_non_null(strstr(note, "goes on from step 60"));
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
    assert_non_null(strstr(note, "goes on from step 0"));
    same_run(dir, undisturbed);
    facts_free(&c.facts);
}

static void two_checkpoints_are_kept(void **state) {
    (void)state;
    int n = 0;
    DIR *dir = opendir(undisturbed);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) n += !strncmp(e->d_name, "checkpoint-", 11);
    closedir(dir);
    assert_int_equal(n, 2);
    assert_true(file_exists(in_dir(undisturbed, LAST)) && file_exists(in_dir(undisturbed, BEFORE)));
}

/* ---- what a folder refuses, and what it says ---- */

static void expect(const Case *c, const char *dir, bool resume, Status wanted, const char *text) {
    RunResult result;
    Err err;
    Status status = train(c, dir, resume, NULL, &result, &err);
    if (status != wanted || !strstr(err.msg, text))
        fail_msg("status %d, \"%s\"; wanted %d, \"%s\"", status, err.msg, wanted, text);
}

static void refusals(void **state) {
    (void)state;
    Case c = make_case(NULL), other = make_case("train.learning_rate=0.02", NULL),
         more = make_case("facts.seed=4", NULL);
    RunResult result;
    must_train(&c, undisturbed, false, &result);
    assert_true(result.already_done);
    assert_string_equal(result.verdict, "annealed");
    assert_int_equal(result.steps, 60);
    expect(&other, undisturbed, true, ERR_INPUT, "(train.learning_rate: 0.01 -> 0.02)");
    expect(&more, undisturbed, true, ERR_INPUT, "facts.seed: 3 -> 4");
    Case lying = make_case(NULL); /* the same config, other facts */
    memset(lying.facts.data_hash, '0', 32);
    expect(&lying, undisturbed, true, ERR_INPUT, lying.facts.data_hash);

    const char *dir = in_root("half");
    stop = 1;
    Err err;
    assert_int_equal(train(&c, dir, false, &stop, &result, &err), ERR_STOPPED);
    expect(&c, dir, false, ERR_INPUT, "--resume");
    expect(&other, dir, true, ERR_INPUT, "train.learning_rate");
    int lock;
    assert_int_equal(lock_take(in_dir(dir, "lock"), &lock, &err), OK);
    expect(&c, dir, true, ERR_INPUT, "lock");
    lock_release(lock);

    stop = 0;
    must_train(&c, dir, true, &result);
    unlink(in_dir(dir, "DONE"));
    FILE *f = fopen(in_dir(dir, "metrics.jsonl"), "r+"); /* altered behind our back */
    assert_non_null(f);
    fputs("[", f);
    assert_int_equal(fclose(f), 0);
    expect(&c, dir, true, ERR_FORMAT, "metrics.jsonl: altered");

    expect(&c, root, false, ERR_INPUT, "is no run folder");
    dir = in_root("foreign"); /* a file of the user's stays, though its name ends like a temporary's */
    assert_int_equal(make_directories(dir, &err), OK);
    assert_int_equal(file_write_atomic(in_dir(dir, "thesis.tmp"), "x", 1, &err), OK);
    expect(&c, dir, false, ERR_INPUT, "is no run folder (it holds thesis.tmp)");
    assert_true(file_exists(in_dir(dir, "thesis.tmp")));
    expect(&c, in_root("config.yaml"), false, ERR_INPUT, "is no folder");
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
    expect(&c, dir, false, ERR_INPUT, "iB of memory");
    assert_false(file_exists(dir));
    facts_free(&c.facts);
}

/* ---- endings ---- */

static void stop_conditions(void **state) {
    (void)state;
    Case c = make_case("train.stop_recall=0.3", "train.max_steps=2000", "train.learning_rate=0.02", NULL);
    RunResult result;
    must_train(&c, in_root("recalled"), false, &result);
    assert_string_equal(result.verdict, "stopped");
    assert_true(result.final.recall >= 0.3 && result.steps % 10 == 0 && result.steps < 2000);
    int64_t steps = result.steps;
    unlink(in_dir(in_root("recalled"), "DONE")); /* a resumed run stops where the first did */
    must_train(&c, in_root("recalled"), true, &result);
    assert_string_equal(result.verdict, "stopped");
    assert_int_equal(result.steps, steps);
    facts_free(&c.facts);

    c = make_case("train.stop_gain=0.9", NULL); /* no ten steps gain nine tenths of all bits */
    must_train(&c, NULL, false, &result);
    assert_string_equal(result.verdict, "stopped");
    assert_int_equal(result.steps, 20);
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
    snprintf(step, sizeof step, "step %d:", (int)result.steps + 1);
    assert_non_null(strstr(err.msg, step));
    Run run;
    if (run_open(&run, dir, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(run.step, result.steps);
    assert_int_equal(run.gpt.ops->first_nonfinite(run.gpt.params, run.gpt.table.total), -1);
    run_close(&run);
    expect(&c, dir, true, ERR_NUMERIC, result.reason); /* asked again: the same answer */
    assert_int_equal(run_verify(dir, 1, (ProgressSink){0}, NULL, &err), OK);
    facts_free(&c.facts);

    c = make_case("model.init_std=1e30", NULL);
    assert_int_equal(train(&c, in_root("overflow"), false, NULL, &result, &err), ERR_NUMERIC);
    printf("%s\n", err.msg);
    assert_non_null(strstr(err.msg, "step 1: the gradient's norm is"));
    assert_non_null(strstr(err.msg, "largest is "));
    assert_int_equal(result.steps, 0);
    assert_int_equal(run_open(&run, in_root("overflow"), NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "holds no checkpoint, and the run is over"));
    facts_free(&c.facts);
}

/* Held-out facts: their figures stand in result.json, and come back as they were. */
static void heldout_reads_back(void **state) {
    (void)state;
    Err err = {0};
    Case c = make_case("facts.heldout=10", "facts.domain_token=true", NULL);
    RunResult result, parsed;
    must_train(&c, in_root("heldout"), false, &result);
    char *text = run_result_json(in_root("heldout"), false, &err);
    assert_non_null(text);
    assert_int_equal(result_parse(text, "text", &parsed, &err), OK);
    const Evaluation *a = &result.final, *b = &parsed.final;
    assert_true(a->heldout == 10 && b->heldout == 10 && a->n_fields == 1 && b->n_fields == 1);
    assert_true(a->heldout_code_bits > 0 && a->heldout_code_bits == b->heldout_code_bits);
    assert_true(a->heldout_loss_nats == b->heldout_loss_nats);
    assert_true(a->membership.auc == b->membership.auc && a->membership.f1 == b->membership.f1);
    assert_true(a->by_field[0].heldout_bits == b->by_field[0].heldout_bits);
    assert_true(fabs(a->by_field[0].heldout_bits * 10 / a->heldout_code_bits - 1) < 1e-12);
    /* the facts are half learned after so few steps; of the others nothing can be known */
    assert_true(a->heldout_code_bits / 10 > 24 && a->code_bits / a->n < 24 && a->membership.auc > 0.9);
    free(text);
    facts_free(&c.facts);
}

static void result_reads_back(void **state) {
    (void)state;
    Err err = {0};
    char *text = run_result_json(undisturbed, false, &err), *timed = run_result_json(undisturbed, true, &err);
    assert_true(text && timed);
    RunResult a, b;
    assert_int_equal(result_parse(text, "text", &a, &err), OK);
    if (result_parse(timed, "timed", &b, &err) != OK) fail_msg("%s", err.msg);
    assert_string_equal(a.param_hash, b.param_hash);
    assert_non_null(strstr(timed, "\"peak_rss_mib\""));
    assert_null(strstr(text, "\"seconds\""));
    Case c = make_case(NULL);
    RunResult fresh;
    must_train(&c, NULL, false, &fresh);
    assert_true(fresh.final.code_bits == a.final.code_bits && fresh.final.recall == a.final.recall);
    assert_true(fresh.final.memorized_bits == a.final.memorized_bits && fresh.exposures == a.exposures);
    assert_true(a.exposures == 60 * 20 / 24.0 && a.tokens == 60 * 20 * 6);
    assert_string_equal(fresh.param_hash, a.param_hash);
    assert_int_equal(result_parse("{}", "empty", &a, &err), ERR_FORMAT);
    free(text);
    free(timed);
    facts_free(&c.facts);
}

static void verify_sees_what_was_altered(void **state) {
    (void)state;
    Case c = make_case(NULL);
    const char *dir = in_root("verified");
    RunResult result;
    Err err = {0};
    must_train(&c, dir, false, &result);
    if (run_verify(dir, 3, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
    Buffer b = bytes_of(in_dir(dir, "result.json"));
    char *field = strstr(b.data, "\"code_bits\": ");
    assert_non_null(field);
    field[13] = field[13] == '9' ? '8' : '9';
    assert_int_equal(file_write_atomic(in_dir(dir, "result.json"), b.data, b.size, &err), OK);
    assert_int_equal(run_verify(dir, 0, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "result.json"));
    buffer_free(&b);
    truncate_to(in_dir(dir, LAST), 2000);
    assert_int_equal(run_verify(dir, 0, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "checkpoint"));
    assert_int_equal(run_verify(in_root("nowhere"), 0, (ProgressSink){0}, NULL, &err), ERR_INPUT);
    facts_free(&c.facts);
}

/* Numbers of both files, and either file gone. */
static void verify_sees_altered_code_lengths(void **state) {
    (void)state;
    static const char *const FILES[] = {"pool_ids.npy", "code_lengths.npy"};
    Case c = make_case("facts.heldout=5", NULL);
    const char *dir = in_root("altered");
    RunResult result;
    Err err = {0};
    must_train(&c, dir, false, &result);
    if (run_verify(dir, 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
    for (int i = 0; i < 2; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s", in_dir(dir, FILES[i]));
        Buffer whole = bytes_of(path);
        for (size_t at = whole.size - 8 * 29; at < whole.size; at += 8 * 7) {
            whole.data[at] ^= 1;
            assert_int_equal(file_write_atomic(path, whole.data, whole.size, &err), OK);
            assert_int_equal(run_verify(dir, 1, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
            assert_non_null(strstr(err.msg, FILES[i]));
            whole.data[at] ^= 1;
        }
        assert_int_equal(unlink(path), 0);
        assert_int_equal(run_verify(dir, 1, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
        assert_non_null(strstr(err.msg, "missing"));
        assert_int_equal(file_write_atomic(path, whole.data, whole.size, &err), OK);
        buffer_free(&whole);
    }
    if (run_verify(dir, 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
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
        cmocka_unit_test(threads_and_intervals_change_no_byte),
        cmocka_unit_test(stopped_and_resumed),
        cmocka_unit_test(every_optimizer_resumes),
        cmocka_unit_test(torn_checkpoint),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(two_checkpoints_are_kept),
        cmocka_unit_test(refusals),
        cmocka_unit_test(more_than_the_machine_has),
        cmocka_unit_test(stop_conditions),
        cmocka_unit_test(diverged),
        cmocka_unit_test(result_reads_back),
        cmocka_unit_test(heldout_reads_back),
        cmocka_unit_test(verify_sees_what_was_altered),
        cmocka_unit_test(verify_sees_altered_code_lengths),
#if COUNTED
        cmocka_unit_test(loop_allocates_nothing),
#endif
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
