/* The generated kinds: entropies against every possible draw of tiny sets, counted with its probability by code of
 * this file's own; that those draws come out as often as they should; what a seed means; R and R_max by hand. */
#include "tests/facts_testing.h"

#include <xxhash.h>

#include "base/exact.h"
#include "data/bios_words.h"
#include "data/distinct.h"
#include "data/entropy.h"
#include "data/folder.h"
#include "data/kinds.h"
#include "eval/capacity_ratio.h"

static Config config_of(int n_overrides, const char *const *overrides) {
    Config config;
    Err err = {0};
    if (config_load(&config, NULL, n_overrides, overrides, &err) != OK) fail_msg("%s", err.msg);
    return config;
}

#define CONFIG(...)                                                                                          \
    config_of(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})

static FactSet generate(const Config *config) {
    FactSet facts;
    Err err = {0};
    /* without a look at the machine's memory, which would take most of the time of many small draws */
    if (facts_plan(&config->facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    if (kind_row(config->facts.kind)->draw(&facts, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(facts_hash(&facts, &err), OK);
    return facts;
}

static FactSet plan(const Config *config) {
    FactSet facts;
    Err err = {0};
    if (facts_plan(&config->facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

/* ---- every possible draw and its probability ---- */

typedef struct Outcome {
    uint64_t key; /* of its tokens, in order */
    double p;
} Outcome;

typedef struct Outcomes {
    Outcome *item;
    size_t n, capacity;
} Outcomes;

static uint64_t key_of(const int32_t *tokens, size_t n) { return XXH3_64bits(tokens, n * sizeof *tokens); }

static void outcomes_add(Outcomes *o, uint64_t key, double p) {
    if (o->n == o->capacity) {
        o->capacity = o->capacity ? 2 * o->capacity : 1024;
        o->item = realloc(o->item, o->capacity * sizeof *o->item);
        assert_non_null(o->item);
    }
    o->item[o->n++] = (Outcome){key, p};
}

static int compare_outcomes(const void *a, const void *b) {
    uint64_t x = ((const Outcome *)a)->key, y = ((const Outcome *)b)->key;
    return (x > y) - (x < y);
}

/* Sorted, each once, with the sum of its probabilities. */
static void outcomes_merge(Outcomes *o) {
    qsort(o->item, o->n, sizeof *o->item, compare_outcomes);
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (n && o->item[n - 1].key == o->item[i].key) o->item[n - 1].p += o->item[i].p;
        else o->item[n++] = o->item[i];
    }
    o->n = n;
}

static double outcomes_bits(const Outcomes *o) {
    double total = 0, bits = 0;
    for (size_t i = 0; i < o->n; i++) {
        total += o->item[i].p;
        bits -= o->item[i].p * log2(o->item[i].p);
    }
    expect_near(total, 1, 1e-9);
    return bits;
}

/* Sets of seeds 0, 1, .. against the probabilities: chi-square within 5 standard deviations. */
static void expect_draws(const char *what, Config config, const Outcomes *o, int seeds) {
    size_t *count = calloc(o->n, sizeof *count);
    assert_non_null(count);
    for (int seed = 0; seed < seeds; seed++) {
        config.facts.seed = (uint64_t)seed;
        FactSet facts = generate(&config);
        Outcome drawn = {.key = key_of(facts.tokens, (size_t)facts.start[facts.n])};
        Outcome *found = bsearch(&drawn, o->item, o->n, sizeof *o->item, compare_outcomes);
        if (!found) fail_msg("%s: seed %d draws what cannot be drawn", what, seed);
        count[found - o->item]++;
        facts_free(&facts);
    }
    double chi2 = 0, df = (double)o->n - 1;
    for (size_t i = 0; i < o->n; i++) {
        double expected = seeds * o->item[i].p, off = (double)count[i] - expected;
        chi2 += off * off / expected;
    }
    printf("%s: seeds 0..%d, chi-square %.1f with %.0f degrees of freedom\n", what, seeds - 1, chi2, df);
    assert_true(chi2 < df + 5 * sqrt(2 * df));
    free(count);
}

/* An ordered choice of n out of `space`, one after the other: choice must hold the last one, or -1s at first. */
static bool next_choice(int *choice, int n, int space) {
    for (;;) {
        int i = n - 1;
        while (i >= 0 && ++choice[i] == space) choice[i--] = 0;
        if (i < 0) return false;
        bool distinct = true;
        for (int a = 0; a < n; a++)
            for (int b = 0; b < a; b++) distinct = distinct && choice[a] != choice[b];
        if (distinct) return true;
    }
}

static double count_choices(int n, int space) {
    double count = 1;
    for (int i = 0; i < n; i++) count *= space - i;
    return count;
}

/* The number of functions of n things into `base`, and function number `code`. */
static int digit(int code, int place, int base) {
    while (place-- > 0) code /= base;
    return code % base;
}

static int power(int base, int n) {
    int p = 1;
    while (n-- > 0) p *= base;
    return p;
}

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
    {"facts.kind=rules", "facts.n=60", "facts.vocab_size=8", "facts.rule=lookup"}};
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

static int tokens_of_field(const FactSet *facts, int i, int field, int32_t out[64]) {
    int n = 0;
    for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++)
        if (facts->field[t] == field) out[n++] = facts->tokens[t];
    return n;
}

/* A biography told anew says the same in other words, and the words are given. */
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

/* ---- R and R_max ---- */

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
        cmocka_unit_test(triples_counted),
        cmocka_unit_test(biod_counted),
        cmocka_unit_test(hidden_sets),
        cmocka_unit_test(binomials),
        cmocka_unit_test(marks),
        cmocka_unit_test(rules_counted),
        cmocka_unit_test(rules_are_drawn_uniformly),
        cmocka_unit_test(bios_counted),
        cmocka_unit_test(words_are_distinct),
        cmocka_unit_test(sizes_of_the_paper),
        cmocka_unit_test(biographies_read_well),
        cmocka_unit_test(golden_sets),
        cmocka_unit_test(sets_grow),
        cmocka_unit_test(folders_keep_them),
        cmocka_unit_test(counted_among_more),
        cmocka_unit_test(told_anew),
        cmocka_unit_test(distinct_numbers),
        cmocka_unit_test(too_many_symbols),
        cmocka_unit_test(ratio_of_bios),
        cmocka_unit_test(ratio_of_biod),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
