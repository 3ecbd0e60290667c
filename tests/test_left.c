/* How long a sweep still takes (train/sweep/left.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/sweep/sweep.h"

enum { RUNS = 7 };

/* Two finished runs of 100 and 300 operations in 2 and 6 seconds, a diverged one, two that one process trains together,
 * one of another process, and one that waits. */
static int make_sweep(void **state) {
    static const struct {
        SweepState state;
        double flops, seconds;
        const char *holder;
    } as[RUNS] = {{SWEEP_DONE, 100, 2, ""},    {SWEEP_DONE, 300, 6, ""},    {SWEEP_DIVERGED, 1, 900, ""},
                  {SWEEP_RUNNING, 50, 0, "a"}, {SWEEP_RUNNING, 50, 0, "a"}, {SWEEP_RUNNING, 100, 0, "b"},
                  {SWEEP_WAITING, 800, 0, ""}};
    Sweep *sweep = calloc(1, sizeof *sweep);
    if (!sweep) return -1;
    sweep->n = RUNS;
    sweep->run = calloc(RUNS, sizeof *sweep->run);
    if (!sweep->run) return -1;
    for (int i = 0; i < RUNS; i++) {
        SweepRun *run = &sweep->run[i];
        run->state = as[i].state;
        run->plan.flops_per_step = as[i].flops / 4;
        run->max_steps = 4;
        run->seconds = as[i].seconds;
        strcpy(run->holder, as[i].holder);
    }
    *state = sweep;
    return 0;
}

static int free_sweep(void **state) {
    Sweep *sweep = *state;
    free(sweep->run);
    free(sweep);
    return 0;
}

static void at_the_pace_of_those_that_are_done(void **state) {
    SweepLeft left = sweep_left(*state);
    assert_int_equal(left.finished, 2);
    assert_int_equal(left.processes, 2);
    assert_true(left.seconds == 10); /* 1000 operations at 50 a second, by two processes */
}

static void nobody_knows(void **state) {
    Sweep *sweep = *state;
    for (int i = 0; i < RUNS; i++)
        if (sweep->run[i].state == SWEEP_RUNNING) sweep->run[i].state = SWEEP_WAITING;
    assert_true(sweep_left(sweep).seconds != sweep_left(sweep).seconds);
    sweep->run[3].state = SWEEP_RUNNING;
    assert_true(sweep_left(sweep).seconds == 20);
    sweep->run[0].seconds = sweep->run[1].seconds = __builtin_nan("");
    assert_true(sweep_left(sweep).seconds != sweep_left(sweep).seconds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(at_the_pace_of_those_that_are_done, make_sweep, free_sweep),
        cmocka_unit_test_setup_teardown(nobody_knows, make_sweep, free_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
