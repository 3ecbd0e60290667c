/* Random fact sets: their entropy against counted draws, their distribution, the folder they are kept in, and
 * the order they are learned in. */
#include "tests/facts_testing.h"

#include "base/memory.h"
#include "data/entropy.h"
#include "data/folder/folder.h"
#include "data/order.h"

/* Counts what the formulas claim to: every ordered choice of n distinct ones out of `space`, and those that
 * are sorted (one for each set). */
__attribute__((noinline)) static void count_draws(int space, int n, int depth, int *chosen, double *ordered,
                                                  double *sets) {
    if (depth == n) {
        bool sorted = true;
        for (int i = 1; i < n; i++) sorted = sorted && chosen[i - 1] < chosen[i];
        *ordered += 1;
        *sets += sorted;
        return;
    }
    for (int x = 0; x < space; x++) {
        bool used = false;
        for (int i = 0; i < depth; i++) used = used || chosen[i] == x;
        if (used) continue;
        chosen[depth] = x;
        count_draws(space, n, depth + 1, chosen, ordered, sets);
    }
}

static void entropy_of_counted_draws(void **state) {
    (void)state;
    static const struct {
        int V, S, space, n;
    } cases[] = {{2, 2, 4, 1}, {2, 2, 4, 2}, {2, 2, 4, 4},  {3, 1, 3, 3},
                 {2, 3, 8, 5}, {3, 2, 9, 6}, {7, 2, 49, 3}, {1, 5, 1, 1}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int chosen[8], n = cases[c].n;
        double ordered = 0, sets = 0;
        count_draws(cases[c].space, n, 0, chosen, &ordered, &sets);
        FactSet facts = draw(n, cases[c].S, cases[c].V, 1);
        assert_true(facts.entropy_known);
        expect_near(facts.data_bits, log2(ordered), 1e-13);
        expect_near(facts.data_bits_set, log2(sets), 1e-13);
        expect_near(facts.ceiling_bits, log2(ordered) - n * log2(n), 1e-13);
        facts_free(&facts);
    }
}

/* Both sides of 2^53, where the sum gives way to its series, against 64-bit mantissas. */
static void entropy_of_large_spaces(void **state) {
    (void)state;
    for (int S = 51; S <= 55; S++) {
        long double less = 0, K = exp2l(S), ln2 = logl(2);
        int n = 1 << 20;
        for (int i = 0; i < n; i++) less += log1pl(-i / K) / ln2;
        double sum = (double)((long double)n * S + less);
        double bits = draw_bits(n, 2, S);
        expect_near(bits, sum, 7.5e-9);    /* one unit of 5e7 in its last place */
        assert_true(bits < (double)n * S); /* the draw is without replacement, and it shows */
    }
    /* The largest n, where the second term shows, by Euler and Maclaurin: the integral of ln(1 - x/K) from 0
     * to n, and half of what its ends differ by. */
    long double n = INT32_MAX, K = exp2l(53), y = n / K;
    long double nats = -K * ((1 - y) * log1pl(-y) + y) - log1pl(-y) / 2;
    expect_near(draw_bits(INT32_MAX, 2, 53), (double)(n * 53 + nats / logl(2)),
                1.6e-5); /* one unit of 2^36.7 */
    assert_true(draw_bits(1000, 2048, 64) == 704000.0);
    double huge = draw_bits(10, 50257, 5000); /* V^S overflows a double */
    expect_near(huge, 50000 * log2(50257), 1e-9);
}

static void grouped_entropy(void **state) {
    (void)state;
    assert_true(grouped_bits((int32_t[]){1, 1, 1, 1}, 4) == 8.0);
    assert_true(grouped_bits((int32_t[]){4, 0, 0, 0}, 4) == 0.0);
    expect_near(grouped_bits((int32_t[]){3, 0, 1}, 3), 8 - 3 * log2(3), 1e-14);
}

