/* Ranges, ticks and numbers of a plot's axes. */
#include "eval/plot/axes.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

bool on_axis(const Axis *a, double v) { return isfinite(v) && (!a->log || v > 0); }
static double to_axis(const Axis *a, double v) { return a->log ? exact_log2(v) : v; }
double axis_place(const Axis *a, double v) { return (to_axis(a, v) - a->lo) / (a->hi - a->lo); }

double axis_value(const Axis *a, double place) {
    double v = a->lo + place * (a->hi - a->lo);
    return a->log ? exact_exp(v * 0.6931471805599453) : v;
}

static double power_of_10(int k) {
    double p = 1;
    for (int i = 0; i < abs(k); i++) p *= 10;
    return k < 0 ? 1 / p : p;
}

static void add_tick(Axis *a, double v) {
    if (a->n < TICKS_MAX && on_axis(a, v) && axis_place(a, v) > -1e-9 && axis_place(a, v) < 1 + 1e-9)
        a->tick[a->n++] = v;
}

/* A step of 1, 2 or 5 times a power of ten that cuts the span into some five parts. */
static double round_step(double span) {
    double step = 1;
    while (step * 6 < span) step *= 10;
    while (step * 0.6 > span) step /= 10;
    if (step / 5 * 6 >= span) return step / 5;
    return step / 2 * 6 >= span ? step / 2 : step;
}

/* On a log axis: decades if it is long, 1-2-5 if it is shorter, even steps within less than a decade. */
static void make_log_ticks(Axis *a) {
    double decades = (a->hi - a->lo) / 3.321928094887362;
    if (decades < 0.9) {
        double from = axis_value(a, 0), to = axis_value(a, 1), step = round_step(to - from);
        for (double v = (floor(from / step) + 1) * step; v < to; v += step) add_tick(a, v);
        return;
    }
    int stride = decades > 10 ? (int)(decades / 5) : 1;
    for (int k = -300; k <= 300; k += stride) {
        add_tick(a, power_of_10(k));
        if (decades < 3) add_tick(a, 2 * power_of_10(k));
        if (decades < 3) add_tick(a, 5 * power_of_10(k));
    }
}

static void make_ticks(Axis *a) {
    a->n = 0;
    if (a->log) {
        make_log_ticks(a);
        return;
    }
    double step = round_step(a->hi - a->lo);
    double from = floor(a->lo / step + 1e-9) * step, to = ceil(a->hi / step - 1e-9) * step;
    a->lo = from;
    a->hi = to;
    for (int i = 0; from + i * step <= to + step / 2 && i < TICKS_MAX; i++) add_tick(a, from + i * step);
}

static void widen(Axis *a, double v, bool *any) {
    if (!on_axis(a, v)) return;
    double at = to_axis(a, v);
    if (!*any || at < a->lo) a->lo = at;
    if (!*any || at > a->hi) a->hi = at;
    *any = true;
}

void make_axes(const Plot *p, Axis *x, Axis *y) {
    *x = (Axis){.log = p->log_x, .lo = 0, .hi = 1};
    *y = (Axis){.log = p->log_y, .lo = 0, .hi = 1};
    bool any_x = false, any_y = false;
    for (int s = 0; s < p->n_series; s++) {
        const PlotSeries *e = &p->series[s];
        for (int i = 0; i < e->n; i++) {
            if (!on_axis(x, e->x[i]) || !on_axis(y, e->y[i])) continue;
            widen(x, e->x[i], &any_x);
            widen(y, e->y[i], &any_y);
            if (e->low) widen(y, e->low[i], &any_y);
            if (e->high) widen(y, e->high[i], &any_y);
        }
    }
    for (int i = 0; i < p->n_ref_lines && any_x; i++) {
        const RefLine *r = &p->ref_lines[i];
        if (r->vertical) widen(x, r->level, &any_x);
        else
            for (int end = 0; end < 2; end++) widen(y, r->level + r->slope * axis_value(x, end), &any_y);
    }
    Axis *both[2] = {x, y};
    for (int i = 0; i < 2; i++) {
        Axis *a = both[i];
        if (!a->log && a->lo > 0 && a->lo < 0.5 * a->hi) a->lo = 0;
        double pad = a->log ? 0.05 * (a->hi - a->lo) : 0;
        if (!(a->hi - a->lo > 1e-9 * fabs(a->hi))) pad = a->log || a->lo == 0 ? 1 : fabs(a->lo) / 2;
        a->lo -= pad;
        a->hi += pad;
        make_ticks(a);
    }
}

const char *short_number(char out[32], double v) {
    double size = fabs(v);
    double unit = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : size >= 1e3 ? 1e3 : 1;
    const char *suffix = size >= 1e9 ? "G" : size >= 1e6 ? "M" : size >= 1e3 ? "k" : "";
    snprintf(out, 32, "%.4g%s", size < 1e-12 ? 0.0 : v / unit, suffix);
    return out;
}

/* Colours of similar lightness and clearly different hue, also for readers who see no red or no green. */
const char *const plot_colour[PLOT_COLOURS] = {"#2563a8", "#c2571a", "#2e8540",
                                               "#8a3fa0", "#b3282d", "#6b6b6b"};
const char *const plot_grade[PLOT_GRADES] = {"#e0a100", "#d97a1c", "#cb5436", "#b23555",
                                             "#8f2a72", "#672b87", "#42308a", "#1f2f7a"};

int series_colour(const Plot *plot, int s) {
    if (plot->series[s].colour) return plot->series[s].colour - 1;
    return plot->graded ? -1 : s % PLOT_COLOURS;
}

double series_grade(const Plot *plot, int s) {
    int place = 0, of = 0;
    for (int i = 0; i < plot->n_series; i++) {
        if (plot->series[i].colour) continue;
        if (i < s) place++;
        of++;
    }
    return of > 1 ? (double)place / (of - 1) : 0.5;
}

bool in_legend(const Plot *plot, int s) {
    bool at_end = plot->end_names && plot->series[s].line && !plot->series[s].colour;
    return plot->series[s].name && !at_end;
}
