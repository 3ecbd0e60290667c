/* R and R_max of biographies by hand, and from a folder. */
#include "tests/kinds_testing.h"

#include "data/folder/folder.h"
#include "eval/capacity/ratio.h"

static void put_field(Evaluation *e, const char *name, double nats) {
    snprintf(e->by_field[e->n_fields].name, FIELD_NAME_MAX, "%s", name);
    e->by_field[e->n_fields++].code_bits = nats / log(2);
}

static void ratio_of_bios(void **state) {
    (void)state;
    Config config = CONFIG("facts.kind=bios", "facts.n=1000", "facts.name_sizes=20x10x50",
                           "facts.value_sizes=12x28x2x3x5x7x11");
    FactSet facts = plan(&config);
    double N = 1000, N0 = 20 * 10 * 50, S0 = 2.0 * (12 * 28 * 2) * 3 * 5 * 7 * 11, P = 7000;
    double p1 = 8.25, p2 = 1.5; /* nats a person */
    Evaluation e = {.n = 1000};
    put_field(&e, "name", N * p1);
    put_field(&e, "pronoun", N * 0.125);
    put_field(&e, "birth_date", N * 0.5);
    put_field(&e, "birth_city", N * 0.25);
    put_field(&e, "university", N * 0.125);
    put_field(&e, "major", N * 0.25);
    put_field(&e, "employer", N * 0.125);
    put_field(&e, "work_city", N * 0.125);
    put_field(&e, "template", N * 77); /* no knowledge */
    CapacityRatio ratio;
    assert_true(capacity_ratio(&ratio, &facts, &e, (int64_t)P));
    expect_near(ratio.r, (N * log2(N0 / exp(p1)) + N * log2(S0 / exp(p2))) / P, 1e-12);
    expect_near(ratio.r_max, (N * log2(N0 / N) + N * log2(S0)) / P, 1e-12);
    e.n_fields = 3; /* a diverged run does not know */
    assert_true(capacity_ratio(&ratio, &facts, &e, (int64_t)P));
    assert_true(isnan(ratio.r) && !isnan(ratio.r_max));
    facts_free(&facts);
    config = CONFIG("facts.n=10");
    facts = plan(&config);
    assert_false(capacity_ratio(&ratio, &facts, &e, 1));
    facts_free(&facts);
}

static void ratio_of_biod(void **state) {
    (void)state;
    Config config =
        CONFIG("facts.kind=biod", "facts.n=500", "facts.name_sizes=30x40", "facts.attributes=3",
               "facts.chunks=2", "facts.diversity=10", "facts.chunk_len=5", "facts.chunk_symbols=9");
    FactSet facts = plan(&config);
    double N = 500, N0 = 1200, K = 3, C = 2, D = 10, L = 5, T = 9, P = 1234;
    double p1 = 6.5, p2 = 2.0, p3 = 1.25; /* nats: a name, a value, its first chunk */
    Evaluation e = {.n = 500};
    put_field(&e, "name", N * p1);
    put_field(&e, "first_chunk", N * K * p3);
    put_field(&e, "later_chunks", N * K * (p2 - p3));
    CapacityRatio ratio;
    assert_true(capacity_ratio(&ratio, &facts, &e, (int64_t)P));
    expect_near(ratio.r,
                (N * log2(N0 / exp(p1)) + N * K * log2(pow(D, C) / exp(p2)) +
                 K * D * log2(pow(T, L) / (D * exp(p3)))) /
                    P,
                1e-11);
    expect_near(ratio.r_max, (N * log2(N0 / N) + N * K * C * log2(D) + K * D * log2(pow(T, L) / D)) / P,
                1e-11);
    facts_free(&facts);
}

/* A folder holds what the set was drawn with; one of version 2 does not, and has no R. */
static void ratio_from_a_folder(void **state) {
    (void)state;
    Config config = CONFIG("facts.kind=biod", "facts.n=12", "facts.attributes=2", "facts.heldout=3",
                           "facts.split_seed=8");
    FactSet facts = generate(&config), back;
    Evaluation e = {.n = 12};
    put_field(&e, "name", 100);
    put_field(&e, "first_chunk", 20);
    put_field(&e, "later_chunks", 0);
    CapacityRatio drawn, read;
    Err err = {0};
    Buffer manifest;
    if (facts_save(&facts, "kept", &err) != OK || facts_load("kept", &back, &err) != OK)
        fail_msg("%s", err.msg);
    expect_same_facts(&facts, &back);
    assert_memory_equal(&facts.config, &back.config, sizeof facts.config);
    assert_true(capacity_ratio(&drawn, &facts, &e, 999) && capacity_ratio(&read, &back, &e, 999));
    assert_true(drawn.r == read.r && drawn.r_max == read.r_max && read.r_max > 0);
    facts_free(&back);

    assert_int_equal(file_read("kept/manifest.json", 1 << 20, &manifest, &err), OK);
    static const char *const edits[][3] = {
        {"facts.n=12", "facts.n=13",
         "kept/manifest.json: drawn_with: 13 facts of kind biod, but the set has 12 of kind biod"},
        {"facts.kind=biod", "facts.kind=bios",
         "kept/manifest.json: drawn_with: 12 facts of kind bios, but the set has 12 of kind biod"},
        {"facts.heldout=3", "model.n_embd=3",
         "kept/manifest.json: drawn_with: a list of words such as facts.n=20 is needed"},
        {"facts.heldout=3", "facts.heldout=x",
         "kept/manifest.json: drawn_with: command line: key 'facts.heldout': 'x' is not a whole number"}};
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        char *at = strstr(manifest.data, edits[i][0]), text[8192];
        assert_non_null(at);
        int size = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - manifest.data), manifest.data,
                            edits[i][1], at + strlen(edits[i][0]));
        put_file("kept/manifest.json", text, (size_t)size);
        assert_int_equal(facts_load("kept", &back, &err), ERR_FORMAT);
        assert_string_equal(err.msg, edits[i][2]);
    }
    /* as it was written before */
    char *version = strstr(manifest.data, "\"version\": 3"),
         *words = strstr(manifest.data, ",\n  \"drawn_with\"");
    assert_non_null(version);
    assert_non_null(words);
    version[strlen("\"version\": ")] = '2';
    strcpy(words, "\n}\n");
    put_file("kept/manifest.json", manifest.data, strlen(manifest.data));
    buffer_free(&manifest);
    if (facts_load("kept", &back, &err) != OK) fail_msg("%s", err.msg);
    expect_same_facts(&facts, &back);
    assert_false(capacity_ratio(&read, &back, &e, 999));
    facts_free(&facts);
    facts_free(&back);
    remove_folder("kept");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratio_of_bios),
        cmocka_unit_test(ratio_of_biod),
        cmocka_unit_test(ratio_from_a_folder),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
