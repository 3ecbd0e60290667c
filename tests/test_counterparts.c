/* Counterparts against every pair, on small random pools full of near-equal prompts. */
#include "tests/facts_testing.h"

#include "base/random.h"
#include "data/counterparts.h"

enum { POOL = 60, LENGTH = 5, SYMBOLS = 3, SEED = 20261123 };

static FactSet random_facts(uint32_t draw) {
    FactSet f = {.kind = "import", .n = POOL, .max_len = LENGTH, .vocab = {.size = SYMBOLS, .eos = -1}};
    Err err = {0};
    if (facts_allocate(&f, POOL * LENGTH, &err) != OK) fail_msg("%s", err.msg);
    f.start[0] = 0;
    Stream s = random_stream(SEED, RANDOM_TEST, draw);
    uint64_t at = 0;
    for (int i = 0; i < POOL; i++) {
        f.start[i + 1] = (int64_t)(i + 1) * LENGTH;
        f.prompt_len[i] = (int32_t)random_below(s, at++, LENGTH);
        for (int t = 0; t < LENGTH; t++) f.tokens[i * LENGTH + t] = (int32_t)random_below(s, at++, SYMBOLS);
    }
    return f;
}

static bool differ_in_one(const FactSet *f, int a, int b) {
    int different = 0;
    if (f->prompt_len[a] != f->prompt_len[b]) return false;
    for (int t = 0; t < f->prompt_len[a]; t++)
        different += f->tokens[a * LENGTH + t] != f->tokens[b * LENGTH + t];
    return different == 1;
}

static void first_of_every_pair(void **state) {
    (void)state;
    int all = 0;
    for (uint32_t draw = 0; draw < 50; draw++) {
        FactSet f = random_facts(draw);
        Stream s = random_stream(SEED, RANDOM_TEST, 1000 + draw);
        int8_t side[POOL];
        int32_t out[POOL];
        int found, expected = 0;
        Err err = {0};
        for (int i = 0; i < POOL; i++) side[i] = (int8_t)((int)random_below(s, (uint64_t)i, 3) - 1);
        if (counterparts_find(out, &found, &f, side, &err) != OK) fail_msg("%s", err.msg);
        for (int i = 0; i < POOL; i++) {
            int first = -1;
            for (int j = POOL - 1; j >= 0; j--)
                if (side[i] == SIDE_BASE && side[j] == SIDE_SOURCE && differ_in_one(&f, i, j)) first = j;
            assert_int_equal(out[i], first);
            expected += first >= 0;
        }
        assert_int_equal(found, expected);
        all += found;
        facts_free(&f);
    }
    print_message("seed %d: %d pairs\n", SEED, all);
    assert_true(all > 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(first_of_every_pair)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