static void sequences_are_distinct(void **state) {
    (void)state;
    static const struct {
        int n, S, V;
    } cases[] = {{2048, 4, 8}, {2049, 4, 8}, {4096, 4, 8}, {4095, 12, 2}, {1, 1, 1}, {5, 1, 5}, {900, 2, 43}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactSet facts = draw(cases[c].n, cases[c].S, cases[c].V, 11);
        static bool stood[4096];
        memset(stood, 0, sizeof stood);
        assert_int_equal(facts.n, cases[c].n);
        assert_int_equal(facts.max_len, cases[c].S);
        for (int i = 0; i < facts.n; i++) {
            int code = 0;
            assert_int_equal(facts.start[i + 1] - facts.start[i], cases[c].S);
            for (int64_t t = facts.start[i]; t < facts.start[i + 1]; t++) {
                assert_in_range(facts.tokens[t], 0, cases[c].V - 1);
                code = code * cases[c].V + facts.tokens[t];
            }
            assert_false(stood[code]);
            stood[code] = true;
            assert_int_equal(facts.prompt_len[i], 0);
            assert_int_equal(facts.tag[i], -1);
        }
        assert_int_equal(facts.vocab.eos, -1);
        facts_free(&facts);
    }
}

/* Every ordered draw must be as likely as every other: chi-square over all of them, by both ways of drawing.
 * The bound is 5 standard deviations of the statistic; the seeds are fixed. */
static void draws_are_uniform(void **state) {
    (void)state;
    for (int n = 2; n <= 3; n++) { /* 2 of 4 are drawn until distinct, 3 of 4 by a shuffle */
        enum { SEEDS = 24000 };
        int count[64] = {0}, outcomes = n == 2 ? 12 : 24;
        for (int seed = 0; seed < SEEDS; seed++) {
            FactSet facts = draw(n, 2, 2, (uint64_t)seed);
            int outcome = 0;
            for (int i = 0; i < n; i++)
                outcome = 4 * outcome + 2 * facts.tokens[2 * i] + facts.tokens[2 * i + 1];
            count[outcome]++;
            facts_free(&facts);
        }
        double expected = (double)SEEDS / outcomes, chi2 = 0;
        int seen = 0;
        for (int i = 0; i < 64; i++) {
            if (count[i]) chi2 += (count[i] - expected) * (count[i] - expected) / expected;
            seen += count[i] > 0;
        }
        assert_int_equal(seen, outcomes);
        printf("seeds 0..%d: chi-square %.1f with %d degrees of freedom\n", SEEDS - 1, chi2, outcomes - 1);
        assert_true(chi2 < outcomes - 1 + 5 * sqrt(2.0 * (outcomes - 1)));
    }
}

static void tokens_are_uniform(void **state) {
    (void)state;
    enum { N = 20000, S = 3, V = 31 };
    FactSet facts = draw(N, S, V, 5);
    for (int place = 0; place < S; place++) {
        double count[V] = {0}, chi2 = 0, expected = (double)N / V;
        for (int i = 0; i < N; i++) count[facts.tokens[i * S + place]]++;
        for (int v = 0; v < V; v++) chi2 += (count[v] - expected) * (count[v] - expected) / expected;
        assert_true(chi2 < V - 1 + 5 * sqrt(2.0 * (V - 1)));
    }
    facts_free(&facts);
}

/* What a seed means: a change here changes every fact set. Regenerate by printing tokens and data_hash. */
static void golden_set(void **state) {
    (void)state;
    static const int32_t first[8] = {51, 58, 39, 16, 17, 2, 23, 21};
    FactSet facts = draw(1000, 16, 64, 7), smaller = draw(100, 16, 64, 7), other = draw(1000, 16, 64, 8);
    assert_memory_equal(facts.tokens, first, sizeof first);
    assert_string_equal(facts.data_hash, "6321274f73be1dac9f069f437c2c939c");
    assert_memory_equal(facts.tokens, smaller.tokens,
                        1600 * sizeof(int32_t)); /* a set begins every larger one */
    assert_string_not_equal(facts.data_hash, other.data_hash);
    FactSet shuffled = draw(10, 2, 4, 7);
    assert_string_equal(shuffled.data_hash, "5d76016f3f8891b3b137ff624d08ff52");
    facts_free(&facts);
    facts_free(&smaller);
    facts_free(&other);
    facts_free(&shuffled);
}

