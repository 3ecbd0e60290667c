/* What the generated kinds draw: what a seed means, sets that grow, folders, words and sentences. */
#include "tests/kinds_testing.h"

#include "data/folder/folder.h"
#include "data/kinds/bios_words.h"

static void words_are_distinct(void **state) {
    (void)state;
    static Outcomes o;
    for (int list = 0; list < BIO_LIST_COUNT; list++) {
        int size = list == BIO_PRONOUN ? 2 : BIO_LIST_SIZE_MAX;
        o.n = 0;
        for (int i = 0; i < size; i++) {
            char word[BIO_WORD_MAX];
            bio_word(word, (BioList)list, i);
            assert_null(strpbrk(word, " \t\n"));
            outcomes_add(&o, XXH3_64bits(word, strlen(word)), 1);
        }
        outcomes_merge(&o);
        assert_int_equal(o.n, size);
    }
    o.n = 0;
    for (int s = 0; s < BIO_SENTENCE_COUNT; s++)
        for (int t = 0; t < BIO_TEMPLATE_MAX; t++) {
            char text[128];
            const char *const *word = bio_template[s][t];
            snprintf(text, sizeof text, "%s %s %s", word[0], word[1], word[2]);
            outcomes_add(&o, XXH3_64bits(text, strlen(text)), 1);
        }
    outcomes_merge(&o);
    assert_int_equal(o.n, BIO_SENTENCE_COUNT * BIO_TEMPLATE_MAX); /* the words tell which value comes */
    free(o.item);
}

/* The sizes of the paper: N0 = 400*400*1000, S0 = 2*(12*28*200)*200*300*100*263. */
static void sizes_of_the_paper(void **state) {
    (void)state;
    Config config = CONFIG("facts.kind=bios", "facts.n=1");
    FactSet facts = plan(&config);
    double N0 = 400.0 * 400 * 1000, S0 = 2.0 * (12 * 28 * 200) * 200 * 300 * 100 * 263;
    expect_near(facts.data_bits, log2(N0) + log2(S0), 1e-12);
    expect_near(facts.data_bits, 27.253 + 47.592, 0.001); /* 27.25 + 47.6 bits a person */
    facts_free(&facts);
}

/* A biography as its reader sees it: who, what the words say, and the city that comes with the employer. */
static void biographies_read_well(void **state) {
    (void)state;
    Config config = CONFIG("facts.kind=bios", "facts.n=200", "facts.templates=8", "facts.order=shuffled");
    FactSet facts = generate(&config);
    int32_t city_of[263];
    memset(city_of, 0xff, sizeof city_of);
    for (int i = 0; i < facts.n; i++) {
        int count[FIELDS_MAX] = {0};
        int32_t employer = -1, city = -1, pronoun = -1;
        assert_int_equal(facts.start[i + 1] - facts.start[i], facts.max_len);
        assert_int_equal(facts.prompt_len[i], 3);
        for (int64_t t = facts.start[i]; t < facts.start[i + 1]; t++) {
            const char *field = facts.field_name[facts.field[t]];
            count[facts.field[t]]++;
            if (!strcmp(field, "name")) assert_true(t - facts.start[i] < 3);
            if (!strcmp(field, "employer")) employer = facts.tokens[t];
            if (!strcmp(field, "work_city")) city = facts.tokens[t];
            if (!strcmp(field, "pronoun")) {
                assert_true(pronoun < 0 || pronoun == facts.tokens[t]);
                pronoun = facts.tokens[t];
            }
        }
        static const int expected[] = {0, 3, 5, 3, 1, 1, 1, 1, 1, 19}; /* 6 * 3 words and EOS */
        assert_memory_equal(count, expected, sizeof expected);
        /* employers are told by their word's number in the vocabulary: one city each */
        const char *name = facts.vocab.text[employer];
        bool found = false;
        for (int e = 0; e < 263 && !found; e++) {
            char word[BIO_WORD_MAX];
            bio_word(word, BIO_EMPLOYER, e);
            found = !strcmp(word, name);
            if (found && city_of[e] < 0) city_of[e] = city;
            if (found) assert_int_equal(city_of[e], city);
        }
        assert_true(found);
    }
    facts_free(&facts);
}

/* ---- what every kind does ---- */

