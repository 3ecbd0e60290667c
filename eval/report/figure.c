/* The memory of a figure, and functions that the plots of a sweep share. */
#include "eval/report/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Status figure_begin(Figure **out, Figures *figures, FigureTopic topic, int numbers, int notes, Err *err) {
    CHECK(figures->n < FIGURES_MAX);
    Figure *f = &figures->figure[figures->n];
    *f = (Figure){.topic = topic, .n_numbers = numbers, .n_notes = notes};
    f->number = calloc((size_t)numbers + 1, sizeof *f->number);
    f->note = calloc((size_t)notes + 1, sizeof *f->note);
    figures->n++; /* from here on figures_free frees it */
    if (!f->number || !f->note) return err_set(err, ERR_NOMEM, "no memory for a plot of %d numbers", numbers);
    *out = f;
    return OK;
}

double *figure_numbers(Figure *f, int n) {
    CHECK(f->numbers_used + n <= f->n_numbers);
    f->numbers_used += n;
    return f->number + f->numbers_used - n;
}

PlotSeries *figure_series(Figure *f, const char *name, int max, bool bars, bool notes) {
    CHECK(f->plot.n_series < PLOT_SERIES_MAX);
    PlotSeries *s = &f->plot.series[f->plot.n_series++];
    *s = (PlotSeries){.name = name, .x = figure_numbers(f, max), .y = figure_numbers(f, max)};
    if (bars) {
        s->low = figure_numbers(f, max);
        s->high = figure_numbers(f, max);
    }
    if (notes) {
        CHECK(f->notes_used + max <= f->n_notes);
        s->note = f->note + f->notes_used;
        f->notes_used += max;
    }
    return s;
}

/* The numbers belong to the figure; the plot may only read them. */
static double *own(Figure *f, const double *x) { return f->number + (x - f->number); }

void series_add(Figure *f, PlotSeries *s, double x, double y, const Interval *bar, const char *note) {
    own(f, s->x)[s->n] = x;
    own(f, s->y)[s->n] = y;
    if (s->low) own(f, s->low)[s->n] = bar ? bar->low : NAN;
    if (s->high) own(f, s->high)[s->n] = bar ? bar->high : NAN;
    if (s->note) f->note[(s->note - f->note) + s->n] = note;
    s->n++;
}

void series_sort_by_x(Figure *f, PlotSeries *s) {
    double *column[4];
    const double *given[4] = {s->x, s->y, s->low, s->high};
    const char **note = s->note ? f->note + (s->note - f->note) : NULL;
    for (int k = 0; k < 4; k++) column[k] = given[k] ? own(f, given[k]) : NULL;
    for (int i = 1; i < s->n; i++)
        for (int j = i; j > 0 && s->x[j] < s->x[j - 1]; j--) {
            for (int k = 0; k < 4; k++) {
                if (!column[k]) continue;
                double t = column[k][j];
                column[k][j] = column[k][j - 1];
                column[k][j - 1] = t;
            }
            if (!note) continue;
            const char *t = note[j];
            note[j] = note[j - 1];
            note[j - 1] = t;
        }
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

bool log_suits(double min, double max) { return min > 0 && max > 6 * min; }

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

/* ---- which models and runs a plot shows ---- */

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

/* From run i on, the runs of the same model and number of facts; returns the next other run. */
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
