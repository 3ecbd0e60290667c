/* From the runs of a series: plateaus, slope, laws, and figures of the whole series. */
#include <math.h>
#include <stdlib.h>

#include "base/exact.h"
#include "eval/capacity/seeds.h"

static const Interval nothing = {NAN, NAN, NAN, NAN};

enum { BUDGETS_MIN = 3 }; /* a law with two coefficients per group and one shared exponent needs three */

/* ---- each architecture ---- */

/* Mean exposures of the architecture's runs at that budget; where sizes beyond the transition are known, of those. */
static double exposures_of(const Series *s, int a, double budget, bool beyond) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < s->n_runs; i++) {
        const SeriesRun *run = &s->runs[i];
        if (run->architecture != a || run->point.budget != budget || (beyond && !run->beyond)) continue;
        sum += run->exposures;
        n++;
    }
    return sum / n;
}

/* The number of facts with four times the data of the smallest size that counts. */
static void suggest_load(Architecture *out, const Series *s, int a) {
    out->next_load = out->next_facts = 0;
    for (int i = 0; i < s->n_runs; i++) {
        const SeriesRun *run = &s->runs[i];
        if (run->architecture != a || !run->beyond || !run->run) continue;
        if (run->point.data_bits != out->plateau.smallest_data) continue;
        out->next_load = LOADS_MIN * swept_config(run->run).facts.load;
        out->next_facts = LOADS_MIN * sweep_figure(run->run, "facts");
        return;
    }
}

static Status fit_architecture(Series *s, int a, RunPoint *points, bool *counts, Err *err) {
    Architecture *out = &s->architectures[a];
    int n = 0, at = 0;
    double longest = 0;
    out->plateau = (Plateau){.reached = nothing, .gain = nothing, .overfill = NAN, .odd = {-1, NAN, NAN}};
    out->endless = nothing;
    for (int i = 0; i < s->n_runs; i++) {
        const RunPoint *point = &s->runs[i].point;
        if (s->runs[i].architecture != a) continue;
        if (point->budget > longest) longest = point->budget;
        if (point->bits == point->bits) points[n++] = *point;
    }
    out->entropy_known = n > 0;
    if (n > 0) TRY(plateau_fit(&out->plateau, counts, points, n, err));
    for (int i = 0; i < s->n_runs; i++)
        if (s->runs[i].architecture == a && s->runs[i].point.bits == s->runs[i].point.bits)
            s->runs[i].beyond = counts[at++];
    suggest_load(out, s, a);
    out->exposures = exposures_of(s, a, n > 0 ? out->plateau.budget : longest, out->plateau.n_sizes > 0);
    return OK;
}

/* ---- slope ---- */

static bool has_plateau(const Architecture *a) { return a->plateau.reached.value > 0; }

/* With weights 1/P^2, the sum of squares (C - b P)^2 / P^2 is that of C/P - b. So the slope through the origin is
 * the mean of C/P over architectures, each an independent draw; effects that they share through their seeds widen
 * the interval. */
static Status fit_slope(Series *s, double *room, Err *err) {
    int m = s->n_architectures, n = 0;
    double *ratio = room, *set = room + m, *params = room + 2 * m, *bits = room + 3 * m,
           *weight = room + 4 * m, *gain = room + 5 * m, *log_params = room + 6 * m, *log_bits = room + 7 * m;
    Slope *out = &s->slope;
    Line line;
    int gains = 0;
    double factor = 0;
    *out = (Slope){.endless = nothing};
    for (int a = 0; a < m; a++) {
        const Architecture *arch = &s->architectures[a];
        if (!has_plateau(arch)) continue;
        double p = (double)arch->params, c = arch->plateau.reached.value;
        ratio[n] = c / p;
        set[n] = arch->plateau.set_bits / p;
        params[n] = p;
        bits[n] = c;
        weight[n] = 1 / (p * p);
        log_params[n] = exact_log(p);
        log_bits[n] = exact_log(c);
        n++;
        if (arch->plateau.n_pairs == 0) continue;
        gain[gains++] = arch->plateau.gain.value;
        factor += arch->plateau.gain_factor;
    }
    out->n_architectures = n;
    out->gain_factor = factor / gains;
    out->gain = mean_interval(gain, gains);
    TRY(mean_over_architectures(&out->origin, s, ratio, n, false, err));
    TRY(mean_over_architectures(&out->set, s, set, n, true, err));
    out->slope = out->intercept = out->exponent = nothing;
    out->r2 = NAN;
    if (n >= 3) { /* two points always lie on a line */
        TRY(line_fit(&line, params, bits, weight, n, err));
        out->slope = line.slope;
        out->intercept = line.intercept;
        TRY(line_fit(&line, log_params, log_bits, NULL, n, err));
        out->exponent = line.slope;
        TRY(line_fit(&line, params, bits, NULL, n, err));
        out->r2 = line.r2;
    }
    if (n != 1) return OK;
    for (int a = 0; a < m; a++) { /* only one architecture: the interval is over its runs */
        const Architecture *arch = &s->architectures[a];
        if (!has_plateau(arch)) continue;
        double p = (double)arch->params;
        Interval c = arch->plateau.reached;
        out->origin = (Interval){c.value / p, c.low / p, c.high / p, c.df};
        out->gain = arch->plateau.gain;
    }
    return OK;
}

