/* What to train next to measure the capacity of one structure (`rote measure`), given what was trained. Fits and
 * verdicts are those of plateau.h; this file only plans (docs/math.md, "Measuring in rounds").
 *
 * A pilot, one short run with far more facts than fit, gives a first guess of the capacity. A round is then a set of
 * runs: three sizes of fact set beyond capacity (levels: each has twice the data of the one below), a number of steps
 * and half of it, and so many seeds. After a round, one thing grows: the steps, while doubling them gains too much; the
 * level, where the smallest size is no longer beyond capacity; or the seeds, until the intervals are narrow enough.
 *
 * Pure functions of the results: a measurement that was stopped goes on from them. */
#ifndef ROTE_EVAL_CAPACITY_ROUNDS_H
#define ROTE_EVAL_CAPACITY_ROUNDS_H

#include <stdint.h>

#include "eval/capacity/series.h"

enum {
    ROUND_LEVELS = SIZES_MIN,
    ROUND_SEEDS_MIN = 2,
    ROUND_SEEDS_MAX = 17,
    ROUND_RUNS_MAX = 2 * ROUND_LEVELS * ROUND_SEEDS_MAX
};
#define PILOT_LEVEL (-1)
#define PILOT_MARGIN                                                                                         \
    2.0 /* ceiling of the smallest size over what the pilot holds: longer training holds more */
#define GAIN_ENOUGH 0.008 /* one seed: more steps while doubling gains more than this; else more seeds */

/* A run that is wanted, or that is done; point.bits NAN: it diverged. */
typedef struct RoundRun {
    int level, seed;
    int64_t steps;
    RunPoint point; /* of a run that is done: pair = seed, budget = steps */
} RoundRun;

typedef struct Round {
    int level; /* the lowest of its ROUND_LEVELS */
    int64_t steps;
    int seeds;
} Round;

typedef enum RoundReason {
    ROUND_PILOT, /* the first guess is missing */
    ROUND_FIRST,
    ROUND_STEPS,   /* doubling the steps gains too much */
    ROUND_LEVEL,   /* the smallest size is not beyond capacity */
    ROUND_SEEDS,   /* an interval is too wide */
    ROUND_CONFIRM, /* all is as wanted; one seed more, so that a lucky round does not count */
    ROUND_DONE,    /* converged and saturated, and the interval is narrow enough */
    ROUND_UNSTABLE /* more steps hold less: nothing that is planned here helps */
} RoundReason;

typedef struct RoundStep {
    RoundReason reason;
    Round round; /* to be completed; DONE, UNSTABLE: the last one */
    int n_missing;
    RoundRun missing[ROUND_RUNS_MAX];
    bool measured; /* the fields below are those of the last complete round */
    Round last;
    Architecture architecture; /* bits are those of the model: params is 1, without a label */
} RoundStep;

/* within: half of the interval's width over its value. first: steps of the pilot; the first round has 4 and 2 times as
 * many. left: steps, of all runs together, for which there is time; a caller ends where those of the missing runs are
 * more. ERR_NOMEM. */
Status round_next(RoundStep *out, double within, int64_t first, double left, const RoundRun *done, int n,
                  Err *err);
/* The same, from a step whose pilot is done and whose round may now be complete: *out is that step.
 * ERR_NOMEM. */
Status round_advance(RoundStep *out, double within, double left, const RoundRun *done, int n, Err *err);

/* What a size of that level needs: ceiling bits, from the pilot. */
double round_ceiling(const RunPoint *pilot, int level);

#endif
