#include "eval/stats/fit.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

static void exposures_functions(double out[FIT_COEFFICIENTS_MAX], double t, double theta) {
    out[0] = -exact_expm1(-t / theta);
}

static void budget_functions(double out[FIT_COEFFICIENTS_MAX], double t, double theta) {
    out[0] = 1;
    out[1] = -exact_pow(t, -theta);
}

const Law exposures_law = {1, exposures_functions, 1e-3, 1e9};
const Law budget_law = {2, budget_functions, 0.02, 5};

/* Normal equations of one group at one theta, kept small: no group has more than two coefficients. */
typedef struct Normal {
    double a[2][2], b[2], x[2]; /* a x = b */
} Normal;

/* All points of a group at one t: the search uses their mean, since their scatter is constant. */
typedef struct Cell {
    int group, n;
    double t, mean, scatter; /* sum of squares about the mean */
    double f[FIT_COEFFICIENTS_MAX];
} Cell;

typedef struct Problem {
    const Law *law;
    int n_cells, n_groups, skip;
    Cell *cells;
    bool *usable;   /* n_groups */
    Normal *normal; /* n_groups */
    double *scale;  /* n_groups: largest t, so that t^-theta stays near 1 */
} Problem;

static void add_cell(Normal *s, const Cell *cell, int k) {
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) s->a[i][j] += cell->n * cell->f[i] * cell->f[j];
        s->b[i] += cell->n * cell->f[i] * cell->mean;
    }
}

static bool solve(Normal *s, int k) {
    if (k == 1) {
        s->x[0] = s->b[0] / s->a[0][0];
        return s->a[0][0] > 0;
    }
    double det = s->a[0][0] * s->a[1][1] - s->a[0][1] * s->a[1][0];
    s->x[0] = (s->b[0] * s->a[1][1] - s->b[1] * s->a[0][1]) / det;
    s->x[1] = (s->a[0][0] * s->b[1] - s->a[1][0] * s->b[0]) / det;
    return det > 1e-13 * s->a[0][0] * s->a[1][1];
}

/* The sum of squares with the best coefficients for theta. */
static double rss_at(Problem *p, double theta) {
    for (int g = 0; g < p->n_groups; g++) p->normal[g] = (Normal){.b = {0, 0}};
    for (int i = 0; i < p->n_cells; i++) {
        Cell *cell = &p->cells[i];
        if (!p->usable[cell->group]) continue;
        p->law->functions(cell->f, p->law->k == 2 ? cell->t / p->scale[cell->group] : cell->t, theta);
        add_cell(&p->normal[cell->group], cell, p->law->k);
    }
    for (int g = 0; g < p->n_groups; g++)
        if (p->usable[g] && !solve(&p->normal[g], p->law->k)) return INFINITY;
    double rss = 0;
    for (int i = 0; i < p->n_cells; i++) {
        const Cell *cell = &p->cells[i];
        if (!p->usable[cell->group]) continue;
        const double *x = p->normal[cell->group].x;
        double e = cell->mean - x[0] * cell->f[0] - x[1] * cell->f[1];
        rss += cell->n * e * e + cell->scatter;
    }
    return rss;
}

/* ---- the search: theta on a logarithmic grid, then by golden section between the best point's neighbours ---- */

enum { GRID = 64 };

static double grid_theta(const Law *law, double i) {
    return law->theta_low * exact_exp(i / GRID * exact_log(law->theta_high / law->theta_low));
}

static double golden(Problem *p, double low, double high) {
    const double part = 0x1.3c6ef372fe950p-1; /* (sqrt 5 - 1) / 2 */
    double a = low, b = high, u = b - part * (b - a), v = a + part * (b - a);
    double fu = rss_at(p, grid_theta(p->law, u)), fv = rss_at(p, grid_theta(p->law, v));
    while (b - a > 1e-7) {
        if (fu <= fv) {
            b = v, v = u, fv = fu, u = b - part * (b - a);
            fu = rss_at(p, grid_theta(p->law, u));
        } else {
            a = u, u = v, fu = fv, v = a + part * (b - a);
            fv = rss_at(p, grid_theta(p->law, v));
        }
    }
    return 0.5 * (a + b);
}

