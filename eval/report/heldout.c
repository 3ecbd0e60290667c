/* Plots for sweeps over budgets, with held-out facts, or of facts whose entropy nobody knows. */
#include <math.h>
#include <string.h>

#include "base/exact.h"
#include "base/number.h"
#include "eval/evaluate.h"
#include "eval/report/figure.h"
#include "eval/report/recall.h"

/* ---- bits per parameter over exposures ---- */

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
static void add_law(Figure *f, const Series *s, double least, double most) {
    enum { STEPS = 60 };
    double limit = s->exposures_limit.value, e0 = s->e0.value;
    if (!isfinite(limit) || !isfinite(e0)) return;
    snprintf(f->name[0], sizeof f->name[0], "%.2f (1 \u2212 exp(\u2212E / %.0f))", limit, e0);
    PlotSeries *line = figure_series(f, f->name[0], STEPS + 1, false, false);
    line->line = line->dashed = true;
    line->colour = PLOT_GREY;
    double ratio = exact_log(most / least);
    for (int k = 0; k <= STEPS; k++) {
        double e = least * exact_exp(ratio * k / STEPS);
        series_add(f, line, e, limit * (1 - exact_exp(-e / e0)), NULL, NULL);
    }
}

static Status exposures_figure(Figures *out, const Capacity *c, int series, Err *err) {
    const Series *s = &c->series[series];
    Figure *f;
    double least = INFINITY, most = 0;
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
            if (line->x[i] < least) least = line->x[i];
            if (line->x[i] > most) most = line->x[i];
        }
    }
    if (!any || !(least > 0)) {
        figure_drop(out);
        return OK;
    }
    f->plot.log_x = true;
    caption_models(f, s);
    add_law(f, s, least, most);
    f->plot.text = f->caption;
    return OK;
}

/* ---- held-out facts ---- */

static Status heldout_figure(Figures *out, const Capacity *c, int series, Err *err) {
    const Series *s = &c->series[series];
    Figure *f;
    bool any = false;
    TRY(figure_begin(&f, out, TOPIC_HELDOUT, 2 * s->n_runs * models_shown(s), 0, err));
    f->plot = (Plot){.x_label = "data bits per parameter",
                     .y_label = "held-out loss, bits per token",
                     .log_x = true,
                     .graded = true,
                     .end_names = true};
    series_name_file(f, c, series, "heldout", "Loss on facts never trained");
    snprintf(f->caption, sizeof f->caption,
             "Double descent: where the facts just fill a model, what it learned of them harms most what it "
             "says of "
             "others.");
    for (int k = 0; k < models_shown(s); k++) {
        const Architecture *a = &s->architectures[model_shown(s, k)];
        PlotSeries *line = figure_series(f, a->label, s->n_runs, false, false);
        line->line = line->points = true;
        for (int i = 0; i < s->n_sizes; i++) {
            const SizeSummary *size = &s->sizes[i];
            double loss = size->mean[SIZE_HELDOUT_LOSS_NATS];
            if (size->architecture == model_shown(s, k) && isfinite(loss))
                series_add(f, line, size->mean[SIZE_DATA_BITS] / (double)a->params, bits_of_nats(loss), NULL,
                           NULL);
        }
        any |= line->n > 1;
    }
    if (!any) {
        figure_drop(out);
        return OK;
    }
    double slope = s->slope.origin.value;
    if (isfinite(slope)) {
        snprintf(f->name[0], sizeof f->name[0], "capacity, %.2f bits/param", slope);
        f->plot.rules[f->plot.n_rules++] = (PlotRule){.name = f->name[0], .level = slope, .vertical = true};
    }
    size_t used = strlen(f->caption);
    if (isfinite(s->peak.value))
        snprintf(f->caption + used, sizeof f->caption - used,
                 " Over %d model%s the peak lies at %.2f times capacity on average.", s->n_peaks,
                 s->n_peaks == 1 ? "" : "s", s->peak.value);
    caption_models(f, s);
    f->plot.text = f->caption;
    return OK;
}

static void add_membership(Figure *f, const Series *s, const char *size, const char *key, const char *name,
                           bool line) {
    PlotSeries *e = figure_series(f, name, s->n_runs, false, true);
    e->line = e->dashed = line;
    e->points = !line;
    for (int i = 0; i < s->n_runs; i++) {
        const SeriesRun *r = &s->runs[i];
        const Architecture *a = &s->architectures[r->architecture];
        double x = sweep_figure(r->run, size) / (double)a->params, y = sweep_figure(r->run, key);
        if (isfinite(x) && isfinite(y)) series_add(f, e, x, y, NULL, a->label);
    }
}

