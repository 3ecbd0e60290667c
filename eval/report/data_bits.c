/* Memorized bits over data bits; R against R_max. */
#include "eval/report/plots.h"

#include <math.h>
#include <stdlib.h>

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

Status data_figure(Figures *out, const Capacity *c, int series, Err *err) {
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
    if (!any) { /* only one size of fact sets: no curve */
        figure_drop(out);
        return OK;
    }
    caption_models(f, s);
    f->plot.text = f->caption;
    return add_ceiling(f, s, err);
}

/* ---- R against R_max, for kinds of facts that have them ---- */

Status ratio_figure(Figures *out, const Capacity *c, Err *err) {
    Figure *f;
    int n = 0, shown = c->n_series < PLOT_COLOURS ? c->n_series : PLOT_COLOURS;
    for (int s = 0; s < shown; s++) n += c->series[s].n_runs;
    TRY(figure_begin(&f, out, TOPIC_DATA, 2 * n, n, err));
    snprintf(f->file, sizeof f->file, "r");
    snprintf(
        f->caption, sizeof f->caption,
        "R, the bits per parameter that a model holds, against R_max, those of its facts: on the diagonal it "
        "holds them all.");
    f->plot = (Plot){.title = "R against R_max",
                     .x_label = "R_max, bits per parameter",
                     .y_label = "R, bits per parameter",
                     .text = f->caption,
                     .n_ref_lines = 2,
                     .ref_lines = {{.name = "all of it", .slope = 1},
                                   {.name = "Allen-Zhu & Li 2024: 2 bits/param", .level = 2}}};
    bool any = false;
    for (int i = 0; i < shown; i++) {
        const Series *s = &c->series[i];
        snprintf(f->name[i], sizeof f->name[i], "%.60s", *s->settings ? s->settings : "a run");
        PlotSeries *e = figure_series(f, f->name[i], s->n_runs, false, true);
        e->points = true;
        for (int j = 0; j < s->n_runs; j++) {
            double x = sweep_figure(s->runs[j].run, "r_max"), y = sweep_figure(s->runs[j].run, "r");
            if (isfinite(x) && isfinite(y))
                series_add(f, e, x, y, NULL, s->architectures[s->runs[j].architecture].label);
        }
        any |= e->n > 0;
    }
    if (!any) figure_drop(out);
    return OK;
}