static const char *const all_kinds[][6] = {
    {"facts.kind=triples", "facts.n=40", "facts.objects=3x5x70", "facts.subjects=100"},
    {"facts.kind=triples", "facts.n=40", "facts.objects=3x5x70", "facts.symbols=4", "facts.subjects=30"},
    {"facts.kind=bios", "facts.n=40", "facts.templates=3", "facts.order=shuffled"},
    {"facts.kind=bios", "facts.n=40", "facts.templates=0", "facts.symbols=10"},
    {"facts.kind=biod", "facts.n=40", "facts.chunks=3", "facts.symbols=8"},
    {"facts.kind=rules", "facts.n=40", "facts.vocab_size=7", "facts.exceptions=0.1"},
    {"facts.kind=rules", "facts.n=30", "facts.vocab_size=7", "facts.rule=quadratic"},
    {"facts.kind=rules", "facts.n=60", "facts.vocab_size=8", "facts.rule=lookup"},
    {"facts.kind=siblings", "facts.n=40", "facts.parents=3", "facts.children=9"},
    {"facts.kind=triangles", "facts.n=40", "facts.vertices=30", "facts.density=0.4"},
    {"facts.kind=circles", "facts.n=40", "facts.vertices=9", "facts.edges=5"},
    {"facts.kind=lines", "facts.n=40", "facts.vertices=9", "facts.edges=3"},
    {"facts.kind=sums", "facts.n=40", "facts.plain=0.1", "facts.operations=add+compare"},
    {"facts.kind=sums", "facts.n=40", "facts.named=3", "facts.digits=5-12",
     "facts.operations=subtract+multiply"}};
enum { KIND_CASES = sizeof all_kinds / sizeof *all_kinds };

static Config config_of_kind(int c, uint64_t seed) {
    int n = 0;
    while (n < 6 && all_kinds[c][n]) n++;
    Config config = config_of(n, all_kinds[c]);
    config.facts.seed = seed;
    return config;
}

/* What a seed means: a change here changes fact sets that people have. Regenerate by printing data_hash. */
static void golden_sets(void **state) {
    (void)state;
    static const char *const golden[KIND_CASES][2] = {
        {"af6f987acddd6e40af73ddd51cc3afb3", "65855ab99413cf02599adafcee9139c8"},
        {"e5cc1d6aa9fcb0b6e96ca83349b1ecdc", "f56567df6c2748592f207b2e8aa75ce9"},
        {"fdff77d30a4974f0cef274b8920f7c5a", "044feef97a47bca98f739551cd7f9583"},
        {"50a0243adfee5fdfaa6521c6c87937ab", "3ef5bdb0ac4b669974e5d192b7c0fe24"},
        {"d4c9e4a951320e9d00d3c33786b993a2", "0c7515308fd19639ebb05ffe150b4cbb"},
        {"7d17e899425aff59a46900c02c6b6ca3", "88e37b0e488c18beefad126829761d45"},
        {"939ec6a5da2a4069fed56152e31bff2a", "edaf5242d9e9e10bc04ff757dba9deac"},
        {"474a1c8ac7f4a5d3ff191544a0d33b9d", "bea4fd213fc23d8a09a834d78ebd10f6"},
        {"8450878be88dd2f3ed99221bbcefb32a", "1a1b2adaaf0561db67d6bed4bc204dcc"},
        {"fede27ba5b70b55bcce0c7dcd1e8ac09", "4dd5f06ada23f3aad7d58c1bda0dca3b"},
        {"e681c33376a78b637f8cada50d9af9f6", "2014d4fb2eb2fc58587c27866706c753"},
        {"2781551f90b38db164b5e72510274072", "b7b96f0c8a7e0c0e55673a075ea35d54"},
        {"29291bbfa106710b14f19459755c0c33", "4dfb885ed3b57f58082613848172a7a5"},
        {"102cec86a92824c9492842629bec57d0", "ac7da8c11b9c9bb12e28763238c3555f"},
    };
    for (int c = 0; c < KIND_CASES; c++)
        for (uint64_t seed = 0; seed < 2; seed++) {
            Config config = config_of_kind(c, seed);
            FactSet facts = generate(&config);
            printf("case %d, seed %d: %s\n", c, (int)seed, facts.data_hash);
            assert_string_equal(facts.data_hash, golden[c][seed]);
            facts_free(&facts);
        }
}

