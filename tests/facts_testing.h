/* What the tests of fact sets share: a folder of their own to work in, files with given bytes, and whether
 * two sets are the same in every field. */
#ifndef ROTE_TESTS_FACTS_TESTING_H
#define ROTE_TESTS_FACTS_TESTING_H

#include <math.h>
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

/* cmocka's group set-up and tear-down: the tests run in a new folder, which is removed with all it holds. */
static inline int enter_folder(void **state) {
    (void)state;
    static char folder[] = "/tmp/rote-test-XXXXXX";
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int leave_folder(void **state) {
    (void)state;
    char folder[64], command[96];
    if (!getcwd(folder, sizeof folder) || chdir("/") != 0 || strncmp(folder, "/tmp/rote-test-", 15) != 0)
        return -1;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline void remove_folder(const char *name) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf './%s'", name);
    assert_int_equal(system(command), 0);
}

static inline void put_file(const char *path, const void *data, size_t size) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static inline FactSet draw(int n, int seq_len, int vocab_size, uint64_t seed) {
    FactsConfig config = {
        .kind = FACTS_RANDOM, .n = n, .seq_len = seq_len, .vocab_size = vocab_size, .seed = seed};
    FactSet facts;
    Err err = {0};
    if (facts_obtain(&config, &facts, &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

static inline void expect_near(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.17g and %.17g differ by more than %g", a, b, tolerance);
}

static inline void expect_same_double(double a, double b) { assert_true(a == b || (isnan(a) && isnan(b))); }

static inline void expect_same_facts(const FactSet *a, const FactSet *b) {
    size_t n = (size_t)a->n_pool;
    assert_string_equal(a->kind, b->kind);
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_heldout, b->n_heldout);
    assert_int_equal(a->n_variants, b->n_variants);
    assert_int_equal(a->n_junk, b->n_junk);
    assert_int_equal(a->n_pool, b->n_pool);
    assert_int_equal(a->max_len, b->max_len);
    assert_memory_equal(a->start, b->start, (n + 1) * sizeof *a->start);
    assert_memory_equal(a->tokens, b->tokens, (size_t)a->start[n] * sizeof *a->tokens);
    assert_memory_equal(a->prompt_len, b->prompt_len, n * sizeof *a->prompt_len);
    assert_memory_equal(a->tag, b->tag, n * sizeof *a->tag);
    if (a->n_heldout)
        assert_memory_equal(a->source, b->source, (size_t)(a->n + a->n_heldout) * sizeof *a->source);
    if (a->n_variants)
        assert_memory_equal(a->variant_of, b->variant_of, (size_t)a->n_variants * sizeof *a->variant_of);
    assert_int_equal(a->n_fields, b->n_fields);
    for (int i = 0; i < a->n_fields; i++) assert_string_equal(a->field_name[i], b->field_name[i]);
    if (a->n_fields) assert_memory_equal(a->field, b->field, (size_t)a->start[n]);
    assert_int_equal(a->n_tags, b->n_tags);
    for (int i = 0; i < a->n_tags; i++) assert_string_equal(a->tag_names[i], b->tag_names[i]);
    assert_int_equal(a->vocab.size, b->vocab.size);
    assert_int_equal(a->vocab.eos, b->vocab.eos);
    assert_int_equal(a->vocab.bytes, b->vocab.bytes);
    assert_int_equal(a->vocab.text == NULL, b->vocab.text == NULL);
    for (int i = 0; a->vocab.text && i < a->vocab.size; i++) {
        assert_int_equal(a->vocab.length[i], b->vocab.length[i]);
        assert_memory_equal(a->vocab.text[i], b->vocab.text[i], (size_t)a->vocab.length[i] + 1);
    }
    assert_int_equal(a->entropy_known, b->entropy_known);
    expect_same_double(a->data_bits, b->data_bits);
    expect_same_double(a->data_bits_set, b->data_bits_set);
    expect_same_double(a->ceiling_bits, b->ceiling_bits);
    assert_string_equal(a->derivation, b->derivation);
    expect_same_double(a->answer_bits, b->answer_bits);
    assert_int_equal(a->zlib_bytes, b->zlib_bytes);
    assert_int_equal(a->duplicates, b->duplicates);
    assert_true(a->seed == b->seed);
    assert_string_equal(a->data_hash, b->data_hash);
}

#endif
