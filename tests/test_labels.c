/* Labels of neuron rules: against the definition, sequence by sequence, on small random pools; every refusal. */
#include "tests/facts_testing.h"

#include "base/random.h"
#include "data/labels.h"
#include "data/vocab.h"

/* ---- pools ---- */

typedef struct Counts {
    int n, n_heldout, n_variants, n_junk, max_len, symbols;
} Counts;

/* Sequences over few symbols, so that many share prefixes, one is another's prefix and some stand twice. */
static FactSet random_pool(Counts c, uint64_t seed) {
    FactSet f = {
        .kind = "import", .n = c.n, .n_heldout = c.n_heldout, .n_variants = c.n_variants, .n_junk = c.n_junk};
    f.max_len = c.max_len;
    f.vocab = (Vocab){.size = c.symbols, .eos = -1};
    Err err = {0};
    int pool = c.n + c.n_heldout + c.n_variants + c.n_junk;
    if (facts_allocate(&f, (int64_t)pool * c.max_len, &err) != OK) fail_msg("%s", err.msg);
    f.tag_names = calloc(2, sizeof *f.tag_names);
    assert_non_null(f.tag_names);
    f.tag_names[f.n_tags++] = strdup("A");
    f.tag_names[f.n_tags++] = strdup("B");
    Stream s = random_stream(seed, RANDOM_TEST, 0);
    uint64_t at = 0;
    f.start[0] = 0;
    for (int i = 0; i < pool; i++) {
        int64_t length = 1 + (int64_t)random_below(s, at++, (uint64_t)c.max_len);
        for (int64_t t = 0; t < length; t++)
            f.tokens[f.start[i] + t] = (int32_t)random_below(s, at++, (uint64_t)c.symbols);
        f.start[i + 1] = f.start[i] + length;
        f.prompt_len[i] = (int32_t)random_below(s, at++, (uint64_t)length);
        f.tag[i] = (int32_t)random_below(s, at++, 3) - 1;
    }
    for (int v = 0; v < c.n_variants; v++) {
        f.variant_of[v] = (int32_t)random_below(s, at++, (uint64_t)c.n);
        f.tag[c.n + c.n_heldout + v] = f.tag[f.variant_of[v]];
    }
    return f;
}

static NeuronRule rule_by_tag(const char *tag, const char *against, NeuronAt at) {
    NeuronRule rule = {.name = "r", .hook = "blocks.0.mlp.hook_pre", .negatives = 1, .at = at};
    snprintf(rule.when_tag, sizeof rule.when_tag, "%s", tag);
    snprintf(rule.against, sizeof rule.against, "%s", against);
    return rule;
}

static int8_t *labels_of(const FactSet *f, const NeuronRule *rule) {
    int8_t *labels = NULL;
    Err err = {0};
    if (labels_create(&labels, f, rule, &err) != OK) fail_msg("%s", err.msg);
    return labels;
}

static void refuse(const FactSet *f, const NeuronRule *rule, const char *message) {
    int8_t *labels = NULL;
    Err err = {0};
    assert_int_equal(labels_create(&labels, f, rule, &err), ERR_INPUT);
    assert_string_equal(err.msg, message);
    assert_null(labels);
}

/* ---- the definition ---- */

static bool heldout(const FactSet *f, int i) { return i >= f->n && i < f->n + f->n_heldout; }

/* Side by tag 0 (A), against tag 1 (B) or all others. */
static int side_of(const FactSet *f, int i, bool against) {
    if (i >= f->n_pool - f->n_junk) return -1;
    return f->tag[i] == 0 ? 1 : !against || f->tag[i] == 1 ? 0 : -1;
}

static bool begins_alike(const FactSet *f, int i, int j, int64_t t) {
    if (f->start[j + 1] - f->start[j] < t) return false;
    return memcmp(f->tokens + f->start[i], f->tokens + f->start[j], (size_t)t * sizeof *f->tokens) == 0;
}

static int expected(const FactSet *f, int i, int64_t t, bool against, NeuronAt at) {
    enum { UNSEEN = 2 };
    int side = side_of(f, i, against), seen = heldout(f, i) ? UNSEEN : side;
    if (at == AT_ANSWER && t < f->prompt_len[i]) return -1;
    for (int j = 0; at == AT_AFTER_CUE && j < f->n_pool; j++) {
        if (heldout(f, j) || !begins_alike(f, i, j, t)) continue;
        int other = side_of(f, j, against);
        if (other < 0 || (seen != UNSEEN && other != seen)) return -1;
        seen = other;
    }
    return side;
}

