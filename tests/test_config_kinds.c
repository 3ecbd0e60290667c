/* Which keys each kind of facts reads: all others are refused, or dropped where the command line or a sweep names the
 * kind; and every kind draws with its defaults. */
#include "tests/facts_testing.h"

#include "base/config/keys.h"
#include "base/config/sweep_spec.h"
#include "data/kinds/kinds.h"

static Config load(const char *path, int n, const char *const *words) {
    Config config;
    Err err = {0};
    if (config_load(&config, path, n, words, &err) != OK) fail_msg("%s", err.msg);
    return config;
}

#define LOAD(path, ...)                                                                                      \
    load(path, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),                                  \
         (const char *const[]){__VA_ARGS__})

static void defaults_draw(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"facts.kind=random", "facts.n=256"},      {"facts.kind=triples", "facts.n=256"},
        {"facts.kind=bios", "facts.n=256"},        {"facts.kind=biod", "facts.n=256"},
        {"facts.kind=rules", "facts.n=256"},       {"facts.kind=rules", "facts.rule=quadratic"},
        {"facts.kind=rules", "facts.rule=lookup"}, {"facts.kind=sums", "facts.n=256"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Config config = LOAD(NULL, cases[i][0], cases[i][1]);
        FactSet facts;
        Err err = {0};
        if (facts_generate(&config.facts, &facts, &err) != OK) fail_msg("%s: %s", cases[i][1], err.msg);
        assert_int_equal(facts.n, 256);
        assert_true(facts.entropy_known);
        assert_int_equal(config_kind_check(&config, &err), OK);
        facts_free(&facts);
    }
}

/* What could be drawn before there was a default for it still has the vocabulary that it had. */
static void old_rules_stay(void **state) {
    (void)state;
    assert_int_equal(LOAD(NULL, "facts.kind=rules").facts.vocab_size, 31);
    assert_int_equal(LOAD(NULL, "facts.kind=rules", "facts.inputs=1").facts.vocab_size, 256);
    assert_int_equal(LOAD(NULL, "facts.kind=rules", "facts.n=32769").facts.vocab_size, 256);
    assert_int_equal(LOAD(NULL, "facts.kind=rules", "facts.load=1").facts.vocab_size, 256);
    assert_int_equal(LOAD(NULL, "facts.kind=rules", "facts.vocab_size=97").facts.vocab_size, 97);
    Config below = LOAD(NULL, "facts.kind=rules", "facts.n=32768");
    FactSet facts;
    below.facts.vocab_size = 256;
    assert_int_equal(facts_plan(&below.facts, &facts, NULL), ERR_INPUT);
    below.facts.n = 32769;
    assert_int_equal(facts_plan(&below.facts, &facts, NULL), OK);
    facts_free(&facts);
}

/* Off its default, each key is refused by the kinds that do not read it and by no other. */
static void foreign_keys_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *word;
        /* random file triples bios biod rules text siblings triangles circles lines sums, from bit 0 */
        unsigned kinds;
    } cases[] = {{"facts.seq_len=3", 0x43},
                 {"facts.vocab_size=33", 0x63},
                 {"facts.symbols=4", 0x1c},
                 {"facts.subjects=9", 0x04},
                 {"facts.objects=3x4", 0x04},
                 {"facts.name_sizes=9x9", 0x18},
                 {"facts.value_sizes=2", 0x08},
                 {"facts.templates=2", 0x08},
                 {"facts.order=shuffled", 0x08},
                 {"facts.attributes=5", 0x10},
                 {"facts.chunks=2", 0x10},
                 {"facts.diversity=3", 0x10},
                 {"facts.chunk_len=3", 0x10},
                 {"facts.chunk_symbols=3", 0x10},
                 {"facts.rule=lookup", 0x20},
                 {"facts.inputs=3", 0x20},
                 {"facts.exceptions=0.1", 0x20},
                 {"facts.split_seed=3", 0xfbd},
                 {"facts.n=9", 0xfff},
                 {"facts.zipf=1", 0xfff},
                 {"facts.seed=4", 0xfff},
                 {"facts.parents=3", 0x80},
                 {"facts.children=3", 0x80},
                 {"facts.vertices=9", 0x700},
                 {"facts.edges=3", 0x600},
                 {"facts.density=0.1", 0x100},
                 {"facts.prefix_symbols=3", 0xfff},
                 {"facts.digits=3", 0x800},
                 {"facts.operations=compare", 0x800},
                 {"facts.named=3", 0x800},
                 {"facts.plain=0.5", 0x800},
                 {"facts.given=true", 0x800}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int kind = 0; kind < FACTS_KIND_COUNT; kind++) {
            Config config = LOAD(NULL, cases[i].word);
            Err err = {0};
            config.facts.kind = (FactsKind)kind;
            Status status = config_kind_check(&config, &err);
            if ((status == OK) != (cases[i].kinds >> kind & 1))
                fail_msg("%s, kind %s: %s", cases[i].word, config_choice("facts.kind", kind), err.msg);
            if (status != OK)
                assert_int_equal(strncmp(err.msg, cases[i].word, strcspn(cases[i].word, "=")), 0);
        }
    Config config = LOAD(NULL, "facts.attributes=5");
    Err err = {0};
    assert_int_equal(config_kind_check(&config, &err), ERR_INPUT);
    assert_string_equal(
        err.msg,
        "facts.attributes is 5, but facts.kind is random, which does not use this key; leave it out, or set "
        "facts.kind (biod)");
}

