/* A small tokenizer, imports in the test's folder, and what the imported run must be; after cmocka.h. */
#ifndef ROTE_TESTS_IMPORT_MODEL_TESTING_H
#define ROTE_TESTS_IMPORT_MODEL_TESTING_H

#include "base/file.h"
#include "store/foreign/import.h"
#include "store/run.h"
#include "tests/export_testing.h"

/* V tokens: the end of a text, letters, and the joint "ab". */
static const char TOKENIZER[] =
    "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},\"model\":{\"type\":\"BPE\",\"vocab\":{"
    "\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,\"l\":12,\"m\":13,"
    "\"n\":14,\"o\":15,\"p\":16,\"q\":17,\"r\":18,\"\\u0120\":19,\"ab\":20},\"merges\":[\"a b\"]},\"added_tokens\":["
    "{\"id\":0,\"content\":\"<|endoftext|>\",\"special\":true}]}";

static inline void write_file(const char *name, const void *data, size_t size) {
    Err err;
    if (file_write_atomic(in_dir(name), data, size, &err) != OK) fail_msg("%s", err.msg);
}

static inline Status import_context(const char *name, int context, Imported *out, Err *err) {
    char path[128], run[128];
    strcpy(path, in_dir(name));
    strcpy(run, in_dir("run"));
    const ImportModel options = {.path = path, .dir = run, .context = context, .bos = -1};
    return import_model(&options, out, err);
}

static inline Status import(const char *name, Imported *out, Err *err) {
    return import_context(name, 0, out, err);
}

/* The run in "run" has the parameters of g, and its tokenizer. */
static inline void expect_run(const Gpt *g) {
    Run run;
    Err err;
    if (run_open_text(&run, in_dir("run"), NULL, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(run.gpt.table.total, g->table.total);
    assert_memory_equal(run.gpt.params, g->params, (size_t)g->table.total * sizeof(real));
    const ModelConfig *a = &run.gpt.config, *b = &g->config;
    assert_true(a->act == b->act && a->norm_eps == b->norm_eps && a->rope_theta == b->rope_theta &&
                a->bos == b->bos);
    assert_true(a->block_size == b->block_size && a->n_kv_head == b->n_kv_head &&
                a->head_dim == b->head_dim && a->qk_norm == b->qk_norm);
    const Vocab *v = &run.facts.vocab;
    assert_true(v->size == V && v->tokenizer && !strcmp(v->text[20], "ab") && v->length[0] == 13 &&
                run.facts.n == 0);
    run_close(&run);
    assert_int_equal(run_open(&run, in_dir("run"), NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "was imported from"));
}

static inline ModelConfig qwen3_type(void) {
    ModelConfig c = llama_type();
    c.qk_norm = true;
    c.head_dim = 10; /* five heads, which do not divide 24 channels */
    c.n_head = 5;
    c.n_kv_head = 1;
    return c;
}

#endif