static void random_pools(void **state) {
    (void)state;
    enum { SEED = 20261123, ROUNDS = 400 };
    print_message("seed %d\n", SEED);
    int64_t seen[3] = {0}, refused = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        Stream s = random_stream(SEED, RANDOM_TEST, round);
        Counts c = {.n = 1 + (int)random_below(s, 0, 30),
                    .n_heldout = (int)random_below(s, 1, 12),
                    .n_variants = (int)random_below(s, 2, 12),
                    .n_junk = (int)random_below(s, 3, 4),
                    .max_len = 1 + (int)random_below(s, 4, 7),
                    .symbols = 1 + (int)random_below(s, 5, 4)};
        FactSet f = random_pool(c, SEED + round);
        bool against = random_below(s, 6, 2);
        NeuronAt at = (NeuronAt)random_below(s, 7, 3);
        NeuronRule rule = rule_by_tag("A", against ? "B" : "", at);
        bool any = false;
        for (int i = 0; i < f.n_pool; i++)
            for (int64_t t = f.start[i]; t < f.start[i + 1]; t++)
                any |= !heldout(&f, i) && expected(&f, i, t - f.start[i], against, at) == 1;
        int8_t *labels = NULL;
        Err err = {0};
        Status status = labels_create(&labels, &f, &rule, &err);
        assert_int_equal(status, any ? OK : ERR_INPUT);
        refused += !any;
        for (int i = 0; any && i < f.n_pool; i++)
            for (int64_t t = f.start[i]; t < f.start[i + 1]; t++) {
                int want = expected(&f, i, t - f.start[i], against, at);
                if (labels[t] != want)
                    fail_msg("round %u, sequence %d, token %lld: %d, not %d", round, i,
                             (long long)(t - f.start[i]), labels[t], want);
                seen[want + 1]++;
            }
        free(labels);
        facts_free(&f);
    }
    print_message("%lld rows of the class, %lld against, %lld not asked, %lld rules refused\n",
                  (long long)seen[2], (long long)seen[1], (long long)seen[0], (long long)refused);
    assert_true(seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000 && refused > 10);
}

/* ---- what a class may be ---- */

/* ann likes red (north), bob likes blue (south), ann hates blue; held out: bob hates red (north). */
static FactSet worded(void) {
    static char words[6][6] = {"ann", "blue", "bob", "hates", "likes", "red"};
    static const int32_t tokens[12] = {0, 4, 5, 2, 4, 1, 0, 3, 1, 2, 3, 5};
    FactSet f = {.kind = "import", .n = 3, .n_heldout = 1, .max_len = 3};
    Err err = {0};
    if (facts_allocate(&f, 12, &err) != OK) fail_msg("%s", err.msg);
    memcpy(f.tokens, tokens, sizeof tokens);
    for (int i = 0; i <= 4; i++) f.start[i] = 3 * i;
    for (int i = 0; i < 4; i++) f.prompt_len[i] = 1;
    Text symbol[6];
    for (int i = 0; i < 6; i++) symbol[i] = (Text){words[i], strlen(words[i])};
    assert_int_equal(vocab_of_symbols(&f.vocab, symbol, 6, false, &err), OK);
    f.tag_names = calloc(3, sizeof *f.tag_names);
    assert_non_null(f.tag_names);
    static const char *const tags[] = {"north", "south", "empty"};
    for (int i = 0; i < 3; i++) f.tag_names[f.n_tags++] = strdup(tags[i]);
    memcpy(f.tag, ((int32_t[]){0, 1, -1, 0}), 16);
    return f;
}

static void expect_labels(const FactSet *f, const NeuronRule *rule, const char *wanted) {
    int8_t *labels = labels_of(f, rule);
    char got[64] = "";
    for (int i = 0, n = 0; i < f->n_pool; i++) {
        if (i) got[n++] = ' ';
        for (int64_t t = f->start[i]; t < f->start[i + 1]; t++) got[n++] = ".01"[labels[t] + 1];
        got[n] = '\0';
    }
    assert_string_equal(got, wanted);
    free(labels);
}

static void classes_of_words(void **state) {
    (void)state;
    FactSet f = worded();
    NeuronRule all = {.name = "r", .at = AT_ALL}, rule = all;
    strcpy(rule.when_token, "red");
    expect_labels(&f, &rule, "111 000 000 111");
    rule = all;
    strcpy(rule.when_regex, "^ann\t(likes|hates) [br]");
    expect_labels(&f, &rule, "111 000 111 000");
    rule.at = AT_ANSWER;
    expect_labels(&f, &rule, ".11 .00 .11 .00");
    /* Whoever begins with ann is of the class: the first token tells. */
    rule.at = AT_AFTER_CUE;
    expect_labels(&f, &rule, ".11 .00 .11 .00");
    /* ann likes red, ann hates blue: told apart by the verb, bob by his name. */
    strcpy(rule.when_regex, "likes red");
    expect_labels(&f, &rule, "..1 .00 ..0 .00");
    rule = all;
    strcpy(rule.when_tag, "north");
    strcpy(rule.against, "south");
    expect_labels(&f, &rule, "111 000 ... 111");
    facts_free(&f);
}

