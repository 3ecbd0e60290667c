/* Runs that start from another run's weights: the bits at step 0, what is refused, what the hash sees, the same bytes
 * after a stop; and weights out of neurons that a rule scales before the first step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "data/obtain.h"
#include "eval/neurons/steer.h"
#include "model/formats/safetensors.h"
#include "train/init_from.h"
#include "train/train.h"

/* A folder of our own is the working directory, so that relative paths are tried, too. */
static char root[] = "/tmp/rote-init-from-XXXXXX";

static const char SMALL[] = "facts: {n: 24, seq_len: 6, vocab_size: 16, seed: 3}\n"
                            "model: {n_layer: 2, n_head: 2, n_embd: 12, n_inner: 20}\n"
                            "train: {max_steps: 40, batch_size: 20, learning_rate: 0.01, eval_interval: 10,\n"
                            "        checkpoint_interval: 7, warmup_steps: 5, seed: 5, threads: 2}\n";

typedef struct Case {
    Config config;
    FactSet facts;
} Case;

/* SMALL with overrides up to a NULL, resolved but for the weights. */
static Case make_case_from(const char *first, va_list args) {
    Case c;
    Err err = {0};
    const char *overrides[10];
    int n = 0;
    memset(&c, 0, sizeof c);
    for (const char *o = first; o; o = va_arg(args, const char *)) overrides[n++] = o;
    if (config_load(&c.config, "config.yaml", n, overrides, &err) != OK ||
        facts_obtain(&c.config.facts, &c.facts, &err) != OK ||
        config_resolve(&c.config, c.facts.n, c.facts.max_len, c.facts.vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
    return c;
}

static Case make_case(const char *first, ...) {
    va_list args;
    va_start(args, first);
    Case c = make_case_from(first, args);
    va_end(args);
    Err err = {0};
    if (init_from_resolve(&c.config, &err) != OK) fail_msg("%s", err.msg);
    return c;
}

/* Frees the case. What the result says of neuron rules is dropped. */
static RunResult train(Case c, const char *dir, bool resume) {
    RunResult result;
    Err err = {0};
    RunOptions options = {.dir = dir, .resume = resume};
    if (run_train(&c.config, &c.facts, &options, &result, &err) != OK) fail_msg("%s", err.msg);
    facts_free(&c.facts);
    result_free(&result);
    return result;
}

/* Stopped before its first step, or at a later one: the checkpoint holds what it starts with. Frees the case. */
static void stop_at_once(Case c, const char *dir) {
    static const volatile sig_atomic_t stop = 1;
    RunResult result;
    Err err = {0};
    RunOptions options = {.dir = dir, .resume = true, .stop = &stop};
    assert_int_equal(run_train(&c.config, &c.facts, &options, &result, &err), ERR_STOPPED);
    facts_free(&c.facts);
}

static Run opened(const char *dir) {
    Run run;
    Err err = {0};
    if (run_open(&run, dir, NULL, &err) != OK) fail_msg("%s", err.msg);
    return run;
}

static void shell(const char *command) {
    if (system(command) != 0) fail_msg("%s", command);
}

static void same_file(const char *a, const char *b) {
    Buffer x, y;
    Err err = {0};
    if (file_read(a, 1 << 24, &x, &err) != OK || file_read(b, 1 << 24, &y, &err) != OK)
        fail_msg("%s", err.msg);
    if (x.size != y.size || memcmp(x.data, y.data, x.size)) fail_msg("%s and %s differ", a, b);
    buffer_free(&x);
    buffer_free(&y);
}

/* ---- what it starts with ---- */

static int one_source(void **state) {
    (void)state;
    train(make_case(NULL), "source", false);
    return 0;
}

/* The weights to the bit; moments, tokens and step are those of a new run. */
static void only_the_weights(void **state) {
    (void)state;
    stop_at_once(make_case("train.init_from=source", "train.seed=9", "facts.seed=4", NULL), "start");
    Run from = opened("source"), to = opened("start");
    assert_int_equal(from.step, 40);
    assert_int_equal(to.step, 0);
    assert_string_equal(to.param_hash, from.param_hash);
    assert_string_equal(to.config.train.init_hash, from.param_hash);
    run_close(&from);
    run_close(&to);

    StFile file;
    Err err = {0};
    if (safetensors_read("start/checkpoint-000000000.safetensors", SIZE_MAX, &file, &err) != OK)
        fail_msg("%s", err.msg);
    assert_string_equal(safetensors_meta(&file, "tokens"), "0");
    int moments = 0;
    for (int i = 0; i < file.n_tensors; i++) {
        const StTensor *t = &file.tensor[i];
        if (strncmp(t->name, "optimizer.", 10) != 0) continue;
        moments++;
        for (size_t k = 0; k < t->bytes; k++) assert_int_equal(((const char *)t->data)[k], 0);
    }
    assert_true(moments > 20);
    safetensors_free(&file);
}

/* A source that was trained in few bits gives its full weights, and its rule's states stay behind. */
static void full_weights_of_a_quantized_run(void **state) {
    (void)state;
    train(make_case("train.quantize=int4", "neurons.0.when.share=0.5", "neurons.0.units=0-3",
                    "neurons.0.hook=blocks.0.mlp.hook_pre", NULL),
          "coarse", false);
    stop_at_once(make_case("train.init_from=coarse", NULL), "fine");
    stop_at_once(make_case("train.init_from=coarse", "train.quantize=int8", NULL), "finer");
    Run from = opened("coarse"), to = opened("fine"), too = opened("finer");
    assert_string_equal(to.param_hash, from.param_hash);
    assert_string_equal(too.param_hash, from.param_hash);
    run_close(&from);
    run_close(&to);
    run_close(&too);
}

/* ---- the hash ---- */

static void hash_of(char out[33], const char *from) {
    Case c = make_case(from, NULL);
    assert_int_equal(config_hash(&c.config, c.facts.data_hash, out, NULL), OK);
    facts_free(&c.facts);
}

static void content_is_hashed_and_no_path(void **state) {
    (void)state;
    char none[33], here[33], there[33], before[33];
    shell("cp -r source copy");
    stop_at_once(make_case("train.max_steps=7", "train.checkpoint_interval=0", "train.seed=6", NULL),
                 "early");
    hash_of(none, NULL);
    hash_of(here, "train.init_from=source");
    hash_of(there, "train.init_from=copy/");
    hash_of(before, "train.init_from=early");
    assert_string_equal(here, there);
    assert_string_not_equal(here, none);
    assert_string_not_equal(here, before);
}

/* ---- whole runs ---- */

static void stopped_and_resumed(void **state) {
    (void)state;
    RunResult whole =
        train(make_case("train.init_from=source", "train.schedule=constant", NULL), "whole", false);
    RunResult drawn = train(make_case("train.schedule=constant", NULL), NULL, false);
    assert_string_not_equal(whole.param_hash, drawn.param_hash);
    Case c = make_case("train.init_from=source", "train.schedule=constant", NULL);
    stop_at_once(c, "torn");
    train(make_case("train.init_from=source", "train.schedule=constant", NULL), "torn", true);
    /* the same after a later stop: DONE and the last checkpoint taken away */
    shell("cp -r whole later; rm later/DONE later/result.json later/checkpoint-000000040.safetensors");
    train(make_case("train.init_from=source", "train.schedule=constant", NULL), "later", true);
    static const char *const FILES[] = {"result.json", "metrics.jsonl", "config.yaml",
                                        "checkpoint-000000040.safetensors"};
    for (int i = 0; i < 4; i++) {
        char a[64], b[64], d[64];
        snprintf(a, sizeof a, "whole/%s", FILES[i]);
        snprintf(b, sizeof b, "torn/%s", FILES[i]);
        snprintf(d, sizeof d, "later/%s", FILES[i]);
        same_file(a, b);
        same_file(a, d);
    }
    Err err = {0};
    if (run_verify("torn", 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);

    Run run = opened("whole"); /* whose kept path holds from any folder */
    char absolute[128];
    snprintf(absolute, sizeof absolute, "%s/source", root);
    assert_string_equal(run.config.train.init_from, absolute);
    run_close(&run);
}

/* Other weights where the source was: named with both hashes, by replay and by a config that was kept. */
static void a_source_that_changed(void **state) {
    (void)state;
    shell("cp -r source moving");
    train(make_case("train.init_from=moving", "train.max_steps=20", NULL), "after", false);
    Err err = {0};
    char words[128];
    if (run_verify("after", 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
    Run from = opened("source"), to;
    shell("rm -r moving; cp -r early moving");
    to = opened("moving");
    snprintf(words, sizeof words, "contains other weights: param_hash is %s, train.init_hash is %s",
             to.param_hash, from.param_hash);
    assert_int_equal(run_verify("after", 1, (ProgressSink){0}, NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, words));

    Case c = make_case(NULL);
    if (config_load(&c.config, "after/config.yaml", 0, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(init_from_resolve(&c.config, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, words));
    facts_free(&c.facts);

    /* What does not train asks nothing of the source. */
    shell("rm -r moving");
    run_close(&to);
    to = opened("after");
    assert_string_equal(to.config.train.init_hash, from.param_hash);
    run_close(&to);
    run_close(&from);
    assert_int_equal(run_verify("after", 1, (ProgressSink){0}, NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "moving: there is no such run"));
}

/* ---- what is refused ---- */

static void refused(const char *words, const char *first, ...) {
    va_list args;
    va_start(args, first);
    Case c = make_case_from(first, args), before = c;
    va_end(args);
    Err err = {0};
    assert_int_equal(init_from_resolve(&c.config, &err), ERR_INPUT);
    if (!strstr(err.msg, words) || strchr(err.msg, '\n')) fail_msg("%s\nnot: %s", err.msg, words);
    assert_memory_equal(&c.config, &before.config, sizeof c.config);
    facts_free(&c.facts);
}

static void bad_sources(void **state) {
    (void)state;
    refused("train.init_from: nowhere: there is no such run", "train.init_from=nowhere", NULL);
    shell("mkdir -p empty");
    refused("train.init_from: empty: no run has begun there", "train.init_from=empty", NULL);
    refused("config.yaml: exists and is not a folder", "train.init_from=config.yaml", NULL);
    shell("cp -r source bare; rm bare/checkpoint*");
    refused("train.init_from: bare: contains no checkpoint", "train.init_from=bare", NULL);

    /* The newest is damaged: the one before it is not what was meant. */
    shell("cp -r source torn_end; truncate -s 5000 torn_end/checkpoint-000000040.safetensors");
    refused("checkpoint-000000040.safetensors: ", "train.init_from=torn_end", NULL);
    shell("cp -r torn_end torn_run; rm torn_run/DONE torn_run/result.json"); /* as a crash leaves it */
    refused("checkpoint-000000040.safetensors: ", "train.init_from=torn_run", NULL);
    shell("cp -r source foreign; cp early/checkpoint-000000000.safetensors "
          "foreign/checkpoint-000000050.safetensors");
    refused("config_hash is '", "train.init_from=foreign", NULL);
    refused("train.init_hash is 0123; name", "train.init_from=source", "train.init_hash=0123", NULL);
}

static void other_shapes(void **state) {
    (void)state;
    refused("source: tensor 'wte' is 16 x 12 there and 20 x 12 in this model; take the model keys of "
            "source/config.yaml",
            "train.init_from=source", "facts.vocab_size=20", NULL);
    refused("tensor 'wpe' is 6 x 12 there and 9 x 12 in this model", "train.init_from=source",
            "model.block_size=9", NULL);
    refused("tensor 'blocks.0.mlp.in.weight' is 20 x 12 there and 24 x 12 in this model",
            "train.init_from=source", "model.n_inner=24", NULL);
    refused("tensor 'blocks.2.norm1.weight' is none there and 1 x 12 in this model", "train.init_from=source",
            "model.n_layer=3", NULL);
    refused("tensor 'blocks.1.norm1.weight' is 1 x 12 there and none in this model", "train.init_from=source",
            "model.n_layer=1", NULL);
    refused("tensor 'wpe' is 6 x 12 there and none in this model", "train.init_from=source", "model.pos=rope",
            NULL);
}

/* ---- neurons.N.start_out ---- */

#define RULE                                                                                                 \
    "neurons.0.when.share=0.5", "neurons.0.loss=none", "neurons.0.hook=blocks.1.mlp.hook_post",              \
        "neurons.0.units=2-5,11"

static bool in_rule(int unit) { return (unit >= 2 && unit <= 5) || unit == 11; }

/* Each weight out of block 1's neurons of the rule is `factor` times what it was, and nothing else has changed. */
static void expect_scaled(const char *before, const char *after, real factor) {
    Run from = opened(before), to = opened(after);
    const Tensor *out = params_find(&from.gpt.table, "blocks.1.mlp.out.weight");
    for (int64_t i = 0; i < from.gpt.table.total; i++) {
        int64_t at = i - out->offset;
        bool scaled = at >= 0 && at < (int64_t)out->rows * out->cols && in_rule((int)(at % out->cols));
        real want = from.gpt.params[i] * (scaled ? factor : 1);
        if (memcmp(&to.gpt.params[i], &want, sizeof want))
            fail_msg("%lld: %g, not %g", (long long)i, (double)to.gpt.params[i], (double)want);
    }
    run_close(&from);
    run_close(&to);
}

static void weights_out_are_scaled(void **state) {
    (void)state;
    static const struct {
        const char *word, *dir;
        real factor;
    } CASES[] = {{"neurons.0.start_out=1", "times1", 1},
                 {"neurons.0.start_out=0", "times0", 0},
                 {"neurons.0.start_out=-2.5", "times-2.5", (real)-2.5}};
    stop_at_once(make_case(NULL), "drawn");
    for (int i = 0; i < 3; i++) {
        char drawn[32];
        snprintf(drawn, sizeof drawn, "drawn-%s", CASES[i].dir);
        stop_at_once(make_case("train.init_from=source", RULE, CASES[i].word, NULL), CASES[i].dir);
        expect_scaled("source", CASES[i].dir, CASES[i].factor);
        stop_at_once(make_case(RULE, CASES[i].word, NULL), drawn);
        expect_scaled("drawn", drawn, CASES[i].factor);
    }
}

/* Ablated by its weights or by `rote neurons steer`: the same code length, to the bit. */
static void zero_is_an_ablation(void **state) {
    (void)state;
    stop_at_once(make_case("train.init_from=source", RULE, "neurons.0.start_out=0", NULL), "ablated");
    Run from = opened("source"), to = opened("ablated");
    Edits edits = {0};
    Steered steered, plain;
    Err err = {0};
    if (edits_parse(&edits, &from.gpt.config, "blocks.1.mlp.hook_post[2-5,11]=zero", &err) != OK ||
        steer_evaluate(&steered, &from.gpt, &from.facts, NULL, &edits, 1, &err) != OK ||
        steer_evaluate(&plain, &to.gpt, &to.facts, NULL, &(Edits){0}, 1, &err) != OK)
        fail_msg("%s", err.msg);
    print_message("%.3f bits, ablated %.3f\n", steered.before.code_bits, steered.after.code_bits);
    assert_true(steered.after.code_bits == plain.before.code_bits);
    assert_true(steered.after.recall == plain.before.recall);
    assert_true(steered.after.code_bits != steered.before.code_bits);
    steered_free(&steered);
    steered_free(&plain);
    edits_free(&edits);
    run_close(&from);
    run_close(&to);
}

/* A run that goes on has its neurons where training left them. */
static void scaled_once(void **state) {
    (void)state;
    RunResult whole =
        train(make_case("train.init_from=source", RULE, "neurons.0.start_out=0", "train.max_steps=20", NULL),
              NULL, false);
    for (int go = 0; go < 2; go++) {
        Case c =
            make_case("train.init_from=source", RULE, "neurons.0.start_out=0", "train.max_steps=20", NULL);
        if (go == 0) stop_at_once(c, "again");
        else assert_string_equal(train(c, "again", true).param_hash, whole.param_hash);
    }
    shell("rm again/DONE again/result.json again/checkpoint-000000020.safetensors"); /* step 14 stands */
    RunResult again =
        train(make_case("train.init_from=source", RULE, "neurons.0.start_out=0", "train.max_steps=20", NULL),
              "again", true);
    assert_string_equal(again.param_hash, whole.param_hash);
    Err err = {0};
    if (run_verify("again", 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
}

int main(void) {
    if (!mkdtemp(root) || chdir(root) != 0 ||
        file_write_atomic("config.yaml", SMALL, sizeof SMALL - 1, NULL) != OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_weights),
        cmocka_unit_test(full_weights_of_a_quantized_run),
        cmocka_unit_test(content_is_hashed_and_no_path),
        cmocka_unit_test(stopped_and_resumed),
        cmocka_unit_test(a_source_that_changed),
        cmocka_unit_test(bad_sources),
        cmocka_unit_test(other_shapes),
        cmocka_unit_test(weights_out_are_scaled),
        cmocka_unit_test(zero_is_an_ablation),
        cmocka_unit_test(scaled_once),
    };
    return cmocka_run_group_tests(tests, one_source, NULL);
}
