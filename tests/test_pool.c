/* A pool made by hand: two facts, a held-out one, three variants and a junk sequence, with tags and fields. What
 * the folder keeps of it, what the hash sees, what is coded. */
#include "tests/facts_testing.h"

#include "base/number.h"
#include "base/random.h"
#include "data/folder/folder.h"
#include "data/pool.h"
#include "data/vocab.h"
#include "eval/evaluate.h"

enum { POOL = 7, TOKENS = 16 };

static FactSet hand_made(void) {
    static const int32_t tokens[TOKENS] = {1, 2, 3, 4, 0, 5, 2, 2, 2, 1, 2, 3, 3, 1, 2, 5};
    static const int64_t start[POOL + 1] = {0, 3, 5, 7, 9, 11, 14, 16};
    static const uint8_t field[TOKENS] = {0, 1, 2, 2, 1, 1, 2, 0, 2, 1, 1, 2, 2, 1, 0, 0};
    FactSet f = {.kind = "random", .n = 2, .n_heldout = 1, .n_variants = 3, .n_junk = 1, .max_len = 3};
    f.n_fields = 3;
    strcpy(f.field_name[0], "context");
    strcpy(f.field_name[1], "name");
    strcpy(f.field_name[2], "value");
    f.vocab = (Vocab){.size = 6, .eos = -1};
    f.entropy_known = true;
    f.data_bits = 12.5;
    f.data_bits_set = 11.5;
    f.ceiling_bits = 10.5;
    strcpy(f.derivation, "by hand");
    Err err = {0};
    if (facts_allocate(&f, TOKENS, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(f.n_pool, POOL);
    memcpy(f.tokens, tokens, sizeof tokens);
    memcpy(f.start, start, sizeof start);
    memcpy(f.field, field, sizeof field);
    memcpy(f.variant_of, ((int32_t[]){0, 1, 0}), 12);
    memcpy(f.prompt_len, ((int32_t[]){1, 0, 1, 0, 1, 2, 0}), 28);
    memcpy(f.tag, ((int32_t[]){1, 0, -1, 1, -1, 0, -1}), 28);
    f.tag_names = calloc(2, sizeof *f.tag_names);
    assert_non_null(f.tag_names);
    f.tag_names[f.n_tags++] = strdup("one\ttab");
    f.tag_names[f.n_tags++] = strdup("two");
    if (facts_hash(&f, &err) != OK) fail_msg("%s", err.msg);
    return f;
}

/* A folder must not claim an entropy that nobody can reckon. */
static FactSet hand_made_unknown(void) {
    FactSet f = hand_made();
    f.entropy_known = false;
    f.data_bits = f.data_bits_set = f.ceiling_bits = NAN;
    f.derivation[0] = '\0';
    return f;
}

static void give_text(FactSet *f) {
    static char bytes[] = "abcde";
    Text symbol[5];
    Err err;
    for (int i = 0; i < 5; i++) symbol[i] = (Text){bytes + i, 1};
    assert_int_equal(vocab_of_symbols(&f->vocab, symbol, 5, false, &err), OK);
    assert_int_equal(facts_hash(f, &err), OK);
}

static void folder_gives_back_the_pool(void **state) {
    (void)state;
    for (int text = 0; text < 2; text++) {
        FactSet facts = hand_made_unknown(), loaded;
        Err err = {0};
        if (text) give_text(&facts);
        if (facts_save(&facts, "set", &err) != OK) fail_msg("%s", err.msg);
        if (facts_load("set", &loaded, &err) != OK) fail_msg("%s", err.msg);
        expect_same_facts(&facts, &loaded);
        facts_free(&loaded);
        facts_free(&facts);
        Buffer records;
        assert_int_equal(file_read("set/records.tsv", 1 << 16, &records, &err), OK);
        const char *begins =
            text ? "role\tsource\tof\tprompt\ttag\tfields\ttokens\ttext\nfact\t0\t\t1\ttwo\t0 1 2\t1 2 3\tb "
                   "c d\n"
                 : "role\tsource\tof\tprompt\ttag\tfields\ttokens\nfact\t0\t\t1\ttwo\t0 1 2\t1 2 3\n";
        assert_memory_equal(records.data, begins, strlen(begins));
        buffer_free(&records);
        remove_folder("set");
    }
}

/* A set with every part in turn: what it has not is not in its hash, what it has is. */
static void hash_sees_the_pool(void **state) {
    (void)state;
    FactSet facts = hand_made();
    char before[33];
    Err err;
    strcpy(before, facts.data_hash);
    int *counts[] = {&facts.n_heldout, &facts.n_junk};
    for (int i = 0; i < 2; i++) { /* sequences change their role, no token does */
        (*counts[i])++, facts.n--;
        assert_int_equal(facts_hash(&facts, &err), OK);
        assert_string_not_equal(facts.data_hash, before);
        (*counts[i])--, facts.n++;
    }
    facts.field[3] ^= 1;
    assert_int_equal(facts_hash(&facts, &err), OK);
    assert_string_not_equal(facts.data_hash, before);
    facts.field[3] ^= 1;
    facts.variant_of[2] = 1;
    assert_int_equal(facts_hash(&facts, &err), OK);
    assert_string_not_equal(facts.data_hash, before);
    facts.variant_of[2] = 0;
    facts.field_name[2][0] = 'V';
    assert_int_equal(facts_hash(&facts, &err), OK);
    assert_string_not_equal(facts.data_hash, before);
    facts.field_name[2][0] = 'v';
    assert_int_equal(facts_hash(&facts, &err), OK);
    assert_string_equal(facts.data_hash, before);
    facts_free(&facts);
}

static void altered_pools_are_named(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *msg;
    } cases[] = {
        {"records.tsv", "variant\t\t0", "variant\t\t2",
         "set/records.tsv:5: of is \"2\"; expected the number of a fact"},
        {"records.tsv", "fact\t1", "fact\t3",
         "set/records.tsv:3: source is \"3\"; expected the number of a fact of the draw"},
        {"manifest.json", "\"max_len\": 3", "\"max_len\": 2",
         "set/records.tsv:2: 3 tokens; max_len of manifest.json is 2"},
        {"records.tsv", "heldout", "fact", "set/records.tsv:4: role is \"fact\"; expected heldout"},
        {"records.tsv", "0 1 2", "0 1",
         "set/records.tsv:2: fields is \"0 1\"; expected the number of a field for every token"},
        {"records.tsv", "0 1 2", "0 1 3",
         "set/records.tsv:2: fields is \"0 1 3\"; expected the number of a field for every token"},
        {"records.tsv", "0 1 2", "0 1 2 2",
         "set/records.tsv:2: fields is \"0 1 2 2\"; expected the number of a field for every token"},
        {"records.tsv", "1 2 3", "1 2 6", "set/records.tsv:2: \"6\" is not a token of a vocabulary of 6"},
        {"records.tsv", "two", "three",
         "set/records.tsv:2: tag is \"three\"; expected one of manifest.json's tags"},
        {"records.tsv", "fact\t0\t\t1", "fact\t0\t\t3",
         "set/records.tsv:2: prompt is \"3\"; expected fewer tokens than there are"},
        {"records.tsv", "role", "rule",
         "set/records.tsv:1: role is \"rule\"; expected the names of columns in the first line"},
        {"records.tsv", "\tof", "", "set/records.tsv:1: expected 7 fields with well-formed escapes"},
        {"records.tsv", "\nfact\t1\t\t0", "\nfact\t1\t\t0\t\t",
         "set/records.tsv:3: expected 7 fields with well-formed escapes"},
        {"manifest.json", "\"junk\": 1", "\"junk\": 2",
         "set/records.tsv: the manifest has 8 records, the file has fewer"},
        {"manifest.json", "\"heldout\": 1", "\"heldout\": -1",
         "set/manifest.json: pool: heldout, variants, junk or tokens is out of range"},
        {"manifest.json", "\"tokens\": 16", "\"tokens\": 17",
         "set/records.tsv: the manifest has 17 tokens, the file 16"},
        {"manifest.json", "\"tokens\": 16", "\"tokens\": 15",
         "set/records.tsv:8: more than the 15 tokens of manifest.json"},
        {"manifest.json", "\"name\"", "1",
         "set/manifest.json: fields must be at most 16 names of at most 23 bytes, tags names"},
        {"manifest.json", "random", "poem",
         "set/manifest.json: kind \"poem\"; this program reads import and the kinds of `rote help "
         "facts.kind`"},
        {"manifest.json", "\"value\"", "\"worth\"", "its content has the hash ... one was altered"},
    };
    FactSet facts = hand_made_unknown(), loaded;
    Err err = {0};
    assert_int_equal(facts_save(&facts, "set", &err), OK);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char path[64], after[4096];
        snprintf(path, sizeof path, "set/%s", cases[c].file);
        Buffer before = {0};
        assert_int_equal(file_read(path, 1 << 20, &before, &err), OK);
        const char *at = strstr(before.data, cases[c].from);
        if (!at) fail_msg("'%s' is not in %s", cases[c].from, path);
        int size = snprintf(after, sizeof after, "%.*s%s%s", (int)(at - before.data), before.data,
                            cases[c].to, at + strlen(cases[c].from));
        put_file(path, after, (size_t)size);
        if (facts_load("set", &loaded, &err) == OK) fail_msg("read: %s", cases[c].msg);
        const char *part = strstr(cases[c].msg, "has the hash") ? "one was altered" : cases[c].msg;
        if (!strstr(err.msg, part)) fail_msg("'%s' is not in: %s", part, err.msg);
        assert_memory_equal(err.msg, path,
                            strlen(path)); /* a manifest that was altered, whichever file seems wrong */
        assert_int_equal(err.status, ERR_FORMAT);
        put_file(path, before.data, before.size);
        buffer_free(&before);
    }
    assert_int_equal(facts_load("set", &loaded, &err), OK);
    facts_free(&loaded);
    facts_free(&facts);
    remove_folder("set");
}