static void domains_are_symbols(void **state) {
    (void)state;
    FactsConfig config = {
        .kind = FACTS_RANDOM, .n = 6, .seq_len = 3, .vocab_size = 5, .junk_n = 2, .paraphrases = 2};
    config.domain_token = true;
    FactSet f;
    Err err = {0};
    if (facts_obtain(&config, &f, &err) != OK) fail_msg("%s", err.msg);
    NeuronRule rule = {.name = "r", .at = AT_ALL};
    strcpy(rule.when_token, "<form 1>");
    int8_t *labels = labels_of(&f, &rule);
    for (int i = 0; i < f.n_pool; i++) /* facts are of form 0, variants of form 1 */
        assert_int_equal(labels[f.start[i]], i < 6 ? 0 : i < 12 ? 1 : -1);
    free(labels);
    strcpy(rule.when_token, "<domain>");
    labels = labels_of(&f, &rule);
    for (int i = 0; i < f.n_pool; i++) assert_int_equal(labels[f.start[i]], i < 12 ? 1 : -1);
    free(labels);
    rule.at = AT_AFTER_CUE; /* the mark itself tells facts from junk */
    labels = labels_of(&f, &rule);
    assert_int_equal(labels[0], -1);
    assert_int_equal(labels[1], 1);
    free(labels);
    facts_free(&f);
}

static void shares_are_drawn_by_prompt(void **state) {
    (void)state;
    enum { SEED = 5 };
    FactsConfig config = {.kind = FACTS_TRIPLES,
                          .n = 4000,
                          .seed = SEED,
                          .subjects = 1000,
                          .objects = {4, {64, 64, 64, 64}},
                          .heldout = 4,
                          .paraphrases = 2};
    FactSet f;
    Err err = {0};
    config.n = 3996;
    if (facts_obtain(&config, &f, &err) != OK) fail_msg("%s", err.msg);
    NeuronRule rule = {.name = "r", .at = AT_ALL, .when_share = 0.25, .when_seed = 1};
    int8_t *labels = labels_of(&f, &rule);
    int on = 0;
    for (int i = 0; i < f.n + f.n_heldout; i++) on += labels[f.start[i]] == 1;
    for (int v = 0; v < f.n_variants; v++)
        assert_int_equal(labels[f.start[f.n + f.n_heldout + v]], labels[f.start[f.variant_of[v]]]);
    /* 4000 draws of p = 1/4: a standard deviation of 27.4 */
    assert_in_range(on, 1000 - 5 * 27, 1000 + 5 * 27);
    /* The same prompt in another set, under another answer, is on the same side. */
    config.seed++;
    FactSet g;
    if (facts_obtain(&config, &g, &err) != OK) fail_msg("%s", err.msg);
    int8_t *others = labels_of(&g, &rule);
    int same = 0, differ = 0;
    for (int i = 0; i < 40; i++)
        for (int j = 0; j < g.n; j++) {
            size_t size = (size_t)f.prompt_len[i] * sizeof *f.tokens;
            if (f.prompt_len[i] != g.prompt_len[j] ||
                memcmp(f.tokens + f.start[i], g.tokens + g.start[j], size) != 0)
                continue;
            assert_int_equal(labels[f.start[i]], others[g.start[j]]);
            same++;
            int64_t answer = f.prompt_len[i];
            differ += f.tokens[f.start[i] + answer] != g.tokens[g.start[j] + answer];
        }
    assert_true(same >= 20 && differ >= 10);
    free(others);
    facts_free(&g);
    /* Another seed is another class. */
    rule.when_seed = 2;
    others = labels_of(&f, &rule);
    int both = 0;
    for (int i = 0; i < f.n; i++) both += labels[f.start[i]] == 1 && others[f.start[i]] == 1;
    assert_in_range(both, 250 - 5 * 16, 250 + 5 * 16);
    free(others);
    free(labels);
    facts_free(&f);
}

/* ---- refusals ---- */

