/* Capacity, ratio and data plots of a sweep; what only some sweeps have is in report_further.c. */
#include "eval/report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/report/figure.h"

/* ---- memory of a figure ---- */

Status figure_begin(Figure **out, Figures *figures, FigureTopic topic, int numbers, int notes, Err *err) {
    CHECK(figures->n < FIGURES_MAX);
    Figure *f = &figures->figure[figures->n];
    *f = (Figure){.topic = topic, .n_numbers = numbers, .n_notes = notes};
    f->number = calloc((size_t)numbers + 1, sizeof *f->number);
    f->note = calloc((size_t)notes + 1, sizeof *f->note);
    figures->n++; /* from here on figures_free has it */
    if (!f->number || !f->note) return err_set(err, ERR_NOMEM, "no memory for a plot of %d numbers", numbers);
    *out = f;
    return OK;
}

double *figure_numbers(Figure *f, int n) {
    CHECK(f->numbers_used + n <= f->n_numbers);
    f->numbers_used += n;
    return f->number + f->numbers_used - n;
}

PlotSeries *figure_series(Figure *f, const char *name, int most, bool bars, bool notes) {
    CHECK(f->plot.n_series < PLOT_SERIES_MAX);
    PlotSeries *s = &f->plot.series[f->plot.n_series++];
    *s = (PlotSeries){.name = name, .x = figure_numbers(f, most), .y = figure_numbers(f, most)};
    if (bars) {
        s->low = figure_numbers(f, most);
        s->high = figure_numbers(f, most);
    }
    if (notes) {
        CHECK(f->notes_used + most <= f->n_notes);
        s->note = f->note + f->notes_used;
        f->notes_used += most;
    }
    return s;
}

/* The numbers are the figure's own, which the plot may only read. */
static double *own(Figure *f, const double *x) { return f->number + (x - f->number); }

void series_add(Figure *f, PlotSeries *s, double x, double y, const Interval *bar, const char *note) {
    own(f, s->x)[s->n] = x;
    own(f, s->y)[s->n] = y;
    if (s->low) own(f, s->low)[s->n] = bar ? bar->low : NAN;
    if (s->high) own(f, s->high)[s->n] = bar ? bar->high : NAN;
    if (s->note) f->note[(s->note - f->note) + s->n] = note;
    s->n++;
}

void series_name_file(Figure *f, const Capacity *c, int series, const char *file, const char *title) {
    const char *settings = c->series[series].settings;
    bool one = c->n_series == 1;
    if (one) snprintf(f->file, sizeof f->file, "%s", file);
    else snprintf(f->file, sizeof f->file, "%s-%d", file, series + 1);
    snprintf(f->title, sizeof f->title, "%s%s%.90s", title, one || !*settings ? "" : ": ",
             one || !*settings ? "" : settings);
    f->plot.title = f->title;
}

bool log_suits(double least, double most) { return least > 0 && most > 6 * least; }

int models_shown(const Series *s) {
    return s->n_architectures < FIGURE_MODELS_MAX ? s->n_architectures : FIGURE_MODELS_MAX;
}

int model_shown(const Series *s, int k) {
    int shown = models_shown(s);
    return shown < 2 ? 0 : (int)((long)k * (s->n_architectures - 1) / (shown - 1));
}

void caption_models(Figure *f, const Series *s) {
    if (models_shown(s) == s->n_architectures) return;
    size_t used = strlen(f->caption);
    snprintf(f->caption + used, sizeof f->caption - used,
             " %d of %d models are shown, spread over their sizes.", models_shown(s), s->n_architectures);
}

/* ---- capacity and bits per parameter over parameters ---- */

static bool has_plateau(const Architecture *a) { return a->plateau.reached.value > 0; }

/* Which mark: by depth where there is one series, else by series. */
static int group_of(const Capacity *c, int series, const Architecture *a, const int *depth, int n_depths) {
    if (c->n_series > 1) return series;
    for (int d = 0; d < n_depths; d++)
        if (depth[d] == a->first->config.model.n_layer) return d;
    return n_depths;
}

