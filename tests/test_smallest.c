/* The search for the smallest model: a pure function, here against models that are only made up. */
#include "eval/capacity/smallest.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

enum { MODELS_MAX = 64 };

/* Whether a made-up model reaches the goal: from `threshold` on, at that depth and deeper ones; with noise, by lot
 * where it is near. */
typedef struct Oracle {
    int depth, threshold;
    double noise; /* share of the threshold over which the chance rises; 0: none */
    uint64_t lot;
} Oracle;

typedef struct Search {
    TriedModel tried[MODELS_MAX];
    int n, runs;
} Search;

static bool reaches(const Oracle *o, int depth, int size, int seed) {
    if (depth < o->depth) return false;
    if (o->noise <= 0) return size >= o->threshold;
    double away = (size - o->threshold) / (o->noise * o->threshold), chance = 1 / (1 + exp(-4 * away));
    return random_unit(random_stream(o->lot, RANDOM_TEST, (uint32_t)seed), (uint64_t)(depth * 4096 + size)) <
           chance;
}

static TriedModel *model_of(Search *s, int depth, int size) {
    for (int i = 0; i < s->n; i++)
        if (s->tried[i].depth == depth && s->tried[i].size == size) return &s->tried[i];
    assert_true(s->n < MODELS_MAX);
    s->tried[s->n] = (TriedModel){.depth = depth, .size = size};
    return &s->tried[s->n++];
}

static SearchStep search(Search *s, const SearchRange *range, const Oracle *o) {
    *s = (Search){.n = 0};
    for (;;) {
        SearchStep step = search_next(range, s->tried, s->n);
        if (step.state != SEARCH_ON) return step;
        assert_true(step.size % range->unit == 0 && step.size >= range->unit && step.size <= range->max);
        assert_true(step.n_seeds > 0);
        TriedModel *m = model_of(s, step.depth, step.size);
        for (int seed = step.first_seed; seed < step.first_seed + step.n_seeds; seed++, s->runs++) {
            assert_int_equal(m->seed[seed], TRIED_NOT); /* no run twice */
            m->seed[seed] = reaches(o, step.depth, step.size, seed) ? TRIED_REACHED : TRIED_MISSED;
        }
    }
}

static void test_every_threshold(void **state) {
    (void)state;
    Search s;
    for (int unit = 1; unit <= 4; unit++)
        for (int first = 1; first <= 40; first += 3)
            for (int threshold = 1; threshold <= 40 * unit; threshold++) {
                SearchRange range = {unit, first * unit, 40 * unit, 1, 1};
                SearchStep end = search(&s, &range, &(Oracle){1, threshold, 0, 0});
                assert_int_equal(end.state, SEARCH_FOUND);
                assert_int_equal(end.size, (threshold + unit - 1) / unit * unit);
                assert_true(
                    s.n <= 14); /* doubled or halved at most six times, bisected at most six times, and two */
                int reached = 0;
                for (int i = 0; i < s.n; i++) reached += model_tried(&s.tried[i]) == TRIED_REACHED;
                assert_int_equal(s.runs, s.n + (SMALLEST_SEEDS - 1) * reached); /* a miss is one run */
            }
}

static void test_nothing_and_depth(void **state) {
    (void)state;
    Search s;
    SearchRange range = {4, 8, 64, 1, 4};
    SearchStep end = search(&s, &range, &(Oracle){1, 65, 0, 0});
    assert_int_equal(end.state, SEARCH_NOTHING);
    assert_int_equal(s.n, 4 + 1 + 1); /* 8, 16, 32, 64, then the largest with two and with four layers */
    end = search(&s, &range, &(Oracle){2, 17, 0, 0});
    assert_int_equal(end.state, SEARCH_FOUND);
    assert_int_equal(end.depth, 2);
    assert_int_equal(end.size, 20);
    range.deepest = 1;
    assert_int_equal(search(&s, &range, &(Oracle){2, 17, 0, 0}).state, SEARCH_NOTHING);
}

/* A model near the threshold reaches the goal by lot: the search ends, and what it finds has the two properties that it
 * promises. */
static void test_noisy(void **state) {
    (void)state;
    Search s;
    double sum = 0;
    enum { TRIALS = 2000 };
    for (int trial = 0; trial < TRIALS; trial++) {
        SearchRange range = {2, 2 + 2 * (trial % 30), 128, 1, 1};
        SearchStep end = search(&s, &range, &(Oracle){1, 60, 0.3, (uint64_t)trial});
        assert_int_equal(end.state, SEARCH_FOUND);
        assert_true(s.n <= 16);
        assert_int_equal(model_tried(model_of(&s, 1, end.size)), TRIED_REACHED);
        if (end.size > range.unit) {
            assert_int_equal(end.missed, end.size - range.unit);
            assert_int_equal(model_tried(model_of(&s, 1, end.missed)), TRIED_MISSED);
        }
        sum += end.size;
    }
    /* Three seeds out of three: above the size at which one seed has even chances. */
    assert_true(sum / TRIALS > 60 && sum / TRIALS < 75);
}

/* Stopped anywhere, with its runs in any order, it asks for what it would have asked. */
static void test_resumed(void **state) {
    (void)state;
    Search s;
    SearchRange range = {4, 24, 128, 1, 1};
    search(&s, &range, &(Oracle){1, 50, 0, 0});
    for (int n = 0; n < s.n; n++) {
        TriedModel turned[MODELS_MAX];
        for (int i = 0; i < n; i++) turned[i] = s.tried[n - 1 - i];
        SearchStep step = search_next(&range, turned, n);
        assert_int_equal(step.state, SEARCH_ON);
        assert_int_equal(step.size, s.tried[n].size);
        assert_int_equal(step.first_seed, 0);
    }
    TriedModel half = {1, 24, {TRIED_REACHED, TRIED_REACHED, TRIED_NOT}}; /* its last seed was stopped */
    SearchStep step = search_next(&range, &half, 1);
    assert_int_equal(step.size, 24);
    assert_int_equal(step.first_seed, 1);
    assert_int_equal(step.n_seeds, 2);
}

static double count_run(void *user, int depth, int size, Tried outcome) {
    (void)depth;
    ++*(int *)user;
    return size * (outcome == TRIED_REACHED ? 0.5 : 1);
}

static void test_cost(void **state) {
    (void)state;
    Search s;
    SearchRange range = {4, 24, 128, 1, 1};
    search(&s, &range, &(Oracle){1, 50, 0, 0});
    int runs = 0;
    double cost = search_cost(&range, NULL, 0, 50, count_run, &runs), own = 0;
    assert_int_equal(runs, s.runs);
    for (int i = 0; i < s.n; i++)
        own += s.tried[i].size * (model_tried(&s.tried[i]) == TRIED_REACHED ? 0.5 * SMALLEST_SEEDS : 1);
    assert_true(cost == own);
    runs = 0;
    assert_true(search_cost(&range, s.tried, s.n, 50, count_run, &runs) == 0 && runs == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_threshold),
        cmocka_unit_test(test_nothing_and_depth),
        cmocka_unit_test(test_noisy),
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