/* The point where the profile first exceeds `limit`, from `best` in direction `step`; none within the grid: the
 * limit is open. */
static double profile_end(Problem *p, double best, double step, double limit) {
    double inside = best, outside = best;
    do {
        inside = outside;
        outside += step;
        if (outside < 0 || outside > GRID) return step < 0 ? 0 : INFINITY;
    } while (!(rss_at(p, grid_theta(p->law, outside)) > limit));
    for (int i = 0; i < 40; i++) {
        double middle = 0.5 * (inside + outside);
        if (rss_at(p, grid_theta(p->law, middle)) > limit) outside = middle;
        else inside = middle;
    }
    return grid_theta(p->law, inside);
}

static double search(Problem *p) {
    double best = 0, min = INFINITY;
    for (int i = 0; i <= GRID; i++) {
        double rss = rss_at(p, grid_theta(p->law, i));
        if (rss < min) min = rss, best = i;
    }
    return golden(p, best > 0 ? best - 1 : 0, best < GRID ? best + 1 : GRID);
}

/* ---- groups ---- */

static void make_cells(Problem *p, const FitPoint *points, int n) {
    for (int i = 0; i < n; i++) {
        int c = 0;
        while (c < p->n_cells && (p->cells[c].group != points[i].group || p->cells[c].t != points[i].t)) c++;
        if (c == p->n_cells) p->cells[p->n_cells++] = (Cell){.group = points[i].group, .t = points[i].t};
        Cell *cell = &p->cells[c];
        double before = cell->mean;
        cell->mean += (points[i].y - before) / ++cell->n;
        cell->scatter += (points[i].y - before) * (points[i].y - cell->mean); /* Welford 1962 */
    }
}

/* Returns whether at least one group determines theta. */
static bool choose_groups(Problem *p, SharedFit *out) {
    bool tells = false;
    int used = 0;
    for (int g = 0; g < p->n_groups; g++) {
        int different = 0, points = 0;
        for (int i = 0; i < p->n_cells; i++) {
            if (p->cells[i].group != g || g == p->skip) continue;
            different++;
            points += p->cells[i].n;
            if (p->cells[i].t > p->scale[g]) p->scale[g] = p->cells[i].t;
        }
        p->usable[g] = different >= p->law->k;
        tells |= different > p->law->k;
        out->n_fitted += p->usable[g];
        used += p->usable[g] ? points : 0;
    }
    out->df = used - p->law->k * out->n_fitted - 1;
    return tells && out->df > 0;
}

/* Coefficients at theta into out, back on the scale of t itself. */
static void coefficients_at(Problem *p, double theta, double (*out)[FIT_COEFFICIENTS_MAX]) {
    rss_at(p, theta);
    for (int g = 0; g < p->n_groups; g++) {
        if (!p->usable[g]) continue;
        out[g][0] = p->normal[g].x[0];
        out[g][1] = p->law->k == 2 ? p->normal[g].x[1] * exact_pow(p->scale[g], theta) : 0;
    }
}

/* The limits' intervals: the linear error at fixed theta, and theta's error times d limit / d theta. */
static Status limits(Problem *p, SharedFit *out, double log_error, Err *err) {
    double(*shifted)[FIT_COEFFICIENTS_MAX] = calloc((size_t)p->n_groups, sizeof *shifted);
    if (!shifted) return err_set(err, ERR_NOMEM, "no memory for a fit of %d groups", p->n_groups);
    double theta = out->theta.value, step = 1e-4, variance = out->rss / out->df;
    coefficients_at(p, theta * (1 + step), shifted);
    coefficients_at(p, theta, out->coefficient);
    for (int g = 0; g < p->n_groups; g++) {
        if (!p->usable[g]) continue;
        const Normal *s = &p->normal[g];
        double own = p->law->k == 1 ? 1 / s->a[0][0]
                                    : s->a[1][1] / (s->a[0][0] * s->a[1][1] - s->a[0][1] * s->a[1][0]);
        double slope = (shifted[g][0] - out->coefficient[g][0]) / step; /* per unit of ln theta */
        out->limit[g] = interval_of(out->coefficient[g][0],
                                    sqrt(variance * own + slope * slope * log_error * log_error), out->df);
    }
    free(shifted);
    return OK;
}