/* A set begins every larger one of its seed, and a plan says what the draw will be. */
static void sets_grow(void **state) {
    (void)state;
    for (int c = 0; c < KIND_CASES; c++) {
        Config config = config_of_kind(c, 5);
        if (config.facts.kind == FACTS_RULES) continue; /* the exceptions are a choice among all rows */
        if (config.facts.kind == FACTS_SUMS) continue;  /* the shares of the classes depend on n */
        FactSet large = generate(&config);
        config.facts.n = 25;
        FactSet small = generate(&config), planned = plan(&config);
        assert_memory_equal(small.tokens, large.tokens, (size_t)small.start[25] * sizeof(int32_t));
        assert_int_equal(planned.max_len, small.max_len);
        assert_int_equal(planned.vocab.size, small.vocab.size);
        assert_int_equal(facts_tokens(&planned), facts_tokens(&small));
        assert_true(planned.data_bits == small.data_bits);
        for (int64_t t = 0; t < small.start[25]; t++) {
            assert_in_range(small.tokens[t], 0, small.vocab.size - 1);
            assert_in_range(small.field[t], 1, small.n_fields - 1);
        }
        facts_free(&large);
        facts_free(&small);
        facts_free(&planned);
    }
}

static void folders_keep_them(void **state) {
    (void)state;
    for (int c = 0; c < KIND_CASES; c++) {
        Config config = config_of_kind(c, 3);
        FactSet facts = generate(&config), back;
        Err err = {0};
        if (facts_save(&facts, "kept", &err) != OK || facts_load("kept", &back, &err) != OK)
            fail_msg("%s", err.msg);
        expect_same_facts(&facts, &back);
        assert_memory_equal(facts.field, back.field, (size_t)facts.start[facts.n]);
        facts_free(&facts);
        facts_free(&back);
        remove_folder("kept");
    }
}

static int tokens_of_field(const FactSet *facts, int i, int field, int32_t out[64]) {
    int n = 0;
    for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++)
        if (facts->field[t] == field) out[n++] = facts->tokens[t];
    return n;
}

/* A biography told again says the same in other words, and the words are given. */
static void told_anew(void **state) {
    (void)state;
    Config config = CONFIG("facts.kind=bios", "facts.n=30", "facts.paraphrases=5", "facts.templates=4",
                           "facts.order=shuffled", "facts.heldout=3");
    FactSet facts, once;
    Err err;
    if (facts_generate(&config.facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(facts.n_variants, 120);
    int same = 0;
    for (int v = 0; v < facts.n_variants; v++) {
        int i = facts.n + facts.n_heldout + v, base = facts.variant_of[v];
        assert_int_equal(facts.start[i + 1] - facts.start[i], facts.max_len);
        assert_int_equal(facts.prompt_len[i], 3);
        for (int field = 0; field < facts.n_fields; field++) {
            int32_t told[64], first[64];
            int n = tokens_of_field(&facts, i, field, told);
            assert_int_equal(n, tokens_of_field(&facts, base, field, first));
            bool equal = memcmp(told, first, (size_t)n * sizeof *told) == 0;
            if (field == FIELD_CONTEXT) same += equal;
            else assert_true(equal);
        }
    }
    assert_true(same < 3); /* one of 720 * 4^6 is */
    config.facts.paraphrases = 1;
    once = plan(&config);
    expect_near(once.data_bits - facts.data_bits, 30 * (12 + log2(720)), 1e-9);
    facts_free(&facts);
    facts_free(&once);
}

/* Lists whose symbols no model can have; as numbers they have few. */
static void too_many_symbols(void **state) {
    (void)state;
    static const char *const lists[][2] = {
        {"facts.kind=triples", "facts.objects=1000000000x1000000000x1000000000"},
        {"facts.kind=biod", "facts.name_sizes=1000000000x9000000"}};
    for (int i = 0; i < 2; i++) {
        Config config = CONFIG(lists[i][0], lists[i][1], "facts.n=4");
        FactSet facts;
        Err err = {0};
        assert_int_equal(facts_plan(&config.facts, &facts, &err), ERR_INPUT);
        assert_non_null(strstr(err.msg, "symbols"));
        config.facts.symbols = 10;
        facts = plan(&config);
        facts_free(&facts);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_distinct),
        cmocka_unit_test(sizes_of_the_paper),
        cmocka_unit_test(biographies_read_well),
        cmocka_unit_test(golden_sets),
        cmocka_unit_test(sets_grow),
        cmocka_unit_test(folders_keep_them),
        cmocka_unit_test(told_anew),
        cmocka_unit_test(too_many_symbols),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