/* ---- laws over budgets, in bits per parameter, so that all architectures have equal weight ---- */

static int law_points(const Series *s, FitPoint *out, bool exposures) {
    int n = 0;
    for (int i = 0; i < s->n_runs; i++) {
        const SeriesRun *run = &s->runs[i];
        const Architecture *a = &s->architectures[run->architecture];
        if (!run->beyond || a->n_budgets < BUDGETS_MIN) continue;
        out[n++] = (FitPoint){run->architecture, exposures ? run->exposures : run->point.budget,
                              run->point.bits / (double)a->params};
    }
    return n;
}

/* One law: its fit, the mean of the limits with an interval over architectures (for a single one: its own), and the
 * root mean square residual as a share of the plateau reached. */
static Status fit_law(SharedFit *fit, Interval *limit, double *error, const Series *s, const Law *law,
                      const FitPoint *points, int n, Err *err) {
    TRY(shared_fit(fit, law, points, n, s->n_architectures, -1, err));
    *error = sqrt(fit->rss / fit->df) / s->slope.origin.value;
    if (fit->n_fitted > 1) return shared_limit(limit, law, points, n, s->n_architectures, err);
    for (int a = 0; a < s->n_architectures; a++)
        if (fit->limit[a].value == fit->limit[a].value) *limit = fit->limit[a];
    return OK;
}

/* A limit below the plateau that the same architectures reached contradicts the runs: it is removed, and its value
 * is kept for the message. */
static double drop_below(Interval *limit, const Series *s, const SharedFit *fit) {
    double reached = 0;
    for (int a = 0; a < s->n_architectures; a++) {
        const Architecture *arch = &s->architectures[a];
        if (fit->limit[a].value == fit->limit[a].value)
            reached += arch->plateau.reached.value / (double)arch->params / fit->n_fitted;
    }
    double value = limit->value;
    if (!(value < reached)) return NAN;
    *limit = nothing;
    return value;
}

static Status fit_laws(Series *s, FitPoint *points, Err *err) {
    SharedFit fit;
    Interval limit = nothing;
    s->gamma = s->e0 = s->exposures_limit = nothing;
    s->law_error[0] = s->law_error[1] = s->limit_below[0] = s->limit_below[1] = NAN;
    int n = law_points(s, points, false);
    if (n == 0) return OK;
    Status status = fit_law(&fit, &limit, &s->law_error[0], s, &budget_law, points, n, err);
    s->gamma = fit.theta;
    bool determined = fit.theta.low > 0 && fit.theta.high < INFINITY;
    if (determined) s->slope.endless = limit;
    if (status == OK && determined) s->limit_below[0] = drop_below(&s->slope.endless, s, &fit);
    for (int a = 0; status == OK && determined && a < s->n_architectures; a++) {
        double p = (double)s->architectures[a].params;
        Interval own = fit.limit[a];
        if (!(own.value * p >= s->architectures[a].plateau.reached.value)) continue;
        s->architectures[a].endless = (Interval){own.value * p, own.low * p, own.high * p, own.df};
    }
    shared_fit_free(&fit);
    TRY(status);

    n = law_points(s, points, true);
    status = fit_law(&fit, &s->exposures_limit, &s->law_error[1], s, &exposures_law, points, n, err);
    s->e0 = fit.theta;
    if (status == OK) s->limit_below[1] = drop_below(&s->exposures_limit, s, &fit);
    shared_fit_free(&fit);
    return status;
}

/* ---- figures of the whole series ---- */

static void answer(Series *s) {
    const Slope *slope = &s->slope;
    bool moving = false;
    s->saturated = slope->n_architectures > 0;
    s->unstable = false;
    s->exposures_low = INFINITY;
    s->exposures_high = -INFINITY;
    for (int a = 0; a < s->n_architectures; a++) {
        const Architecture *arch = &s->architectures[a];
        if (!has_plateau(arch)) continue;
        s->saturated = s->saturated && arch->plateau.saturated;
        moving |= arch->plateau.converged == ANSWER_NO;
        s->unstable |= arch->plateau.unstable;
        if (arch->exposures < s->exposures_low) s->exposures_low = arch->exposures;
        if (arch->exposures > s->exposures_high) s->exposures_high = arch->exposures;
    }
    s->unstable |= slope->gain.high <= -GAIN_MAX;
    s->converged = moving ? ANSWER_NO : within(&slope->gain, GAIN_MAX);
}

Status series_fit(Series *s, Err *err) {
    size_t n = (size_t)s->n_runs + 1, m = (size_t)s->n_architectures + 1;
    RunPoint *points = malloc(n * sizeof *points);
    bool *counts = calloc(n, sizeof *counts);
    double *room = malloc(8 * m * sizeof *room);
    FitPoint *fit_points = malloc(n * sizeof *fit_points);
    Status status = OK;
    if (!points || !counts || !room || !fit_points) {
        status = err_set(err, ERR_NOMEM, "no memory for a fit of %d runs", s->n_runs);
        goto done;
    }
    for (int a = 0; a < s->n_architectures; a++) TRY_GOTO(fit_architecture(s, a, points, counts, err));
    seeds_judge(s);
    TRY_GOTO(fit_slope(s, room, err));
    TRY_GOTO(fit_laws(s, fit_points, err));
    answer(s);
done:
    free(points);
    free(counts);
    free(room);
    free(fit_points);
    return status;
}
