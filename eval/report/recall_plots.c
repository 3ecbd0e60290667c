/* Recall and code bits over parameters, for facts whose entropy is unknown. */
#include "eval/report/plots.h"

#include <math.h>

#include "eval/report/recall.h"

/* One point per run. */
static Status params_figure(Figure **out, Figures *figures, const Series *s, const char *key, Err *err) {
    Figure *f;
    double min = INFINITY, max = 0;
    TRY(figure_begin(out, figures, TOPIC_CAPACITY, 2 * s->n_runs, s->n_runs, err));
    f = *out;
    PlotSeries *e = figure_series(f, "a run", s->n_runs, false, true);
    e->points = true;
    for (int i = 0; i < s->n_runs; i++) {
        const Architecture *a = &s->architectures[s->runs[i].architecture];
        double p = (double)a->params;
        series_add(f, e, p, sweep_figure(s->runs[i].run, key), NULL, a->label);
        if (p < min) min = p;
        if (p > max) max = p;
    }
    f->plot.x_label = "parameters";
    f->plot.log_x = log_suits(min, max);
    f->plot.text = f->caption;
    return OK;
}

static Status recall_figure(Figures *out, const Capacity *c, int series, Err *err) {
    Figure *f;
    TRY(params_figure(&f, out, &c->series[series], "recall", err));
    f->plot.y_label = "share of facts recalled";
    f->plot.ref_lines[f->plot.n_ref_lines++] = (RefLine){.name = "all of them", .level = 1};
    series_name_file(f, c, series, "recall_params", "Recall over parameters");
    snprintf(f->caption, sizeof f->caption,
             "Nobody knows the entropy of these facts, so there is no capacity in bits; this is which model "
             "recalls them.");
    return OK;
}

/* Baselines are lines if all runs code the same facts. */
static void add_baselines(Figure *f, const Series *s) {
    for (int i = 1; i < s->n_sizes; i++)
        if (s->sizes[i].facts != s->sizes[0].facts) return;
    for (int i = 0; i < RECALL_BASELINES && f->plot.n_ref_lines < PLOT_REF_LINES_MAX; i++) {
        double bits = recall_baseline(s->runs[0].run, i);
        if (bits > 0 && isfinite(bits))
            f->plot.ref_lines[f->plot.n_ref_lines++] =
                (RefLine){.name = recall_baseline_name[i], .level = bits};
    }
}

static Status code_figure(Figures *out, const Capacity *c, int series, Err *err) {
    Figure *f;
    TRY(params_figure(&f, out, &c->series[series], "code_bits", err));
    f->plot.y_label = "code bits";
    f->plot.log_y = true;
    series_name_file(f, c, series, "code_params", "Code bits over parameters");
    snprintf(f->caption, sizeof f->caption,
             "What all the facts cost to code with each run's model. Dashed: without a model.");
    add_baselines(f, &c->series[series]);
    return OK;
}

Status recall_figures(Figures *out, const Capacity *c, int series, Err *err) {
    TRY(recall_figure(out, c, series, err));
    return code_figure(out, c, series, err);
}