static void impossible_draws(void **state) {
    (void)state;
    static const struct {
        int n, S, V;
        const char *msg;
    } cases[] = {
        {17, 4, 2,
         "facts.n: 17 facts, but there are only 16 sequences (4 tokens out of 2); lower facts.n, or raise "
         "facts.seq_len or facts.vocab_size"},
        {2, 9, 1,
         "facts.n: 2 facts, but there are only 1 sequences (9 tokens out of 1); lower facts.n, or raise "
         "facts.seq_len or facts.vocab_size"},
        {0, 4, 2, "facts: n 0, seq_len 4, vocab_size 2: each must be at least 1"},
        {2, 0, 2, "facts: n 2, seq_len 0, vocab_size 2: each must be at least 1"},
        {2, 4, -2, "facts: n 2, seq_len 4, vocab_size -2: each must be at least 1"},
        {2000000000, 64, 64,
         "facts.n: 2000000000 facts of 64 tokens are 128000000000 tokens, at most 2147483647 are possible"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactsConfig config = {.n = cases[c].n, .seq_len = cases[c].S, .vocab_size = cases[c].V};
        FactSet facts;
        Err err = {0};
        assert_int_equal(facts_generate(&config, &facts, &err), ERR_INPUT);
        assert_string_equal(err.msg, cases[c].msg);
        facts_free(&facts); /* of a failure: nothing to free, no harm */
    }
}

/* The layout of docs/formats.md, written down here a second time. */
static void hash_has_the_layout(void **state) {
    (void)state;
    FactSet facts = draw(3, 2, 5, 9);
    unsigned char bytes[256];
    size_t used = 0;
#define PUT(data, size) (memcpy(bytes + used, data, size), used += size)
    PUT(&(int32_t){3}, 4);
    PUT(((int64_t[]){0, 2, 4, 6}), 32);
    PUT(facts.tokens, 24);
    PUT(((int32_t[]){0, 0, 0}), 12);
    PUT(((int32_t[]){-1, -1, -1}), 12);
    PUT(((int32_t[]){0, 5, -1, 0}), 16); /* tags; vocabulary: size, eos, bytes */
    char hash[33];
    content_hash(bytes, used, hash);
    assert_string_equal(facts.data_hash, hash);
    facts_free(&facts);
}

static void text_of_a_fact(void **state) {
    (void)state;
    FactSet facts = draw(2, 4, 1000, 3);
    char whole[64], cut[64], text[64];
    const int32_t *x = facts.tokens + 4;
    snprintf(whole, sizeof whole, "%d %d %d %d", x[0], x[1], x[2], x[3]);
    facts_text(&facts, 1, text, sizeof text);
    assert_string_equal(text, whole);
    for (int size = 1; size <= (int)strlen(whole); size++) {
        memcpy(cut, whole, (size_t)size - 1);
        cut[size - 1] = '\0';
        memset(text, 'x', sizeof text);
        facts_text(&facts, 1, text, size);
        assert_string_equal(text, cut);
    }
    facts_free(&facts);
}

static void folder_gives_back_the_set(void **state) {
    (void)state;
    static const struct {
        int n, S, V;
        uint64_t seed;
    } cases[] = {{1, 1, 1, 0}, {100, 7, 300, 42}, {16, 4, 2, 1}, {3, 200, 100000, UINT64_MAX}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactSet facts = draw(cases[c].n, cases[c].S, cases[c].V, cases[c].seed), loaded;
        FactsConfig config = {.kind = FACTS_FILE, .path = "deep/set"};
        Err err = {0};
        if (facts_save(&facts, "deep/set", &err) != OK) fail_msg("%s", err.msg);
        if (facts_obtain(&config, &loaded, &err) != OK) fail_msg("%s", err.msg);
        expect_same_facts(&facts, &loaded);
        facts_free(&facts);
        facts_free(&loaded);
        remove_folder("deep");
    }
}

static void folder_is_never_overwritten(void **state) {
    (void)state;
    FactSet facts = draw(3, 2, 5, 9), loaded;
    Err err = {0};
    assert_int_equal(facts_save(&facts, "kept", &err), OK);
    FactSet other = draw(3, 2, 5, 10);
    assert_int_equal(facts_save(&other, "kept", &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "kept: the folder is not empty ("));
    assert_int_equal(facts_load("kept", &loaded, &err), OK);
    expect_same_facts(&facts, &loaded);
    facts_free(&loaded);
    put_file("file", "x", 1);
    assert_int_not_equal(facts_save(&other, "file", &err), OK);
    assert_int_equal(facts_save(&other, "", &err), ERR_INPUT);
    assert_string_equal(err.msg, "facts: the path of the fact set is empty (key facts.path)");
    char longer[2000];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(facts_load(longer, &loaded, &err), ERR_INPUT);
    assert_string_equal(err.msg, "facts: a path of 1999 bytes, at most 1023 are possible");
    facts_free(&facts);
    facts_free(&other);
    remove_folder("kept");
}

/* One text of the file replaced by another; the file is put back afterwards. */
static void altered_folders_are_named(void **state) {
    (void)state;
    FactSet facts = draw(3, 2, 5, 9), loaded;
#define ALTERED "set/manifest.json: was altered: it does not end in the seal of its other bytes; "
    static const struct {
        const char *file, *from, *to, *msg;
    } cases[] = {
        {"records.tsv", "3 4", "3 5", "set/records.tsv:1: token 5, vocabulary is 5"},
        {"records.tsv", "1 0", "1", "set/records.tsv:2: 1 token, expected 2"},
        {"records.tsv", "1 0", "1 0 2", "set/records.tsv:2: 3 tokens, expected 2"},
        {"records.tsv", "1 0", "1 x", "set/records.tsv:2: \"x\" is not a token"},
        {"records.tsv", "1 0", "-1 0", "set/records.tsv:2: \"-1\" is not a token"},
        {"records.tsv", "1 0", "99999999999 0", "set/records.tsv:2: \"99999999999\" is not a token"},
        {"records.tsv", "0 1\n", "", "set/records.tsv: the manifest has 3 records, the file has fewer"},
        {"records.tsv", "0 1\n", "0 1\n2 2\n",
         "set/records.tsv: the manifest has 3 records, the file has more"},
        {"records.tsv", "0 1\n", "0 2\n",
         "set/records.tsv: its content has the hash 3f2e7dbe8689b9097b35565383d42812, manifest.json has "
         "875e1cf80d4b4f89afc0baa99e1be161: one was altered"},
        {"records.tsv", "3 4\n1 0\n0 1\n", "", "set/records.tsv: the file is empty"},
        {"manifest.json", "\"version\": 4", "\"version\": 6",
         "set/manifest.json: format rote-facts, version 6; this program reads rote-facts, versions 1 to 5"},
        {"manifest.json", "\"version\": 4", "\"version\": 5",
         "set/manifest.json: Object item not found: pool"},
        {"manifest.json", "\"version\": 4", "\"version\": 2",
         "set/manifest.json: Object item not found: pool"},
        {"manifest.json", "\"version\": 4", "\"version\": 1",
         "set/manifest.json: 2 object item(s) left unpacked: files, seal"},
        {"manifest.json", "rote-facts", "other",
         "set/manifest.json: format other, version 4; this program reads rote-facts, versions 1 to 5"},
        {"manifest.json", "random", "poem",
         "set/manifest.json: kind \"poem\"; this program reads import and the kinds of `rote help "
         "facts.kind`"},
        {"manifest.json", "\"n\": 3,", "\"n\": 0,",
         "set/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range"},
        {"manifest.json", "\"n\": 3,", "\"n\": 4294967299,",
         "set/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range"},
        {"manifest.json", "\"max_len\": 2,", "\"max_len\": 4294967298,",
         "set/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range"},
        {"manifest.json", "\"vocab_size\": 5,", "\"vocab_size\": 4294967301,",
         "set/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range"},
        {"manifest.json", "\"duplicates\": 0,", "\"duplicates\": 4294967296,",
         "set/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range"},
        {"manifest.json", "\"version\": 4", "\"version\": 4294967300",
         "set/manifest.json: format rote-facts, version 4294967300; this program reads rote-facts, versions 1 to 5"},
        {"manifest.json", "\"seed\": \"9\"", "\"seed\": \"18446744073709551625\"",
         "set/manifest.json: seed \"18446744073709551625\" is not a number"},
        {"manifest.json", "\"n\": 3,", "", "set/manifest.json: Object item not found: n"},
        {"manifest.json", "\"n\": 3,", "\"n\": 3, \"n\": 3,",
         "set/manifest.json:5: duplicate object key near '\"n\"'"},
        {"manifest.json", "\"n\": 3,", "\"n\": 3, \"m\": 3,",
         "set/manifest.json: 1 object item(s) left unpacked: m"},
        {"manifest.json", "\"n\": 3", "\"n\": \"3\"", "set/manifest.json: Expected integer, got string"},
        {"manifest.json", "13.752380646552893,", "13.75,",
         "set/manifest.json: entropy_bits is 13.75, but these facts have 13.752380646552893"},
        {"manifest.json", "11.16", "null, \"x\": 11.16",
         "set/manifest.json: 1 object item(s) left unpacked: x"},
        {"manifest.json", "11.167418145831737", "null",
         "set/manifest.json: data_bits_set is null, but these facts have 11.167418145831737"},
        {"manifest.json", "8.99", "9.99",
         "set/manifest.json: ceiling_bits is 9.9974931443894253, but these facts have 8.9974931443894253"},
        {"manifest.json", "null", "5", "set/manifest.json: answer_bits is 5, expected null"},
        {"manifest.json", "\"seed\": \"9\"", "\"seed\": \"-9\"",
         "set/manifest.json: seed \"-9\" is not a number"},
        {"manifest.json", "\"max_len\": 2", "\"max_len\": 3",
         ALTERED "set/records.tsv: the manifest has 6 tokens for 3 facts of 3"},
        {"manifest.json", "\"vocab_size\": 5", "\"vocab_size\": 4",
         ALTERED "set/records.tsv:1: token 4, vocabulary is 4"},
        {"manifest.json", "875e", "975e",
         ALTERED
         "set/records.tsv: its content has the hash 875e1cf80d4b4f89afc0baa99e1be161, manifest.json has "
         "975e1cf80d4b4f89afc0baa99e1be161: one was altered"},
        {"manifest.json", ",\n    \"zlib_bytes\": null", "",
         "set/manifest.json: Object item not found: zlib_bytes"},
        {"manifest.json", "\"seal\"", "", "set/manifest.json:26: string or '}' expected near ':'"},
    };
    Err err = {0};
    assert_int_equal(facts_save(&facts, "set", &err), OK);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char path[64];
        snprintf(path, sizeof path, "set/%s", cases[c].file);
        Buffer before = {0};
        assert_int_equal(file_read(path, 1 << 20, &before, &err), OK);
        const char *at = strstr(before.data, cases[c].from);
        if (!at) fail_msg("'%s' is not in %s", cases[c].from, path);
        char after[4096];
        int size = snprintf(after, sizeof after, "%.*s%s%s", (int)(at - before.data), before.data,
                            cases[c].to, at + strlen(cases[c].from));
        put_file(path, after, (size_t)size);
        assert_int_equal(facts_load("set", &loaded, &err), ERR_FORMAT);
        assert_string_equal(err.msg, cases[c].msg);
        assert_int_equal(err.status, ERR_FORMAT);
        put_file(path, before.data, before.size);
        buffer_free(&before);
    }
    assert_int_equal(facts_load("set", &loaded, &err), OK);
    facts_free(&loaded);
    assert_int_equal(unlink("set/manifest.json"), 0);
    assert_int_equal(facts_load("set", &loaded, &err), ERR_INPUT);
    assert_string_equal(
        err.msg, "set: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts "
                 "import` write one");
    facts_free(&facts);
    remove_folder("set");
}

