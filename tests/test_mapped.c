/* Large checkpoints are mapped: the parameters stay in the file, take memory only where they are used, and give the
 * same bits as a copy. Small ones are read. */
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
#include "model/checkpoint.h"
#include "model/decode.h"
#include "model/pass.h"

static char folder[] = "/tmp/rote-mapped-XXXXXX", path[64];
static const Ops *ops;

static int make_folder(void **state) {
    Err err;
    (void)state;
    if (!mkdtemp(folder) || ops_select(&ops, &err) != OK) return -1;
    snprintf(path, sizeof path, "%s/a.safetensors", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static ModelConfig model_of(int vocab_size) {
    return (ModelConfig){.n_layer = 1,
                         .n_head = 2,
                         .n_kv_head = 2,
                         .n_embd = 256,
                         .n_inner = 64,
                         .block_size = 8,
                         .vocab_size = vocab_size,
                         .norm_eps = 1e-5,
                         .init_std = 0.02,
                         .tie_weights = true};
}

static Gpt model(int vocab_size, bool with_params) {
    Gpt g;
    Err err = {.msg = ""};
    ModelConfig c = model_of(vocab_size);
    Status status =
        with_params ? gpt_create(&g, &c, ops, GEMM_EXACT, &err) : gpt_plan(&g, &c, ops, GEMM_EXACT, &err);
    if (status != OK) fail_msg("%s", err.msg);
    for (int64_t i = 0; with_params && i < g.table.total; i++)
        g.params[i] = (real)((double)(i * 37 % 101 - 50) * 0.01);
    return g;
}

static void write_model(const Gpt *g) {
    Err err = {.msg = ""};
    unlink(path);
    if (checkpoint_write(path, &g->table, g->params, NULL, 0, NULL, 0, &err) != OK) fail_msg("%s", err.msg);
}

static void place(Gpt *g) {
    StFile file;
    Err err = {.msg = ""};
    if (checkpoint_read(path, &g->table, &file, &err) != OK) fail_msg("%s", err.msg);
    if (checkpoint_place(path, &file, g, &err) != OK) fail_msg("%s", err.msg);
    safetensors_free(&file);
}

/* Bytes of files' pages that this process has in memory; -1: not known. */
static long file_bytes_in_memory(void) {
    long size, resident, shared = -1;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f) return -1;
    if (fscanf(f, "%ld %ld %ld", &size, &resident, &shared) != 3) shared = -1;
    fclose(f);
    return shared < 0 ? -1 : shared * sysconf(_SC_PAGESIZE);
}

enum { TOKENS = 3 };
static const int32_t token[TOKENS] = {0, 65535, 7};

/* Logits after the last token: from packed weights, or with every product packing its own. */
static void decoded(real *out, const Gpt *g) {
    Decoder *d;
    Err err;
    assert_int_equal(decoder_create_rows(&d, g, TOKENS, &err), OK);
    memcpy(out, decoder_read(d, token, TOKENS), (size_t)g->config.vocab_size * sizeof *out);
    decoder_free(d);
}

static void passed(real *out, const Gpt *g) {
    static const int32_t start[] = {0, TOKENS}, none[TOKENS] = {-1, -1, -1};
    Batch batch = {.n_seq = 1, .start = start, .inputs = token, .targets = none};
    size_t V = (size_t)g->config.vocab_size;
    real *all = malloc(TOKENS * V * sizeof *all);
    GptWork *work;
    Err err;
    assert_non_null(all);
    assert_int_equal(gpt_work_create(&work, g, TOKENS, 1, TOKENS, false, 1, NULL, &err), OK);
    gpt_logits(g, work, &batch, 0, 1, all);
    memcpy(out, all + (TOKENS - 1) * V, V * sizeof *all);
    gpt_work_free(work);
    free(all);
}

static void stay_in_the_file(void **state) {
    (void)state;
    Gpt g = model(1 << 16, true), m = model(1 << 16, false);
    size_t bytes = (size_t)g.table.total * sizeof(real), logits = (size_t)g.config.vocab_size * sizeof(real);
    real *is = malloc(logits), *should = malloc(logits);
    assert_true(is && should && bytes >= (size_t)SAFETENSORS_MAPPED);
    write_model(&g);
    long before = file_bytes_in_memory();
    place(&m);
    assert_true((const uint8_t *)m.params > m.map.data &&
                (const uint8_t *)m.params < m.map.data + m.map.size);
    passed(should, &g);
    decoded(is, &m);
    assert_memory_equal(is, should, logits);
    /* The packed weights were read, and what was packed was let go; a megabyte or two are code and rows of wte. */
    if (before >= 0) assert_true(file_bytes_in_memory() - before < 16 << 20);
    assert_memory_equal(m.params, g.params, bytes);

    Err err;
    assert_int_equal(gpt_write_params(&m, &err), OK);
    m.params[5] += 1;
    file_map_forget(&m.map, m.params, bytes);
    assert_true(m.params[5] == g.params[5] + 1);
    place(&m); /* the file is as it was, and what m had is freed */
    assert_memory_equal(m.params, g.params, bytes);
    free(is);
    free(should);
    gpt_free(&g);
    gpt_free(&m);
}

static void damage_is_named(void **state) {
    (void)state;
    Gpt g = model(1 << 16, true), m = model(1 << 16, false);
    StFile file;
    Err err;
    write_model(&g);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, 50 << 20, SEEK_SET), 0);
    assert_int_equal(fputc(0x7f, f), 0x7f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(checkpoint_read(path, &g.table, &file, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "'wte': altered"));
    gpt_free(&g);
    gpt_free(&m);
}

static void small_ones_are_copied(void **state) {
    (void)state;
    Gpt g = model(8, true), m = model(8, false);
    StFile file;
    Err err;
    write_model(&g);
    place(&m);
    assert_null(m.map.data);
    assert_memory_equal(m.params, g.params, (size_t)g.table.total * sizeof(real));
    g.params[g.table.total - 1] = (real)__builtin_inf();
    write_model(&g);
    assert_int_equal(checkpoint_read(path, &g.table, &file, &err), OK);
    assert_int_equal(checkpoint_place(path, &file, &m, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "not finite"));
    assert_true(m.params[g.table.total - 1] < 1); /* as before */
    safetensors_free(&file);
    gpt_free(&g);
    gpt_free(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stay_in_the_file),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(small_ones_are_copied),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