Status shared_fit(SharedFit *out, const Law *law, const FitPoint *points, int n, int n_groups, int skip,
                  Err *err) {
    *out = (SharedFit){.theta = {NAN, NAN, NAN, NAN}, .n_groups = n_groups, .rss = NAN, .df = NAN};
    Problem p = {.law = law, .n_groups = n_groups, .skip = skip};
    size_t room = (size_t)n_groups + 1;
    Status status = OK;
    out->coefficient = calloc(room, sizeof *out->coefficient);
    out->limit = calloc(room, sizeof *out->limit);
    p.cells = calloc((size_t)n + 1, sizeof *p.cells);
    p.usable = calloc(room, sizeof *p.usable);
    p.normal = calloc(room, sizeof *p.normal);
    p.scale = calloc(room, sizeof *p.scale);
    if (!out->coefficient || !out->limit || !p.cells || !p.usable || !p.normal || !p.scale) {
        status = err_set(err, ERR_NOMEM, "no memory for a fit of %d groups", n_groups);
        goto done;
    }
    for (int g = 0; g < n_groups; g++) {
        out->coefficient[g][0] = out->coefficient[g][1] = NAN;
        out->limit[g] = (Interval){NAN, NAN, NAN, NAN};
    }
    make_cells(&p, points, n);
    if (!choose_groups(&p, out)) goto done;
    double best = search(&p), theta = grid_theta(law, best);
    out->rss = rss_at(&p, theta);
    if (!(out->rss < INFINITY)) goto done;
    double t = student_quantile(0.5 + 0.5 * INTERVAL_LEVEL, out->df), max = out->rss * (1 + t * t / out->df);
    out->theta = (Interval){theta, profile_end(&p, best, -1, max), profile_end(&p, best, 1, max), out->df};
    /* standard error of ln theta from the half width of its interval; unknown if one end is open */
    double log_error = exact_log(out->theta.high / out->theta.low) / (2 * t);
    TRY_GOTO(limits(&p, out, log_error, err));
done:
    free(p.cells);
    free(p.usable);
    free(p.normal);
    free(p.scale);
    return status;
}

void shared_fit_free(SharedFit *fit) {
    free(fit->coefficient);
    free(fit->limit);
    *fit = (SharedFit){.n_groups = 0};
}

/* Mean of coefficient 0 over the fitted groups. */
static Status mean_limit(double *out, int *fitted, const Law *law, const FitPoint *points, int n,
                         int n_groups, int skip, Err *err) {
    SharedFit fit;
    Status status = shared_fit(&fit, law, points, n, n_groups, skip, err);
    double sum = 0;
    *fitted = 0;
    for (int g = 0; status == OK && g < n_groups; g++) {
        if (fit.coefficient[g][0] != fit.coefficient[g][0]) continue;
        sum += fit.coefficient[g][0];
        ++*fitted;
    }
    *out = *fitted ? sum / *fitted : NAN;
    shared_fit_free(&fit);
    return status;
}

/* Tukey's jackknife (1958): variance (G - 1)/G sum over g of (mean without g - their mean)^2, G - 1 degrees of
 * freedom. */
Status shared_limit(Interval *out, const Law *law, const FitPoint *points, int n, int n_groups, Err *err) {
    double all, sum = 0, squares = 0;
    int fitted, left = 0, rest;
    *out = (Interval){NAN, NAN, NAN, NAN};
    TRY(mean_limit(&all, &fitted, law, points, n, n_groups, -1, err));
    out->value = all;
    if (fitted < 3) return OK;
    for (int g = 0; g < n_groups; g++) {
        double without;
        TRY(mean_limit(&without, &rest, law, points, n, n_groups, g, err));
        if (rest == fitted) continue; /* g has no coefficients */
        sum += without - all;
        squares += (without - all) * (without - all);
        left++;
    }
    double variance = (left - 1.0) / left * (squares - sum * sum / left);
    *out = interval_of(all, sqrt(variance > 0 ? variance : 0), left - 1);
    return OK;
}
