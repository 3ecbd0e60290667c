/* The plane of coherence and creativity, with each sampler's curve, the ideal corner and the frontier. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/common/plot_file.h"
#include "cli/creativity/curves.h"

/* Numbers of the plot: means over the replicates, and the frontier's steps, two for each point. */
typedef struct Plane {
    PlanePoint *mean; /* n_points */
    double *x, *y, *low, *high, *frontier_x, *frontier_y;
    int *frontier;
    char (*note)[CHAIN_TEXT_MAX]; /* n_points */
    const char **notes;
    int n; /* points that count: not those of the control */
} Plane;

static void plane_free(Plane *p) {
    free(p->mean);
    free(p->x);
    free(p->frontier);
    free(p->note);
    free(p->notes);
}

static Status plane_create(Plane *p, const SamplerCurves *curves, Err *err) {
    size_t n = (size_t)curves->curve[curves->n - 1].first;
    *p = (Plane){.n = (int)n};
    p->mean = calloc(n, sizeof *p->mean);
    p->x = calloc(8 * n + 4, sizeof *p->x);
    p->frontier = calloc(n, sizeof *p->frontier);
    p->note = calloc(n, sizeof *p->note);
    p->notes = calloc(n, sizeof *p->notes);
    if (!p->mean || !p->x || !p->frontier || !p->note || !p->notes) {
        plane_free(p);
        return err_set(err, ERR_NOMEM, "no memory for a plot of %d points", p->n);
    }
    p->y = p->x + n;
    p->low = p->y + n;
    p->high = p->low + n;
    p->frontier_x = p->high + n;
    p->frontier_y = p->frontier_x + 2 * n + 2;
    return OK;
}

static void fill_means(Plane *p, const SamplerCurves *curves) {
    for (int c = 0; c < curves->n - 1; c++)
        for (int k = 0; k < curves->curve[c].grid.n_points; k++) {
            double coherence[REPLICATES_MAX], ratio[REPLICATES_MAX];
            int i = curves->curve[c].first + k, n = curves->n_replicates;
            for (int r = 0; r < n; r++) {
                const PlanePoint *at = &curves->point[(size_t)r * (size_t)curves->n_points + (size_t)i];
                coherence[r] = at->coherence;
                ratio[r] = at->ratio;
            }
            Interval y = mean_interval(ratio, n);
            p->x[i] = mean_of(coherence, n);
            p->y[i] = y.value;
            p->low[i] = y.low < 0 ? 0 : y.low; /* the axis begins at 0 */
            p->high[i] = y.high;
            p->mean[i] = (PlanePoint){p->x[i], p->y[i], NAN};
            grid_words(&curves->curve[c].grid, k, p->note[i]);
            p->notes[i] = p->note[i];
        }
}

/* Stairs over the points that no other one exceeds, from the right to the left. */
static int fill_frontier(Plane *p) {
    int found = plane_frontier(p->frontier, p->mean, p->n), n = 0;
    double below = 0;
    for (int i = 0; i < found; i++) {
        const PlanePoint *at = &p->mean[p->frontier[i]];
        p->frontier_x[n] = at->coherence;
        p->frontier_y[n++] = below;
        p->frontier_x[n] = at->coherence;
        p->frontier_y[n++] = below = at->ratio;
    }
    p->frontier_x[n] = 0;
    p->frontier_y[n++] = below;
    return n;
}

Status sampler_curves_plot(const SamplerCurves *curves, const char *path, Err *err) {
    static const double one = 1;
    char title[120];
    Plane p;
    TRY(plane_create(&p, curves, err));
    fill_means(&p, curves);
    snprintf(title, sizeof title, "Coherence and creativity of samplers, %s", curves->kind);
    Plot plot = {.title = title,
                 .x_label = "coherence: share of samples that are valid",
                 .y_label = "creativity: cr / cr*",
                 .text = "A curve for each sampler; dashed: what no setting exceeds. Bars: 95 % intervals."};
    for (int c = 0; c < curves->n - 1; c++) {
        int from = curves->curve[c].first, n = curves->curve[c].grid.n_points;
        plot.series[plot.n_series++] = (PlotSeries){.name = curves->curve[c].name,
                                                    .n = n,
                                                    .x = p.x + from,
                                                    .y = p.y + from,
                                                    .low = p.low + from,
                                                    .high = p.high + from,
                                                    .note = p.notes + from,
                                                    .line = true,
                                                    .points = true};
    }
    plot.series[plot.n_series++] =
        (PlotSeries){.name = "ideal", .n = 1, .x = &one, .y = &one, .points = true, .colour = PLOT_COLOURS};
    plot.series[plot.n_series++] = (PlotSeries){.name = "frontier",
                                                .n = fill_frontier(&p),
                                                .x = p.frontier_x,
                                                .y = p.frontier_y,
                                                .line = true,
                                                .thin = true,
                                                .dashed = true,
                                                .colour = PLOT_COLOURS};
    Status status = plot_write(&plot, path, err);
    plane_free(&p);
    return status;
}