/* Sums over the very tokens that are coded, against the same model on a set without fields. */
static void only_fields_are_coded(void **state) {
    (void)state;
    FactSet facts = hand_made();
    ModelConfig config = {.n_layer = 1,
                          .n_head = 1,
                          .n_kv_head = 1,
                          .n_embd = 8,
                          .n_inner = 8,
                          .block_size = 3,
                          .vocab_size = 6,
                          .norm_eps = 1e-5,
                          .rope_theta = 10000,
                          .bias = true,
                          .tie_weights = true,
                          .init_std = 0.5};
    const Ops *ops;
    Gpt g;
    Evaluator e;
    Evaluation r;
    Err err;
    assert_int_equal(ops_select(&ops, &err), OK);
    assert_int_equal(gpt_create(&g, &config, ops, GEMM_EXACT, &err), OK);
    gpt_init(&g, 3);
    assert_int_equal(evaluator_create(&e, &g, &facts, 1, &err), OK);
    assert_int_equal(e.all.batch.n_seq, POOL);
    assert_int_equal(e.all.batch.start[POOL], TOKENS);
    assert_memory_equal(e.all.batch.targets, facts.tokens, sizeof(int32_t) * TOKENS); /* all are trained */
    evaluator_run(&e, &r);
    double *nats = e.nats; /* facts are tokens 0..2 and 3..4, of fields 0 1 2 and 2 1 */
    double bits0 = bits_of_nats(nats[1] + nats[2]), bits1 = bits_of_nats(nats[3] + nats[4]);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.tokens, 4);
    assert_true(r.code_bits == bits0 + bits1 && e.fact_bits[0] == bits0 && e.fact_bits[1] == bits1);
    assert_true(e.fact_bits[2] == bits_of_nats(nats[5] + nats[6])); /* the held-out one */
    assert_true(r.loss_nats == (nats[1] + nats[2] + (nats[3] + nats[4])) / 4);
    assert_int_equal(r.n_fields, 2);
    assert_string_equal(r.by_field[0].name, "name");
    assert_string_equal(r.by_field[1].name, "value");
    assert_true(r.by_field[0].code_bits == bits_of_nats(nats[1] + nats[4]));
    assert_true(r.by_field[1].code_bits == bits_of_nats(nats[2] + nats[3]));
    expect_near(r.by_field[0].code_bits + r.by_field[1].code_bits, r.code_bits, 1e-12);
    /* tokens 2..S: of the first fact both coded ones, of the second one of two */
    expect_near(r.mem_hfshift, 12.5 - bits0 - 2 * bits_of_nats(nats[4]), 1e-12);
    evaluator_free(&e);
    gpt_free(&g);
    facts_free(&facts);
}

