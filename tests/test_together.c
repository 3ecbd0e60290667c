/* Runs that are trained together have the files of the same runs alone, byte for byte but for the times: whatever
 * differs between them, where some end early or diverge, stopped or killed and resumed. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "data/obtain.h"
#include "tests/model_case.h"
#include "train/together.h"

enum { SEED = 20261130, RUNS = 12, STEPS = 24 };

/* In memory where there is such a place: hundreds of files are synced, and no power fails. */
static char in_memory[] = "/dev/shm/rote-together-XXXXXX", on_disk[] = "/tmp/rote-together-XXXXXX";
static const char *root;

typedef struct Case {
    Config config;
    FactSet facts;
    char alone[80], lane[80]; /* folders */
} Case;

/* What may differ, does; the last two end early: one has learned enough, one diverges. */
static void make_case(Case *c, Draw *d, const Config *shape, int i, int n, const char *name) {

    Err err;
    TrainConfig *t = &c->config.train;
    c->config = *shape;
    c->config.facts.n = 6 + i % 3;
    c->config.facts.seed = (uint64_t)i;
    t->seed = (uint64_t)draw_int(d, 0, 1000);
    t->learning_rate = 1e-3 * draw_int(d, 1, 30);
    t->weight_decay = 0.1 * draw_int(d, 0, 2);
    t->beta1 = 0.8 + 0.05 * draw_int(d, 0, 3);
    t->grad_clip = 0.05 * draw_int(d, 0, 2);
    t->warmup_steps = draw_int(d, 0, 4);
    t->eval_interval = draw_int(d, 0, 9);
    t->checkpoint_interval = draw_int(d, 5, 12);
    t->schedule = (Schedule)draw_int(d, 0, SCHED_COUNT - 1);
    if (i == n - 2) t->eval_interval = 3, t->stop_gain = 0.9;
    if (i == n - 1) t->learning_rate = 1000, t->weight_decay = 1000, t->warmup_steps = draw_int(d, 0, 4);
    if (facts_obtain(&c->config.facts, &c->facts, &err) != OK ||
        config_resolve(&c->config, c->facts.n, c->facts.max_len, c->facts.vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
    snprintf(c->alone, sizeof c->alone, "%s/%s-%d", root, name, i);
    snprintf(c->lane, sizeof c->lane, "%s/%s-%d-lane", root, name, i);
}

/* The runs of a group as long as it is best on this machine. Returns how many. */
static int make_cases(Case *c, Draw *d, const Ops *ops, const char *name) {
    static int groups;
    Config shape;
    char hash[33], first[33];
    Err err;
    config_defaults(&shape);
    shape.train.optimizer = (OptimizerKind)(groups++ % OPT_COUNT);
    shape.train.precondition_interval = 5;
    ModelConfig *m = &shape.model;
    m->n_layer = draw_int(d, 1, 2);
    m->n_embd = 2 * draw_int(d, 1, 6);
    m->n_head = draw_int(d, 1, 2);
    m->tie_weights = draw_int(d, 0, 1);
    m->bias = draw_int(d, 0, 1);
    m->norm = (Norm)draw_int(d, 0, NORM_COUNT - 1);
    m->act = (Act)draw_int(d, 0, ACT_COUNT - 1);
    shape.facts.seq_len = draw_int(d, 2, 5);
    shape.facts.vocab_size = 7;
    shape.facts.heldout = 2;
    shape.train.batch_size = draw_int(d, 1, 7);
    shape.train.max_steps = STEPS;
    shape.train.threads = 1;
    int n = together_size(ops, &shape, RUNS);
    for (int i = 0; i < n; i++) {
        make_case(&c[i], d, &shape, i, n, name);
        assert_int_equal(together_shape(&c[i].config, c[i].facts.max_len, hash, &err), OK);
        if (i == 0) memcpy(first, hash, sizeof first);
        assert_string_equal(hash, first);
        assert_true(*hash);
    }
    return n;
}

static bool says_times(const char *name) {
    static const char *const own[] = {".", "..", "lock", "timing.json", "manifest.json"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(name, own[i])) return true;
    return false;
}

/* Every file of a is there in b with the same bytes; returns how many there are. */
static int same_files(const char *a, const char *b) {
    int n = 0;
    DIR *stream = opendir(a);
    assert_non_null(stream);
    for (struct dirent *e; (e = readdir(stream));) {
        char one[400], other[400];
        Buffer x, y;
        Err err;
        if (says_times(e->d_name)) continue;
        snprintf(one, sizeof one, "%s/%s", a, e->d_name);
        snprintf(other, sizeof other, "%s/%s", b, e->d_name);
        if (file_read(one, 1 << 24, &x, &err) != OK || file_read(other, 1 << 24, &y, &err) != OK)
            fail_msg("%s", err.msg);
        if (x.size != y.size || memcmp(x.data, y.data, x.size)) fail_msg("%s and %s differ", one, other);
        buffer_free(&x);
        buffer_free(&y);
        n++;
    }
    closedir(stream);
    return n;
}

static volatile sig_atomic_t stop, stop_at_first_end;
static int ended;

static void has_ended(void *user, RunTask *task) {
    (void)user;
    ended++;
    stop = stop_at_first_end;
    if (task->status != OK && task->status != ERR_NUMERIC && task->status != ERR_STOPPED)
        fail_msg("%s", task->err.msg);
    result_free(&task->result);
}

static void train_lanes(const Case *c, int n) {
    RunTask task[LANES_MAX];
    Err err;
    ended = 0;
    stop = 0;
    for (int i = 0; i < n; i++)
        task[i] = (RunTask){.config = &c[i].config,
                            .facts = &c[i].facts,
                            .options = {.dir = c[i].lane, .resume = true, .stop = &stop}};
    assert_int_equal(run_train_together(task, n, has_ended, NULL, &err), OK);
    assert_int_equal(ended, n);
}

static void train_alone(const Case *c, const char *dir) {
    RunOptions options = {.dir = dir, .resume = true};
    RunResult result;
    Err err;
    Status status = run_train(&c->config, &c->facts, &options, &result, &err);
    if (status != OK && status != ERR_NUMERIC) fail_msg("%s", err.msg);
    result_free(&result);
}

/* more: the lane may have more checkpoints. */
static void compare_and_free(Case *c, int n, bool more) {
    for (int i = 0; i < n; i++) {
        train_alone(&c[i], c[i].alone);
        int files = same_files(c[i].alone, c[i].lane);
        assert_true(files >= 4); /* of a run that diverges at once */
        if (!more) assert_int_equal(same_files(c[i].lane, c[i].alone), files);
        facts_free(&c[i].facts);
    }
}

/* Every instruction set of the machine. */
static void each_isa(void (*one_case)(Draw *d, const Ops *ops, const char *name), int cases) {
    print_message("seed %d\n", SEED);
    for (const Ops *const *ops = ops_available(); *ops; ops++) {
        Draw d = draw_from(SEED);
        setenv("ROTE_ISA", (*ops)->isa, 1);
        for (int i = 0; i < cases; i++) {
            char name[32];
            snprintf(name, sizeof name, "%s-%d", (*ops)->isa, i);
            one_case(&d, *ops, name);
        }
    }
    unsetenv("ROTE_ISA");
}

static void undisturbed(Draw *d, const Ops *ops, const char *name) {
    Case c[LANES_MAX];
    int n = make_cases(c, d, ops, name);
    train_lanes(c, n);
    compare_and_free(c, n, false);
}

/* All stop where the first one ends; then half go on together, and the rest alone. */
static void stopped(Draw *d, const Ops *ops, const char *name) {
    Case c[LANES_MAX];
    char own[40];
    snprintf(own, sizeof own, "stop-%s", name);
    int n = make_cases(c, d, ops, own);
    for (int i = 0; i < n; i++) c[i].config.train.keep_checkpoints = 99; /* one more is where it stops */
    stop_at_first_end = 1;
    train_lanes(c, n);
    stop_at_first_end = 0;
    train_lanes(c, n / 2);
    for (int i = n / 2; i < n; i++) train_alone(&c[i], c[i].lane);
    compare_and_free(c, n, true);
}

/* Killed while one of them writes; they go on from different steps. */
static void killed(Draw *d, const Ops *ops, const char *name) {
    Case c[LANES_MAX];
    char own[40];
    int status;
    snprintf(own, sizeof own, "kill-%s", name);
    int n = make_cases(c, d, ops, own);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char fault[64];
        snprintf(fault, sizeof fault, "checkpoint.before_rename:%d", 2 * n - 2);
        setenv("ROTE_FAULT", fault, 1);
        train_lanes(c, n);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    train_lanes(c, n);
    compare_and_free(c, n, false);
}

static void files_of_runs_alone(void **state) {
    (void)state;
    each_isa(undisturbed, 3);
}

static void stopped_and_resumed(void **state) {
    (void)state;
    each_isa(stopped, 1);
}

static void killed_and_resumed(void **state) {
    (void)state;
    each_isa(killed, 1);
}

/* Runs with different shapes, and runs that lanes do not serve. */
static void what_is_not_together(void **state) {
    (void)state;
    Case c[LANES_MAX];
    Draw d = draw_from(SEED);
    char first[33], other[33];
    Err err;
    int n = make_cases(c, &d, *ops_available(), "shape"), length = c->facts.max_len;
    Config x = c->config;
    assert_int_equal(together_shape(&x, length, first, &err), OK);
    assert_int_equal(together_shape(&x, length + 1, other, &err), OK);
    assert_string_not_equal(first, other);
    x.train.max_steps++;
    assert_int_equal(together_shape(&x, length, other, &err), OK);
    assert_string_not_equal(first, other);
    x = c->config;
    x.train.optimizer = (OptimizerKind)((c->config.train.optimizer + 1) % OPT_COUNT);
    assert_int_equal(together_shape(&x, length, other, &err), OK);
    assert_true(*other);
    assert_string_not_equal(first, other);
    assert_int_equal(together_shape(&x, 0, other, &err), OK);
    assert_string_equal(other, "");
    const struct {
        int *key, value;
    } alone[] = {{(int *)&x.train.quantize, QUANTIZE_INT8},
                 {(int *)&x.train.gemm, GEMM_OPENBLAS},
                 {&x.train.threads, 2},
                 {&x.n_neurons, 1},
                 {&x.model.n_embd, 16},
                 {(int *)&x.model.pos, POS_ROPE}};
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        x = c->config;
        *alone[i].key = alone[i].value;
        assert_int_equal(together_shape(&x, length, other, &err), OK);
        assert_string_equal(other, "");
    }
    for (int i = 0; i < n; i++) facts_free(&c[i].facts);
}

static int make_root(void **state) {
    (void)state;
    root = mkdtemp(in_memory);
    if (!root) root = mkdtemp(on_disk);
    return root ? 0 : -1;
}

static int remove_root(void **state) {
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_runs_alone),
        cmocka_unit_test(stopped_and_resumed),
        cmocka_unit_test(killed_and_resumed),
        cmocka_unit_test(what_is_not_together),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
