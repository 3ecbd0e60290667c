/* Memorized bits of models with weights of fewer bits: a line for every model, a point for every format that the
 * sweep trained with. */
#include <math.h>
#include <string.h>

#include "eval/report/plots.h"

/* The settings of a series without the format: "optimizer=soap" of "optimizer=soap quantize=int8". */
static void other_settings(char out[160], const char *settings) {
    size_t used = 0;
    out[0] = '\0';
    while (*settings) {
        size_t length = strcspn(settings, " ");
        if (strncmp(settings, "quantize=", 9) != 0)
            used += (size_t)snprintf(out + used, 160 - used, " %.*s", (int)length, settings);
        if (used >= 160) return;
        settings += length + (settings[length] == ' ');
    }
}

static double weight_bits(const Architecture *a) {
    double bits = sweep_figure(a->first, "weight_bits");
    return isfinite(bits) ? bits : 32 * (double)a->params;
}

static double memorized_bits(const Architecture *a) {
    return a->plateau.reached.value > 0 ? a->plateau.reached.value : a->plateau.largest_bits;
}

static void add_format(Figure *f, const Capacity *c, const Series *s, const Architecture *a, int max) {
    char others[160], name[160];
    other_settings(others, s->settings);
    snprintf(name, sizeof name, "%.60s%.90s", a->label, others);
    PlotSeries *line = NULL;
    for (int i = 0; i < f->plot.n_series; i++)
        if (!strcmp(f->plot.series[i].name, name)) line = &f->plot.series[i];
    if (!line && f->plot.n_series >= max) return;
    if (!line) {
        char *own = f->name[f->plot.n_series];
        memcpy(own, name, sizeof name);
        line = figure_series(f, own, c->n_series, true, true);
        line->line = line->points = true;
    }
    double stored_bits = weight_bits(a);
    Interval eta = a->plateau.reached;
    eta = (Interval){memorized_bits(a) / stored_bits, eta.low / stored_bits, eta.high / stored_bits, NAN};
    if (line->n < c->n_series)
        series_add(f, line, stored_bits / (double)a->params, eta.value, &eta,
                   config_choice("train.quantize", (int)swept_config(a->first).train.quantize));
}

Status weights_figure(Figures *out, const Capacity *c, Err *err) {
    enum { LINES = PLOT_COLOURS };
    Figure *f;
    bool differ = false;
    int models = 0;
    for (int i = 0; i < c->n_series; i++) {
        const Series *s = &c->series[i];
        if (!s->entropy_known) return OK;
        differ |= swept_config(s->architectures[0].first).train.quantize !=
                  swept_config(c->series[0].architectures[0].first).train.quantize;
        if (s->n_architectures > models) models = s->n_architectures;
    }
    if (!differ) return OK;
    TRY(figure_begin(&f, out, TOPIC_CAPACITY, 4 * LINES * c->n_series, LINES * c->n_series, err));
    snprintf(f->file, sizeof f->file, "weights");
    snprintf(
        f->caption, sizeof f->caption,
        "What a bit of weight holds, by the bits that training gave each weight (codes, scales and vectors "
        "counted; 32 where none were taken away). A bound from below where the facts do not fill the model.");
    f->plot = (Plot){.title = "Memorized bits per bit of weight",
                     .x_label = "bits per weight",
                     .y_label = "memorized bits per bit of weight",
                     .text = f->caption,
                     .log_x = true,
                     .graded = true,
                     .end_names = true};
    for (int k = 0; k < LINES && k < models; k++) {
        int at = models <= LINES ? k : (int)((long)k * (models - 1) / (LINES - 1));
        for (int i = 0; i < c->n_series; i++)
            if (at < c->series[i].n_architectures)
                add_format(f, c, &c->series[i], &c->series[i].architectures[at], LINES);
    }
    for (int i = 0; i < f->plot.n_series; i++)
        series_sort_by_x(f, &f->plot.series[i]) /* a line goes from left to right */;
    return OK;
}
