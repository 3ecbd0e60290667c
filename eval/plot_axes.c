/* Ranges, ticks and numbers of a plot's axes. */
#include "eval/plot_axes.h"

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

/* 1-2-5 ticks, some five of them on a linear axis; decades on a long log axis. */
static void make_ticks(Axis *a) {
    a->n = 0;
    if (a->log) {
        double decades = (a->hi - a->lo) / 3.321928094887362;
        int stride = decades > 10 ? (int)(decades / 5) : 1;
        for (int k = -300; k <= 300; k += stride) {
            add_tick(a, power_of_10(k));
            if (decades < 2.5) add_tick(a, 2 * power_of_10(k));
            if (decades < 2.5) add_tick(a, 5 * power_of_10(k));
        }
        return;
    }
    double step = 1;
    while (step * 6 < a->hi - a->lo) step *= 10;
    while (step * 0.6 > a->hi - a->lo) step /= 10;
    if (step / 5 * 6 >= a->hi - a->lo) step /= 5;
    else if (step / 2 * 6 >= a->hi - a->lo) step /= 2;
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
    for (int s = 0; s < p->n_series; s++)
        for (int i = 0; i < p->series[s].n; i++) {
            if (!on_axis(x, p->series[s].x[i]) || !on_axis(y, p->series[s].y[i])) continue;
            widen(x, p->series[s].x[i], &any_x);
            widen(y, p->series[s].y[i], &any_y);
        }
    for (int i = 0; i < p->n_rules && any_x; i++) {
        widen(y, p->rules[i].slope * axis_value(x, 0), &any_y);
        widen(y, p->rules[i].slope * axis_value(x, 1), &any_y);
    }
    Axis *both[2] = {x, y};
    for (int i = 0; i < 2; i++) {
        Axis *a = both[i];
        if (!a->log && a->lo > 0 && a->lo < 0.5 * a->hi) a->lo = 0;
        double pad = a->log ? 0.05 * (a->hi - a->lo) : 0;
        if (!(a->hi > a->lo)) pad = a->log || a->lo == 0 ? 1 : fabs(a->lo) / 2;
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