/* A kind on the command line drops what the file says of another; a stored config is read as it stands. */
static void the_command_line_names_the_kind(void **state) {
    (void)state;
    static const char text[] = "facts: {kind: biod, attributes: 6, n: 12}\n";
    put_file("c.yaml", text, sizeof text - 1);
    Config config = LOAD("c.yaml", "facts.kind=triples", "facts.templates=2");
    assert_int_equal(config.facts.attributes, 4);
    assert_int_equal(config.facts.n, 12);
    assert_int_equal(config.facts.templates, 2); /* for config_kind_check to refuse */
    static const char stored[] = "facts: {kind: random, attributes: 6}\n";
    put_file("c.yaml", stored, sizeof stored - 1);
    assert_int_equal(load("c.yaml", 0, NULL).facts.attributes, 6);
}

static void sweeps_over_kinds(void **state) {
    (void)state;
    static const char *const words[] = {"facts.kind=biod,random,rules", "facts.attributes=5,6",
                                        "facts.seq_len=8"};
    static const char *const wrong[] = {"facts.kind=random", "facts.attributes=5,6"};
    SweepSpec spec;
    Err err = {0};
    if (sweep_spec_load(&spec, NULL, 3, words, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sweep_spec_check(&spec, &err), OK);
    static const int attributes[] = {5, 6, 4, 4, 4, 4}, seq_len[] = {16, 16, 8, 8, 16, 16};
    for (int i = 0; i < 6; i++) {
        Config point;
        assert_int_equal(sweep_spec_point(&spec, i, &point, &err), OK);
        assert_int_equal(point.facts.attributes, attributes[i]);
        assert_int_equal(point.facts.seq_len, seq_len[i]);
        assert_int_equal(point.facts.vocab_size, i < 4 ? 256 : 31);
    }
    sweep_spec_free(&spec);
    if (sweep_spec_load(&spec, NULL, 2, wrong, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sweep_spec_check(&spec, &err), ERR_INPUT);
    sweep_spec_free(&spec);
    /* a point of a list that names its kind */
    static const char listed[] =
        "sweep: [{facts.kind: biod, facts.attributes: 5}, {facts.kind: rules, facts.inputs: 3}]\n";
    static const char astray[] = "sweep: [{facts.kind: biod}, {facts.kind: rules, facts.attributes: 5}]\n";
    put_file("s.yaml", listed, sizeof listed - 1);
    if (sweep_spec_load(&spec, "s.yaml", 0, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sweep_spec_check(&spec, &err), OK);
    sweep_spec_free(&spec);
    put_file("s.yaml", astray, sizeof astray - 1);
    if (sweep_spec_load(&spec, "s.yaml", 0, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sweep_spec_check(&spec, &err), ERR_INPUT);
    sweep_spec_free(&spec);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(defaults_draw), cmocka_unit_test(old_rules_stay),
                                       cmocka_unit_test(foreign_keys_are_refused),
                                       cmocka_unit_test(the_command_line_names_the_kind),
                                       cmocka_unit_test(sweeps_over_kinds)};
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
