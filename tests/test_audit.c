/* What the audit of a store rests on: rows that are deleted and edited, and facts that a run never saw. */
#include "tests/kinds_testing.h"

#include "eval/tools/added.h"
#include "eval/tools/store_rows.h"

static void made(Status status, const Err *err) {
    if (status != OK) fail_msg("%s", err->msg);
}

/* One row of each of 20 people, in three renderings that share it. */
static void a_change_holds_for_all_renderings(void **state) {
    (void)state;
    Err err = {0};
    Config config = CONFIG("facts.kind=bios", "facts.n=20", "facts.templates=4", "facts.paraphrases=3",
                           "tools.0.tool=store", "tools.0.args=span", "tools.0.attributes=2");
    FactSet facts = generate(&config);
    Spelling spelling;
    Calls calls;
    ToolArgs args;
    StoreTable kept, changed;
    made(spelling_create(&spelling, &facts.vocab, &err), &err);
    made(calls_create(&calls, &facts, &spelling, config.tools, config.n_tools, &err), &err);
    made(tool_args_parse("span", &args, &err), &err);
    size_t n_calls = (size_t)calls.start[facts.n_pool], tokens = (size_t)facts.start[facts.n_pool];
    uint8_t *change = calloc(n_calls, 1);
    int32_t *edited = malloc(tokens * sizeof *edited);
    assert_true(change && edited);
    memcpy(edited, facts.tokens, tokens * sizeof *edited);
    int64_t call[2] = {calls.start[0], calls.start[1]};
    for (int i = 0; i < 2; i++)
        while (calls.call[call[i]].tool < 0) call[i]++;
    const Call *second = &calls.call[call[1]];
    change[call[0]] = ROW_DELETED;
    change[call[1]] = ROW_EDITED;
    edited[facts.start[1] + second->row] = facts.tokens[facts.start[1]]; /* a word of the name */
    StoreSource source = {.facts = &facts, .calls = &calls, .rows = ROWS_ALL};
    made(store_table_create(&kept, &source, 1, 0, &args, &spelling, &err), &err);
    source.change = change, source.edited = edited;
    made(store_table_create(&changed, &source, 1, 0, &args, &spelling, &err), &err);
    assert_int_equal(kept.n, 20);
    assert_int_equal(changed.n, 19);
    int others = 0;
    for (size_t i = 0, j = 0; i < kept.n; i++) {
        const ToolRow *a = &kept.row[i], *b = &changed.row[j];
        bool is_key = j < changed.n && a->key.size == b->key.size &&
                      memcmp(a->key.bytes, b->key.bytes, a->key.size) == 0;
        if (!is_key) continue; /* the deleted row */
        others +=
            a->value.size != b->value.size || memcmp(a->value.bytes, b->value.bytes, a->value.size) != 0;
        j++;
    }
    assert_int_equal(others, 1);
    store_table_free(&changed);
    for (size_t c = 0; c < n_calls; c++) change[c] = c < (size_t)calls.start[20] ? ROW_KEPT : ROW_LEFT_OUT;
    change[call[0]] = ROW_LEFT_OUT; /* of the first person one rendering is left out, of the others two */
    made(store_table_create(&changed, &source, 1, 0, &args, &spelling, &err), &err);
    assert_int_equal(changed.n, 19);
    store_table_free(&kept);
    store_table_free(&changed);
    free(change);
    free(edited);
    calls_free(&calls);
    spelling_free(&spelling);
    facts_free(&facts);
}

static bool is_prompt(const FactSet *facts, const int32_t *tokens, int n) {
    for (int i = 0; i < facts->n_pool; i++)
        if (facts->prompt_len[i] == n &&
            memcmp(facts->tokens + facts->start[i], tokens, (size_t)n * sizeof *tokens) == 0)
            return true;
    return false;
}

/* Adds 30 facts to a run's. Returns how many the run knows; each is marked. */
static int known_of_added(int n_words, const char *const words[]) {
    Err err = {0};
    Config config = config_of(n_words, words);
    FactSet facts = generate(&config);
    AddedFacts added;
    int known = 0;
    made(added_facts_create(&added, &facts, 30, &err), &err);
    for (int i = added.first; added.facts != &facts && i < added.first + added.n; i++) {
        const FactSet *more = added.facts;
        bool there = is_prompt(&facts, more->tokens + more->start[i], more->prompt_len[i]);
        assert_int_equal(there, added.known && added.known[i]);
        known += there;
    }
    if (added.n) assert_int_equal(added.facts->vocab.size, facts.vocab.size);
    if (added.n) assert_int_equal(added.first + added.n, added.facts->n + added.facts->n_heldout);
    int n = added.n;
    added_facts_free(&added);
    facts_free(&facts);
    return n ? known : -1;
}
#define KNOWN(...)                                                                                           \
    known_of_added(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *[]){__VA_ARGS__})

static void added_facts_are_new(void **state) {
    (void)state;
    assert_int_equal(KNOWN("facts.kind=biod", "facts.n=40"), 0);
    assert_int_equal(KNOWN("facts.kind=bios", "facts.n=40", "facts.junk_n=5", "facts.junk_ratio=0.1"), 0);
    assert_int_equal(KNOWN("facts.kind=triples", "facts.n=40", "facts.subjects=50"), 0);
    assert_true(KNOWN("facts.kind=triples", "facts.n=40", "facts.subjects=20") > 0); /* 70 of 80 pairs */
    assert_int_equal(KNOWN("facts.kind=triples", "facts.n=40", "facts.subjects=10"), -1);
    assert_int_equal(KNOWN("facts.kind=rules", "facts.n=300"), -1);
    assert_int_equal(KNOWN("facts.kind=rules", "facts.n=300", "facts.heldout=30"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_change_holds_for_all_renderings),
                                       cmocka_unit_test(added_facts_are_new)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
