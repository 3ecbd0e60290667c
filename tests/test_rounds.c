/* Measuring in rounds, in laboratories that are made up: whether the intervals that sequential stopping leaves cover
 * what they should (93 to 97 % of 1000 laboratories with ROTE_LONG; the short form runs fewer and allows more), and
 * what the rounds cost against a fixed design. */
#include "eval/capacity/rounds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"

enum { RUNS_MAX = 2000, FIRST = 250, STEPS_MAX = FIRST << 12, LABS = 1000 };
static const double PARAMS = 1528;

/* What a model holds after t steps: C (1 - share (t/1000)^-gamma), times the effects of level, seed and run. Sizes as
 * measured with L1 d8 (docs/math.md, "Measuring in rounds"). */
typedef struct Lab {
    double capacity, share, gamma, level_sd, seed_sd, run_sd;
    uint64_t lot;
} Lab;

static double normal(const Lab *lab, int what, int64_t i) {
    return random_normal(random_stream(lab->lot, RANDOM_TEST, (uint32_t)what), (uint64_t)i);
}

static double level_effect(const Lab *lab, int level) { return lab->level_sd * normal(lab, 1, level + 8); }

static double true_bits(const Lab *lab, int level, int64_t steps) {
    double t = (double)steps / 1000;
    return lab->capacity * (1 - lab->share * pow(t, -lab->gamma)) * (1 + level_effect(lab, level));
}

static void train(const Lab *lab, RoundRun *run, const RunPoint *pilot) {
    double seed = lab->seed_sd * normal(lab, 2, 64 * (run->level + 8) + run->seed);
    double own =
        lab->run_sd * normal(lab, 3, (64 * (int64_t)(run->level + 8) + run->seed) * 1000003 + run->steps);
    double ceiling = pilot ? round_ceiling(pilot, run->level) : 8 * PARAMS;
    double bits = true_bits(lab, run->level, run->steps) * (1 + seed + own);
    run->point = (RunPoint){.ceiling_bits = ceiling,
                            .data_bits = 1.07 * ceiling,
                            .bits = fmin(bits, ceiling),
                            .set_bits = fmin(bits, ceiling),
                            .budget = (double)run->steps,
                            .pair = run->seed};
}

typedef struct Measured {
    RoundStep end;
    double cost; /* steps of all runs */
    double truth;
} Measured;

static Measured measured(const Lab *lab, double within, double left, RoundRun *done, int *n) {
    Measured m = {.cost = 0};
    RunPoint pilot;
    *n = 0;
    for (;;) {
        Err err;
        if (*n < 2) assert_int_equal(round_next(&m.end, within, FIRST, left - m.cost, done, *n, &err), OK);
        else assert_int_equal(round_advance(&m.end, within, left - m.cost, done, *n, &err), OK);
        double needed = 0;
        for (int i = 0; i < m.end.n_missing; i++) needed += (double)m.end.missing[i].steps;
        if (m.end.n_missing == 0 || m.end.round.steps > STEPS_MAX || m.cost + needed > left) break;
        for (int i = 0; i < m.end.n_missing; i++) {
            RoundRun run = m.end.missing[i];
            for (int j = 0; j < *n; j++) /* no run twice */
                assert_false(done[j].level == run.level && done[j].seed == run.seed &&
                             done[j].steps == run.steps);
            train(lab, &run, *n ? &pilot : NULL);
            if (*n == 0) pilot = run.point;
            m.cost += (double)run.steps;
            assert_true(*n < RUNS_MAX);
            done[(*n)++] = run;
        }
    }
    for (int l = 0; l < ROUND_LEVELS; l++)
        m.truth += true_bits(lab, m.end.last.level + l, m.end.last.steps) / ROUND_LEVELS;
    return m;
}

