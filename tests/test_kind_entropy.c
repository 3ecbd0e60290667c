/* Entropies of the generated kinds against every possible draw of tiny sets, counted with its probability by code of
 * this file's own; and that those draws come out as often as they should. */
#include "tests/kinds_testing.h"

#include "base/exact.h"
#include "data/entropy.h"
#include "data/kinds/distinct.h"

/* ---- triples ---- */

/* All ordered choices of n pairs, and all objects of theirs; symbols as the kind numbers them. */
static Outcomes all_triples(int n, int subjects, const Sizes *objects) {
    Outcomes o = {0};
    int choice[4] = {0, 0, 0, 0}, R = objects->n, first[4], most = 1;
    choice[n - 1] = -1;
    for (int r = 0; r < R; r++) {
        first[r] = r ? first[r - 1] + objects->size[r - 1] : subjects + R;
        if (objects->size[r] > most) most = objects->size[r];
    }
    while (next_choice(choice, n, subjects * R))
        for (int code = 0; code < power(most, n); code++) {
            int32_t tokens[12];
            double p = 1 / count_choices(n, subjects * R);
            for (int i = 0; i < n; i++) {
                int r = choice[i] % R, object = digit(code, i, most);
                p *= object < objects->size[r] ? 1.0 / objects->size[r] : 0;
                tokens[3 * i] = choice[i] / R;
                tokens[3 * i + 1] = subjects + r;
                tokens[3 * i + 2] = first[r] + object;
            }
            if (p > 0) outcomes_add(&o, key_of(tokens, 3 * (size_t)n), p);
        }
    outcomes_merge(&o);
    return o;
}

