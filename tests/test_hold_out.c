/* Facts that were read, some of them held out: who is on which side, what the rest still is, what the hash and the
 * folder keep, and that nothing held out is ever trained. */
#include "tests/import_testing.h"

#include <xxhash.h>

#include "data/import/text_facts.h"
#include "data/labels.h"
#include "data/mix.h"
#include "data/pool.h"

/* Prompt, answer, tag: "U" is first met in fact 1, "T" in fact 2. Answers repeat, facts do not. */
static const char table[] = "a1\tx\n"
                            "b2\tyy\tU\n"
                            "c3\tx\tT\n"
                            "d4\tz\tU\n"
                            "e5\tyy\n"
                            "f6\tx\tT\n"
                            "g7\tw\tV\n"
                            "h8\tx\tU\n"
                            "i9\tyy\tT\n";
enum { FACTS = 9 };

static void save_table(const char *name, ImportOptions options) {
    FactSet facts = import_text("f.tsv", table, options);
    Err err = {0};
    if (facts_save(&facts, name, &err) != OK) fail_msg("%s", err.msg);
    facts_free(&facts);
}

static FactsConfig config_of(FactsKind kind, const char *path, int heldout, uint64_t split_seed) {
    FactsConfig config = {
        .kind = kind, .seq_len = 4, .heldout = heldout, .split_seed = split_seed, .paraphrases = 1};
    snprintf(config.path, sizeof config.path, "%s", path);
    return config;
}

