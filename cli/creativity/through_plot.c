/* Creativity against what is memorized of the split. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/common/plot_file.h"
#include "cli/common/show.h"
#include "cli/creativity/through.h"

enum { SEEDS_MAX = 64 };
/* Bits far below 0 are of models that have not learned their symbols yet; they would take most of the axis. */
static const double SHARE_MIN = -0.5;

typedef struct Points {
    Moment *moment; /* sorted; a series is a row of them */
    double *x, *y, *low, *high;
    char (*name)[48];
    int n;
} Points;

static int by_size_and_step(const void *left, const void *right) {
    const Moment *a = left, *b = right;
    if (a->stopped != b->stopped) return a->stopped ? 1 : -1;
    if (!a->stopped && a->params != b->params) return a->params < b->params ? -1 : 1;
    return a->step < b->step ? -1 : a->step > b->step;
}

static bool of_one_series(const Moment *a, const Moment *b) {
    return a->stopped == b->stopped && (a->stopped || a->params == b->params);
}

/* The mean of models of one size at one step; a model that the rule stopped is a point of its own. Returns the first
 * moment after them. */
static int add_mean(Points *p, int from, int end) {
    double share[SEEDS_MAX], ratio[SEEDS_MAX];
    const Moment *first = &p->moment[from];
    int at = from, n = 0;
    for (; at < end && n < SEEDS_MAX && of_one_series(first, &p->moment[at]) &&
           p->moment[at].step == first->step && (n == 0 || !first->stopped);
         at++, n++) {
        share[n] = p->moment[at].memorized_bits / p->moment[at].split_bits;
        ratio[n] = p->moment[at].ratio;
    }
    double x = mean_of(share, n);
    if (!(x >= SHARE_MIN)) return at;
    Interval y = mean_interval(ratio, n);
    p->x[p->n] = x;
    p->y[p->n] = y.value;
    p->low[p->n] = y.low < 0 ? 0 : y.low; /* the axis begins at 0 */
    p->high[p->n++] = y.high;
    return at;
}

static void add_series(Plot *plot, Points *p, const Moment *first, int from) {
    char *name = p->name[plot->n_series];
    if (p->n == from || plot->n_series == PLOT_SERIES_MAX) return;
    if (first->stopped) snprintf(name, sizeof *p->name, "stopped by train.stop_memorized");
    else snprintf(name, sizeof *p->name, "%s parameters", show_short(first->params));
    plot->series[plot->n_series++] = (PlotSeries){.name = name,
                                                  .n = p->n - from,
                                                  .x = p->x + from,
                                                  .y = p->y + from,
                                                  .low = p->low + from,
                                                  .high = p->high + from,
                                                  .line = !first->stopped,
                                                  .points = true,
                                                  .colour = first->stopped ? 5 : 0};
}

static Status points_create(Points *p, const Moments *m, Err *err) {
    size_t n = (size_t)m->n;
    *p = (Points){.moment = malloc((n + 1) * sizeof *p->moment), .x = calloc(4 * n + 1, sizeof *p->x)};
    p->name = calloc(PLOT_SERIES_MAX + 1, sizeof *p->name);
    if (!p->moment || !p->x || !p->name)
        return err_set(err, ERR_NOMEM, "no memory for a plot of %d points", m->n);
    p->y = p->x + n;
    p->low = p->y + n;
    p->high = p->low + n;
    memcpy(p->moment, m->moment, n * sizeof *p->moment);
    qsort(p->moment, n, sizeof *p->moment, by_size_and_step);
    return OK;
}

Status moments_plot(const Moments *moments, const char *path, Err *err) {
    Points p;
    Plot plot = {.title = "Creativity beside memorized bits",
                 .x_label = "memorized bits per bit of the split",
                 .y_label = "creativity: cr / cr*",
                 .text =
                     "A line for each size of model through its steps. Bars: 95 % intervals over its runs.",
                 .graded = true};
    Status status = points_create(&p, moments, err);
    for (int at = 0; status == OK && at < moments->n;) {
        const Moment *first = &p.moment[at];
        int from = p.n;
        while (at < moments->n && of_one_series(first, &p.moment[at])) at = add_mean(&p, at, moments->n);
        add_series(&plot, &p, first, from);
    }
    if (status == OK) status = plot_write(&plot, path, err);
    free(p.moment);
    free(p.x);
    free(p.name);
    return status;
}
