/* Held-out facts: their loss, and membership inference by code length. */
#include "eval/report/plots.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

Status heldout_figure(Figures *out, const Capacity *c, int series, Err *err) {
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
             "Double descent: where the facts just fill a model, what it learned of them harms most what "
             "it says of others.");
    for (int k = 0; k < models_shown(s); k++) {
        const Architecture *a = &s->architectures[model_shown(s, k)];
        PlotSeries *line = figure_series(f, a->label, s->n_runs, false, false);
        line->line = line->points = true;
        for (int i = 0; i < s->n_sizes; i++) {
            const SizeSummary *size = &s->sizes[i];
            double loss = size->mean[FIG_HELDOUT_LOSS_NATS];
            if (size->architecture == model_shown(s, k) && isfinite(loss))
                series_add(f, line, size->mean[FIG_DATA_BITS] / (double)a->params, bits_of_nats(loss), NULL,
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
        f->plot.ref_lines[f->plot.n_ref_lines++] =
            (RefLine){.name = f->name[0], .level = slope, .vertical = true};
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

Status membership_figure(Figures *out, const Capacity *c, int series, Err *err) {
    const Series *s = &c->series[series];
    Figure *f;
    TRY(figure_begin(&f, out, TOPIC_HELDOUT, 6 * s->n_runs, 3 * s->n_runs, err));
    const char *size = s->entropy_known ? "data_bits" : "facts"; /* the law is about bits */
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
        series_sort_by_x(f, &f->plot.series[2]);
    }
    if (f->plot.series[0].n == 0) figure_drop(out);
    else f->plot.text = f->caption;
    return OK;
}