static FactSet obtain(FactsConfig config) {
    FactSet facts;
    Err err = {0};
    if (facts_obtain(&config, &facts, &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

static void expect_same_sequence(const FactSet *a, int i, const FactSet *b, int j) {
    int64_t length = a->start[i + 1] - a->start[i];
    assert_int_equal(length, b->start[j + 1] - b->start[j]);
    assert_memory_equal(a->tokens + a->start[i], b->tokens + b->start[j], (size_t)length * sizeof(int32_t));
    assert_int_equal(a->prompt_len[i], b->prompt_len[j]);
    assert_int_equal(a->tag[i] < 0, b->tag[j] < 0);
    if (a->tag[i] >= 0) assert_string_equal(a->tag_names[a->tag[i]], b->tag_names[b->tag[j]]);
}

/* Every fact of the file on one side, both in the file's order, split as facts that are drawn are. */
static void both_sides_are_the_file(void **state) {
    (void)state;
    save_table("set", bytes);
    FactSet whole = obtain(config_of(FACTS_FILE, "set", 0, 0));
    assert_null(whole.source);
    int different = 0;
    for (uint64_t seed = 0; seed < 40; seed++)
        for (int heldout = 1; heldout < FACTS; heldout++) {
            FactSet facts = obtain(config_of(FACTS_FILE, "set", heldout, seed)),
                    again = obtain(config_of(FACTS_FILE, "set", heldout, seed));
            int32_t member[FACTS], n = FACTS - heldout;
            assert_int_equal(pool_split(member, n, heldout, seed, NULL, NULL), OK);
            assert_int_equal(facts.n, n);
            assert_int_equal(facts.n_heldout, heldout);
            assert_int_equal(facts.n_pool, FACTS);
            bool seen[FACTS] = {false};
            for (int i = 0; i < FACTS; i++) {
                int from = facts.source[i];
                assert_int_equal(from, member[i]);
                assert_false(seen[from]);
                seen[from] = true;
                if (i != 0 && i != n) assert_true(from > facts.source[i - 1]);
                if (seed == 0) assert_int_equal(from, i); /* the last ones */
                different += from != i;
                expect_same_sequence(&facts, i, &whole, from);
            }
            assert_int_equal(facts.vocab.size, whole.vocab.size); /* of the whole file */
            assert_int_equal(facts.max_len, whole.max_len);
            assert_false(facts.entropy_known);
            assert_true(isnan(facts.data_bits) && isnan(facts.ceiling_bits));
            expect_same_facts(&facts, &again);
            facts_free(&facts);
            facts_free(&again);
        }
    assert_true(different > 0);
    facts_free(&whole);
    remove_folder("set");
}

/* The layout of docs/formats.md, value by value. */
static void documented_hash(const FactSet *facts, char hex[33]) {
    char layout[4096];
    size_t used = 0;
#define PUT(data, size) (memcpy(layout + used, data, size), used += (size))
#define PUT_INT(value)  PUT(&(int32_t){value}, 4)
    PUT_INT(facts->n);
    PUT(facts->start, (FACTS + 1) * 8);
    PUT(facts->tokens, (size_t)facts->start[FACTS] * 4);
    PUT(facts->prompt_len, FACTS * 4);
    int named = 0;
    for (int i = 0; i < FACTS; i++) { /* tags are numbered as they first appear, in the pool's order */
        assert_true(facts->tag[i] <= named);
        named += facts->tag[i] == named;
        PUT_INT(facts->tag[i]);
    }
    assert_int_equal(facts->n_tags, named);
    PUT_INT(named);
    for (int k = 0; k < named; k++) {
        PUT_INT((int32_t)strlen(facts->tag_names[k]));
        PUT(facts->tag_names[k], strlen(facts->tag_names[k]));
    }
    PUT_INT(facts->vocab.size);
    PUT_INT(facts->vocab.eos);
    PUT_INT(1);
    for (int v = 0; v < facts->vocab.size; v++) {
        PUT_INT(facts->vocab.length[v]);
        PUT(facts->vocab.text[v], (size_t)facts->vocab.length[v]);
    }
    PUT_INT(facts->n_heldout);
    for (int i = 0; i < 3; i++) PUT_INT(0); /* variants, junk, fields */
    assert_true(used < sizeof layout);
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits(layout, used));
    for (int i = 0; i < 16; i++) snprintf(hex + 2 * (size_t)i, 3, "%02x", digest.digest[i]);
}

/* Which every split has, each its own; a plain set keeps the hash that it had. */
static void hash_is_the_documented_one(void **state) {
    (void)state;
    enum { SPLITS = 8 };
    char hash[SPLITS][33];
    int renumbered = 0;
    save_table("set", bytes);
    FactSet facts = obtain(config_of(FACTS_FILE, "set", 0, 0));
    /* regenerate: rote facts import of the table */
    assert_string_equal(facts.data_hash, "7e78df9535ea77789b4e34c94f3fde5a");
    facts_free(&facts);
    for (int s = 0; s < SPLITS; s++) {
        facts = obtain(config_of(FACTS_FILE, "set", 4, (uint64_t)s));
        documented_hash(&facts, hash[s]);
        assert_string_equal(facts.data_hash, hash[s]);
        for (int before = 0; before < s; before++) assert_string_not_equal(hash[s], hash[before]);
        renumbered += strcmp(facts.tag_names[0], "U") != 0;
        facts_free(&facts);
    }
    assert_true(renumbered > 0);
    remove_folder("set");
}

/* A file with the trained facts alone has the same figures; only the vocabulary may be smaller. */
static void baselines_are_of_the_trained(void **state) {
    (void)state;
    for (int w = 0; w < 2; w++) {
        save_table("set", w ? words : bytes);
        FactSet facts = obtain(config_of(FACTS_FILE, "set", 4, 7));
        char lines[sizeof table] = "";
        for (int i = 0; i < facts.n; i++) {
            const char *line = table;
            for (int k = 0; k < facts.source[i]; k++) line = strchr(line, '\n') + 1;
            strncat(lines, line, (size_t)(strchr(line, '\n') + 1 - line));
        }
        FactSet alone = import_text("f.tsv", lines, w ? words : bytes);
        assert_int_equal(alone.n, facts.n);
        assert_true(alone.answer_bits == facts.answer_bits);
        assert_int_equal(alone.zlib_bytes, facts.zlib_bytes);
        facts_free(&alone);
        facts_free(&facts);
        remove_folder("set");
    }
}

static void text_is_held_out_by_chunks(void **state) {
    (void)state;
    static const char text[] = "abcdefghijklabcdmnopqrsaabcdhijx";
    FactSet alone, loaded;
    Err err = {0};
    put_file("t", text, sizeof text - 1);
    for (uint64_t seed = 0; seed < 30; seed++) {
        FactSet facts = obtain(config_of(FACTS_TEXT, "t", 3, seed));
        char trained[sizeof text] = "";
        assert_int_equal(facts.n, 5);
        for (int i = 0; i < 8; i++) {
            int from = facts.source[i];
            if (i < 5) strncat(trained, text + 4 * from, 4);
            else assert_true(from != 0 && from != 3 && from != 6); /* "abcd", which would be trained */
        }
        put_file("trained", trained, strlen(trained));
        assert_int_equal(text_facts_read("trained", 4, &alone, &err), OK);
        assert_true(alone.answer_bits == facts.answer_bits);
        assert_int_equal(alone.zlib_bytes, facts.zlib_bytes);
        for (int k = 0; k < TEXT_ORDERS; k++) expect_near(alone.order_bits[k], facts.order_bits[k], 1e-12);
        facts_free(&alone);
        if (facts_save(&facts, "set", &err) != OK) fail_msg("%s", err.msg);
        if (facts_load("set", &loaded, &err) != OK) fail_msg("%s", err.msg);
        expect_same_facts(&facts, &loaded);
        assert_memory_equal(facts.order_bits, loaded.order_bits, sizeof facts.order_bits);
        facts_free(&loaded);
        facts_free(&facts);
        remove_folder("set");
    }
}

/* Over ten epochs, evenly and by Zipf's law: no sequence of the held-out side, nor one that reads as it does. */
static void nothing_held_out_is_trained(void **state) {
    (void)state;
    save_table("set", bytes);
    put_file("t", "aaaabbbbaaaaccccddddbbbbeeee", 28);
    for (int c = 0; c < 4; c++) {
        bool text = c & 1;
        FactsConfig config = config_of(text ? FACTS_TEXT : FACTS_FILE, text ? "t" : "set", 3, 5);
        config.zipf = c & 2 ? 1 : 0;
        FactSet facts = obtain(config);
        Mix mix;
        assert_int_equal(mix_init(&mix, &facts, &config, 2, NULL), OK);
        for (int64_t p = 0; p < 10 * facts.n; p++) {
            int trained = mix_sequence(&mix, p);
            assert_true(trained < facts.n);
            int64_t length = facts.start[trained + 1] - facts.start[trained];
            for (int i = facts.n; i < facts.n_pool; i++)
                assert_true(length != facts.start[i + 1] - facts.start[i] ||
                            memcmp(facts.tokens + facts.start[trained], facts.tokens + facts.start[i],
                                   (size_t)length * sizeof(int32_t)) != 0);
        }
        mix_free(&mix);
        facts_free(&facts);
    }
    remove_folder("set");
}

/* A rule's class goes by a held-out fact's own tag and text. */
static void labels_reach_the_held_out(void **state) {
    (void)state;
    save_table("set", bytes);
    FactSet facts = obtain(config_of(FACTS_FILE, "set", 4, 3));
    NeuronRule rule = {.name = "r", .hook = "blocks.0.mlp.hook_pre", .negatives = 1, .at = AT_ALL};
    int8_t *labels;
    Err err = {0};
    int of_class[2] = {0};
    for (int by_text = 0; by_text < 2; by_text++) {
        snprintf(rule.when_tag, sizeof rule.when_tag, "%s", by_text ? "" : "T");
        snprintf(rule.when_regex, sizeof rule.when_regex, "%s", by_text ? "^[c-g]" : "");
        if (labels_create(&labels, &facts, &rule, &err) != OK) fail_msg("%s", err.msg);
        for (int i = 0; i < facts.n_pool; i++) {
            static const char tags[] = ".UTU.TVUT";
            int from = facts.source[i];
            bool in = by_text ? from >= 2 && from <= 6 : tags[from] == 'T';
            of_class[i >= facts.n] += in;
            for (int64_t t = facts.start[i]; t < facts.start[i + 1]; t++) assert_int_equal(labels[t], in);
        }
        free(labels);
    }
    assert_true(of_class[0] > 0 && of_class[1] > 0);
    facts_free(&facts);
    remove_folder("set");
}

static void folder_gives_back_the_split(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *msg;
    } cases[] = {
        {"manifest.json", "\"answer_bits\": ", "\"answer_bits\": 1",
         "set/manifest.json: answer_bits is 16, but the records give 6"},
        {"manifest.json", "\"entropy_bits\": null", "\"entropy_bits\": 3",
         "set/manifest.json: entropy_bits is 3, expected null"},
        {"vocab.json", "\"eos\": 23", "\"eos\": 22",
         "set/vocab.json: kind \"bytes\", 24 symbols, eos 22; expected bytes or words, 24 symbols as in "
         "manifest.json, eos 23"},
        {"records.tsv", "heldout\t", "heldout\t9999999999",
         "set/records.tsv:6: source is \"99999999994\"; expected the number of a fact of the draw"},
    };
    save_table("whole", bytes);
    FactSet facts = obtain(config_of(FACTS_FILE, "whole", 5, 0)), loaded;
    Err err = {0};
    if (facts_save(&facts, "set", &err) != OK) fail_msg("%s", err.msg);
    facts_free(&facts);
    facts = obtain(config_of(FACTS_FILE, "whole", 5, 0));
    if (facts_load("set", &loaded, &err) != OK) fail_msg("%s", err.msg);
    expect_same_facts(&facts, &loaded);
    facts_free(&loaded);
    facts_free(&facts);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char path[64], after[4096];
        Buffer before = {0};
        snprintf(path, sizeof path, "set/%s", cases[c].file);
        assert_int_equal(file_read(path, 1 << 20, &before, &err), OK);
        const char *at = strstr(before.data, cases[c].from);
        if (!at) fail_msg("'%s' is not in %s", cases[c].from, path);
        int size = snprintf(after, sizeof after, "%.*s%s%s", (int)(at - before.data), before.data,
                            cases[c].to, at + strlen(cases[c].from));
        put_file(path, after, (size_t)size);
        assert_int_equal(facts_load("set", &loaded, &err), ERR_FORMAT);
        assert_string_equal(err.msg, cases[c].msg);
        put_file(path, before.data, before.size);
        buffer_free(&before);
    }
    assert_int_equal(unlink("set/vocab.json"), 0); /* text without symbols */
    assert_int_equal(facts_load("set", &loaded, &err), ERR_IO);
    remove_folder("set");
    remove_folder("whole");
}