static int by_int(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int depths_of(const Series *s, int depth[PLOT_COLOURS]) {
    int n = 0;
    for (int a = 0; a < s->n_architectures; a++) {
        int layers = s->architectures[a].first->config.model.n_layer, d = 0;
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
    int most = 0;
    for (int s = 0; s < c->n_series; s++) most += c->series[s].n_architectures;
    PlotSeries *mark[PLOT_COLOURS + 1] = {NULL};
    for (int g = 0; g <= groups && g < PLOT_COLOURS; g++) {
        char *name = f->name[g];
        bool last = g == PLOT_COLOURS - 1 || g == groups;
        if (last) snprintf(name, sizeof f->name[g], c->n_series == 1 ? "other depths" : "other settings");
        else if (c->n_series > 1) snprintf(name, sizeof f->name[g], "%.60s", c->series[g].settings);
        else snprintf(name, sizeof f->name[g], "%d layer%s", depth[g], depth[g] == 1 ? "" : "s");
        mark[g] = figure_series(f, name, most, true, true);
        mark[g]->points = true;
        mark[g]->colour = last ? PLOT_GREY : g + 1;
    }
    PlotSeries *bound =
        figure_series(f, "no plateau seen: what the largest fact set gave", most, false, true);
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
    int kept = 0; /* what has no point needs no place in the legend */
    for (int s = 0; s < f->plot.n_series; s++)
        if (f->plot.series[s].n > 0) f->plot.series[kept++] = f->plot.series[s];
    f->plot.n_series = kept;
}

static void params_range(const Capacity *c, double *least, double *most) {
    *least = INFINITY;
    *most = 0;
    for (int s = 0; s < c->n_series; s++)
        for (int a = 0; a < c->series[s].n_architectures; a++) {
            double p = (double)c->series[s].architectures[a].params;
            if (p < *least) *least = p;
            if (p > *most) *most = p;
        }
}

/* The fitted slope as a thin line with its band, a pair for every series that has a colour of its own. */
static void add_fits(Figure *f, const Capacity *c, bool per_param, double least, double most) {
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
        double from = f->plot.log_x ? least : per_param ? least : 0;
        series_add(f, line, from, per_param ? b->value : b->value * from, NULL, NULL);
        series_add(f, line, most, per_param ? b->value : b->value * most, NULL, NULL);
        if (!isfinite(b->low) || c->n_series > 3) continue; /* more bands would hide each other */
        PlotBand band = {.colour = colour};
        if (per_param) band.low = b->low, band.high = b->high;
        else band.slope_low = b->low, band.slope_high = b->high;
        f->plot.bands[f->plot.n_bands++] = band;
    }
}

static Status capacity_figure(Figures *out, const Capacity *c, bool per_param, Err *err) {
    Figure *f;
    double least, most;
    int n = 0;
    for (int s = 0; s < c->n_series; s++) n += c->series[s].n_architectures;
    TRY(figure_begin(&f, out, TOPIC_CAPACITY, n * (4 * PLOT_COLOURS + 2) + 4 * PLOT_COLOURS,
                     n * (PLOT_COLOURS + 1), err));
    params_range(c, &least, &most);
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
                     .n_rules = 2,
                     .rules = {{"Allen-Zhu & Li 2024, facts: 2 bits/param", 2, 0, false},
                               {"Morris et al. 2025, random data: 3.6 bits/param", 3.6, 0, false}}};
    for (int r = 0; r < 2 && per_param; r++) {
        f->plot.rules[r].level = f->plot.rules[r].slope;
        f->plot.rules[r].slope = 0;
    }
    f->plot.log_x = log_suits(least, most);
    f->plot.log_y = f->plot.log_x && !per_param;
    add_plateaus(f, c, per_param);
    if (f->plot.n_series == 0) {
        figure_drop(out);
        return OK;
    }
    add_fits(f, c, per_param, least, most);
    f->plot.text = f->caption;
    return OK;
}

/* ---- memorized bits over data bits ---- */

/* From run i on, those of the same model and number of facts; the next one that is not. */
int size_end(const Series *s, int i) {
    int end = i;
    while (end < s->n_runs && s->runs[end].architecture == s->runs[i].architecture &&
           sweep_figure(s->runs[end].run, "facts") == sweep_figure(s->runs[i].run, "facts"))
        end++;
    return end;
}

int longest_begin(const Series *s, int from, int end) {
    int at = end - 1; /* sorted by budget */
    while (at > from && s->runs[at - 1].point.budget == s->runs[end - 1].point.budget) at--;
    return at;
}

