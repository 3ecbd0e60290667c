/* What the tests of generated kinds share: sets from config words, and every possible draw of a tiny set with its
 * probability, against what seeds draw. */
#ifndef ROTE_TESTS_KINDS_TESTING_H
#define ROTE_TESTS_KINDS_TESTING_H

#include "tests/facts_testing.h"

#include <xxhash.h>

#include "data/pool.h"

static inline Config config_of(int n_overrides, const char *const *overrides) {
    Config config;
    Err err = {0};
    if (config_load(&config, NULL, n_overrides, overrides, &err) != OK) fail_msg("%s", err.msg);
    return config;
}

#define CONFIG(...)                                                                                          \
    config_of(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})

static inline FactSet generate(const Config *config) {
    FactSet facts;
    Err err = {0};
    /* without a look at the machine's memory, which would take most of the time of many small draws */
    if (facts_plan(&config->facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    if (pool_draw(kind_row(config->facts.kind), &facts, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(facts_hash(&facts, &err), OK);
    return facts;
}

static inline FactSet plan(const Config *config) {
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

static inline uint64_t key_of(const int32_t *tokens, size_t n) {
    return XXH3_64bits(tokens, n * sizeof *tokens);
}

static inline void outcomes_add(Outcomes *o, uint64_t key, double p) {
    if (o->n == o->capacity) {
        o->capacity = o->capacity ? 2 * o->capacity : 1024;
        o->item = realloc(o->item, o->capacity * sizeof *o->item);
        assert_non_null(o->item);
    }
    o->item[o->n++] = (Outcome){key, p};
}

static inline int compare_outcomes(const void *a, const void *b) {
    uint64_t x = ((const Outcome *)a)->key, y = ((const Outcome *)b)->key;
    return (x > y) - (x < y);
}

/* Sorted, each once, with the sum of its probabilities. */
static inline void outcomes_merge(Outcomes *o) {
    qsort(o->item, o->n, sizeof *o->item, compare_outcomes);
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (n && o->item[n - 1].key == o->item[i].key) o->item[n - 1].p += o->item[i].p;
        else o->item[n++] = o->item[i];
    }
    o->n = n;
}

static inline double outcomes_bits(const Outcomes *o) {
    double total = 0, bits = 0;
    for (size_t i = 0; i < o->n; i++) {
        total += o->item[i].p;
        bits -= o->item[i].p * log2(o->item[i].p);
    }
    expect_near(total, 1, 1e-9);
    return bits;
}

/* Sets of seeds 0, 1, .. against the probabilities: chi-square within 5 standard deviations. */
static inline void expect_draws(const char *what, Config config, const Outcomes *o, int seeds) {
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
static inline bool next_choice(int *choice, int n, int space) {
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

static inline double count_choices(int n, int space) {
    double count = 1;
    for (int i = 0; i < n; i++) count *= space - i;
    return count;
}

/* The number of functions of n things into `base`, and function number `code`. */
static inline int digit(int code, int place, int base) {
    while (place-- > 0) code /= base;
    return code % base;
}

static inline int power(int base, int n) {
    int p = 1;
    while (n-- > 0) p *= base;
    return p;
}

#endif