static void order_is_a_function_of_position(void **state) {
    (void)state;
    enum { N = 97, EPOCHS = 5 };
    Order order, again, other;
    Err err = {0};
    assert_int_equal(order_init(&order, N, 21, &err), OK);
    assert_int_equal(order_init(&again, N, 21, &err), OK);
    assert_int_equal(order_init(&other, N, 22, &err), OK);
    uint64_t allocations = memory_count();
    int fact[EPOCHS * N], same_as_before = 0, same_as_other = 0;
    for (int p = 0; p < EPOCHS * N; p++) fact[p] = order_fact(&order, p);
    for (int e = 0; e < EPOCHS; e++) {
        bool stood[N] = {false};
        for (int i = 0; i < N; i++) {
            int x = fact[e * N + i];
            assert_in_range(x, 0, N - 1);
            assert_false(stood[x]);
            stood[x] = true;
            same_as_before += e > 0 && x == fact[(e - 1) * N + i];
            same_as_other += x == order_fact(&other, e * N + i);
        }
    }
    /* One match an epoch is what chance gives. */
    assert_true(same_as_before < 20 && same_as_other < 20);
    for (int k = 0; k < 200; k++) { /* backwards and across epochs, as after a resume */
        int p = (k * 263 + 481) % (EPOCHS * N);
        assert_int_equal(order_fact(&again, p), fact[p]);
    }
    assert_true(order_fact(&again, INT64_MAX) >= 0);
    assert_true(memory_count() == allocations);
    order_free(&order);
    order_free(&again);
    order_free(&other);
    assert_int_equal(order_init(&order, 1, 21, &err), OK);
    for (int p = 0; p < 3; p++) assert_int_equal(order_fact(&order, p), 0);
    order_free(&order);
}