static Lab lab_of(uint64_t lot) {
    Lab lab = {.share = 0.08, .level_sd = 0.003, .seed_sd = 0.013, .run_sd = 0.0025, .lot = lot};
    Stream draw = random_stream(lot, RANDOM_TEST, 0);
    lab.capacity = PARAMS * (1.5 + 2 * random_unit(draw, 0));
    lab.gamma = 0.3 + 0.4 * random_unit(draw, 1);
    lab.share = 0.06 + 0.1 * random_unit(draw, 2);
    return lab;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct Laboratories {
    double coverage, bias, cost, fixed_cost;
    int done;
} Laboratories;

/* The fixed design has the steps and the seeds that suffice in 95 of 100 laboratories. */
static Laboratories simulated(double within, double noise, int labs) {
    static RoundRun done[RUNS_MAX];
    static double steps[LABS], seeds[LABS];
    Laboratories all = {.done = 0};
    int covered = 0;
    for (int i = 0; i < labs; i++) {
        Lab lab = lab_of((uint64_t)i);
        lab.seed_sd *= noise;
        int n;
        Measured m = measured(&lab, within, INFINITY, done, &n);
        Interval c = m.end.architecture.plateau.reached;
        steps[i] = (double)m.end.last.steps;
        seeds[i] = m.end.last.seeds;
        all.cost += m.cost / labs;
        if (m.end.reason != ROUND_DONE) continue;
        all.done++;
        covered += c.low <= m.truth && m.truth <= c.high;
        all.bias += c.value / m.truth - 1;
        assert_true((c.high - c.low) / 2 <= within * c.value);
        assert_true(architecture_certain(&m.end.architecture));
    }
    all.coverage = 1.0 * covered / all.done;
    all.bias /= all.done;
    qsort(steps, (size_t)labs, sizeof *steps, by_size);
    qsort(seeds, (size_t)labs, sizeof *seeds, by_size);
    all.fixed_cost = 1.5 * steps[labs * 95 / 100] * seeds[labs * 95 / 100] * ROUND_LEVELS;
    printf(
        "within %.1f %%, noise %.1f: %d of %d certain, coverage %.3f, bias %.2f %%, cost %.3g steps (fixed %.3g), "
        "median of %.0f steps and %.0f seeds\n",
        100 * within, noise, all.done, labs, all.coverage, 100 * all.bias, all.cost, all.fixed_cost,
        steps[labs / 2], seeds[labs / 2]);
    return all;
}

static void test_coverage(void **state) {
    (void)state;
    bool whole = getenv("ROTE_LONG") != NULL;
    static const double within[] = {0.05, 0.01}, noise[] = {1, 2};
    for (int w = 0; w < 2; w++)
        for (int k = 0; k < (whole ? 2 : 1); k++) {
            Laboratories all = simulated(within[w], noise[k], whole ? LABS : LABS / 3);
            assert_true(all.coverage > (whole ? 0.93 : 0.91) && all.coverage < (whole ? 0.97 : 0.98));
            assert_true(fabs(all.bias) < 0.001);
            assert_true(all.cost < 0.5 * all.fixed_cost);
            if (noise[k] <= 1) assert_true(all.done >= (whole ? LABS : LABS / 3) * 0.98);
        }
}

/* Stopped after any run, with its runs in any order, it asks for what is missing of the same round. */
static void test_resumed(void **state) {
    (void)state;
    static RoundRun done[RUNS_MAX], turned[RUNS_MAX];
    int n;
    Lab lab = lab_of(7);
    Err err;
    Measured m = measured(&lab, 0.05, INFINITY, done, &n);
    assert_int_equal(m.end.reason, ROUND_DONE);
    for (int stop = 0; stop <= n; stop++) {
        RoundStep step;
        for (int i = 0; i < stop; i++) turned[i] = done[stop - 1 - i];
        assert_int_equal(round_next(&step, 0.05, FIRST, INFINITY, turned, stop, &err), OK);
        if (stop == n) assert_int_equal(step.reason, ROUND_DONE);
        else assert_int_equal(step.missing[0].steps, done[stop].steps);
        if (stop < n) assert_int_equal(step.missing[0].seed, done[stop].seed);
        if (stop < n) assert_int_equal(step.missing[0].level, done[stop].level);
    }
}

/* Where the time is short, it is spent on what is asked for: an interval, if only of a bound. */
static void test_short_of_time(void **state) {
    (void)state;
    static RoundRun done[RUNS_MAX];
    int narrow = 0, n;
    enum { TRIALS = 50 };
    for (int i = 0; i < TRIALS; i++) {
        Lab lab = lab_of((uint64_t)i);
        const double left = 200 * FIRST;
        Measured m = measured(&lab, 0.05, left, done, &n);
        assert_true(m.cost <= left && m.end.measured);
        Interval c = m.end.architecture.plateau.reached;
        narrow += m.end.last.seeds >= ROUND_SEEDS_MIN && (c.high - c.low) / 2 <= 0.05 * c.value;
    }
    assert_true(narrow >= TRIALS * 9 / 10);
}

/* A pilot that holds little: the levels rise until the smallest size is beyond capacity. */
static void test_levels(void **state) {
    (void)state;
    static RoundRun done[RUNS_MAX];
    int n;
    Lab lab = lab_of(3);
    lab.share = 0.17;
    lab.gamma = 1;
    Measured m = measured(&lab, 0.05, INFINITY, done, &n);
    assert_int_equal(m.end.reason, ROUND_DONE);
    assert_true(m.end.last.level > 0);
    assert_true(round_ceiling(&done[0].point, m.end.last.level) >= OVERFILL_MIN * m.truth * 0.97);
}

static void test_without_end(void **state) {
    (void)state;
    static RoundRun done[RUNS_MAX];
    int n;
    Err err;
    RoundStep step;
    Lab lab = lab_of(5);
    lab.share = 0.2; /* longer training holds less */
    lab.gamma = -0.2;
    Measured m = measured(&lab, 0.05, INFINITY, done, &n);
    assert_int_equal(m.end.reason, ROUND_UNSTABLE);
    RoundRun pilot = {.level = PILOT_LEVEL, .steps = FIRST, .point = {.bits = NAN}};
    assert_int_equal(round_next(&step, 0.05, FIRST, INFINITY, &pilot, 1, &err), OK);
    assert_int_equal(step.reason, ROUND_UNSTABLE);
    assert_int_equal(step.n_missing, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_coverage), cmocka_unit_test(test_resumed),
                                       cmocka_unit_test(test_short_of_time), cmocka_unit_test(test_levels),
                                       cmocka_unit_test(test_without_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
