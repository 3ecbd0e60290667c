/* A plot of lines and points: in the terminal as text, in the report as SVG. No program or font is needed for
 * either. */
#ifndef ROTE_EVAL_PLOT_H
#define ROTE_EVAL_PLOT_H

#include <stdbool.h>
#include <stdio.h>

typedef struct PlotSeries {
    const char *name;
    int n;
    const double *x, *y; /* n; points that are not finite, or not positive on a log axis, are left out */
    bool line;           /* join the points */
    bool points;         /* mark them */
} PlotSeries;

/* A reference: y = slope * x, dashed and labelled. */
typedef struct PlotRule {
    const char *name;
    double slope;
} PlotRule;

enum { PLOT_SERIES_MAX = 6, PLOT_RULES_MAX = 4 };

typedef struct Plot {
    const char *title, *x_label, *y_label;
    bool log_x, log_y;
    int n_series, n_rules;
    PlotSeries series[PLOT_SERIES_MAX];
    PlotRule rules[PLOT_RULES_MAX];
} Plot;

/* Writes one <svg> element of 600 units width that scales to its container. Colours are CSS classes with
 * fallbacks, so that a page's dark mode can change them (eval/report.c). */
void plot_svg(FILE *out, const Plot *plot);

/* width x height characters with axes, at least 40 x 8. unicode: braille dots (2 x 4 a character) and box
 * lines; else ASCII. No colour. */
void plot_text(FILE *out, const Plot *plot, int width, int height, bool unicode);

/* Text for HTML and SVG: & < > " ' escaped, control characters dropped. */
void write_escaped(FILE *out, const char *text);

#endif
