#include "eval/capacity/rounds.h"

#include <math.h>
#include <stdlib.h>

enum { SEEDS_FOR_GAIN = 6 };

double round_ceiling(const RunPoint *pilot, int level) {
    return PILOT_MARGIN * fmax(pilot->bits, 1) * (double)((int64_t)1 << level);
}

static const RoundRun *find(const RoundRun *done, int n, int level, int seed, int64_t steps) {
    for (int i = 0; i < n; i++)
        if (done[i].level == level && done[i].seed == seed && done[i].steps == steps) return &done[i];
    return NULL;
}

/* Lists what the round lacks, the longest runs first. */
static void list_missing(RoundStep *out, const RoundRun *done, int n) {
    const Round *r = &out->round;
    out->n_missing = 0;
    for (int half = 0; half < 2; half++)
        for (int seed = 0; seed < r->seeds; seed++)
            for (int level = r->level; level < r->level + ROUND_LEVELS; level++) {
                int64_t steps = half ? r->steps / 2 : r->steps;
                if (!find(done, n, level, seed, steps))
                    out->missing[out->n_missing++] = (RoundRun){.level = level, .seed = seed, .steps = steps};
            }
}

/* What `rote capacity` finds in the runs of a complete round alone. A run that diverged holds nothing. */
static Status measure(RoundStep *out, const RoundRun *done, int n, Err *err) {
    const Round *r = &out->round;
    Architecture architecture = {.params = 1, .n_sizes = ROUND_LEVELS, .n_budgets = 2, .n_seeds = r->seeds};
    Series series = {.n_architectures = 1, .architectures = &architecture, .entropy_known = true};
    series.runs = calloc(ROUND_RUNS_MAX, sizeof *series.runs);
    if (!series.runs) return err_set(err, ERR_NOMEM, "no memory for a round");
    for (int half = 0; half < 2; half++)
        for (int seed = 0; seed < r->seeds; seed++)
            for (int level = r->level; level < r->level + ROUND_LEVELS; level++) {
                const RoundRun *run = find(done, n, level, seed, half ? r->steps / 2 : r->steps);
                if (run && !isnan(run->point.bits))
                    series.runs[series.n_runs++] = (SeriesRun){.point = run->point};
            }
    Status status = series.n_runs ? series_fit(&series, err) : OK;
    out->measured = status == OK && series.n_runs;
    out->architecture = architecture;
    out->last = *r;
    free(series.runs);
    return status;
}

static double half_width(const Interval *i) { return (i->high - i->low) / 2; }

/* Whether more seeds are the cheaper way to show that the gain is below 1 %. Its interval narrows with the root of
 * their number; n pairs more cost 1.5 n runs of the longer budget, doubling it costs 2 n and lowers the gain itself. */
static bool seeds_will_do(const Plateau *p, int seeds) {
    double room = GAIN_MAX - __builtin_fabs(p->gain.value);
    return seeds < SEEDS_FOR_GAIN && half_width(&p->gain) < 1.2 * room;
}

/* What grows after a round. certain: so was the round before. */
static RoundReason judge(const Architecture *a, int seeds, double within, bool certain) {
    const Plateau *p = &a->plateau;
    bool narrow = half_width(&p->reached) <= within * p->reached.value;
    if (!(p->reached.value > 0) || p->n_sizes < ROUND_LEVELS) return ROUND_LEVEL;
    if (seeds >= ROUND_SEEDS_MIN && architecture_certain(a) && narrow)
        return certain || seeds == ROUND_SEEDS_MAX ? ROUND_DONE : ROUND_CONFIRM;
    if (p->unstable && seeds >= ROUND_SEEDS_MIN) return ROUND_UNSTABLE;
    if (seeds == ROUND_SEEDS_MAX) return ROUND_STEPS;
    if (seeds < ROUND_SEEDS_MIN) return p->gain.value > GAIN_ENOUGH ? ROUND_STEPS : ROUND_SEEDS;
    if (p->converged == ANSWER_NO || (p->converged == ANSWER_UNKNOWN && !seeds_will_do(p, seeds)))
        return ROUND_STEPS;
    /* Larger sets that hold more, or less, than smaller ones were trained too briefly: a step sees the same number of
     * facts of each. */
    return p->level == ANSWER_NO ? ROUND_STEPS : ROUND_SEEDS;
}

static void grow(Round *round, RoundReason reason) {
    if (reason == ROUND_STEPS) round->steps *= 2;
    if (reason == ROUND_LEVEL) round->level++;
    if (reason == ROUND_SEEDS || reason == ROUND_CONFIRM) round->seeds++;
}

static double cost_of(const RoundStep *step) {
    double steps = 0;
    for (int i = 0; i < step->n_missing; i++) steps += (double)step->missing[i].steps;
    return steps;
}

/* What comes after a round for that reason. Where the steps that are left do not allow it and one seed more after it,
 * seeds narrow the interval of what was reached instead; where they do not allow that either, it is asked for all the
 * same, and the caller ends here. */
static void go_on(RoundStep *out, double within, double left, const RoundRun *done, int n) {
    const Plateau *p = &out->architecture.plateau;
    bool narrow = half_width(&p->reached) <= within * p->reached.value;
    Round now = out->round;
    grow(&out->round, out->reason);
    list_missing(out, done, n);
    double reserve = ROUND_LEVELS * 1.5 * (double)out->round.steps;
    if (out->n_missing == 0 || out->reason != ROUND_STEPS || cost_of(out) + reserve <= left) return;
    if ((now.seeds >= ROUND_SEEDS_MIN && narrow) || now.seeds == ROUND_SEEDS_MAX) return;
    RoundStep other = *out;
    other.reason = ROUND_SEEDS;
    other.round = now;
    grow(&other.round, ROUND_SEEDS);
    list_missing(&other, done, n);
    if (cost_of(&other) <= left) *out = other;
}

Status round_advance(RoundStep *out, double within, double left, const RoundRun *done, int n, Err *err) {
    list_missing(out, done, n);
    while (out->n_missing == 0) {
        TRY(measure(out, done, n, err));
        bool certain = out->reason == ROUND_CONFIRM;
        out->reason =
            out->measured ? judge(&out->architecture, out->round.seeds, within, certain) : ROUND_UNSTABLE;
        if (out->reason == ROUND_DONE || out->reason == ROUND_UNSTABLE) return OK;
        go_on(out, within, left, done, n);
    }
    return OK;
}

Status round_next(RoundStep *out, double within, int64_t first, double left, const RoundRun *done, int n,
                  Err *err) {
    *out = (RoundStep){.reason = ROUND_FIRST, .round = {0, 4 * first, 1}};
    const RoundRun *pilot = find(done, n, PILOT_LEVEL, 0, first);
    if (!pilot) {
        out->reason = ROUND_PILOT;
        out->missing[out->n_missing++] = (RoundRun){.level = PILOT_LEVEL, .steps = first};
        return OK;
    }
    if (!isnan(pilot->point.bits)) return round_advance(out, within, left, done, n, err);
    out->reason = ROUND_UNSTABLE; /* it diverged */
    return OK;
}
