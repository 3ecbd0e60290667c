/* A pool made by hand: two facts, a held-out one, three variants and a junk sequence, with tags and fields. What
 * the folder keeps of it, what the hash sees, what is coded. */
#include "tests/facts_testing.h"

#include "base/random.h"
#include "data/folder.h"
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
        FactSet facts = hand_made(), loaded;
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
            text ? "role\tof\tprompt\ttag\tfields\ttokens\ttext\nfact\t\t1\ttwo\t0 1 2\t1 2 3\tb c d\n"
                 : "role\tof\tprompt\ttag\tfields\ttokens\nfact\t\t1\ttwo\t0 1 2\t1 2 3\n";
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
        {"records.tsv", "variant\t0", "variant\t2",
         "set/records.tsv:5: of is \"2\"; expected the number of a fact"},
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
        {"records.tsv", "fact\t\t1", "fact\t\t3",
         "set/records.tsv:2: prompt is \"3\"; expected fewer tokens than there are"},
        {"records.tsv", "role", "rule",
         "set/records.tsv:1: role is \"rule\"; expected the names of columns in the first line"},
        {"records.tsv", "\tof", "", "set/records.tsv:1: expected 6 fields with well-formed escapes"},
        {"records.tsv", "\nfact\t\t0", "\nfact\t\t0\t\t",
         "set/records.tsv:3: expected 6 fields with well-formed escapes"},
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
    FactSet facts = hand_made(), loaded;
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
        if (strstr(cases[c].msg, "has the hash")) assert_non_null(strstr(err.msg, "one was altered"));
        else assert_string_equal(err.msg, cases[c].msg);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_gives_back_the_pool),
        cmocka_unit_test(hash_sees_the_pool),
        cmocka_unit_test(altered_pools_are_named),
        cmocka_unit_test(only_fields_are_coded),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
