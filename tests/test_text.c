/* Text as it is: chunks and symbols, order-k entropies against counting, a folder that brings it back. */
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
#include "base/random.h"
#include "data/folder/folder.h"
#include "data/import/text_facts.h"

static const uint64_t SEED = 20261123;
static char root[] = "/tmp/rote-text-XXXXXX";
static char path[64];

static void write_text(const char *text, size_t size) {
    Err err;
    assert_int_equal(file_write_atomic(path, text, size, &err), OK);
}

static void chunks(void **state) {
    (void)state;
    FactSet f;
    Err err;
    write_text("ab\nab\nb\xffz", 9);
    assert_int_equal(text_facts_read(path, 3, &f, &err), OK);
    assert_true(f.n == 3 && f.max_len == 4 && f.n_pool == 3 && !f.entropy_known && isnan(f.data_bits));
    assert_true(f.vocab.size == 6 && f.vocab.eos == 5 && f.vocab.bytes); /* \n a b z \xff */
    static const int32_t expected[] = {1, 2, 0, 5, 1, 2, 0, 5, 2, 4, 3, 5};
    assert_memory_equal(f.tokens, expected, sizeof expected); /* equal chunks stay */
    facts_free(&f);
    assert_int_equal(text_facts_read(path, 5, &f, &err), OK);
    assert_true(f.n == 2 && f.start[1] == 6 && f.start[2] == 11); /* the last one is shorter */
    facts_free(&f);
    assert_int_equal(text_facts_read(path, 100, &f, &err), OK);
    assert_true(f.n == 1 && f.max_len == 10);
    facts_free(&f);
}

static double by_counting(const char *text, int size, int seq_len, int order) {
    double bits = 0;
    for (int i = 0; i < size; i++) {
        int before = i % seq_len < order ? i % seq_len : order;
        double same = 0, context = 0;
        for (int j = 0; j < size; j++) {
            int before_j = j % seq_len < order ? j % seq_len : order;
            if (before != before_j || memcmp(text + i - before, text + j - before, (size_t)before)) continue;
            context++;
            same += text[i] == text[j];
        }
        bits -= log2(same / context);
    }
    return bits;
}

static void orders(void **state) {
    (void)state;
    printf("seed %d\n", (int)SEED);
    for (int c = 0; c < 20; c++) {
        char text[300];
        FactSet f;
        Err err;
        Stream s = random_stream(SEED, RANDOM_TEST, (uint32_t)c);
        int size = 1 + (int)random_below(s, 0, sizeof text), seq_len = 1 + (int)random_below(s, 1, 20);
        for (int i = 0; i < size; i++)
            text[i] = (char)('a' + random_below(s, 2 + (uint64_t)i, 1 + (uint64_t)c % 5));
        write_text(text, (size_t)size);
        assert_int_equal(text_facts_read(path, seq_len, &f, &err), OK);
        for (int k = 0; k < TEXT_ORDERS; k++)
            assert_true(fabs(f.order_bits[k] - by_counting(text, size, seq_len, k)) < 1e-9 * size);
        facts_free(&f);
    }
}

static void folder_and_refusals(void **state) {
    (void)state;
    FactSet f, back;
    Err err;
    char dir[80];
    snprintf(dir, sizeof dir, "%s/set", root);
    write_text("the cat sat on the mat\n\ton the mat\\", 35);
    assert_int_equal(text_facts_read(path, 4, &f, &err), OK);
    assert_int_equal(facts_save(&f, dir, &err), OK);
    if (facts_load(dir, &back, &err) != OK) fail_msg("%s", err.msg);
    assert_string_equal(f.data_hash, back.data_hash);
    assert_string_equal(back.kind, "text");
    assert_true(f.zlib_bytes == back.zlib_bytes);
    assert_memory_equal(f.order_bits, back.order_bits, sizeof f.order_bits);
    facts_free(&f);
    facts_free(&back);
    write_text("", 0);
    assert_int_equal(text_facts_read(path, 4, &f, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "an empty file"));
    write_text("ab\0c", 4);
    assert_int_equal(text_facts_read(path, 4, &f, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "byte 2 is NUL"));
}

static int setup(void **state) {
    (void)state;
    if (!mkdtemp(root)) return 1;
    snprintf(path, sizeof path, "%s/text", root);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks),
        cmocka_unit_test(orders),
        cmocka_unit_test(folder_and_refusals),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