/* ---- what config asks for ---- */

static FactSet pool_of(const FactsConfig *config) {
    FactSet facts;
    Err err = {0};
    if (facts_generate(config, &facts, &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

static bool same_tail(const FactSet *a, int i, int skip, const FactSet *b, int j) {
    int64_t from = a->start[i] + skip, length = a->start[i + 1] - from;
    return length == b->start[j + 1] - b->start[j] &&
           !memcmp(a->tokens + from, b->tokens + b->start[j], (size_t)length * sizeof(int32_t));
}

/* Every part of the pool against a plain draw of as many facts: who is where, behind which marks. */
static void pool_is_made_of_one_draw(void **state) {
    (void)state;
    static const struct {
        int heldout, junk;
        bool domain;
        int forms;
        uint64_t split;
    } cases[] = {{0, 0, true, 1, 0}, {4, 0, false, 1, 0}, {4, 3, false, 1, 5}, {0, 5, true, 1, 0},
                 {3, 2, true, 3, 9}, {0, 0, false, 4, 0}, {0, 7, false, 2, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        enum { N = 6, V = 10, S = 3 };
        int heldout = cases[c].heldout, junk = cases[c].junk, domain = cases[c].domain,
            forms = cases[c].forms;
        FactsConfig config = {.n = N,
                              .prefix_symbols = 64,
                              .seq_len = S,
                              .vocab_size = V,
                              .seed = 4,
                              .heldout = heldout,
                              .split_seed = cases[c].split,
                              .junk_n = junk,
                              .domain_token = cases[c].domain,
                              .paraphrases = forms};
        FactsConfig all = {.n = N + heldout + junk, .seq_len = S, .vocab_size = V, .seed = 4};
        FactSet pool = pool_of(&config), drawn = pool_of(&all), alone;
        int marked = forms > 1, marks = domain + marked;
        assert_int_equal(pool.n, N);
        assert_int_equal(pool.n_heldout, heldout);
        assert_int_equal(pool.n_junk, junk);
        assert_int_equal(pool.n_variants, (forms - 1) * N);
        assert_int_equal(pool.max_len, S + marks);
        assert_int_equal(pool.vocab.size, V + domain + (marked ? forms : 0));
        bool used[32] = {false};
        int before = -1;
        for (int i = 0; i < pool.n_pool; i++) {
            bool variant = i >= N + heldout && i < N + heldout + pool.n_variants,
                 is_junk = i >= pool.n_pool - junk;
            int at = i - N - heldout, form = 0;
            int source = is_junk   ? N + heldout + (i - (pool.n_pool - junk))
                         : variant ? -1
                         : heldout ? pool.source[i]
                                   : i;
            if (variant) {
                form = 1 + at % (forms - 1);
                source = heldout ? pool.source[pool.variant_of[at]] : pool.variant_of[at];
            } else {
                assert_false(used[source]);
                used[source] = true;
                if (i < N && i > 0) assert_true(source > before); /* the order of the draw */
                before = source;
            }
            int own = marks - (is_junk && domain);
            assert_true(same_tail(&pool, i, own, &drawn, source));
            int64_t t = pool.start[i];
            if (is_junk) form = marked ? (i - (pool.n_pool - junk)) % forms : 0;
            if (domain && !is_junk) assert_int_equal(pool.tokens[t++], V);
            if (marked) assert_int_equal(pool.tokens[t++], V + domain + form);
            for (int64_t u = pool.start[i]; pool.field && u < pool.start[i + 1]; u++)
                assert_int_equal(pool.field[u], u >= t);
        }
        assert_int_equal(!pool.field, !marks);
        for (int i = 0; i < N + heldout + junk; i++) assert_true(used[i]);
        if (cases[c].split == 0)
            for (int i = 0; i < N; i++) assert_true(same_tail(&pool, i, marks, &drawn, i));
        config = (FactsConfig){.n = N, .seq_len = S, .vocab_size = V, .seed = 4};
        alone = pool_of(&config); /* H is that of the n facts */
        assert_true(alone.data_bits == pool.data_bits && alone.ceiling_bits == pool.ceiling_bits);
        assert_string_equal(alone.derivation, pool.derivation);
        Err err = {0};
        FactSet loaded;
        if (facts_save(&pool, "pool", &err) != OK) fail_msg("%s", err.msg);
        if (facts_load("pool", &loaded, &err) != OK) fail_msg("%s", err.msg);
        expect_same_facts(&pool, &loaded);
        remove_folder("pool");
        facts_free(&loaded);
        facts_free(&alone);
        facts_free(&pool);
        facts_free(&drawn);
    }
}

/* Every subset of 3 out of 5 is as likely as every other: chi-square over all ten, by enumeration. The bound is 5
 * standard deviations of the statistic; the seeds are fixed. */
static void splits_are_uniform(void **state) {
    (void)state;
    enum { SEEDS = 20000 };
    int count[32] = {0}, subsets = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        int32_t member[5];
        assert_int_equal(pool_split(member, 3, 2, seed, NULL, NULL), OK);
        count[1 << member[0] | 1 << member[1] | 1 << member[2]]++;
        assert_true(member[0] < member[1] && member[1] < member[2] && member[3] < member[4]);
    }
    double chi2 = 0, expected = SEEDS / 10.0;
    for (int s = 0; s < 32; s++) {
        if (__builtin_popcount((unsigned)s) != 3) assert_int_equal(count[s], 0);
        else chi2 += (count[s] - expected) * (count[s] - expected) / expected, subsets++;
    }
    assert_int_equal(subsets, 10);
    printf("splits: chi-square %.1f with 9 degrees of freedom\n", chi2);
    assert_true(chi2 < 9 + 5 * sqrt(18));
}

/* What seeds mean; regenerate by printing data_hash. */
static void golden_pools(void **state) {
    (void)state;
    static const char *const hashes[] = {"78454bc0cef9061d4b90a87dc93e251b",
                                         "85b9299c9cd3e0f3148ab4b9bdf36c5d"};
    for (uint64_t seed = 1; seed <= 2; seed++) {
        FactsConfig config = {.n = 50,
                              .seq_len = 5,
                              .vocab_size = 30,
                              .seed = seed,
                              .heldout = 20,
                              .split_seed = seed,
                              .junk_n = 10,
                              .domain_token = true,
                              .paraphrases = 3};
        FactSet facts = pool_of(&config);
        assert_string_equal(facts.data_hash, hashes[seed - 1]);
        facts_free(&facts);
    }
}

static void impossible_pools(void **state) {
    (void)state;
    static const struct {
        FactsConfig config;
        const char *msg;
    } cases[] = {
        {{.n = 10, .seq_len = 2, .vocab_size = 4, .heldout = 5, .junk_n = 2},
         "facts.n + facts.heldout + facts.junk_n: facts.n: 17 facts, but there are only 16 sequences (2 "
         "tokens out of 4); lower facts.n, or raise facts.seq_len or facts.vocab_size"},
        {{.n = 1000000000, .seq_len = 2, .vocab_size = 100000, .heldout = 1000000000, .junk_n = 1000000000},
         "the sum of facts.n, facts.heldout and facts.junk_n is 3000000000, at most 2147483646 are possible"},
        {{.n = 1000000, .seq_len = 2, .vocab_size = 1000000, .paraphrases = 1000},
         "facts: 1000000000 sequences (facts.n, facts.heldout, facts.junk_n, facts.paraphrases) of up to 3 "
         "tokens, at "
         "most 2147483647 tokens are possible"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactSet facts;
        Err err = {0};
        assert_int_equal(facts_plan(&cases[c].config, &facts, &err), ERR_INPUT);
        assert_string_equal(err.msg, cases[c].msg);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_gives_back_the_pool),
        cmocka_unit_test(hash_sees_the_pool),
        cmocka_unit_test(altered_pools_are_named),
        cmocka_unit_test(only_fields_are_coded),
        cmocka_unit_test(pool_is_made_of_one_draw),
        cmocka_unit_test(splits_are_uniform),
        cmocka_unit_test(golden_pools),
        cmocka_unit_test(impossible_pools),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