static void what_cannot_be_held_out(void **state) {
    (void)state;
    save_table("set", bytes);
    put_file("t", "aaaabbbbaaaacccc", 16);
    FactSet split = obtain(config_of(FACTS_FILE, "set", 2, 0)), drawn = draw(5, 3, 9, 1), facts;
    Err err = {0};
    assert_int_equal(facts_save(&split, "split", &err), OK);
    assert_int_equal(facts_save(&drawn, "drawn", &err), OK);
    facts_free(&split);
    facts_free(&drawn);
    static const struct {
        FactsKind kind;
        const char *path;
        int heldout;
        const char *msg;
    } cases[] = {
        {FACTS_FILE, "set", 9,
         "facts.heldout is 9, but set has 9 facts, and at least one must be trained; lower it"},
        {FACTS_FILE, "set", 1000,
         "facts.heldout is 1000, but set has 9 facts, and at least one must be trained; lower it"},
        {FACTS_TEXT, "t", 4,
         "facts.heldout is 4, but t has 4 facts (chunks of facts.seq_len bytes), and at least one must be "
         "trained; lower it"},
        {FACTS_TEXT, "t", 3,
         "facts.heldout is 3, but of the 4 facts of t only 2 occur once, and the copy of a repeated fact "
         "would be trained; lower it"},
        {FACTS_FILE, "split", 1,
         "facts.heldout is 1, but in split 2 of 9 facts are held out already; leave the key out, or use "
         "the fact set from which it was made"},
        {FACTS_FILE, "drawn", 1,
         "facts.heldout is 1, but the facts in drawn were drawn (kind random); set the key in the `rote "
         "facts make` that draws them (facts.kind=random)"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactsConfig config = config_of(cases[c].kind, cases[c].path, cases[c].heldout, 1);
        assert_int_equal(facts_obtain(&config, &facts, &err), ERR_INPUT);
        assert_string_equal(err.msg, cases[c].msg);
    }
    remove_folder("set");
    remove_folder("split");
    remove_folder("drawn");
}

/* facts.n is what is trained: written or not, the resolved config and its hash are the same. */
static void config_counts_the_trained(void **state) {
    (void)state;
    save_table("set", bytes);
    char hash[2][33];
    Config config;
    Err err = {0};
    for (int written = 0; written < 2; written++) {
        const char *words_of[] = {"facts.path=set", "facts.heldout=4", "facts.n=5"};
        assert_int_equal(config_load(&config, NULL, 2 + written, words_of, &err), OK);
        FactSet facts = obtain(config.facts);
        if (config_resolve(&config, facts.n, facts.max_len, facts.vocab.size, &err) != OK)
            fail_msg("%s", err.msg);
        assert_int_equal(config.facts.n, 5);
        assert_int_equal(config.train.batch_size, 5);
        assert_int_equal(config_hash(&config, facts.data_hash, hash[written], NULL), OK);
        facts_free(&facts);
    }
    assert_string_equal(hash[0], hash[1]);
    config.facts.n = 6;
    assert_int_equal(config_resolve(&config, 5, 5, 24, &err), ERR_INPUT);
    assert_string_equal(err.msg,
                        "facts.n is 6, but the fact set has 5 facts; leave the key out or set facts.n=5");
    remove_folder("set");
}

/* facts.n chooses: each n is within the next, the same are held out for all, in the order of the file; another seed is
 * another choice; vocabulary and length stay those of the file. */
static void n_chooses_among_them(void **state) {
    (void)state;
    save_table("set", bytes);
    FactSet whole = obtain(config_of(FACTS_FILE, "set", 0, 0));
    bool other_seed = false;
    for (int heldout = 0; heldout < 4; heldout += 3)
        for (uint64_t seed = 0; seed < 5; seed++) {
            bool before[FACTS] = {false};
            for (int n = 1; n <= FACTS - heldout; n++) {
                FactsConfig config = config_of(FACTS_FILE, "set", heldout, heldout ? 7 : 0);
                config.n = n;
                config.n_given = true;
                config.seed = seed;
                FactSet facts = obtain(config);
                assert_int_equal(facts.n, n);
                assert_int_equal(facts.n_pool, n + heldout);
                assert_int_equal(facts.vocab.size, whole.vocab.size);
                assert_int_equal(facts.max_len, whole.max_len);
                if (n == FACTS) assert_string_equal(facts.data_hash, whole.data_hash);
                bool now[FACTS] = {false};
                for (int i = 0, from = 0; i < n; i++, from++) {
                    char a[64], b[64];
                    Text prompt, answer, other, same;
                    facts_fields(&facts, i, a, &prompt, &answer);
                    for (;; from++) {
                        assert_true(from < FACTS); /* in the file's order */
                        facts_fields(&whole, from, b, &other, &same);
                        if (text_equal(prompt, other) && text_equal(answer, same)) break;
                    }
                    expect_same_sequence(&facts, i, &whole, from);
                    now[from] = true;
                }
                for (int i = 0; i < FACTS; i++) assert_true(now[i] || !before[i]);
                if (n == 1 && !now[0]) other_seed = true;
                memcpy(before, now, sizeof now);
                Err err = {0};
                FactSet again;
                if (facts_save(&facts, "some", &err) != OK || facts_load("some", &again, &err) != OK)
                    fail_msg("%s", err.msg);
                assert_string_equal(facts.data_hash, again.data_hash);
                remove_folder("some");
                facts_free(&again);
                facts_free(&facts);
            }
        }
    assert_true(other_seed);
    FactsConfig config = config_of(FACTS_FILE, "set", 3, 1);
    config.n = 7;
    config.n_given = true;
    FactSet facts;
    Err err = {0};
    assert_int_equal(facts_obtain(&config, &facts, &err), ERR_INPUT);
    assert_string_equal(
        err.msg, "facts.n is 7 and facts.heldout is 3, but set has only 9 facts; lower one of them, or "
                 "leave facts.n out: it then trains all");
    facts_free(&whole);
    remove_folder("set");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_are_the_file),      cmocka_unit_test(hash_is_the_documented_one),
        cmocka_unit_test(baselines_are_of_the_trained), cmocka_unit_test(text_is_held_out_by_chunks),
        cmocka_unit_test(nothing_held_out_is_trained),  cmocka_unit_test(labels_reach_the_held_out),
        cmocka_unit_test(folder_gives_back_the_split),  cmocka_unit_test(what_cannot_be_held_out),
        cmocka_unit_test(config_counts_the_trained),    cmocka_unit_test(n_chooses_among_them),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
