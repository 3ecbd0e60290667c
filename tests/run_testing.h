/* Small training runs for tests: a case is a config and its facts, a folder of the test's own holds the run
 * folders, and each run can be compared with one that nothing disturbed. */
#ifndef ROTE_TESTS_RUN_TESTING_H
#define ROTE_TESTS_RUN_TESTING_H

#include <setjmp.h>
#include <signal.h>
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
#include "store/result.h"
#include "train/train.h"

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
static inline Case make_case(const char *first, ...) {
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
static inline void keep_note(void *user, const Progress *progress) {
    (void)user;
    if (progress->note) snprintf(note + strlen(note), sizeof note - strlen(note), "%s\n", progress->note);
}

static inline Status train(const Case *c, const char *dir, bool resume, const volatile sig_atomic_t *stop,
                           RunResult *result, Err *err) {
    note[0] = '\0';
    RunOptions options = {.dir = dir, .resume = resume, .stop = stop, .progress = {keep_note, NULL}};
    memset(err, 0, sizeof *err);
    return run_train(&c->config, &c->facts, &options, result, err);
}

static inline void must_train(const Case *c, const char *dir, bool resume, RunResult *result) {
    Err err;
    if (train(c, dir, resume, NULL, result, &err) != OK) fail_msg("%s", err.msg);
}

static inline const char *in_root(const char *name) {
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, 256, "%s/%s", root, name);
    return path;
}

static inline const char *in_dir(const char *dir, const char *name) {
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, 512, "%s/%s", dir, name);
    return path;
}

static inline Buffer bytes_of(const char *path) {
    Buffer b;
    Err err = {0};
    if (file_read(path, 1 << 24, &b, &err) != OK) fail_msg("%s", err.msg);
    return b;
}

static inline void same_file(const char *a, const char *b) {
    Buffer x = bytes_of(a), y = bytes_of(b);
    if (x.size != y.size || memcmp(x.data, y.data, x.size)) fail_msg("%s and %s differ", a, b);
    buffer_free(&x);
    buffer_free(&y);
}

/* The newest two checkpoints of SMALL. */
static const char *const LAST = "checkpoint-000000060.safetensors";
static const char *const BEFORE = "checkpoint-000000056.safetensors";

static inline void same_run(const char *a, const char *b) {
    same_file(in_dir(a, "result.json"), in_dir(b, "result.json"));
    same_file(in_dir(a, "metrics.jsonl"), in_dir(b, "metrics.jsonl"));
    same_file(in_dir(a, LAST), in_dir(b, LAST));
}

static inline void remove_dir(const char *path) {
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

/* Makes the root with the config and one undisturbed run that the others are compared with. */
static const char *undisturbed;
static inline int make_root(void **state) {
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

static inline int remove_root(void **state) {
    (void)state;
    remove_dir(root);
    return 0;
}

static inline void truncate_to(const char *path, long bytes) { assert_int_equal(truncate(path, bytes), 0); }

/* Training ends with that status, and with that text in the message. */
static inline void expect_refusal(const Case *c, const char *dir, bool resume, Status wanted,
                                  const char *text) {
    RunResult result;
    Err err;
    Status status = train(c, dir, resume, NULL, &result, &err);
    if (status != wanted || !strstr(err.msg, text))
        fail_msg("status %d, \"%s\"; wanted %d, \"%s\"", status, err.msg, wanted, text);
}

#endif