/* A plan knows everything but the sequences, and the draw changes nothing of it. */
static void plan_before_draw(void **state) {
    (void)state;
    FactsConfig config = {.n = 30, .seq_len = 5, .vocab_size = 7, .seed = 3};
    FactSet drawn, planned;
    Err err;
    assert_int_equal(facts_generate(&config, &drawn, &err), OK);
    assert_int_equal(facts_plan(&config, &planned, &err), OK);
    assert_null(planned.tokens);
    assert_int_equal(facts_tokens(&planned), facts_tokens(&drawn));
    assert_true(planned.data_bits == drawn.data_bits && planned.ceiling_bits == drawn.ceiling_bits);
    assert_int_equal(facts_draw(&planned, &err), OK);
    assert_string_equal(planned.data_hash, drawn.data_hash);
    const int32_t *tokens = planned.tokens;
    assert_int_equal(facts_draw(&planned, &err), OK); /* asked again: nothing happens */
    assert_ptr_equal(planned.tokens, tokens);
    facts_free(&planned);
    facts_free(&drawn);

    config =
        (FactsConfig){.n = 2000000, .seq_len = 1000, .vocab_size = 2, .seed = 1}; /* 8 GB: planned at once */
    assert_int_equal(facts_plan(&config, &planned, &err), OK);
    assert_int_equal(facts_tokens(&planned), 2000000000);
    facts_free(&planned);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entropy_of_counted_draws),
        cmocka_unit_test(entropy_of_large_spaces),
        cmocka_unit_test(grouped_entropy),
        cmocka_unit_test(sequences_are_distinct),
        cmocka_unit_test(draws_are_uniform),
        cmocka_unit_test(tokens_are_uniform),
        cmocka_unit_test(golden_set),
        cmocka_unit_test(impossible_draws),
        cmocka_unit_test(hash_has_the_layout),
        cmocka_unit_test(text_of_a_fact),
        cmocka_unit_test(folder_gives_back_the_set),
        cmocka_unit_test(folder_is_never_overwritten),
        cmocka_unit_test(altered_folders_are_named),
        cmocka_unit_test(plan_before_draw),
        cmocka_unit_test(order_is_a_function_of_position),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