static void add_model_sizes(Figure *f, const Series *s, int model, int runs) {
    const Architecture *a = &s->architectures[model];
    PlotSeries *line = figure_series(f, a->label, runs, true, false);
    line->line = line->points = true;
    for (int i = 0; i < s->n_runs; i = size_end(s, i)) {
        if (s->runs[i].architecture != model) continue;
        int end = size_end(s, i), n = 0;
        double x = 0, y = 0;
        Interval range = {0, INFINITY, -INFINITY, NAN};
        for (int j = longest_begin(s, i, end); j < end; j++) {
            double bits = s->runs[j].point.bits;
            if (!isfinite(bits)) continue;
            x += sweep_figure(s->runs[j].run, "data_bits");
            y += bits;
            if (bits < range.low) range.low = bits;
            if (bits > range.high) range.high = bits;
            n++;
        }
        if (n > 0) series_add(f, line, x / n, y / n, n > 1 ? &range : NULL, NULL);
    }
    double plateau = a->plateau.reached.value;
    for (int i = 0; i < line->n && plateau > 0; i++)
        if (line->x[i] >= plateau && line->level == 0) {
            line->level = plateau;
            line->level_from = line->x[i];
        }
}

typedef struct Pair {
    double x, y;
} Pair;

static int by_x(const void *a, const void *b) {
    double x = ((const Pair *)a)->x, y = ((const Pair *)b)->x;
    return (x > y) - (x < y);
}

/* The ceiling M* over data bits, of all runs' fact sets. */
static Status add_ceiling(Figure *f, const Series *s, Err *err) {
    Pair *pair = malloc(((size_t)s->n_runs + 1) * sizeof *pair);
    if (!pair) return err_set(err, ERR_NOMEM, "no memory for a plot of %d runs", s->n_runs);
    int n = 0;
    for (int i = 0; i < s->n_runs; i++) {
        pair[n].x = sweep_figure(s->runs[i].run, "data_bits");
        pair[n].y = s->runs[i].point.ceiling_bits;
        n += isfinite(pair[n].x) && isfinite(pair[n].y);
    }
    qsort(pair, (size_t)n, sizeof *pair, by_x);
    PlotSeries *line = figure_series(f, "ceiling M*", s->n_runs, false, false);
    line->line = line->dashed = line->thin = true;
    line->colour = PLOT_GREY;
    for (int i = 0; i < n; i++)
        if (i == 0 || pair[i].x > pair[i - 1].x) series_add(f, line, pair[i].x, pair[i].y, NULL, NULL);
    free(pair);
    return OK;
}

static Status data_figure(Figures *out, const Capacity *c, int series, Err *err) {
    const Series *s = &c->series[series];
    Figure *f;
    TRY(figure_begin(&f, out, TOPIC_DATA, s->n_runs * (4 * models_shown(s) + 2), 0, err));
    f->plot = (Plot){.x_label = "data bits",
                     .y_label = "memorized bits",
                     .log_x = true,
                     .log_y = true,
                     .graded = true,
                     .end_names = true};
    series_name_file(f, c, series, "data_bits", "Memorized bits over data bits");
    snprintf(
        f->caption, sizeof f->caption,
        "A line for every model, at the longest budget of every size: it follows the ceiling as long as the "
        "facts fit, then bends to its plateau (dotted).");
    for (int k = 0; k < models_shown(s); k++) add_model_sizes(f, s, model_shown(s, k), s->n_runs);
    bool any = false;
    for (int i = 0; i < f->plot.n_series; i++) any |= f->plot.series[i].n > 1;
    if (!any) { /* one size of fact sets: nothing to see */
        figure_drop(out);
        return OK;
    }
    caption_models(f, s);
    f->plot.text = f->caption;
    return add_ceiling(f, s, err);
}

/* ---- all ---- */

Status figures_make(Figures *out, const Capacity *c, Err *err) {
    *out = (Figures){.figure = calloc(FIGURES_MAX, sizeof *out->figure)};
    if (!out->figure) return err_set(err, ERR_NOMEM, "no memory for plots");
    if (c->n_series == 0) return OK;
    TRY(capacity_figure(out, c, false, err));
    TRY(capacity_figure(out, c, true, err));
    TRY(weights_figure(out, c, err));
    TRY(ratio_figure(out, c, err));
    out->cut = c->n_series > FIGURE_SERIES_MAX;
    for (int s = 0; s < c->n_series && s < FIGURE_SERIES_MAX; s++) {
        if (c->series[s].entropy_known) TRY(data_figure(out, c, s, err));
        TRY(curve_figures(out, c, s, err));
        TRY(further_figures(out, c, s, err));
    }
    return OK;
}

void figure_drop(Figures *figures) {
    Figure *f = &figures->figure[--figures->n];
    free(f->number);
    free(f->note);
}

void figures_free(Figures *figures) {
    while (figures->figure && figures->n > 0) figure_drop(figures);
    free(figures->figure);
    *figures = (Figures){.n = 0};
}
