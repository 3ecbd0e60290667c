#include "eval/neurons/dose.h"

#include <math.h>
#include <stdio.h>

/* The mean over the runs in which the figure is defined; NAN: in none. */
static double over_runs(const RuleOverRuns *x, int figure) {
    double sum = 0;
    int n = 0;
    for (int r = 0; r < x->n_runs; r++) {
        double value = x->run[r].measured.own.of[GROUP_TRAINED][figure];
        if (isfinite(value)) sum += value, n++;
    }
    return n ? sum / n : NAN;
}

static double over_random_sets(const RuleOverRuns *x, int figure) {
    double sum = 0;
    int n = 0;
    for (int r = 0; r < x->n_runs; r++)
        for (int i = 0; i < x->run[r].measured.n_random; i++) {
            double value = x->run[r].measured.random[i].of[GROUP_TRAINED][figure];
            if (isfinite(value)) sum += value, n++;
        }
    return n ? sum / n : NAN;
}

/* Four doses from `figure` on; a curve of which nothing was measured is left out. */
static void add_curve(DoseCurves *out, const RuleOverRuns *x, int figure, double value[NEURON_DOSES],
                      PlotSeries look) {
    for (int d = 0; d < NEURON_DOSES; d++) value[d] = over_runs(x, figure + d);
    if (!isfinite(value[0])) return;
    look.n = NEURON_DOSES;
    look.x = neuron_dose;
    look.y = value;
    look.line = look.points = true;
    out->plot.series[out->plot.n_series++] = look;
}

void dose_curves(DoseCurves *out, const RuleOverRuns *x) {
    *out = (DoseCurves){.random = {over_random_sets(x, FIGURE_DOSE_FLIP + 1)}, .random_at = {1}};
    Plot *p = &out->plot;
    snprintf(out->title, sizeof out->title, "Rule %.64s: answers by dose", x->rule.name);
    p->title = out->title;
    p->x_label = "dose: units held at this times their values in the class";
    p->y_label = "share of the facts";
    p->log_x = true;
    add_curve(out, x, FIGURE_DONOR_FLIP, out->donor,
              (PlotSeries){.name = "flips, values of a donor", .colour = 1});
    add_curve(out, x, FIGURE_DOSE_FLIP, out->flip,
              (PlotSeries){.name = "flips, means of the class", .colour = 2});
    add_curve(out, x, FIGURE_DONOR_TAG_FLIP, out->tag,
              (PlotSeries){.name = "flips to answers without a rule, donor", .colour = 3});
    add_curve(out, x, FIGURE_DOSE_RECALL, out->recall,
              (PlotSeries){.name = "recall of the other facts", .colour = 4, .dashed = true});
    if (isfinite(out->random[0]))
        p->series[p->n_series++] = (PlotSeries){.name = "flips, random units",
                                                .n = 1,
                                                .x = out->random_at,
                                                .y = out->random,
                                                .points = true,
                                                .colour = PLOT_GREY};
    double base = over_runs(x, FIGURE_FLIP_BASE);
    if (isfinite(base))
        p->ref_lines[p->n_ref_lines++] = (RefLine){.name = "flips, units not held", .level = base};
}