static void wrong_rules_are_refused(void **state) {
    (void)state;
    FactSet f = worded();
    NeuronRule rule = {.name = "r", .at = AT_ALL};
    strcpy(rule.when_tag, "norht");
    refuse(&f, &rule,
           "rule 'r': when.tag is 'norht', but no fact has that tag; the tags are \"north\", \"south\", "
           "\"empty\"; nearest: north");
    strcpy(rule.when_tag, "north");
    strcpy(rule.against, "x");
    refuse(
        &f, &rule,
        "rule 'r': against is 'x', but no fact has that tag; the tags are \"north\", \"south\", \"empty\"");
    *rule.against = '\0';
    strcpy(rule.when_tag, "empty");
    refuse(&f, &rule, "rule 'r': none of the 3 facts is in its class (when.tag)");
    *rule.when_tag = '\0';
    strcpy(rule.when_token, "rad");
    refuse(&f, &rule,
           "rule 'r': when.token is 'rad', which is not one of the 6 symbols (words); nearest: red");
    *rule.when_token = '\0';
    strcpy(rule.when_regex, "^red");
    refuse(&f, &rule, "rule 'r': none of the 3 facts is in its class (when.regex)");
    strcpy(rule.when_regex, "a(");
    refuse(&f, &rule,
           "rule 'r': when.regex is 'a(', which is not a regular expression: missing closing parenthesis at "
           "byte 2");
    /* The whole fact occurs twice, once on either side. */
    memcpy(f.tokens + 3, f.tokens, 3 * sizeof *f.tokens);
    rule = rule_by_tag("north", "", AT_AFTER_CUE);
    memcpy(f.tag, ((int32_t[]){0, 1, -1, 0}), 16);
    f.tag[2] = 1;
    refuse(&f, &rule,
           "rule 'r': at after_cue: the rule applies to no token of its class; up to its last token each "
           "fact begins as one of another side; use at: answer or at: all");
    facts_free(&f);

    f = draw(10, 4, 8, 1);
    rule = rule_by_tag("A", "", AT_ALL);
    refuse(&f, &rule, "rule 'r': when.tag is 'A', but these facts have no tags");
    *rule.when_tag = '\0';
    static const char *const tokens[] = {"8", "-1", "x", "99999999999999999999"};
    for (int i = 0; i < 4; i++) {
        char message[96];
        strcpy(rule.when_token, tokens[i]);
        snprintf(message, sizeof message,
                 "rule 'r': when.token is '%s', but these facts have the symbols 0 to 7", tokens[i]);
        refuse(&f, &rule, message);
    }
    strcpy(rule.when_token, "7");
    free(labels_of(&f, &rule));
    facts_free(&f);
}

static void contradictions_are_refused(void **state) {
    (void)state;
    FactSet f = worded();
    NeuronRule rules[2] = {rule_by_tag("north", "", AT_ALL), rule_by_tag("south", "", AT_ALL)};
    UnitsSpec units[2];
    Err err = {0};
    strcpy(rules[0].name, "n");
    strcpy(rules[1].name, "s");
    assert_int_equal(units_parse("0-3", 8, &units[0], &err), OK);
    assert_int_equal(units_parse("3-5", 8, &units[1], &err), OK);
    int8_t *labels[2] = {labels_of(&f, &rules[0]), labels_of(&f, &rules[1])};
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), ERR_INPUT);
    assert_string_equal(
        err.msg,
        "rules 'n' and 's' contradict each other: 'n' trains neuron 3 of block 0 to fire and 's' not to "
        "fire, at token 0 of sequence 0, \"ann\\tlikes red\"; use different units, or set `against` of "
        "one of them");
    /* None where one has no negative side (of both), no loss, another layer, other units, or units to be chosen. */
    rules[1].negatives = 0;
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg,
                           "'s' trains neuron 3 of block 0 to fire and 'n' not to fire, at token 0 of "
                           "sequence 1"));
    rules[0].negatives = 0;
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), OK);
    rules[0].negatives = rules[1].negatives = 1;
    rules[1].loss = NEURON_NONE;
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), OK);
    rules[1].loss = NEURON_SHARE;
    strcpy(rules[1].hook, "blocks.1.mlp.hook_pre");
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), OK);
    strcpy(rules[1].hook, "blocks.0.mlp.hook_post");
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), ERR_INPUT);
    assert_int_equal(units_parse("auto:random:8", 8, &units[1], &err), OK);
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), OK);
    assert_int_equal(units_parse("4-5", 8, &units[1], &err), OK);
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), OK);
    /* Classes that agree: the same units twice. */
    assert_int_equal(units_parse("0-3", 8, &units[1], &err), OK);
    memcpy(labels[1], labels[0], 12);
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), OK);
    /* Only what is trained counts: the fact held out is the last one. */
    labels[1][11] = 0;
    assert_int_equal(labels_check_rules(&f, rules, 2, labels, units, &err), OK);
    free(labels[0]);
    free(labels[1]);
    facts_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_pools),
        cmocka_unit_test(classes_of_words),
        cmocka_unit_test(domains_are_symbols),
        cmocka_unit_test(shares_are_drawn_by_prompt),
        cmocka_unit_test(wrong_rules_are_refused),
        cmocka_unit_test(contradictions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
