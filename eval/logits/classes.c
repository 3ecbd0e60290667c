#include "eval/logits/classes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/logits/pattern.h"
#include "eval/stats/ranking.h"

const char *const logit_figure_name[LOGIT_FIGURES] = {
#define FIGURE(key, value, help) #key,
#include "eval/logits/figures.h"
#undef FIGURE
};

const char *const logit_figure_help[LOGIT_FIGURES] = {
#define FIGURE(key, value, help) help,
#include "eval/logits/figures.h"
#undef FIGURE
};

void logit_figures(double *out, const LogitRow *row) {
#define FIGURE(key, value, help) out[FIGURE_##key] = (value);
#include "eval/logits/figures.h"
#undef FIGURE
}

/* ---- counting ---- */

static Status count(LogitClasses *out, LogitInputs *inputs, Err *err) {
    bool more = true;
    TRY(inputs->rewind(inputs->source, err));
    for (;;) {
        LogitInput input;
        TRY(inputs->next(inputs->source, &input, &more, err));
        if (!more) return OK;
        out->all++;
        for (int c = 0; c < inputs->n_classes; c++)
            if (input.classes >> c & 1) {
                out->inputs[c]++;
                out->rows[c] += input.n - input.from + 1;
            }
    }
}

Status logit_classes_create(LogitClasses *out, LogitInputs *inputs, Err *err) {
    size_t n = (size_t)inputs->n_classes;
    Status status = OK;
    *out = (LogitClasses){.n = inputs->n_classes};
    TRY(count(out, inputs, err));
    for (int c = 0; c < out->n; c++) {
        if (out->inputs[c] < LOGIT_CLASS_MIN)
            return err_set(err, ERR_INPUT, "class '%s' has %s; a class needs %d or more", inputs->name[c],
                           out->inputs[c] ? "one input" : "no input", LOGIT_CLASS_MIN);
        out->stride[c] = (out->rows[c] + LOGIT_KEPT_MAX - 1) / LOGIT_KEPT_MAX;
    }
    out->sum = calloc(n * LOGIT_FIGURES, sizeof *out->sum);
    out->value = calloc(n * LOGIT_FIGURES * LOGIT_KEPT_MAX, sizeof *out->value);
    out->bin = calloc(n, sizeof *out->bin);
    out->mass = calloc(n, sizeof *out->mass);
    out->z = calloc(n, sizeof *out->z);
    if (!out->sum || !out->value || !out->bin || !out->mass || !out->z) {
        status = err_set(err, ERR_NOMEM, "no memory for the figures of %d classes", out->n);
        logit_classes_free(out);
    }
    return status;
}

void logit_classes_free(LogitClasses *classes) {
    free(classes->sum);
    free(classes->value);
    free(classes->bin);
    free(classes->mass);
    free(classes->z);
    *classes = (LogitClasses){.n = 0};
}

int64_t logit_walk(LogitWalk *walk, const LogitClasses *classes, int c) {
    int64_t at = walk->rows[c]++;
    return at % classes->stride[c] ? -1 : at / classes->stride[c];
}

/* ---- sums ---- */

static double *values_of(const LogitClasses *classes, int c, int figure) {
    return classes->value + ((size_t)c * LOGIT_FIGURES + (size_t)figure) * LOGIT_KEPT_MAX;
}

void logit_classes_add(LogitClasses *classes, LogitWalk *walk, const LogitSeen *seen) {
    double x[LOGIT_FIGURES];
    logit_figures(x, &seen->row);
    for (int c = 0; c < classes->n; c++) {
        if (!(seen->classes >> c & 1)) continue;
        int64_t at = logit_walk(walk, classes, c);
        for (int f = 0; f < LOGIT_FIGURES; f++) {
            FigureSum *s = &classes->sum[c * LOGIT_FIGURES + f];
            if (at >= 0) values_of(classes, c, f)[at] = x[f];
            if (!isfinite(x[f])) continue;
            double away = x[f] - s->mean; /* Welford 1962 */
            s->mean += away / (double)++s->n;
            s->squares += away * (x[f] - s->mean);
        }
        if (at >= 0) classes->kept[c] = (int)at + 1;
        for (int i = 0; i < SHAPE_BINS; i++) classes->bin[c][i] += seen->shape.bin[i];
        for (int i = 0; i < SHAPE_MASSES; i++) classes->mass[c][i] += seen->shape.mass[i];
        for (int i = 0; i < SHAPE_RANKS; i++) classes->z[c][i] += seen->shape.z[i];
    }
}

/* ---- what they say ---- */

/* The finite values of the kept rows. */
static int finite_of(double *out, const LogitClasses *classes, int c, int figure) {
    const double *x = values_of(classes, c, figure);
    int n = 0;
    for (int i = 0; i < classes->kept[c]; i++)
        if (isfinite(x[i])) out[n++] = x[i];
    return n;
}

static Status no_memory(Err *err) { return err_set(err, ERR_NOMEM, "no memory to compare classes"); }

Status figure_summary(FigureSummary *out, const LogitClasses *classes, int c, LogitFigure figure, Err *err) {
    const FigureSum *s = &classes->sum[c * LOGIT_FIGURES + (int)figure];
    double *x = malloc(LOGIT_KEPT_MAX * sizeof *x);
    if (!x) return no_memory(err);
    int n = finite_of(x, classes, c, (int)figure);
    *out = (FigureSummary){s->n, NAN, NAN, NAN, NAN, NAN};
    if (n > 0) {
        sort_doubles(x, n);
        out->mean = s->mean;
        out->deviation = s->n > 1 ? sqrt(s->squares / (double)(s->n - 1)) : NAN;
        out->q05 = quantile_sorted(x, n, 0.05);
        out->median = quantile_sorted(x, n, 0.5);
        out->q95 = quantile_sorted(x, n, 0.95);
    }
    free(x);
    return OK;
}

Status figure_pair(FigurePair *out, const LogitClasses *classes, LogitFigure figure, int a, int b, Err *err) {
    const FigureSum *sa = &classes->sum[a * LOGIT_FIGURES + (int)figure],
                    *sb = &classes->sum[b * LOGIT_FIGURES + (int)figure];
    double *x = malloc((size_t)2 * LOGIT_KEPT_MAX * sizeof *x), *y = x + LOGIT_KEPT_MAX;
    if (!x) return no_memory(err);
    int n = finite_of(x, classes, a, (int)figure), m = finite_of(y, classes, b, (int)figure);
    *out = (FigurePair){NAN, {NAN, NAN, NAN, NAN}, NAN};
    Status status = pair_auc(&out->auc, x, n, y, m, err);
    if (status == OK && n > 1 && m > 1) {
        double variance = (sa->squares + sb->squares) / (double)(sa->n + sb->n - 2);
        out->d = variance > 0 ? (sa->mean - sb->mean) / sqrt(variance) : NAN;
        out->p = 2 * normal_cdf(-fabs(out->auc.value - 0.5) / auroc_deviation(n, n + m));
    }
    free(x);
    return status;
}