/* A law is a line: its points by x. */
static void sort_points(Figure *f, PlotSeries *e) {
    double *x = f->number + (e->x - f->number), *y = f->number + (e->y - f->number);
    for (int i = 1; i < e->n; i++)
        for (int j = i; j > 0 && x[j] < x[j - 1]; j--) {
            double t = x[j], u = y[j];
            x[j] = x[j - 1], y[j] = y[j - 1];
            x[j - 1] = t, y[j - 1] = u;
        }
}

static Status membership_figure(Figures *out, const Capacity *c, int series, Err *err) {
    const Series *s = &c->series[series];
    Figure *f;
    TRY(figure_begin(&f, out, TOPIC_HELDOUT, 6 * s->n_runs, 3 * s->n_runs, err));
    const char *size = s->entropy_known ? "data_bits" : "facts"; /* the law is one of bits */
    f->plot = (Plot){.x_label = s->entropy_known ? "data bits per parameter" : "facts per parameter",
                     .y_label = "membership inference",
                     .log_x = true};
    series_name_file(f, c, series, "membership", "Can one tell what was trained?");
    snprintf(
        f->caption, sizeof f->caption,
        "Members against held-out facts, by their code length. 0.5 of AUC is chance, and 0.667 of F1 is what "
        "\u201calways yes\u201d scores.");
    add_membership(f, s, size, "mia_auc", "AUC", false);
    add_membership(f, s, size, "mia_f1", "F1, best threshold", false);
    if (s->entropy_known) {
        add_membership(f, s, size, "mia_f1_law", "law of F1, Morris et al. 2025 repaired", true);
        sort_points(f, &f->plot.series[2]);
    }
    if (f->plot.series[0].n == 0) figure_drop(out);
    else f->plot.text = f->caption;
    return OK;
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
                     .n_rules = 2,
                     .rules = {{.name = "all of it", .slope = 1},
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

/* ---- over parameters, where nobody knows the facts' entropy ---- */

/* A point for every run. */
static Status params_figure(Figure **out, Figures *figures, const Series *s, const char *key, Err *err) {
    Figure *f;
    double least = INFINITY, most = 0;
    TRY(figure_begin(out, figures, TOPIC_CAPACITY, 2 * s->n_runs, s->n_runs, err));
    f = *out;
    PlotSeries *e = figure_series(f, "a run", s->n_runs, false, true);
    e->points = true;
    for (int i = 0; i < s->n_runs; i++) {
        const Architecture *a = &s->architectures[s->runs[i].architecture];
        double p = (double)a->params;
        series_add(f, e, p, sweep_figure(s->runs[i].run, key), NULL, a->label);
        if (p < least) least = p;
        if (p > most) most = p;
    }
    f->plot.x_label = "parameters";
    f->plot.log_x = log_suits(least, most);
    f->plot.text = f->caption;
    return OK;
}

static Status recall_figure(Figures *out, const Capacity *c, int series, Err *err) {
    Figure *f;
    TRY(params_figure(&f, out, &c->series[series], "recall", err));
    f->plot.y_label = "share of facts recalled";
    f->plot.rules[f->plot.n_rules++] = (PlotRule){.name = "all of them", .level = 1};
    series_name_file(f, c, series, "recall_params", "Recall over parameters");
    snprintf(f->caption, sizeof f->caption,
             "Nobody knows the entropy of these facts, so there is no capacity in bits; this is which model "
             "recalls them.");
    return OK;
}

/* Baselines stand as lines where all runs code the same facts. */
static void add_baselines(Figure *f, const Series *s) {
    for (int i = 1; i < s->n_sizes; i++)
        if (s->sizes[i].facts != s->sizes[0].facts) return;
    for (int i = 0; i < RECALL_BASELINES && f->plot.n_rules < PLOT_RULES_MAX; i++) {
        double bits = recall_baseline(s->runs[0].run, i);
        if (bits > 0 && isfinite(bits))
            f->plot.rules[f->plot.n_rules++] = (PlotRule){.name = recall_baseline_name[i], .level = bits};
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

Status further_figures(Figures *out, const Capacity *c, int series, Err *err) {
    if (!c->series[series].entropy_known) {
        TRY(recall_figure(out, c, series, err));
        TRY(code_figure(out, c, series, err));
    }
    TRY(exposures_figure(out, c, series, err));
    TRY(heldout_figure(out, c, series, err));
    return membership_figure(out, c, series, err);
}
