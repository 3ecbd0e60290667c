/* Bits per parameter over exposures, with the law fitted to them. */
#include "eval/report/plots.h"

#include <math.h>

#include "base/exact.h"

static void add_model_budgets(Figure *f, const Series *s, int model) {
    const Architecture *a = &s->architectures[model];
    PlotSeries *line = figure_series(f, a->label, s->n_runs, false, false);
    line->line = line->points = true;
    double done = -INFINITY;
    for (;;) { /* from budget to next longer budget, over the sizes beyond the transition */
        double budget = INFINITY, exposures = 0, bits = 0;
        int n = 0;
        for (int i = 0; i < s->n_runs; i++) {
            const SeriesRun *r = &s->runs[i];
            if (r->architecture == model && r->beyond && r->point.budget > done && r->point.budget < budget)
                budget = r->point.budget;
        }
        if (budget == INFINITY) return;
        for (int i = 0; i < s->n_runs; i++) {
            const SeriesRun *r = &s->runs[i];
            if (r->architecture != model || !r->beyond || r->point.budget != budget) continue;
            exposures += r->exposures;
            bits += r->point.bits;
            n++;
        }
        series_add(f, line, exposures / n, bits / n / (double)a->params, NULL, NULL);
        done = budget;
    }
}

/* C (1 - e^(-E/E0)) as fitted, over the exposures seen. */
static void add_law(Figure *f, const Series *s, double min, double max) {
    enum { STEPS = 60 };
    double limit = s->exposures_limit.value, e0 = s->e0.value;
    if (!isfinite(limit) || !isfinite(e0)) return;
    snprintf(f->name[0], sizeof f->name[0], "%.2f (1 \u2212 exp(\u2212E / %.0f))", limit, e0);
    PlotSeries *line = figure_series(f, f->name[0], STEPS + 1, false, false);
    line->line = line->dashed = true;
    line->colour = PLOT_GREY;
    double ratio = exact_log(max / min);
    for (int k = 0; k <= STEPS; k++) {
        double e = min * exact_exp(ratio * k / STEPS);
        series_add(f, line, e, limit * (1 - exact_exp(-e / e0)), NULL, NULL);
    }
}

Status exposures_figure(Figures *out, const Capacity *c, int series, Err *err) {
    const Series *s = &c->series[series];
    Figure *f;
    double min = INFINITY, max = 0;
    if (s->n_budgets < 2) return OK;
    TRY(figure_begin(&f, out, TOPIC_CURVES, 2 * s->n_runs * models_shown(s) + 200, 0, err));
    f->plot = (Plot){.x_label = "exposures: times each fact was seen",
                     .y_label = "memorized bits per parameter",
                     .graded = true,
                     .end_names = true};
    series_name_file(f, c, series, "exposures", "What longer training gives");
    snprintf(f->caption, sizeof f->caption,
             "Fact sets beyond capacity: the mean of every model's runs at each budget, whose schedule is "
             "its own.");
    bool any = false;
    for (int k = 0; k < models_shown(s); k++) {
        add_model_budgets(f, s, model_shown(s, k));
        const PlotSeries *line = &f->plot.series[f->plot.n_series - 1];
        any |= line->n > 1;
        for (int i = 0; i < line->n; i++) {
            if (line->x[i] < min) min = line->x[i];
            if (line->x[i] > max) max = line->x[i];
        }
    }
    if (!any || !(min > 0)) {
        figure_drop(out);
        return OK;
    }
    f->plot.log_x = true;
    caption_models(f, s);
    add_law(f, s, min, max);
    f->plot.text = f->caption;
    return OK;
}