static void triples_counted(void **state) {
    (void)state;
    static const struct {
        const char *n, *subjects, *objects;
    } cases[] = {{"facts.n=2", "facts.subjects=2", "facts.objects=2x3"},
                 {"facts.n=3", "facts.subjects=2", "facts.objects=1x3"},
                 {"facts.n=4", "facts.subjects=2", "facts.objects=2x2"},
                 {"facts.n=3", "facts.subjects=0", "facts.objects=4"},
                 {"facts.n=1", "facts.subjects=3", "facts.objects=1x2x3"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        Config config = CONFIG("facts.kind=triples", cases[c].n, cases[c].subjects, cases[c].objects);
        FactSet facts = plan(&config);
        int n = facts.n, subjects = config.facts.subjects ? config.facts.subjects : 3;
        Outcomes o = all_triples(n, subjects, &config.facts.objects);
        double pairs = log2(count_choices(n, subjects * config.facts.objects.n));
        expect_near(facts.data_bits, outcomes_bits(&o), 1e-12);
        expect_near(facts.answer_bits, outcomes_bits(&o) - pairs, 1e-12);
        expect_near(facts.data_bits_set, facts.data_bits - log2(count_choices(n, n)), 1e-12);
        expect_near(facts.ceiling_bits, facts.data_bits - n * log2(n), 1e-12);
        if (c < 3) expect_draws("triples", config, &o, 20 * (int)o.n);
        free(o.item);
        facts_free(&facts);
    }
}

/* ---- bioD ---- */

/* One list of names; L = 1 unless T^L = D. Every choice of names, of an ordered set of chunks, of chunks from it. */
static Outcomes all_biod(int n, int names, int C, int D, int T) {
    Outcomes o = {0};
    int name[4] = {0}, set[4] = {0}, values = power(D, n * C);
    name[n - 1] = -1;
    while (next_choice(name, n, names)) {
        memset(set, 0, sizeof set);
        set[D - 1] = -1;
        while (next_choice(set, D, T))
            for (int code = 0; code < values; code++) {
                int32_t tokens[16];
                size_t at = 0;
                for (int i = 0; i < n; i++) {
                    tokens[at++] = name[i];
                    for (int c = 0; c < C; c++) tokens[at++] = names + set[digit(code, i * C + c, D)];
                }
                outcomes_add(&o, key_of(tokens, at),
                             1 / (count_choices(n, names) * count_choices(D, T) * values));
            }
    }
    outcomes_merge(&o);
    return o;
}

static void biod_counted(void **state) {
    (void)state;
    static const struct {
        int n, names, C, D, T;
    } cases[] = {{1, 2, 1, 1, 3}, {2, 2, 1, 2, 3}, {2, 3, 2, 2, 4},
                 {3, 3, 1, 3, 4}, {1, 2, 4, 2, 2}, {1, 1, 2, 4, 4}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        Config config = CONFIG("facts.kind=biod", "facts.attributes=1", "facts.chunk_len=1");
        FactsConfig *f = &config.facts;
        f->n = cases[c].n, f->name_sizes = (Sizes){1, {cases[c].names}};
        f->chunks = cases[c].C, f->diversity = cases[c].D, f->chunk_symbols = cases[c].T;
        FactSet facts = plan(&config);
        Outcomes o = all_biod(f->n, cases[c].names, f->chunks, f->diversity, f->chunk_symbols);
        expect_near(facts.data_bits, outcomes_bits(&o), 1e-12);
        if (o.n > 1 && o.n < 2000) expect_draws("biod", config, &o, 30 * (int)o.n);
        f->attributes = 3; /* attributes are independent */
        FactSet more = plan(&config);
        expect_near(more.answer_bits, 3 * facts.answer_bits, 1e-12);
        facts_free(&facts);
        facts_free(&more);
        free(o.item);
    }
}

/* Every value is seen: the set is known whole. Few draws from a large set: nearly all are new. */
static void hidden_sets(void **state) {
    (void)state;
    Err err = {0};
    double bits;
    assert_int_equal(subset_bits(&bits, 1000000, 16, 256, &err), OK);
    expect_near(bits, 4e6 + choose_bits(256, 16), 1e-8);
    assert_int_equal(subset_bits(&bits, 1, 10000, 1e15, &err), OK);
    expect_near(bits, log2(1e15), 1e-12);
    /* two draws: the same one with probability 1/D, whose entropy is by hand */
    assert_int_equal(subset_bits(&bits, 2, 8, 1000, &err), OK);
    expect_near(bits, log2(1000) + log2(8) / 8 + 7.0 / 8 * log2(999 * 8.0 / 7), 1e-12);
    /* all of the space: nothing is hidden */
    assert_int_equal(subset_bits(&bits, 300, 64, 64, &err), OK);
    expect_near(bits, 300 * 6, 1e-10);
    assert_int_equal(subset_bits(&bits, 1 << 30, 16384, 0x1p52, &err), OK);
    expect_near(bits, 14 * 0x1p30 + 16384 * 52 - exact_log2_factorial(16384), 1e-4);
}

static void binomials(void **state) {
    (void)state;
    double pascal[31] = {1};
    for (int n = 1; n <= 30; n++) {
        for (int k = n; k > 0; k--) pascal[k] += pascal[k - 1];
        for (int k = 0; k <= n; k++) expect_near(choose_bits(n, k), log2(pascal[k]), 1e-13);
    }
    assert_true(choose_bits(1000000000, 1) == log2(1e9));
}

/* Which of the first n of `all` are marked: every choice of the marked ones, by its bits. */
static void marks(void **state) {
    (void)state;
    for (int all = 1; all <= 9; all++)
        for (int n = 1; n <= all; n++)
            for (int marked = 0; marked <= all; marked++) {
                double count[512] = {0}, total = 0, bits = 0;
                for (int set = 0; set < 1 << all; set++)
                    if (__builtin_popcount((unsigned)set) == marked) count[set & ((1 << n) - 1)]++, total++;
                for (int i = 0; i < 1 << n; i++)
                    if (count[i] > 0) bits -= count[i] / total * log2(count[i] / total);
                expect_near(marks_bits(n, all, marked), bits, 1e-12);
            }
}

/* ---- rules ---- */

static int rule_value(RuleFamily family, int code, int V, int m, const int *x) {
    int place = 0, sum = 0;
    if (family == RULE_LOOKUP) {
        for (int i = 0; i < m; i++) sum += x[i];
        return digit(code, sum % V, V);
    }
    sum = digit(code, place++, V);
    for (int i = 0; i < m; i++) sum += digit(code, place++, V) * x[i];
    for (int i = 0; i < m && family == RULE_QUADRATIC; i++)
        for (int j = i; j < m; j++) sum += digit(code, place++, V) * x[i] * x[j];
    return sum % V;
}

/* Outputs of a table on given inputs: every rule, k <= 1 exceptions at every place with every other value. */
static Outcomes all_tables(RuleFamily family, int rules, int V, int m, const int *input, int n, int k) {
    Outcomes o = {0};
    int variants = k ? n * (V - 1) : 1;
    for (int code = 0; code < rules; code++)
        for (int v = 0; v < variants; v++) {
            int32_t tokens[64];
            size_t at = 0;
            for (int i = 0; i < n; i++) {
                int x[4];
                for (int j = 0; j < m; j++) tokens[at++] = x[j] = digit(input[i], m - 1 - j, V);
                int y = rule_value(family, code, V, m, x);
                if (k && v % n == i) y = (y + 1 + v / n) % V;
                tokens[at++] = y;
            }
            outcomes_add(&o, key_of(tokens, at), 1.0 / rules / variants);
        }
    outcomes_merge(&o);
    return o;
}

static void rules_counted(void **state) {
    (void)state;
    static const struct {
        RuleFamily family;
        int V, m, n, k, rules;
    } cases[] = {
        {RULE_AFFINE, 5, 1, 4, 1, 25},     {RULE_AFFINE, 5, 1, 2, 0, 25}, {RULE_AFFINE, 2, 3, 8, 1, 16},
        {RULE_AFFINE, 4, 1, 4, 0, 16},     {RULE_AFFINE, 3, 2, 6, 1, 27}, {RULE_QUADRATIC, 3, 2, 9, 1, 729},
        {RULE_QUADRATIC, 5, 1, 5, 1, 125}, {RULE_LOOKUP, 3, 2, 9, 1, 27}, {RULE_LOOKUP, 4, 2, 13, 0, 256}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        Config config = CONFIG("facts.kind=rules");
        FactsConfig *f = &config.facts;
        int n = cases[c].n, space = power(cases[c].V, cases[c].m), input[16];
        f->rule = cases[c].family, f->vocab_size = cases[c].V, f->inputs = cases[c].m, f->n = n;
        f->exceptions = (double)cases[c].k / n;
        FactSet facts = plan(&config);
        double inputs = log2(count_choices(n, space));
        expect_near(facts.data_bits - facts.answer_bits, inputs, 1e-12);
        /* whichever inputs are in the table, its outputs have the same entropy */
        for (int shift = 0; shift < space; shift++) {
            for (int i = 0; i < n; i++) input[i] = (shift + i) % space;
            Outcomes o = all_tables(f->rule, cases[c].rules, f->vocab_size, f->inputs, input, n, cases[c].k);
            expect_near(facts.answer_bits, outcomes_bits(&o), 1e-11);
            free(o.item);
        }
        facts_free(&facts);
    }
}

/* All tables of two rows: each ordered pair of inputs, each rule. */
static void rules_are_drawn_uniformly(void **state) {
    (void)state;
    Config config = CONFIG("facts.kind=rules", "facts.vocab_size=5", "facts.inputs=1", "facts.n=4",
                           "facts.exceptions=0.25");
    Outcomes all = {0};
    int choice[4] = {0, 0, 0, -1};
    while (next_choice(choice, 4, 5)) {
        Outcomes o = all_tables(RULE_AFFINE, 25, 5, 1, choice, 4, 1);
        for (size_t i = 0; i < o.n; i++) outcomes_add(&all, o.item[i].key, o.item[i].p / 120);
        free(o.item);
    }
    outcomes_merge(&all);
    assert_int_equal(all.n, 120 * 25 * 16);
    config.facts.exceptions = 0; /* 120 * 25 tables */
    config.facts.n = 4;
    Outcomes clean = {0};
    choice[0] = choice[1] = choice[2] = 0, choice[3] = -1;
    while (next_choice(choice, 4, 5)) {
        Outcomes o = all_tables(RULE_AFFINE, 25, 5, 1, choice, 4, 0);
        for (size_t i = 0; i < o.n; i++) outcomes_add(&clean, o.item[i].key, o.item[i].p / 120);
        free(o.item);
    }
    outcomes_merge(&clean);
    expect_draws("rules", config, &clean, 20 * (int)clean.n);
    config.facts.exceptions = 0.25;
    expect_draws("rules with an exception", config, &all, 48000);
    free(all.item);
    free(clean.item);
}

/* ---- bioS ---- */

/* All draws are as likely: as many different ones as 2^H says, each as often as any other. */
static void expect_uniform(const char *what, Config config, int outcomes, int seeds) {
    FactSet planned = plan(&config);
    expect_near(planned.data_bits, log2(outcomes), 1e-11);
    facts_free(&planned);
    Outcomes o = {0};
    for (int seed = 0; seed < seeds; seed++) {
        config.facts.seed = (uint64_t)seed;
        FactSet facts = generate(&config);
        outcomes_add(&o, key_of(facts.tokens, (size_t)facts.start[facts.n]), 1);
        facts_free(&facts);
    }
    outcomes_merge(&o);
    double chi2 = 0, expected = (double)seeds / outcomes, df = outcomes - 1;
    for (size_t i = 0; i < o.n; i++) chi2 += (o.item[i].p - expected) * (o.item[i].p - expected) / expected;
    assert_int_equal(o.n, outcomes);
    printf("%s: seeds 0..%d, %d outcomes, chi-square %.1f\n", what, seeds - 1, outcomes, chi2);
    assert_true(chi2 < df + 5 * sqrt(2 * df));
    free(o.item);
}

static void bios_counted(void **state) {
    (void)state;
    expect_uniform(
        "two people, a city of two",
        CONFIG("facts.kind=bios", "facts.n=2", "facts.name_sizes=3", "facts.value_sizes=1x1x1x2x1x1x1"),
        3 * 2 * 4 * 4, 3000);
    expect_uniform("values without sentences",
                   CONFIG("facts.kind=bios", "facts.n=1", "facts.name_sizes=2x2x1",
                          "facts.value_sizes=2x1x2x1x2x1x3", "facts.templates=0", "facts.symbols=3"),
                   4 * 2 * 24, 5000);
    expect_uniform("order of sentences",
                   CONFIG("facts.kind=bios", "facts.n=1", "facts.name_sizes=1",
                          "facts.value_sizes=1x1x1x1x1x1x1", "facts.order=shuffled"),
                   2 * 720, 20000);
    expect_uniform("order of labels",
                   CONFIG("facts.kind=bios", "facts.n=1", "facts.name_sizes=1",
                          "facts.value_sizes=1x1x1x1x1x1x1", "facts.order=shuffled", "facts.templates=0"),
                   2 * 720, 20000);
    expect_uniform("templates",
                   CONFIG("facts.kind=bios", "facts.n=1", "facts.name_sizes=1",
                          "facts.value_sizes=1x1x1x1x1x1x1", "facts.templates=3"),
                   2 * 729, 20000);
}

/* Names and hidden chunks of those held out and of junk are of the same draw: what the trained ones hold is what n of
 * them hold alone, whichever n they are. */
static void biod_among_more(void **state) {
    (void)state;
    static const char *const beside[][3] = {{"facts.heldout=1", "facts.junk_n=0", "facts.split_seed=0"},
                                            {"facts.heldout=1", "facts.junk_n=0", "facts.split_seed=4"},
                                            {"facts.heldout=1", "facts.junk_n=1", "facts.split_seed=9"}};
    for (size_t c = 0; c < sizeof beside / sizeof *beside; c++)
        for (int C = 1; C <= 2; C++) {
            Config config = CONFIG("facts.kind=biod", "facts.n=2", "facts.attributes=1", "facts.chunk_len=1",
                                   "facts.name_sizes=4", "facts.diversity=2", "facts.chunk_symbols=3",
                                   beside[c][0], beside[c][1], beside[c][2]);
            config.facts.chunks = C;
            FactSet facts = plan(&config);
            Outcomes o = all_biod(2, 4, C, 2, 3);
            expect_near(facts.data_bits, outcomes_bits(&o), 1e-12);
            expect_near(facts.answer_bits, outcomes_bits(&o) - log2(4 * 3), 1e-12);
            if (C == 1) expect_draws("biod among more", config, &o, 30 * (int)o.n);
            facts_free(&facts);
            free(o.item);
        }
}

static void bios_among_more(void **state) {
    (void)state;
    expect_uniform("two of three people, one held out",
                   CONFIG("facts.kind=bios", "facts.n=2", "facts.heldout=1", "facts.split_seed=3",
                          "facts.name_sizes=3", "facts.value_sizes=1x1x1x2x1x1x1"),
                   3 * 2 * 4 * 4, 3000);
    expect_uniform("one of four people, templates and junk",
                   CONFIG("facts.kind=bios", "facts.n=1", "facts.heldout=2", "facts.junk_n=1",
                          "facts.split_seed=1", "facts.name_sizes=2x2", "facts.value_sizes=1x1x1x1x1x1x1",
                          "facts.templates=2"),
                   4 * 2 * 64, 8000);
}

/* More facts of the same draw stand beside those that are counted: the counted ones' entropy knows. */
static void counted_among_more(void **state) {
    (void)state;
    Config config =
        CONFIG("facts.kind=triples", "facts.n=3", "facts.heldout=1", "facts.junk_n=2", "facts.objects=2x2");
    FactSet facts = plan(&config);
    Outcomes o = all_triples(3, 3, &config.facts.objects); /* three subjects hold all six */
    expect_near(facts.data_bits, outcomes_bits(&o), 1e-12);
    assert_int_equal(facts.vocab.size, 3 + 2 + 4);
    facts_free(&facts);
    free(o.item);

    /* 49 rows, 5 of them exceptions; 40 count, in 40 the rule holds on average but for 200/49 */
    config = CONFIG("facts.kind=rules", "facts.n=40", "facts.heldout=9", "facts.vocab_size=7",
                    "facts.exceptions=0.1", "facts.split_seed=3");
    facts = plan(&config);
    expect_near(facts.answer_bits, 3 * log2(7) + marks_bits(40, 49, 5) + 200.0 / 49 * log2(6), 1e-10);
    facts_free(&facts);
    Err err;
    assert_int_equal(facts_generate(&config.facts, &facts, &err), OK);
    int best = 0;
    for (int code = 0; code < 343; code++) {
        int right = 0;
        for (int i = 0; i < 49; i++) {
            const int32_t *row = facts.tokens + facts.start[i];
            int x[2] = {row[0], row[1]};
            right += rule_value(RULE_AFFINE, code, 7, 2, x) == row[2];
        }
        if (right > best) best = right;
    }
    assert_int_equal(best, 44);
    facts_free(&facts);
}

/* Numbers drawn without replacement: both ways, uniform. */
static void distinct_numbers(void **state) {
    (void)state;
    for (int n = 2; n <= 3; n++) { /* 2 of 5 are drawn until distinct, 3 of 5 by a shuffle */
        int count[125] = {0}, outcomes = n == 2 ? 20 : 60, seen = 0;
        enum { SEEDS = 12000 };
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            uint64_t number[3];
            Err err;
            assert_int_equal(draw_distinct(number, n, 5, seed, 0, &err), OK);
            uint64_t code = 0;
            for (int i = 0; i < n; i++) code = 5 * code + number[i];
            seen += count[code]++ == 0;
        }
        double expected = (double)SEEDS / outcomes, chi2 = 0;
        for (int i = 0; i < 125; i++)
            if (count[i]) chi2 += (count[i] - expected) * (count[i] - expected) / expected;
        assert_int_equal(seen, outcomes);
        assert_true(chi2 < outcomes - 1 + 5 * sqrt(2.0 * (outcomes - 1)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triples_counted),
        cmocka_unit_test(biod_counted),
        cmocka_unit_test(hidden_sets),
        cmocka_unit_test(binomials),
        cmocka_unit_test(marks),
        cmocka_unit_test(rules_counted),
        cmocka_unit_test(rules_are_drawn_uniformly),
        cmocka_unit_test(bios_counted),
        cmocka_unit_test(biod_among_more),
        cmocka_unit_test(bios_among_more),
        cmocka_unit_test(counted_among_more),
        cmocka_unit_test(distinct_numbers),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
