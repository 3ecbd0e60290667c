/* Learning curves: for every model its run on the most facts with the longest budget. */
#include <math.h>

#include "eval/report/plots.h"
#include "store/run_files.h"

enum { POINTS = 120 }; /* points of a curve; more would not be visible */

/* The run to show of a model, or -1. */
static int run_shown(const Series *s, int model) {
    int shown = -1;
    for (int i = 0; i < s->n_runs; i = size_end(s, i))
        if (s->runs[i].architecture == model) shown = longest_begin(s, i, size_end(s, i));
    return shown;
}

static void add_curve(Figure *f, const Curve *c, const char *name, double unit) {
    PlotSeries *line = figure_series(f, name, POINTS + 2, false, false);
    int stride = (c->n + POINTS - 1) / POINTS;
    line->line = true;
    for (int i = 0; i < c->n; i++)
        if (i % stride == 0 || i == c->n - 1) series_add(f, line, c->step[i], c->value[i] / unit, NULL, NULL);
}

typedef enum CurveKind { CURVE_BITS, CURVE_RECALL, CURVE_LOSS } CurveKind;
static const struct {
    const char *file, *title, *y_label, *caption;
} kinds[] = {
    {"learning", "Memorized bits per parameter while training", "memorized bits per parameter",
     "Every model on its largest fact set with the longest budget. A curve still rising at its end says "
     "that more training would give more; one that flattens says nothing, since the schedule flattens it."},
    {"recall", "Recall while training", "share of facts recalled",
     "Every model on its largest fact set with the longest budget."},
    {"loss", "Loss while training", "loss of the batch, bits per token",
     "Every model on its largest fact set with the longest budget."},
};

static Status begin(Figure **f, Figures *out, const Capacity *c, int series, CurveKind kind, Err *err) {
    const Series *s = &c->series[series];
    TRY(figure_begin(f, out, TOPIC_CURVES, models_shown(s) * 2 * (POINTS + 2), 0, err));
    (*f)->plot = (Plot){.x_label = "step", .y_label = kinds[kind].y_label, .graded = true, .end_names = true};
    series_name_file(*f, c, series, kinds[kind].file, kinds[kind].title);
    snprintf((*f)->caption, sizeof(*f)->caption, "%s", kinds[kind].caption);
    caption_models(*f, s);
    (*f)->plot.text = (*f)->caption;
    return OK;
}

static Status curve_figure(Figures *out, const Capacity *c, int series, CurveKind kind, const Curves *curves,
                           Err *err) {
    const Series *s = &c->series[series];
    Figure *f;
    TRY(begin(&f, out, c, series, kind, err));
    for (int k = 0; k < models_shown(s); k++) {
        const Architecture *a = &s->architectures[model_shown(s, k)];
        const Curve *curve = kind == CURVE_BITS     ? &curves[k].memorized
                             : kind == CURVE_RECALL ? &curves[k].recall
                                                    : &curves[k].loss_bits;
        if (curve->n > 1) add_curve(f, curve, a->label, kind == CURVE_BITS ? (double)a->params : 1);
    }
    if (f->plot.n_series == 0) figure_drop(out); /* evaluated at the end only */
    return OK;
}

Status curve_figures(Figures *out, const Capacity *c, int series, Err *err) {
    const Series *s = &c->series[series];
    Curves curves[FIGURE_MODELS_MAX] = {{.missing = false}};
    int shown = models_shown(s);
    Status status = OK;
    for (int k = 0; k < shown; k++) {
        int run = run_shown(s, model_shown(s, k));
        if (run >= 0) TRY_GOTO(run_curves(s->runs[run].run->path, &curves[k], err));
    }
    TRY_GOTO(curve_figure(out, c, series, s->entropy_known ? CURVE_BITS : CURVE_RECALL, curves, err));
    TRY_GOTO(curve_figure(out, c, series, CURVE_LOSS, curves, err));
done:
    for (int k = 0; k < shown; k++) curves_free(&curves[k]);
    return status;
}
