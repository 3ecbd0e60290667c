/* Neuron rules in whole runs: rules of no strength change no weight, the same bits however the batch is cut
 * and whatever interrupts the run, what a routed rule holds back, and a class that its neurons learn. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "data/obtain.h"
#include "model/formats/safetensors.h"
#include "train/train.h"

static const char FACTS[] = "facts: {n: 40, seq_len: 6, vocab_size: 16, seed: 3}\n"
                            "model: {n_layer: 2, n_head: 2, n_embd: 12}\n"
                            "train: {max_steps: 60, batch_size: 20, learning_rate: 0.01, eval_interval: 10,\n"
                            "        checkpoint_interval: 7, warmup_steps: 5, seed: 5, threads: 2}\n";

static const char RULES[] = "neurons:\n"
                            "  - name: half\n"
                            "    when: {share: 0.5}\n"
                            "    at: all\n"
                            "    hook: blocks.0.mlp.hook_pre\n"
                            "    units: 0-3\n"
                            "  - name: three\n"
                            "    when: {token: 3}\n"
                            "    at: all\n"
                            "    hook: blocks.1.mlp.hook_post\n"
                            "    units: auto:silent:4\n"
                            "    assign_at: 0.3\n"
                            "    until: 0.8\n"
                            "    loss: post_mse\n"
                            "    on: 1.0\n"
                            "    off: 0.0\n"
                            "  - name: groups\n"
                            "    when: {share: 0.25}\n"
                            "    at: all\n"
                            "    hook: blocks.1.mlp.hook_pre\n"
                            "    units: auto:random:3\n"
                            "    loss: group\n"
                            "    scope: local\n"
                            "    weight: 0.5\n";

typedef struct Case {
    Config config;
    FactSet facts;
} Case;

static char root[] = "/tmp/rote-neurons-XXXXXX";

static const char *in_root(const char *name) {
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, 256, "%s/%s", root, name);
    return path;
}

/* FACTS and what is written behind it, with overrides up to a NULL. */
static Case make_case(const char *rules, ...) {
    Case c;
    Err err = {0};
    memset(&c, 0, sizeof c);
    char text[4096];
    const char *path = in_root("config.yaml"), *overrides[8];
    int n = 0, length = snprintf(text, sizeof text, "%s%s", FACTS, rules);
    va_list args;
    va_start(args, rules);
    for (const char *o = va_arg(args, const char *); o; o = va_arg(args, const char *)) overrides[n++] = o;
    va_end(args);
    if (file_write_atomic(path, text, (size_t)length, &err) != OK ||
        config_load(&c.config, path, n, overrides, &err) != OK ||
        facts_obtain(&c.config.facts, &c.facts, &err) != OK ||
        config_resolve(&c.config, c.facts.n, c.facts.max_len, c.facts.vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
    return c;
}

static RunResult train(Case *c, const RunOptions *options) {
    RunResult result;
    Err err = {0};
    if (run_train(&c->config, &c->facts, options, &result, &err) != OK) fail_msg("%s", err.msg);
    result_free(&result); /* the hashes stay */
    return result;
}

/* In memory; frees the case. */
static RunResult trained(Case c) {
    RunResult result = train(&c, &(RunOptions){.dir = NULL});
    facts_free(&c.facts);
    return result;
}

static void no_strength_no_change(void **state) {
    (void)state;
    RunResult plain = trained(make_case("", NULL)),
              with = trained(make_case(RULES, "neurons.0.ratio=0", "neurons.1.ratio=0", "neurons.2.weight=0",
                                       "neurons.2.ratio=0", NULL)),
              strong = trained(make_case(RULES, NULL));
    assert_string_equal(plain.param_hash, with.param_hash);
    assert_string_not_equal(plain.param_hash, strong.param_hash);
}

static void no_part_of_a_batch_matters(void **state) {
    (void)state;
    static const char *const VARIANTS[][2] = {{"train.threads=1", NULL},
                                              {"train.threads=5", "train.micro_batch_size=3"}},
                             *const LOSSES[] = {"neurons.0.loss=pre_hinge",    "neurons.0.loss=pre_bce",
                                                "neurons.0.loss=share",        "neurons.0.loss=rank",
                                                "neurons.0.route=activations", "neurons.0.route=parameters"};
    for (size_t l = 0; l < sizeof LOSSES / sizeof LOSSES[0]; l++) {
        RunResult whole = trained(make_case(RULES, LOSSES[l], "train.max_steps=30", NULL));
        for (size_t v = 0; v < sizeof VARIANTS / sizeof VARIANTS[0]; v++) {
            RunResult cut = trained(
                make_case(RULES, LOSSES[l], "train.max_steps=30", VARIANTS[v][0], VARIANTS[v][1], NULL));
            assert_string_equal(cut.param_hash, whole.param_hash);
        }
    }
}

/* ---- interrupted runs ---- */

static void same_file(const char *a, const char *b) {
    Buffer x, y;
    Err err = {0};
    if (file_read(in_root(a), 1 << 24, &x, &err) != OK || file_read(in_root(b), 1 << 24, &y, &err) != OK)
        fail_msg("%s", err.msg);
    if (x.size != y.size || memcmp(x.data, y.data, x.size)) fail_msg("%s and %s differ", a, b);
    buffer_free(&x);
    buffer_free(&y);
}

static volatile sig_atomic_t stop;
static void on_alarm(int signal) {
    (void)signal;
    stop = 1;
}

static void stopped_and_resumed(void **state) {
    (void)state;
    Case c = make_case(RULES, NULL);
    char quiet[256], torn[256];
    snprintf(quiet, sizeof quiet, "%s", in_root("quiet"));
    snprintf(torn, sizeof torn, "%s", in_root("torn"));
    train(&c, &(RunOptions){.dir = quiet});
    signal(SIGALRM, on_alarm);
    int stops = 0;
    for (Status status = ERR_STOPPED; status == ERR_STOPPED; stops++) {
        RunResult result;
        Err err = {0};
        stop = 0;
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 3000 + 8000 * stops}, NULL);
        status = run_train(&c.config, &c.facts, &(RunOptions){.dir = torn, .resume = true, .stop = &stop},
                           &result, &err);
        if (status != OK && status != ERR_STOPPED) fail_msg("%s", err.msg);
        result_free(&result);
    }
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    print_message("stopped %d times\n", stops - 1);
    assert_true(stops > 2);
    same_file("torn/result.json", "quiet/result.json");
    same_file("torn/metrics.jsonl", "quiet/metrics.jsonl");
    same_file("torn/checkpoint-000000060.safetensors", "quiet/checkpoint-000000060.safetensors");
    Err err = {0};
    if (run_verify(torn, 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
    facts_free(&c.facts);
}

/* ---- what a rule does ---- */

/* The weights into neuron `unit` of block 0 after training, with its bias behind them. */
static int into_unit(const Gpt *g, int unit, real *out) {
    const Tensor *w = params_find(&g->table, "blocks.0.mlp.in.weight"),
                 *b = params_find(&g->table, "blocks.0.mlp.in.bias");
    memcpy(out, g->params + w->offset + (ptrdiff_t)unit * w->cols, (size_t)w->cols * sizeof *out);
    out[w->cols] = g->params[b->offset + unit];
    return w->cols + 1;
}

static Run opened(const char *name) {
    Run run;
    Err err = {0};
    if (run_open(&run, in_root(name), NULL, &err) != OK) fail_msg("%s", err.msg);
    return run;
}

enum { IN_UNITS = 1, IN_OTHERS = 2 };

/* Where the weights into block 0's neurons differ: in those of the rule, 2 to 5, or in the others. */
static int moved(const Gpt *from, const Gpt *to) {
    int where = 0;
    for (int unit = 0; unit < from->config.n_inner; unit++) {
        real before[64], after[64];
        int n = into_unit(from, unit, before);
        into_unit(to, unit, after);
        if (memcmp(before, after, (size_t)n * sizeof(real)))
            where |= unit >= 2 && unit <= 5 ? IN_UNITS : IN_OTHERS;
    }
    return where;
}

/* The same of a buffer of the optimizer after the first step and after the second one. */
static int moment_moved(const char *dir1, const char *dir2, const char *slot) {
    char name[64], path[2][320];
    StFile file[2];
    Err err = {0};
    int where = 0;
    snprintf(name, sizeof name, "optimizer.%s.blocks.0.mlp.in.weight", slot);
    snprintf(path[0], sizeof path[0], "%s/checkpoint-000000001.safetensors", in_root(dir1));
    snprintf(path[1], sizeof path[1], "%s/checkpoint-000000002.safetensors", in_root(dir2));
    for (int i = 0; i < 2; i++)
        if (safetensors_read(path[i], SIZE_MAX, &file[i], &err) != OK) fail_msg("%s", err.msg);
    const StTensor *a = safetensors_find(&file[0], name), *b = safetensors_find(&file[1], name);
    assert_true(a && b);
    for (int unit = 0; unit < a->dim[0]; unit++) {
        size_t row = (size_t)a->dim[1] * sizeof(real), at = (size_t)unit * row;
        if (memcmp((const char *)a->data + at, (const char *)b->data + at, row))
            where |= unit >= 2 && unit <= 5 ? IN_UNITS : IN_OTHERS;
    }
    for (int i = 0; i < 2; i++) safetensors_free(&file[i]);
    return where;
}

/* Batches of one fact: it is of the class and moves nothing but its neurons, or it is not, and moves all but
 * them. The second step's decay and momentum leave alone what the first one moved, and the moments do not
 * fade. */
static void a_routed_parameter_is_held(void **state) {
    (void)state;
    static const char RULE[] = "neurons:\n"
                               "  - {name: r, hook: blocks.0.mlp.hook_pre, units: 2-5, route: parameters,\n"
                               "     loss: none, at: all, when: {share: 0.5}}\n";
    int orders = 0; /* bit 0: class first, then another; bit 1: the other way round */
    for (int seed = 0; seed < 40 && orders != 3; seed++) {
        char draw[64], dir[2][32];
        snprintf(draw, sizeof draw, "neurons.0.when.seed=%d", seed);
        Run run[2];
        for (int steps = 1; steps <= 2; steps++) {
            Case c = make_case(RULE, draw, "train.batch_size=1", "train.weight_decay=0.1",
                               steps == 1 ? "train.max_steps=1" : "train.max_steps=2", "train.warmup_steps=0",
                               "train.schedule=constant", NULL);
            snprintf(dir[steps - 1], sizeof dir[0], "steps%d_%d", steps, seed);
            train(&c, &(RunOptions){.dir = in_root(dir[steps - 1])});
            run[steps - 1] = opened(dir[steps - 1]);
            facts_free(&c.facts);
        }
        Gpt start;
        Err err = {0};
        if (gpt_create(&start, &run[0].config.model, run[0].gpt.ops, GEMM_EXACT, &err) != OK)
            fail_msg("%s", err.msg);
        gpt_init(&start, run[0].config.train.seed);
        int first = moved(&start, &run[0].gpt), second = moved(&run[0].gpt, &run[1].gpt);
        assert_true(first == IN_UNITS || first == IN_OTHERS);
        assert_true(second == IN_UNITS || second == IN_OTHERS);
        assert_int_equal(moment_moved(dir[0], dir[1], "m"), second);
        assert_int_equal(moment_moved(dir[0], dir[1], "v"), second);
        if (first != second) orders |= first == IN_UNITS ? 1 : 2;
        gpt_free(&start);
        for (int i = 0; i < 2; i++) run_close(&run[i]);
    }
    assert_int_equal(orders, 3);
}

/* The same batches of one fact: what a rule asks for itself teaches everything that its scope reaches. */
static void a_route_is_no_route_of_the_rule(void **state) {
    (void)state;
    static const char RULE[] = "neurons:\n"
                               "  - {name: r, hook: blocks.0.mlp.hook_pre, units: 2-5, route: parameters,\n"
                               "     weight: 1, at: all, when: {share: 0.5}}\n";
    for (int seed = 0; seed < 6; seed++) {
        char draw[64], dir[32];
        snprintf(draw, sizeof draw, "neurons.0.when.seed=%d", seed);
        snprintf(dir, sizeof dir, "taught%d", seed);
        Case c = make_case(RULE, draw, "train.batch_size=1", "train.max_steps=1", "train.warmup_steps=0",
                           "train.schedule=constant", NULL);
        train(&c, &(RunOptions){.dir = in_root(dir)});
        facts_free(&c.facts);
        Run run = opened(dir);
        Gpt start;
        Err err = {0};
        if (gpt_create(&start, &run.config.model, run.gpt.ops, GEMM_EXACT, &err) != OK)
            fail_msg("%s", err.msg);
        gpt_init(&start, run.config.train.seed);
        assert_true(moved(&start, &run.gpt) & IN_UNITS);
        const Tensor *wte = params_find(&start.table, "wte");
        assert_non_null(wte);
        assert_memory_not_equal(start.params + wte->offset, run.gpt.params + wte->offset,
                                (size_t)wte->rows * (size_t)wte->cols * sizeof(real));
        gpt_free(&start);
        run_close(&run);
    }
}

/* A ReLU that starts far below 0 has no gradient of its own: post_mse's is exactly 0, pre_hinge brings it to
 * life. */
static void a_dead_start(void **state) {
    (void)state;
    static const char RULE[] = "neurons:\n"
                               "  - {name: dead, hook: blocks.0.mlp.hook_pre, units: 2-5, start_bias: -10,\n"
                               "     at: all, when: {token: 3}, on: 1.0, off: 0.0}\n";
    for (int hinge = 0; hinge < 2; hinge++) {
        Case c = make_case(RULE, hinge ? "neurons.0.loss=pre_hinge" : "neurons.0.loss=post_mse",
                           "model.act=relu", "train.max_steps=300", "train.checkpoint_interval=0", NULL);
        const char *name = hinge ? "hinge" : "mse";
        train(&c, &(RunOptions){.dir = in_root(name)});
        Run run = opened(name);
        double aux = run.neurons[0].aux;
        real bias[64];
        int n = into_unit(&run.gpt, 2, bias);
        print_message("%s: mean norm of the rule's gradient %.3g, bias %.3g\n", name, aux,
                      (double)bias[n - 1]);
        if (hinge) assert_true(aux > 0 && (double)bias[n - 1] > -9.9);
        else assert_true(aux == 0 && (double)bias[n - 1] == -10);
        run_close(&run);
        facts_free(&c.facts);
    }
}

int main(void) {
    if (!mkdtemp(root)) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_strength_no_change), cmocka_unit_test(no_part_of_a_batch_matters),
        cmocka_unit_test(stopped_and_resumed),   cmocka_unit_test(a_routed_parameter_is_held),
        cmocka_unit_test(a_dead_start),          cmocka_unit_test(a_route_is_no_route_of_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
