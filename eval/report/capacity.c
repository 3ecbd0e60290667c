/* Capacity, and bits per parameter, over parameters. */
#include "eval/report/plots.h"

#include <math.h>
#include <stdlib.h>

static bool has_plateau(const Architecture *a) { return a->plateau.reached.value > 0; }

/* The mark: by depth if there is one series, else by series. */
static int group_of(const Capacity *c, int series, const Architecture *a, const int *depth, int n_depths) {
    if (c->n_series > 1) return series;
    for (int d = 0; d < n_depths; d++)
        if (depth[d] == swept_config(a->first).model.n_layer) return d;
    return n_depths;
}

static int by_int(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int depths_of(const Series *s, int depth[PLOT_COLOURS]) {
    int n = 0;
    for (int a = 0; a < s->n_architectures; a++) {
        int layers = swept_config(s->architectures[a].first).model.n_layer, d = 0;
        while (d < n && depth[d] != layers) d++;
        if (d == n && n < PLOT_COLOURS - 1) depth[n++] = layers;
    }
    qsort(depth, (size_t)n, sizeof *depth, by_int);
    return n;
}

static void add_plateaus(Figure *f, const Capacity *c, bool per_param) {
    int depth[PLOT_COLOURS] = {0};
    int n_depths = c->n_series == 1 ? depths_of(&c->series[0], depth) : 0;
    int groups = c->n_series == 1 ? n_depths : c->n_series;
    int max = 0;
    for (int s = 0; s < c->n_series; s++) max += c->series[s].n_architectures;
    PlotSeries *mark[PLOT_COLOURS + 1] = {NULL};
    for (int g = 0; g <= groups && g < PLOT_COLOURS; g++) {
        char *name = f->name[g];
        bool last = g == PLOT_COLOURS - 1 || g == groups;
        if (last) snprintf(name, sizeof f->name[g], c->n_series == 1 ? "other depths" : "other settings");
        else if (c->n_series > 1) snprintf(name, sizeof f->name[g], "%.60s", c->series[g].settings);
        else snprintf(name, sizeof f->name[g], "%d layer%s", depth[g], depth[g] == 1 ? "" : "s");
        mark[g] = figure_series(f, name, max, true, true);
        mark[g]->points = true;
        mark[g]->colour = last ? PLOT_GREY : g + 1;
    }
    PlotSeries *bound = figure_series(f, "no plateau seen: what the largest fact set gave", max, false, true);
    bound->points = true;
    bound->colour = PLOT_GREY;
    for (int s = 0; s < c->n_series; s++)
        for (int i = 0; i < c->series[s].n_architectures; i++) {
            const Architecture *a = &c->series[s].architectures[i];
            double p = (double)a->params, unit = per_param ? p : 1;
            Interval bits = a->plateau.reached;
            bits = (Interval){bits.value / unit, bits.low / unit, bits.high / unit, NAN};
            int g = group_of(c, s, a, depth, n_depths);
            if (g > PLOT_COLOURS - 1) g = PLOT_COLOURS - 1;
            if (has_plateau(a)) series_add(f, mark[g], p, bits.value, &bits, a->label);
            else if (a->plateau.largest_bits > 0)
                series_add(f, bound, p, a->plateau.largest_bits / unit, NULL, a->label);
        }
    int kept = 0; /* series without points are not in the legend */
    for (int s = 0; s < f->plot.n_series; s++)
        if (f->plot.series[s].n > 0) f->plot.series[kept++] = f->plot.series[s];
    f->plot.n_series = kept;
}

static void params_range(const Capacity *c, double *min, double *max) {
    *min = INFINITY;
    *max = 0;
    for (int s = 0; s < c->n_series; s++)
        for (int a = 0; a < c->series[s].n_architectures; a++) {
            double p = (double)c->series[s].architectures[a].params;
            if (p < *min) *min = p;
            if (p > *max) *max = p;
        }
}

/* The fitted slope as a thin line with its band, a pair for every series that has a colour of its own. */
static void add_fits(Figure *f, const Capacity *c, bool per_param, double min, double max) {
    for (int s = 0; s < c->n_series && s < PLOT_COLOURS - 1; s++) {
        const Interval *b = &c->series[s].slope.origin;
        bool one = c->n_series == 1;
        if (!isfinite(b->value)) continue;
        int colour = one ? PLOT_GREY : s + 1;
        char *name = f->name[PLOT_COLOURS + 1];
        if (one && isfinite(b->low))
            snprintf(name, sizeof f->name[0], "%.2f bits/param (%.2f to %.2f)", b->value, b->low, b->high);
        else if (one) snprintf(name, sizeof f->name[0], "%.2f bits/param", b->value);
        PlotSeries *line = figure_series(f, one ? name : NULL, 2, false, false);
        line->line = line->thin = true;
        line->colour = colour;
        double from = f->plot.log_x ? min : per_param ? min : 0;
        series_add(f, line, from, per_param ? b->value : b->value * from, NULL, NULL);
        series_add(f, line, max, per_param ? b->value : b->value * max, NULL, NULL);
        if (!isfinite(b->low) || c->n_series > 3) continue; /* more bands would hide each other */
        PlotBand band = {.colour = colour};
        if (per_param) band.low = b->low, band.high = b->high;
        else band.slope_low = b->low, band.slope_high = b->high;
        f->plot.bands[f->plot.n_bands++] = band;
    }
}

Status capacity_figure(Figures *out, const Capacity *c, bool per_param, Err *err) {
    Figure *f;
    double min, max;
    int n = 0;
    for (int s = 0; s < c->n_series; s++) n += c->series[s].n_architectures;
    TRY(figure_begin(&f, out, TOPIC_CAPACITY, n * (4 * PLOT_COLOURS + 2) + 4 * PLOT_COLOURS,
                     n * (PLOT_COLOURS + 1), err));
    params_range(c, &min, &max);
    snprintf(f->file, sizeof f->file, per_param ? "bits_per_param" : "capacity");
    snprintf(f->caption, sizeof f->caption,
             per_param
                 ? "The same plateaus over parameters: where capacity is proportional to size, they lie on "
                   "one level."
                 : "What every model holds when it is given more than it can hold. Bars: 95 %% intervals "
                   "over its runs%s. Dashed: published slopes.",
             c->n_series > 3 ? "" : "; shaded: that of the slope");
    f->plot = (Plot){.title = per_param ? "Bits per parameter" : "Capacity",
                     .x_label = "parameters",
                     .y_label = per_param ? "plateau, bits per parameter" : "plateau, bits",
                     .n_ref_lines = 2,
                     .ref_lines = {{"Allen-Zhu & Li 2024, facts: 2 bits/param", 2, 0, false},
                                   {"Morris et al. 2025, random data: 3.6 bits/param", 3.6, 0, false}}};
    for (int r = 0; r < 2 && per_param; r++) {
        f->plot.ref_lines[r].level = f->plot.ref_lines[r].slope;
        f->plot.ref_lines[r].slope = 0;
    }
    f->plot.log_x = log_suits(min, max);
    f->plot.log_y = f->plot.log_x && !per_param;
    add_plateaus(f, c, per_param);
    if (f->plot.n_series == 0) {
        figure_drop(out);
        return OK;
    }
    add_fits(f, c, per_param, min, max);
    f->plot.text = f->caption;
    return OK;
}
